package dev.belay.runner.task;

import dev.belay.policies.Policy;
import dev.belay.policies.network.HostName;
import dev.belay.policies.secrets.SecretUse;
import dev.belay.proto.error.BelayException;
import dev.belay.runner.gateway.Target;
import dev.belay.runner.gateway.Vault;
import dev.belay.runner.secrets.Placeholder;
import dev.belay.runner.secrets.Scrubber;
import dev.belay.runner.secrets.SecretValue;
import dev.belay.runner.secrets.SharedScrubber;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The secrets of one task while its place is open: in this process's memory and nowhere else of the runner. A value goes where
 * both the task's policy and whoever set it let it go. What is taken back or set anew holds for the next request after
 * {@link #FRESH}.
 */
final class TaskVault implements Vault {
    static final Duration FRESH = Duration.ofSeconds(30);

    private static final Logger LOG = Logger.getLogger(TaskVault.class.getName());

    private final String task;
    private final int epoch;
    private final Supplier<Policy> policy;
    private final Secrets secrets;
    private final LongSupplier nanos;
    /** In place of a task's name, of which a sandbox could learn what it was not told. */
    private final String untold = UUID.randomUUID().toString();

    private final Map<String, String> placeholders = new ConcurrentHashMap<>();
    private final SharedScrubber scrubber = new SharedScrubber();
    private final Map<String, Secrets.Held> held = new HashMap<>();
    /** Also those that were taken back: they may come back in an answer as long as the task lives. */
    private volatile List<SecretValue> known = List.of();

    private long asked;

    private TaskVault(String task, int epoch, Supplier<Policy> policy, Secrets secrets, LongSupplier nanos) {
        this.task = task;
        this.epoch = epoch;
        this.policy = policy;
        this.secrets = secrets;
        this.nanos = nanos;
    }

    /** Asks nobody where the policy names no secret. */
    static TaskVault open(String task, int epoch, Supplier<Policy> policy, Secrets secrets, LongSupplier nanos)
            throws IOException, InterruptedException {
        TaskVault vault = new TaskVault(task, epoch, policy, secrets, nanos);
        if (!policy.get().secrets().isEmpty()) {
            vault.take(secrets.first(task, epoch));
        }
        return vault;
    }

    /** What the task's programs find in their environment. */
    Map<String, String> placeholders() {
        Map<String, String> variables = new HashMap<>();
        for (SecretUse use : policy.get().secrets()) {
            use.variable().ifPresent(variable -> variables.put(variable, placeholder(use)));
        }
        return variables;
    }

    /** Asked for with every request. */
    private String placeholder(SecretUse use) {
        return placeholders.computeIfAbsent(
                use.name(), name -> Placeholder.of(use.variable().isPresent() ? task : untold, name));
    }

    @Override
    public List<Entry> entries(Target target) {
        return policy.get().secrets().stream()
                .map(use -> new Entry(
                        use.name(), placeholder(use), use.goesTo(target.host(), target.port()), use.hostsInWords()))
                .toList();
    }

    @Override
    public Optional<SecretValue> value(String name, Target target) {
        boolean asksForIt = policy.get().secrets().stream()
                .anyMatch(use -> use.name().equals(name) && use.goesTo(target.host(), target.port()));
        return asksForIt
                ? now(name).filter(secret -> mayGo(secret, target)).map(Secrets.Held::value)
                : Optional.empty();
    }

    private static boolean mayGo(Secrets.Held secret, Target target) {
        return HostName.of(target.host())
                .filter(host -> secret.hosts().stream().anyMatch(pattern -> pattern.matches(host, target.port())))
                .isPresent();
    }

    @Override
    public Optional<SignIn> signIn(Target target, String path) {
        return policy.get().remotes().stream()
                .filter(remote -> remote.isAt(target.host(), target.port()) && remote.isAsked(path))
                .findFirst()
                .flatMap(remote -> remote.secret().map(secret -> new SignIn(remote.user(), secret)));
    }

    @Override
    public List<SecretValue> known() {
        return known;
    }

    /** Finds what it has handed out in what comes back. */
    Scrubber scrubber() {
        return scrubber.covering(known);
    }

    private synchronized Optional<Secrets.Held> now(String name) {
        if (nanos.getAsLong() - asked > FRESH.toNanos()) {
            try {
                take(secrets.again(task, epoch));
            } catch (BelayException refused) {
                LOG.log(Level.WARNING, "the secrets of " + task + " are not used any more", refused);
                take(List.of());
            } catch (IOException | RuntimeException away) {
                // What it had goes on: without its controller a runner soon holds no task.
                LOG.log(Level.FINE, "the secrets of " + task + " could not be asked for again", away);
                asked = nanos.getAsLong();
            }
        }
        return Optional.ofNullable(held.get(name));
    }

    private synchronized void take(List<Secrets.Held> now) {
        asked = nanos.getAsLong();
        held.clear();
        now.forEach(secret -> held.put(secret.name(), secret));
        List<SecretValue> all = new ArrayList<>(known);
        now.stream()
                .map(Secrets.Held::value)
                .filter(value ->
                        all.stream().noneMatch(before -> before.reveal().equals(value.reveal())))
                .forEach(all::add);
        known = List.copyOf(all);
    }
}
