package dev.belay.runner.workspace;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.runner.linux.Directory;
import dev.belay.runner.linux.OpenFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.treewalk.TreeWalk;

/** Writes a tree's blobs as files: raw bytes, no filters, no line-end conversion, symlinks as symlinks. */
final class CheckoutFiles {
    private static final int IN_MEMORY = 8 * 1024 * 1024;

    private record Item(String name, int mode, ObjectId blob) {}

    private final Repository repository;
    private final Path root;
    private final long seconds;
    private final Map<String, List<Item>> directories = new LinkedHashMap<>();
    private final Map<ObjectId, Long> sizes = new ConcurrentHashMap<>();

    /** @param seconds the time that every file gets, so that equal commits make equal checkouts on any runner */
    CheckoutFiles(Repository repository, Path root, long seconds) {
        this.repository = repository;
        this.root = root;
        this.seconds = seconds;
    }

    /** Per blob that was written as a file, its length. */
    Map<ObjectId, Long> write(ObjectId tree) throws IOException {
        plan(tree);
        try (Directory top = Directory.open(root)) {
            for (String path : directories.keySet()) {
                if (!path.isEmpty()) {
                    int slash = path.lastIndexOf('/');
                    in(top, slash < 0 ? "" : path.substring(0, slash), parent -> {
                        parent.mkdir(path.substring(slash + 1), 0755);
                        try (Directory made = parent.directory(path.substring(slash + 1))) {
                            made.chmod(0755);
                        }
                    });
                }
            }
        }
        writeInParallel();
        return sizes;
    }

    private void plan(ObjectId tree) throws IOException {
        directories.put("", new ArrayList<>());
        try (TreeWalk walk = new TreeWalk(repository)) {
            walk.addTree(tree);
            while (walk.next()) {
                String path = Names.raw(walk.getRawPath());
                int slash = path.lastIndexOf('/');
                String name = path.substring(slash + 1);
                if (!Names.fitsTree(name)) {
                    throw bad(path, "that name may not stand in a project");
                }
                int mode = walk.getRawMode(0);
                if (walk.isSubtree()) {
                    directories.put(path, new ArrayList<>());
                    walk.enterSubtree();
                } else if (FileMode.GITLINK.equals(mode)) {
                    directories.put(path, new ArrayList<>());
                } else {
                    List<Item> items = directories.get(slash < 0 ? "" : path.substring(0, slash));
                    if (items == null) {
                        throw bad(path, "its directory is missing");
                    }
                    items.add(new Item(name, mode, walk.getObjectId(0)));
                }
            }
        }
    }

    private void writeInParallel() throws IOException {
        List<Map.Entry<String, List<Item>>> work = directories.entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .toList();
        int workers = Math.min(4, Runtime.getRuntime().availableProcessors());
        java.util.concurrent.atomic.AtomicInteger next = new java.util.concurrent.atomic.AtomicInteger();
        Callable<Boolean> worker = () -> {
            try (Directory top = Directory.open(root);
                    ObjectReader reader = repository.newObjectReader()) {
                for (int index; (index = next.getAndIncrement()) < work.size(); ) {
                    Map.Entry<String, List<Item>> one = work.get(index);
                    in(top, one.getKey(), directory -> {
                        for (Item item : one.getValue()) {
                            writeOne(reader, directory, one.getKey(), item);
                        }
                    });
                }
            }
            return true;
        };
        try (ExecutorService pool = Executors.newFixedThreadPool(workers)) {
            List<Future<Boolean>> running = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                running.add(pool.submit(worker));
            }
            for (Future<Boolean> one : running) {
                one.get();
            }
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof BelayException refused) {
                throw refused;
            }
            throw new IOException("checkout failed: " + failed.getCause(), failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("checkout was interrupted", interrupted);
        }
    }

    private void writeOne(ObjectReader reader, Directory directory, String path, Item item) throws IOException {
        ObjectLoader blob = reader.open(item.blob());
        if (FileMode.SYMLINK.equals(item.mode())) {
            if (blob.getSize() == 0 || blob.getSize() > 4095) {
                throw bad(path + "/" + item.name(), "a symlink with a target of " + blob.getSize() + " bytes");
            }
            String target = Names.raw(blob.getCachedBytes());
            if (target.indexOf('\0') >= 0) {
                throw bad(path + "/" + item.name(), "a symlink whose target has a NUL");
            }
            directory.symlink(target, item.name());
            sizes.put(item.blob(), blob.getSize());
        } else {
            try (OpenFile file = directory.create(item.name(), 0600)) {
                sizes.put(item.blob(), copy(blob, file));
                file.chmod(FileMode.EXECUTABLE_FILE.equals(item.mode()) ? 0755 : 0644);
            }
        }
        directory.touch(item.name(), seconds);
    }

    private static long copy(ObjectLoader blob, OpenFile file) throws IOException {
        if (blob.getSize() <= IN_MEMORY) {
            byte[] bytes = blob.getCachedBytes(IN_MEMORY);
            file.write(bytes, 0, bytes.length);
            return bytes.length;
        }
        byte[] buffer = new byte[64 * 1024];
        long size = 0;
        try (InputStream in = blob.openStream()) {
            for (int count; (count = in.read(buffer)) > 0; size += count) {
                file.write(buffer, 0, count);
            }
        }
        return size;
    }

    private interface Step {
        void in(Directory directory) throws IOException;
    }

    private static void in(Directory top, String path, Step step) throws IOException {
        Deque<Directory> open = new ArrayDeque<>();
        try {
            Directory directory = top;
            if (!path.isEmpty()) {
                for (String name : path.split("/", -1)) {
                    directory = directory.directory(name);
                    open.push(directory);
                }
            }
            step.in(directory);
        } finally {
            open.forEach(Directory::close);
        }
    }

    private static BelayException bad(String path, String why) {
        return BelayException.of(
                ErrorCode.E_BAD_PROJECT,
                "the commit cannot be checked out: " + Names.text(path),
                "the runner: " + why,
                "");
    }
}
