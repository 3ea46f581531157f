package dev.belay.runner.workspace;

import dev.belay.runner.linux.Directory;
import dev.belay.runner.linux.OverlayMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private final Path lowerView;
    private boolean mounted;

    private Workspace(Path directory, Checkout checkout, Path lowerView, int uid, int gid) {
        this.directory = directory.toAbsolutePath();
        this.checkout = checkout;
        this.lowerView = lowerView.toAbsolutePath();
        this.uid = uid;
        this.gid = gid;
    }

    /**
     * @param lowerView the checkout's files as {@code uid} owns them: {@link Checkout#filesIn}, or {@link Checkout#files}
     *     where there is one uid only
     */
    public static Workspace create(Path directory, Checkout checkout, Path lowerView, int uid, int gid)
            throws IOException {
        Workspace workspace = new Workspace(directory, checkout, lowerView, uid, gid);
        for (Path part : List.of(workspace.upper(), workspace.merged())) {
            Files.createDirectories(part);
        }
        try (Directory upper = Directory.open(workspace.upper())) {
            upper.chown(uid, gid);
            upper.chmod(0755);
        }
        workspace.mount();
        return workspace;
    }

    /** Mounts a closed workspace again. Its files are given to {@code uid} when they belong to another. */
    public static Workspace open(Path directory, Checkout checkout, Path lowerView, int uid, int gid)
            throws IOException {
        Workspace workspace = new Workspace(directory, checkout, lowerView, uid, gid);
        Files.createDirectories(workspace.merged());
        try (Directory upper = Directory.open(workspace.upper())) {
            if (upper.stat().uid() != uid || upper.stat().gid() != gid) {
                Ownership.give(upper, uid, gid);
            }
        }
        workspace.mount();
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

    /** The kernel's own, and empty while nothing is mounted. */
    public Path work() {
        return directory.resolve("work");
    }

    /** The checkout's files as the task's sandbox owns them. */
    public Path lowerView() {
        return lowerView;
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

    /** Lets a rollback have the space that is kept for it, where the files have left none. */
    public void giveReserve() throws IOException {
        new Reserve(directory).give();
    }

    public void takeReserve() {
        new Reserve(directory).take();
    }

    /** Shows the files merged. Nobody else may have the layers mounted meanwhile. */
    public void mount() throws IOException {
        emptyWork();
        OverlayMount.mount(lowerView, upper(), work(), merged());
        mounted = true;
    }

    /** What an earlier mount left there is nobody's. */
    private void emptyWork() throws IOException {
        try (Directory root = Directory.open(directory)) {
            root.removeAll("work");
            root.mkdir("work", 0700);
        }
    }

    /** Unmounts. The task's files stay, for {@link #open}, and for another to mount. */
    @Override
    public void close() throws IOException {
        if (mounted) {
            mounted = false;
            OverlayMount.unmount(merged());
            // The kernel leaves a folder in it that nobody may open: the state could not be removed by its owner.
            emptyWork();
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
}
