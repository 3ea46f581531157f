package dev.belay.controller.rights;

import dev.belay.policies.Compiled;
import dev.belay.policies.Mode;
import dev.belay.policies.ToolName;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Settings;
import dev.belay.proto.bounds.UsualLimits;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.Limits;
import dev.belay.proto.v1.ResumeTask;
import dev.belay.proto.v1.SubmitTask;
import dev.belay.proto.v1.TaskPolicy;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * Holds a task against the policy that it was sent with, before anything is stored.
 *
 * <p>What a policy says of limits and tools bounds what the person asked for and never widens it: nothing said becomes what
 * the policy says, and more than it says is refused.
 */
@Singleton
public final class PolicyAdmission {
    private static final int MOST_SOURCES = 8;
    private static final int MOST_TOLD = 5;

    private final TaskPolicies policies;
    private final SecretAdmission secrets;

    public PolicyAdmission(TaskPolicies policies, SecretAdmission secrets) {
        this.policies = policies;
        this.secrets = secrets;
    }

    public Admitted within(String tenant, SubmitTask task) {
        if (task.getPolicyCount() > MOST_SOURCES) {
            throw BelayException.of(
                    ErrorCode.E_POLICY,
                    "the policy has " + task.getPolicyCount() + " files",
                    "the controller takes " + MOST_SOURCES,
                    "send the files that the client reads");
        }
        TaskPolicy words = policies.words(task);
        Compiled compiled = TaskPolicies.compile(words);
        if (!compiled.problems().isEmpty()) {
            throw Problem.refusal(compiled.problems());
        }
        accepted(compiled, task.getAcceptedPolicy());
        secrets.check(tenant, compiled);
        mode(compiled, task);
        return new Admitted(
                task.toBuilder()
                        .setLimits(limits(compiled.policy().settings(), task.getLimits()))
                        .clearAllowedTools()
                        .addAllAllowedTools(allowed(compiled, task))
                        .build(),
                words.toBuilder().setHash(compiled.hash()).build());
    }

    private static void accepted(Compiled compiled, String accepted) {
        if (!compiled.requests().isEmpty() && !compiled.hash().equals(accepted)) {
            throw BelayException.of(
                    ErrorCode.E_POLICY_NOT_ACCEPTED,
                    "the project's policy asks for what nobody has accepted: "
                            + compiled.requests().stream()
                                    .limit(MOST_TOLD)
                                    .map(request -> request.pattern() + " ("
                                            + request.origin().spot().lineOnly() + ")")
                                    .collect(Collectors.joining(", ")),
                    accepted.isEmpty()
                            ? "a project asks, and a person grants (layer: policy)"
                            : "what was accepted is another policy (layer: policy)",
                    "belay policy show; then belay run --accept-policy "
                            + compiled.hash().substring(0, 12) + " …");
        }
    }

    private static void mode(Compiled compiled, SubmitTask task) {
        Mode mode =
                Mode.valueOf(task.getMode().name().substring("MODE_".length()).toUpperCase(Locale.ROOT));
        compiled.policy().refuses(mode).ifPresent(why -> {
            throw BelayException.of(
                    ErrorCode.E_DENIED,
                    "the policy does not let a task run in mode " + mode.word(),
                    why + " (layer: policy)",
                    "belay run --mode "
                            + compiled.policy()
                                    .settings()
                                    .modes()
                                    .iterator()
                                    .next()
                                    .word() + " …");
        });
    }

    /** None named is all: then what the policy leaves is named. */
    private static List<String> allowed(Compiled compiled, SubmitTask task) {
        List<String> given = new ArrayList<>(task.getAllowedToolsList());
        if (compiled.policy().tools().size() == ToolName.values().length) {
            return given;
        }
        for (String word : given) {
            ToolName tool = ToolName.named(word).orElseThrow();
            if (!compiled.policy().tools().contains(tool)) {
                throw BelayException.of(
                        ErrorCode.E_DENIED,
                        "the policy does not give the tool " + tool.word(),
                        "it gives "
                                + compiled.policy().tools().stream()
                                        .map(ToolName::word)
                                        .collect(Collectors.joining(", "))
                                + " (layer: policy)",
                        "belay policy explain");
            }
        }
        return given.isEmpty()
                ? compiled.policy().tools().stream().map(ToolName::word).toList()
                : given;
    }

    /** Limits that a person raises while the task waits at one. */
    public static void raised(TaskPolicy policy, ResumeTask wish) {
        Settings settings = TaskPolicies.compile(policy).policy().settings();
        limits(
                settings,
                Limits.newBuilder()
                        .setMaxTurns(wish.getMaxTurns())
                        .setTimeoutSeconds(wish.getTimeoutSeconds())
                        .setMaxUsd(wish.getMaxUsd())
                        .build());
    }

    private static Limits limits(Settings policy, Limits asked) {
        return asked.toBuilder()
                .setMaxTurns(least("max_turns", policy.maxTurns(), asked.getMaxTurns(), UsualLimits.turns(0)))
                .setTimeoutSeconds(least("timeout", policy.timeoutSeconds(), asked.getTimeoutSeconds(), (int)
                        UsualLimits.time(0).toSeconds()))
                .setMemoryMib(least("memory_mib", policy.memoryMib(), asked.getMemoryMib(), UsualLimits.MEMORY_MIB))
                .setProcesses(least("processes", policy.processes(), asked.getProcesses(), UsualLimits.PROCESSES))
                .setDiskMib(least("disk_mib", policy.diskMib(), asked.getDiskMib(), UsualLimits.DISK_MIB))
                .setMaxUsd(dollars(policy.maxUsd(), asked.getMaxUsd()))
                .build();
    }

    /** @param usual what nothing said means: a policy that allows more leaves it as it is */
    private static int least(String name, OptionalInt policy, int asked, int usual) {
        if (policy.isEmpty()) {
            return asked;
        }
        if (asked > policy.getAsInt()) {
            throw more(name, Integer.toString(policy.getAsInt()), Integer.toString(asked));
        }
        return asked > 0 || usual <= policy.getAsInt() ? asked : policy.getAsInt();
    }

    private static double dollars(OptionalDouble policy, double asked) {
        if (policy.isEmpty() || asked > 0 && asked <= policy.getAsDouble()) {
            return asked;
        }
        if (asked > 0) {
            throw more("max_usd", Double.toString(policy.getAsDouble()), Double.toString(asked));
        }
        return policy.getAsDouble();
    }

    private static BelayException more(String name, String most, String asked) {
        return BelayException.of(
                ErrorCode.E_DENIED,
                "the policy bounds " + name + " at " + most + ", and " + asked + " was asked for",
                "limits." + name + " of .belay/policy.yaml (layer: policy)",
                "ask for " + most + " or less");
    }
}
