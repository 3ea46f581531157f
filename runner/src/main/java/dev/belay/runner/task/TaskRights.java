package dev.belay.runner.task;

import dev.belay.policies.Compiled;
import dev.belay.policies.Granted;
import dev.belay.policies.Policy;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.git.PushedFile;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Source;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.PersonSpoke;
import dev.belay.proto.v1.PolicySource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What a task may do, made of the words that the controller kept; what they mean is found out where it is enforced. People
 * may add to it while the task runs: whoever enforces it asks anew each time.
 */
public final class TaskRights implements Supplier<Policy> {
    private static final Logger LOG = Logger.getLogger(TaskRights.class.getName());

    private final List<Source> sources;
    private final Optional<Source> ceiling;
    private final List<Granted> granted = new ArrayList<>();
    private final List<PushedFile> pushes = new CopyOnWriteArrayList<>();
    private volatile @Nullable Policy policy;

    private TaskRights(List<Source> sources, Optional<Source> ceiling) {
        this.sources = List.copyOf(sources);
        this.ceiling = ceiling;
    }

    static TaskRights of(Assignment assignment) {
        TaskRights rights = new TaskRights(
                assignment.getPolicyList().stream().map(TaskRights::source).toList(),
                assignment.hasCeiling() ? Optional.of(source(assignment.getCeiling())) : Optional.empty());
        assignment
                .getGrantedList()
                .forEach(grant -> rights.granted.add(new Granted(grant.getHost(), grant.getActor())));
        assignment.getMessagesList().forEach(message -> rights.granted.addAll(of(message)));
        rights.pushes.addAll(pushes(assignment.getAgreedPushesList()));
        assignment.getMessagesList().forEach(message -> rights.pushes.addAll(pushes(message.getAllowedPushesList())));
        return rights;
    }

    private static Source source(PolicySource sent) {
        return new Source(sent.getFile(), sent.getText());
    }

    /**
     * What holds at this moment.
     *
     * @throws BelayException where this runner does not understand what its controller did: no task starts on a guess
     */
    @Override
    public Policy get() {
        Policy known = policy;
        return known == null ? compiled() : known;
    }

    /**
     * From now on what a person allowed is let through.
     *
     * @throws BelayException where it is not understood; then nothing has changed
     */
    synchronized void allow(PersonSpoke message) {
        pushes.addAll(pushes(message.getAllowedPushesList()));
        List<Granted> more = of(message);
        if (more.isEmpty()) {
            return;
        }
        int before = granted.size();
        granted.addAll(more);
        try {
            compile();
        } catch (BelayException notUnderstood) {
            granted.subList(before, granted.size()).clear();
            throw notUnderstood;
        }
    }

    /** The protected files that people let the task push. */
    List<PushedFile> pushes() {
        return pushes;
    }

    /** One that is not understood lets nothing through. */
    private static List<PushedFile> pushes(List<String> texts) {
        List<PushedFile> files = new ArrayList<>();
        for (String text : texts) {
            try {
                files.add(PushedFile.parse(text));
            } catch (PatternException newer) {
                LOG.warning("not understood, and so not allowed to be pushed: " + newer.getMessage());
            }
        }
        return files;
    }

    private static List<Granted> of(PersonSpoke message) {
        return message.getAllowedHostsList().stream()
                .map(host -> new Granted(host, "a person"))
                .toList();
    }

    private synchronized Policy compiled() {
        Policy known = policy;
        return known == null ? compile() : known;
    }

    private Policy compile() {
        Compiled compiled = PolicyCompiler.compile(sources, granted, ceiling);
        if (!compiled.problems().isEmpty()) {
            Problem first = compiled.problems().getFirst();
            throw BelayException.of(
                    ErrorCode.E_POLICY,
                    first.spot() + ": " + first.what(),
                    "the runner does not understand the task's policy",
                    first.fix());
        }
        policy = compiled.policy();
        return compiled.policy();
    }
}
