package dev.belay.runner.workspace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The git objects of each tenant's projects, kept on this runner between tasks. Tenants share nothing. */
public final class ProjectStore implements AutoCloseable {
    private final Path root;
    private final Map<Path, ProjectObjects> open = new ConcurrentHashMap<>();

    public ProjectStore(Path root) {
        this.root = root.toAbsolutePath();
    }

    public ProjectObjects project(String tenant, String project) throws IOException {
        Path directory = root.resolve(Names.plain("tenant", tenant)).resolve(Names.plain("project", project) + ".git");
        try {
            return open.computeIfAbsent(directory, path -> {
                try {
                    return new ProjectObjects(BareGit.open(path), path);
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            });
        } catch (UncheckedIOException failed) {
            throw failed.getCause();
        }
    }

    @Override
    public void close() {
        open.values().forEach(project -> project.repository().close());
        open.clear();
    }
}
