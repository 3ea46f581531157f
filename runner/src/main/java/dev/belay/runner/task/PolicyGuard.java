package dev.belay.runner.task;

import dev.belay.policies.Policy;
import dev.belay.policies.Verdict;
import dev.belay.proto.v1.PolicyDenied;
import dev.belay.runner.hands.Guard;
import dev.belay.runner.hands.Hand;
import dev.belay.runner.hands.Intent;
import dev.belay.runner.hands.PlainText;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Holds the calls of a task against its policy, and reports what it refused. */
final class PolicyGuard implements Guard {
    private static final int SHOWN = 80;

    private final Supplier<Policy> policy;
    private final Consumer<PolicyDenied> report;

    PolicyGuard(Supplier<Policy> policy, Consumer<PolicyDenied> report) {
        this.policy = policy;
        this.report = report;
    }

    @Override
    public Optional<String> refuses(Intent intent) {
        return switch (intent) {
            case Intent.Command(String line) ->
                answer("tool", line, policy.get().command(line));
            case Intent.Change(String path) ->
                // What an edit tool answers shows lines of the file: what may not be read may not be edited so either.
                ofProject(path)
                        .flatMap(file -> answer("path", file, policy.get().edit(file))
                                .or(() -> answer("path", file, policy.get().read(file))));
            case Intent.Reading(String path) ->
                ofProject(path)
                        .flatMap(file -> answer("path", file, policy.get().read(file)));
        };
    }

    @Override
    public boolean hides(String path) {
        return ofProject(path)
                .filter(file -> !policy.get().read(file).allowed())
                .isPresent();
    }

    @Override
    public boolean hidesAny() {
        return policy.get().boundsReads();
    }

    /** What lies elsewhere in the sandbox is nobody's. */
    private static Optional<String> ofProject(String path) {
        String below = Hand.HOME + "/";
        return path.startsWith(below) ? Optional.of(path.substring(below.length())) : Optional.empty();
    }

    private Optional<String> answer(String what, String target, Verdict verdict) {
        return switch (verdict) {
            case Verdict.Allowed _ -> Optional.empty();
            case Verdict.Denied denied ->
                Optional.of(refused(
                        what,
                        target,
                        denied.rule(),
                        denied.place(),
                        denied.reason(),
                        denied.instead(),
                        denied.layer()));
            case Verdict.Asks asks ->
                Optional.of(refused(
                        what,
                        target,
                        asks.rule(),
                        asks.place(),
                        asks.reason() + "; a person would have to say it, and nobody can be asked in this mode",
                        asks.instead(),
                        asks.layer()));
        };
    }

    private String refused(
            String what, String target, String rule, String place, String reason, String instead, String layer) {
        String shown = PlainText.line(target, SHOWN);
        report.accept(PolicyDenied.newBuilder()
                .setLayer(layer)
                .setWhat(what)
                .setTarget(shown)
                .setRule(rule)
                .setPlace(place)
                .setReason(reason)
                .setInstead(instead)
                .build());
        return "Belay: denied (layer: %s, rule: %s, %s).\n%s.\nThe call was not made. Do not try it again in another form: %s."
                .formatted(layer, rule, place, sentence(reason), sentence(instead));
    }

    private static String sentence(String text) {
        return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }
}
