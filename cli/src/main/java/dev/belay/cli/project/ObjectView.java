package dev.belay.cli.project;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.util.FS;

/**
 * An object store of our own in a temporary directory, through which a repository's objects are read. What is written
 * goes here. The repository's directories are reached by links to their packs and fan-out folders alone, so that JGit
 * sees neither its configuration nor its alternates, and writes nothing into it.
 */
final class ObjectView implements AutoCloseable {
    private final Path directory;
    private final ObjectDirectory objects;

    private ObjectView(Path directory, ObjectDirectory objects) {
        this.directory = directory;
        this.objects = objects;
    }

    static ObjectView of(Optional<GitLayout> git, Path temporary) throws IOException {
        HermeticGit.install();
        Path directory = Files.createTempDirectory(temporary, "objects-");
        List<File> borrowed = new ArrayList<>();
        if (git.isPresent()) {
            for (Path real : git.get().objectDirectories()) {
                Path view = Files.createDirectory(directory.resolve("view-" + borrowed.size()));
                try (DirectoryStream<Path> folders = Files.newDirectoryStream(real, "{pack,[0-9a-f][0-9a-f]}")) {
                    for (Path folder : folders) {
                        Files.createSymbolicLink(view.resolve(folder.getFileName()), folder);
                    }
                }
                borrowed.add(view.toFile());
            }
        }
        Path own = Files.createDirectory(directory.resolve("own"));
        Files.createDirectory(own.resolve("pack"));
        return new ObjectView(
                directory,
                new ObjectDirectory(new Config(), own.toFile(), borrowed.toArray(File[]::new), FS.DETECTED, null));
    }

    ObjectDirectory objects() {
        return objects;
    }

    @Override
    public void close() throws IOException {
        objects.close();
        delete(directory);
    }

    /** Removes links, never what they lead to. */
    static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
                for (Path child : children) {
                    delete(child);
                }
            }
        }
        Files.deleteIfExists(path);
    }
}
