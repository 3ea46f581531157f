package dev.belay.controller.packs;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.util.FS;

/**
 * One scope on disk: a bare repository that git itself can read. A project's is {@code TENANT/PROJECT/project.git}; a
 * task's is {@code TENANT/PROJECT/tasks/TASK.git} and borrows the project's objects, so that a task is purged by
 * deleting one directory.
 */
final class ScopeFolder {
    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9._-]{1,128}");
    private static final String RECORD = "belay-packs";

    /** A line of the record: what was answered as stored. */
    record Stored(String sha256, long size, int objects) {}

    private final Path git;
    private final Optional<Path> project;

    /** The record up to its byte {@link #read}. */
    private final Map<String, Stored> known = new LinkedHashMap<>();

    private long read;

    private ScopeFolder(Path git, Optional<Path> project) {
        this.git = git;
        this.project = project;
    }

    static ScopeFolder of(Path root, Scope scope) {
        Path folder = root.resolve(safe(scope.tenant(), "tenant")).resolve(safe(scope.project(), "project"));
        Path project = folder.resolve("project.git");
        return scope.task()
                .map(task -> new ScopeFolder(
                        folder.resolve("tasks").resolve(safe(task, "task") + ".git"), Optional.of(project)))
                .orElseGet(() -> new ScopeFolder(project, Optional.empty()));
    }

    private static String safe(String name, String what) {
        if (!SAFE.matcher(name).matches() || name.equals(".") || name.equals("..")) {
            throw BelayException.of(
                    ErrorCode.E_BAD_REQUEST,
                    "this is no " + what + ": '" + name.replaceAll("\\p{Cntrl}", "?") + "'",
                    "controller: 1 to 128 letters, digits, '.', '_' and '-'",
                    "");
        }
        return name;
    }

    /** What a task borrows from; none for a project. */
    Optional<ScopeFolder> project() {
        return project.map(git -> new ScopeFolder(git, Optional.empty()));
    }

    Path git() {
        return git;
    }

    Path objects() {
        return git.resolve("objects");
    }

    Path pack(String sha256) {
        return objects().resolve("pack").resolve("pack-" + sha256 + ".pack");
    }

    Path index(String sha256) {
        return objects().resolve("pack").resolve("pack-" + sha256 + ".idx");
    }

    boolean exists() {
        return Files.exists(git.resolve("HEAD"));
    }

    /** Idempotent; HEAD is written last and makes it a repository. */
    void create() throws IOException {
        if (exists()) {
            return;
        }
        if (project.isPresent()) {
            new ScopeFolder(project.get(), Optional.empty()).create();
        }
        Files.createDirectories(objects().resolve("pack"));
        Files.createDirectories(objects().resolve("info"));
        Files.createDirectories(git.resolve("refs"));
        if (project.isPresent()) {
            Durable.write(objects().resolve("info").resolve("alternates"), "../../../project.git/objects\n");
            Durable.directory(objects().resolve("info"));
        }
        Durable.write(git.resolve("config"), "[core]\n\trepositoryformatversion = 0\n\tbare = true\n");
        Durable.directory(objects());
        Durable.write(git.resolve("HEAD"), "ref: refs/heads/none\n");
        Durable.directory(git);
        for (Path parent = git.getParent(); parent != null && Files.isWritable(parent); parent = parent.getParent()) {
            Durable.directory(parent);
        }
    }

    /** What is stored here, in the order it was stored. */
    synchronized Map<String, Stored> stored() throws IOException {
        catchUp();
        return new LinkedHashMap<>(known);
    }

    synchronized Optional<Stored> stored(String sha256) throws IOException {
        catchUp();
        return Optional.ofNullable(known.get(sha256));
    }

    /** The record only grows, also by other processes. A line that a crash cut short was never answered. */
    private void catchUp() throws IOException {
        Path file = git.resolve(RECORD);
        long size = Files.exists(file) ? Files.size(file) : 0;
        if (size < read) {
            known.clear();
            read = 0;
        }
        if (size == read) {
            return;
        }
        try (FileChannel record = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer fresh = ByteBuffer.allocate((int) (size - read));
            while (fresh.hasRemaining() && record.read(fresh, read + fresh.position()) >= 0) {}
            String text = new String(fresh.array(), 0, fresh.position(), StandardCharsets.US_ASCII);
            int whole = text.lastIndexOf('\n') + 1;
            for (String line : text.substring(0, whole).split("\n", -1)) {
                String[] parts = line.split(" ", -1);
                if (parts.length == 3) {
                    known.put(parts[0], new Stored(parts[0], Long.parseLong(parts[1]), Integer.parseInt(parts[2])));
                }
            }
            read += whole;
        }
    }

    /** The moment from which on packs count as stored. */
    void record(List<Stored> packs) throws IOException {
        if (packs.isEmpty()) {
            return;
        }
        boolean first = !Files.exists(git.resolve(RECORD));
        try (FileChannel record = FileChannel.open(
                git.resolve(RECORD), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long end = record.size();
            ByteBuffer last = ByteBuffer.allocate(1);
            boolean torn = end > 0 && record.read(last, end - 1) == 1 && last.get(0) != '\n';
            StringBuilder lines = new StringBuilder(torn ? "\n" : "");
            packs.forEach(pack -> lines.append(pack.sha256)
                    .append(' ')
                    .append(pack.size)
                    .append(' ')
                    .append(pack.objects)
                    .append('\n'));
            ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                end += record.write(bytes, end);
            }
            record.force(true);
        }
        if (first) {
            Durable.directory(git);
        }
    }

    /** Removes packs that a crash left behind before they were recorded. */
    void sweep() throws IOException {
        Path packs = objects().resolve("pack");
        if (!Files.exists(packs)) {
            return;
        }
        Map<String, Stored> stored = stored();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(packs)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                int dot = name.lastIndexOf('.');
                if (!name.startsWith("pack-") || dot < 5 || !stored.containsKey(name.substring(5, dot))) {
                    Files.delete(file);
                }
            }
        }
    }

    ObjectDirectory open() throws IOException {
        return new ObjectDirectory(new Config(), objects().toFile(), null, FS.DETECTED, null);
    }
}
