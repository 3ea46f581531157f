package dev.belay.controller.rights;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.belay.controller.tasks.Caller;
import dev.belay.controller.tasks.TaskQueries;
import dev.belay.policies.Compiled;
import dev.belay.policies.Granted;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.language.Source;
import dev.belay.proto.v1.PolicySource;
import dev.belay.proto.v1.SubmitTask;
import dev.belay.proto.v1.TaskPolicy;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The words that tasks were given of what they may do. They are kept with the task and never read again from its files. */
@Singleton
public final class TaskPolicies {
    private final Jdbi jdbi;
    private final Ceiling ceiling;

    public TaskPolicies(Jdbi jdbi, Ceiling ceiling) {
        this.jdbi = jdbi;
        this.ceiling = ceiling;
    }

    /** Of a task that exists. */
    public TaskPolicy of(Caller caller, String task) {
        return of(caller.tenant(), task);
    }

    public TaskPolicy of(String tenant, String task) {
        record Stored(byte @Nullable [] policy) {}
        return read(jdbi.withHandle(
                        handle -> handle.createQuery("select policy from task where tenant = :tenant and id = :id")
                                .bind("tenant", tenant)
                                .bind("id", task)
                                .mapTo(Stored.class)
                                .findOne())
                .orElseThrow(() -> TaskQueries.noSuchTask(task))
                .policy());
    }

    public static TaskPolicy read(byte @Nullable [] stored) {
        if (stored == null) {
            return TaskPolicy.getDefaultInstance();
        }
        try {
            return TaskPolicy.parseFrom(stored);
        } catch (InvalidProtocolBufferException damaged) {
            // Without its words a task would have other rights than it was given.
            throw new IllegalStateException("the policy of a task cannot be read", damaged);
        }
    }

    /** What a task that begins now is given; its hash is for whoever compiles it to say. */
    TaskPolicy words(SubmitTask task) {
        TaskPolicy.Builder policy =
                TaskPolicy.newBuilder().addAllSources(task.getPolicyList()).setAccepted(task.getAcceptedPolicy());
        ceiling.now().ifPresent(policy::setCeiling);
        return policy.build();
    }

    /** Null for a task that was given no words. */
    public static byte @Nullable [] stored(TaskPolicy policy) {
        return policy.equals(TaskPolicy.getDefaultInstance()) ? null : policy.toByteArray();
    }

    /** Of a task whose row is locked. */
    public static TaskPolicy locked(Handle handle, String task) {
        return read(handle.createQuery("select policy from task where id = :id")
                .bind("id", task)
                .map((row, context) -> Optional.ofNullable(row.getBytes("policy")))
                .one()
                .orElse(null));
    }

    /** In place of what the task had; its row is locked. */
    public static void write(Handle handle, String task, TaskPolicy policy) {
        handle.createUpdate("update task set policy = :policy where id = :id")
                .bind("policy", policy.toByteArray())
                .bind("id", task)
                .execute();
    }

    /** With what people let the task do beside, below the ceiling that it was begun under. */
    public static Compiled compile(TaskPolicy policy) {
        return PolicyCompiler.compile(
                sources(policy.getSourcesList()),
                policy.getGrantsList().stream()
                        .map(grant -> new Granted(grant.getHost(), grant.getActor()))
                        .toList(),
                policy.hasCeiling()
                        ? Optional.of(new Source(
                                policy.getCeiling().getFile(),
                                policy.getCeiling().getText()))
                        : Optional.empty());
    }

    /** The secrets that it names; what is not understood names none. */
    public static Set<String> secrets(Compiled compiled) {
        return compiled.problems().isEmpty()
                ? SecretWay.of(compiled).stream().map(SecretWay::name).collect(Collectors.toSet())
                : Set.of();
    }

    private static List<Source> sources(List<PolicySource> sources) {
        return sources.stream()
                .map(source -> new Source(source.getFile(), source.getText()))
                .toList();
    }
}
