package dev.belay.cli.project;

import dev.belay.cli.project.Comparison.Ready;
import dev.belay.policies.shell.OneWord;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Changes of a folder's files that all happen or do not. New contents are written beside their places first, so that a
 * full disk shows before anything changed; every old file is kept aside until {@link #finish()}.
 */
final class FolderWrite {
    /** Sees every change of the folder before it is made; by throwing it makes the change fail. */
    interface Witness {
        void before(Path path) throws IOException;
    }

    private interface Step {
        void run() throws IOException;
    }

    private record Prepared(Ready ready, Path content) {}

    private final Path root;
    private final ResultPack results;
    private final Witness witness;
    private final Set<String> files = new HashSet<>();
    private final String token = ".belay-" + UUID.randomUUID().toString().substring(0, 8) + "-";
    private final Deque<Step> undo = new ArrayDeque<>();
    private final List<Path> kept = new ArrayList<>();
    private final List<Path> emptied = new ArrayList<>();
    private int temporaries;

    FolderWrite(Path root, ResultPack results, Witness witness) {
        this.root = root;
        this.results = results;
        this.witness = witness;
    }

    void write(List<Ready> all) throws IOException {
        List<Ready> wanted = all.stream().filter(ready -> !ready.done()).toList();
        wanted.stream().map(Ready::change).filter(ChangedPath::stays).forEach(change -> files.add(change.path()));
        List<Prepared> prepared = new ArrayList<>();
        for (Ready ready : wanted) {
            if (ready.change().stays()) {
                prepared.add(new Prepared(ready, content(ready)));
            }
        }
        for (Ready ready : wanted) {
            if (!ready.change().stays() && ready.before() != null) {
                remove(ready);
            }
        }
        for (Prepared each : prepared) {
            place(each);
        }
    }

    /** After this nothing can be undone. What could not be tidied is answered. */
    List<String> finish() {
        List<String> left = new ArrayList<>();
        for (Path path : kept) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                left.add(root.relativize(path).toString());
            }
        }
        for (Path folder : emptied) {
            for (Path at = folder; at != null && !at.equals(root); at = at.getParent()) {
                if (!Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
                    continue;
                }
                try {
                    Files.deleteIfExists(at);
                } catch (DirectoryNotEmptyException e) {
                    break;
                } catch (IOException e) {
                    left.add(root.relativize(at).toString());
                    break;
                }
            }
        }
        return left;
    }

    /** Puts everything back. What could not be put back is answered. */
    List<String> rollback() {
        List<String> failed = new ArrayList<>();
        while (!undo.isEmpty()) {
            try {
                undo.pop().run();
            } catch (IOException e) {
                failed.add(String.valueOf(e.getMessage()));
            }
        }
        return failed;
    }

    private Path content(Ready ready) throws IOException {
        ChangedPath change = ready.change();
        Path temporary = temporary(change.path());
        witness.before(temporary);
        undo.push(() -> Files.deleteIfExists(temporary));
        NewContent.write(ready, root.resolve(change.path()), temporary, results);
        return temporary;
    }

    private void remove(Ready ready) throws IOException {
        Path place = root.resolve(ready.change().path());
        unchanged(ready, place);
        Path aside = temporary(ready.change().path());
        witness.before(place);
        move(place, aside);
        undo.push(() -> move(aside, place));
        kept.add(aside);
        Path folder = place.getParent();
        if (folder != null && !folder.equals(root)) {
            emptied.add(folder);
        }
    }

    private void place(Prepared prepared) throws IOException {
        Ready ready = prepared.ready;
        Path place = root.resolve(ready.change().path());
        folders(ready.change().path());
        if (ready.before() != null) {
            unchanged(ready, place);
            Path aside = temporary(ready.change().path());
            witness.before(place);
            undo.push(() -> Files.deleteIfExists(aside));
            keep(place, aside);
            kept.add(aside);
            move(prepared.content, place);
            undo.push(() -> move(aside, place));
        } else {
            if (Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
                clear(place);
            }
            unchanged(ready, place);
            witness.before(place);
            move(prepared.content, place);
            undo.push(() -> Files.deleteIfExists(place));
        }
    }

    private void folders(String path) throws IOException {
        for (String folder : ChangedPath.foldersOf(path)) {
            Path directory = root.resolve(folder);
            if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
                witness.before(directory);
                Files.createDirectory(directory);
                undo.push(() -> Files.deleteIfExists(directory));
            } else if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                throw changed(path);
            }
        }
    }

    /** Takes folders away that hold nothing but folders. */
    private void clear(Path directory) throws IOException {
        List<Path> children = new ArrayList<>();
        try (var stream = Files.newDirectoryStream(directory)) {
            stream.forEach(children::add);
        }
        for (Path child : children) {
            if (!Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
                throw changed(root.relativize(child).toString());
            }
            clear(child);
        }
        Set<PosixFilePermission> rights = Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS);
        witness.before(directory);
        Files.delete(directory);
        undo.push(() -> {
            Files.createDirectory(directory);
            Files.setPosixFilePermissions(directory, rights);
        });
    }

    private static void keep(Path from, Path to) throws IOException {
        try {
            Files.createLink(to, from);
        } catch (FileSystemException | UnsupportedOperationException e) {
            // Another person's file, or a file system without links: a copy serves as well.
            Files.copy(from, to, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The person goes on working while files are compared. */
    private static void unchanged(Ready ready, Path place) throws IOException {
        FileStat before = ready.before();
        FileStat now = FileStat.of(place).orElse(null);
        boolean same = before == null || now == null
                ? before == now
                : before.mode() == now.mode()
                        && before.length() == now.length()
                        && before.modified().equals(now.modified());
        if (!same) {
            throw changed(ready.change().path());
        }
    }

    /** In the nearest folder that is there now and stays, which is the file's own wherever that can be. */
    private Path temporary(String path) {
        Path folder = root;
        for (String above : ChangedPath.foldersOf(path)) {
            Path directory = root.resolve(above);
            if (files.contains(above) || !Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                break;
            }
            folder = directory;
        }
        return folder.resolve(token + temporaries++);
    }

    private static BelayException changed(String path) {
        return BelayException.of(
                ErrorCode.E_CONFLICT,
                Shown.path(path) + " changed while the result was applied",
                "another program is writing to the project (layer: client)",
                "everything was put back",
                "run the command again");
    }

    /** What stopped the writing, for a person. */
    static BelayException failed(Path root, IOException cause) {
        String path = cause instanceof FileSystemException e && e.getFile() != null
                ? Shown.path(
                        e.getFile().startsWith(root + "/") ? e.getFile().substring((root + "/").length()) : e.getFile())
                : "the result";
        boolean denied = cause instanceof AccessDeniedException;
        String reason = cause instanceof FileSystemException e && e.getReason() != null
                ? e.getReason()
                : denied
                        ? "the operating system denies it to you"
                        : cause instanceof NoSuchFileException
                                ? "it is gone: another program is writing to the project"
                                : String.valueOf(cause.getMessage());
        return BelayException.of(
                        denied ? ErrorCode.E_BAD_PROJECT : ErrorCode.E_INTERNAL,
                        "cannot write " + path,
                        reason + " (layer: client)",
                        "everything was put back",
                        denied ? "ls -ld " + OneWord.of(root.toString()) : "df -h " + OneWord.of(root.toString()))
                .causedBy(cause);
    }
}
