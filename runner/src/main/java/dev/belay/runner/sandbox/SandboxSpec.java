package dev.belay.runner.sandbox;

import java.nio.file.Path;
import java.util.Map;

/**
 * What a sandbox is made of.
 *
 * @param id names the sandbox on this runner; letters, digits and dashes
 * @param slot the place it takes: its kernel uid, where the runner has a range of them, follows from it
 * @param workspace seen inside as {@code /workspace}
 * @param environment added to the engine's own few variables
 */
public record SandboxSpec(
        String id, int slot, WorkspaceFiles workspace, Limits limits, Map<String, String> environment) {
    public SandboxSpec {
        if (!id.matches("[A-Za-z0-9-]{1,64}")) {
            throw new IllegalArgumentException("id must be letters, digits and dashes: " + id);
        }
        environment = Map.copyOf(environment);
    }

    public SandboxSpec(String id, int slot, Path merged, Limits limits, Map<String, String> environment) {
        this(id, slot, new WorkspaceFiles.Merged(merged), limits, environment);
    }
}
