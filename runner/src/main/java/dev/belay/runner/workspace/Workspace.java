package dev.belay.runner.workspace;

import dev.belay.runner.linux.Directory;
import dev.belay.runner.linux.Entry;
import dev.belay.runner.linux.OpenFile;
import dev.belay.runner.linux.OverlayMount;
import dev.belay.runner.linux.Stat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The project's files for one task: a checkout below, and above it everything that the task changed. Making one costs the
 * same for any size of project. Nothing but the mounted {@link #merged} view may write to {@link #upper}.
 */
public final class Workspace implements AutoCloseable {
    private final Path directory;
    private final Checkout checkout;
    private final int uid;
    private final int gid;
    private boolean mounted;

    private Workspace(Path directory, Checkout checkout, int uid, int gid) {
        this.directory = directory.toAbsolutePath();
        this.checkout = checkout;
        this.uid = uid;
        this.gid = gid;
    }

    /**
     * @param lowerView the checkout's files as {@code uid} owns them: {@link Checkout#filesIn}, or {@link Checkout#files}
     *     where there is one uid only
     */
    public static Workspace create(Path directory, Checkout checkout, Path lowerView, int uid, int gid)
            throws IOException {
        Workspace workspace = new Workspace(directory, checkout, uid, gid);
        for (Path part : List.of(workspace.upper(), workspace.work(), workspace.merged())) {
            Files.createDirectories(part);
        }
        try (Directory upper = Directory.open(workspace.upper())) {
            upper.chown(uid, gid);
            upper.chmod(0755);
        }
        workspace.mount(lowerView);
        return workspace;
    }

    /** Mounts a closed workspace again. Its files are given to {@code uid} when they belong to another. */
    public static Workspace open(Path directory, Checkout checkout, Path lowerView, int uid, int gid)
            throws IOException {
        Workspace workspace = new Workspace(directory, checkout, uid, gid);
        Files.createDirectories(workspace.merged());
        try (Directory root = Directory.open(workspace.directory)) {
            root.removeAll("work");
            root.mkdir("work", 0700);
        }
        try (Directory upper = Directory.open(workspace.upper())) {
            if (upper.stat().uid() != uid || upper.stat().gid() != gid) {
                workspace.give(upper);
            }
        }
        workspace.mount(lowerView);
        return workspace;
    }

    /** True when {@code directory} holds a workspace that {@link #open} can mount. */
    public static boolean exists(Path directory) {
        return Files.isDirectory(directory.resolve("upper"));
    }

    public Path directory() {
        return directory;
    }

    public Checkout checkout() {
        return checkout;
    }

    public Path merged() {
        return directory.resolve("merged");
    }

    public Path upper() {
        return directory.resolve("upper");
    }

    /** The checkout's files as the runner owns them. */
    public Path lower() {
        return checkout.files();
    }

    private Path work() {
        return directory.resolve("work");
    }

    public int uid() {
        return uid;
    }

    public int gid() {
        return gid;
    }

    public boolean isOpen() {
        return mounted;
    }

    private void mount(Path lowerView) throws IOException {
        OverlayMount.mount(lowerView.toAbsolutePath(), upper(), work(), merged());
        mounted = true;
    }

    /** Unmounts. The task's files stay, for {@link #open}. */
    @Override
    public void close() throws IOException {
        if (mounted) {
            mounted = false;
            OverlayMount.unmount(merged());
            // The kernel leaves a folder in it that nobody may open: the state could not be removed by its owner.
            try (Directory root = Directory.open(directory)) {
                root.removeAll("work");
            }
        }
    }

    /** Closes, and removes everything that the task changed. */
    public void delete() throws IOException {
        close();
        Path parent = directory.getParent();
        if (parent != null && Files.exists(directory)) {
            try (Directory above = Directory.open(parent)) {
                above.removeAll(directory.getFileName().toString());
            }
        }
    }

    /** Breadth first over an unmounted upper; the root is last, so that an interrupted run is seen and repeated. */
    private void give(Directory upper) throws IOException {
        Deque<List<String>> left = new ArrayDeque<>();
        left.add(List.of());
        while (!left.isEmpty()) {
            List<String> path = left.remove();
            Deque<Directory> open = new ArrayDeque<>();
            try {
                Directory directory = upper;
                for (String name : path) {
                    directory = directory.directory(name);
                    open.push(directory);
                }
                for (Entry entry : directory.list()) {
                    Stat stat = directory.stat(entry.name());
                    if (stat.isWhiteout()) {
                        continue;
                    }
                    directory.chown(entry.name(), uid, gid);
                    if (stat.isDirectory()) {
                        List<String> below = new java.util.ArrayList<>(path);
                        below.add(entry.name());
                        left.add(below);
                    } else if (stat.isFile() && (stat.mode() & 06000) != 0) {
                        try (OpenFile file = directory.file(entry.name())) {
                            file.chmod(stat.permissions());
                        }
                    }
                }
            } finally {
                open.forEach(Directory::close);
            }
        }
        upper.chown(uid, gid);
    }
}
