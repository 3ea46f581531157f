package dev.belay.runner.task;

import dev.belay.policies.Compiled;
import dev.belay.policies.Policy;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Source;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.Assignment;

/** A task's policy, made of the words that the controller kept; what they mean is found out where it is enforced. */
final class TaskRights {
    private TaskRights() {}

    /** @throws BelayException where this runner does not understand what its controller did: no task starts on a guess */
    static Policy of(Assignment assignment) {
        Compiled compiled = PolicyCompiler.compile(assignment.getPolicyList().stream()
                .map(source -> new Source(source.getFile(), source.getText()))
                .toList());
        if (!compiled.problems().isEmpty()) {
            Problem first = compiled.problems().getFirst();
            throw BelayException.of(
                    ErrorCode.E_POLICY,
                    first.spot() + ": " + first.what(),
                    "the runner does not understand the task's policy",
                    first.fix());
        }
        return compiled.policy();
    }
}
