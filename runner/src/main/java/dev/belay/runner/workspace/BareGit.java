package dev.belay.runner.workspace;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.ConfigConstants;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;
import org.jspecify.annotations.Nullable;

/**
 * Bare repositories that are Belay's own: no configuration of the person or the machine reaches them, and JGit leaves no
 * files in anyone's home.
 */
public final class BareGit {
    static {
        SystemReader.setInstance(new Isolated(SystemReader.getInstance()));
    }

    private BareGit() {}

    /** Opens the repository, making it when there is none. Atomic: there is a whole one or none. */
    public static FileRepository open(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Path parent = Files.createDirectories(directory.toAbsolutePath().getParent());
            Path fresh = Files.createTempDirectory(parent, ".new-");
            try (FileRepository repository =
                    new FileRepository(fresh.resolve("git").toFile())) {
                repository.create(true);
            }
            try {
                Files.move(fresh.resolve("git"), directory, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileAlreadyExistsException | java.nio.file.DirectoryNotEmptyException another) {
                if (!Files.isDirectory(directory.resolve("objects"))) {
                    throw another;
                }
            }
            sync(parent);
            try (dev.belay.runner.linux.Directory left = dev.belay.runner.linux.Directory.open(parent)) {
                left.removeAll(fresh.getFileName().toString());
            }
        }
        return new FileRepository(directory.toFile());
    }

    /** Makes a file's bytes, or a directory's names, survive a loss of power. */
    public static void sync(Path path) throws IOException {
        try (var channel = java.nio.channels.FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Both at the same time: the file system writes its journal once for those that come together. */
    public static void sync(Path one, Path other) throws IOException {
        FutureTask<Void> beside = new FutureTask<>(() -> {
            sync(other);
            return null;
        });
        Thread.ofVirtual().name("sync").start(beside);
        try {
            sync(one);
        } finally {
            // Whoever goes on may move the files, or take them away.
            ended(beside);
        }
        if (beside.state() == Future.State.FAILED) {
            throw new IOException("not on disk: " + other, beside.exceptionNow());
        }
    }

    private static void ended(Future<?> work) {
        boolean interrupted = false;
        while (!work.isDone()) {
            try {
                work.get();
            } catch (InterruptedException again) {
                interrupted = true;
            } catch (ExecutionException failed) {
                break;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Replaces two small files of one directory, the first before the second: after a loss of power both hold the old bytes,
     * or both the new, or the first alone the new.
     */
    public static void replace(Path first, Path second, byte[] bytes, Runnable halfway) throws IOException {
        Path freshFirst = fresh(first);
        Path freshSecond = fresh(second);
        Files.write(freshFirst, bytes);
        Files.write(freshSecond, bytes);
        sync(freshFirst, freshSecond);
        Files.move(freshFirst, first, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        halfway.run();
        Files.move(freshSecond, second, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(first.resolveSibling("."));
    }

    private static Path fresh(Path file) {
        return file.resolveSibling(file.getFileName() + ".tmp");
    }

    /** Removes what a loss of power in the middle of a replacement has left beside the file. */
    public static void forgetHalf(Path file) throws IOException {
        Files.deleteIfExists(fresh(file));
    }

    /** Replaces a small file: after a loss of power it holds the old bytes or the new. */
    public static void replace(Path file, byte[] bytes) throws IOException {
        Path fresh = fresh(file);
        Files.write(fresh, bytes);
        sync(fresh);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(file.resolveSibling("."));
    }

    private static final class Isolated extends SystemReader.Delegate {
        Isolated(SystemReader machine) {
            super(machine);
        }

        @Override
        public FileBasedConfig openUserConfig(Config parent, FS fs) {
            return new Nothing(parent, fs);
        }

        @Override
        public FileBasedConfig openSystemConfig(Config parent, FS fs) {
            return new Nothing(parent, fs);
        }

        @Override
        public FileBasedConfig openJGitConfig(Config parent, FS fs) {
            return new Nothing(parent, fs);
        }
    }

    /** Empty for ever; it answers only what JGit would otherwise measure, for seconds, by writing files. */
    private static final class Nothing extends FileBasedConfig {
        Nothing(Config parent, FS fs) {
            super(parent, new java.io.File("/dev/null"), fs);
        }

        @Override
        public void load() {}

        @Override
        public void save() {}

        @Override
        public boolean isOutdated() {
            return false;
        }

        @Override
        public long getTimeUnit(
                String section, @Nullable String subsection, String name, long defaultValue, TimeUnit wantUnit) {
            if (ConfigConstants.CONFIG_FILESYSTEM_SECTION.equals(section)) {
                return wantUnit.convert(10, TimeUnit.MILLISECONDS);
            }
            return super.getTimeUnit(section, subsection, name, defaultValue, wantUnit);
        }
    }
}
