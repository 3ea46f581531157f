package dev.belay.controller.rights;

import dev.belay.proto.v1.SubmitTask;
import dev.belay.proto.v1.TaskPolicy;

/**
 * A request that may begin.
 *
 * @param task bounded by the policy
 * @param policy that it was held against, and is stored with: not read again, whatever becomes of a file meanwhile
 */
public record Admitted(SubmitTask task, TaskPolicy policy) {}
