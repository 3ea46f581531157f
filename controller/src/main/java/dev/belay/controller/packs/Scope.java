package dev.belay.controller.packs;

import java.util.Optional;

/**
 * Who may see a pack: a tenant's project, or one task of it. A task sees its project's packs and its own. Knowing a hash
 * grants nothing.
 */
public record Scope(String tenant, String project, Optional<String> task) {
    public static Scope project(String tenant, String project) {
        return new Scope(tenant, project, Optional.empty());
    }

    public static Scope task(String tenant, String project, String task) {
        return new Scope(tenant, project, Optional.of(task));
    }
}
