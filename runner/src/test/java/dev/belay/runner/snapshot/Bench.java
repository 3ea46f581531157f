package dev.belay.runner.snapshot;

import dev.belay.proto.v1.PackRef;
import dev.belay.proto.v1.Snapshot;
import dev.belay.runner.workspace.Checkout;
import dev.belay.runner.workspace.Checkouts;
import dev.belay.runner.workspace.ProjectObjects;
import dev.belay.runner.workspace.ProjectStore;
import dev.belay.runner.workspace.Workspace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A real project, packed by real git, checked out, mounted, with its snapshots: everything on disk, nothing faked. */
public final class Bench implements AutoCloseable {
    private final Path root;
    private final ProjectStore projects;
    private final Checkout checkout;
    private Workspace workspace;
    private Settings settings;
    private Stillness stillness = Stillness.nobodyInside();
    private SnapshotStore store;
    private final List<Captured> captured = new ArrayList<>();
    private int step;

    public Bench(Path root, String setup, Settings settings) throws IOException {
        this.root = root;
        this.settings = settings;
        Path source = root.resolve("source");
        this.projects = new ProjectStore(root.resolve("projects"));
        boolean fresh = !Files.exists(source);
        if (fresh) {
            Files.createDirectories(source);
            Shell.sh(source, "umask 022; git init -q -b main .; git config user.name t; git config user.email t@t");
            Shell.sh(source, "umask 022; " + setup);
            Shell.sh(source, "git add -A -f; git commit -q --allow-empty -m base");
            addPack(source);
        }
        String commit = Shell.sh(source, "git rev-parse HEAD").strip();
        this.checkout = new Checkouts(root.resolve("checkouts"), projects).of("t", "p", commit, commit, "main");
        Path task = root.resolve("task");
        this.workspace = fresh
                ? Workspace.create(task, checkout, checkout.files(), 0, 0)
                : Workspace.open(task, checkout, checkout.files(), 0, 0);
        this.store = openStore();
    }

    /** Over what another process left there. */
    static Bench attach(Path root, Settings settings) throws IOException {
        return new Bench(root, "", settings);
    }

    public Bench(Path root, String setup) throws IOException {
        this(root, setup, Settings.standard());
    }

    private void addPack(Path source) throws IOException {
        Path pack = root.resolve("all.pack");
        Shell.sh(source, "git rev-list --objects --all | git pack-objects -q --stdout >" + pack);
        addPack(projects.project("t", "p"), pack);
    }

    public static void addPack(ProjectObjects project, Path pack) throws IOException {
        PackRef ref = PackRef.newBuilder()
                .setSha256(sha256(pack))
                .setSize(Files.size(pack))
                .build();
        try (InputStream in = Files.newInputStream(pack)) {
            project.add(ref, in);
        }
    }

    public static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private SnapshotStore openStore() throws IOException {
        return SnapshotStore.open(
                root.resolve("shadow.git"), "t-test", workspace, projects.project("t", "p"), stillness, settings);
    }

    void use(Settings changed, Stillness calm) throws IOException {
        settings = changed;
        stillness = calm;
        reopen();
    }

    /** As another process would find it. */
    void reopen() throws IOException {
        store.close();
        workspace.close();
        workspace = Workspace.open(root.resolve("task"), checkout, checkout.files(), 0, 0);
        store = openStore();
    }

    SnapshotStore store() {
        return store;
    }

    Workspace workspace() {
        return workspace;
    }

    Checkout checkout() {
        return checkout;
    }

    ProjectObjects project() throws IOException {
        return projects.project("t", "p");
    }

    Path merged() {
        return workspace.merged();
    }

    Path root() {
        return root;
    }

    String sh(String script) throws IOException {
        return Shell.sh(merged(), "umask 022; " + script);
    }

    Snapshot capture() throws SnapshotException {
        Captured one = store.capture(new Moment(step, 1, step == 0 ? "base" : "step", "Bash"));
        step++;
        captured.add(one);
        return one.snapshot();
    }

    Restored restore(Snapshot to) throws IOException {
        return store.restore(to, new Moment(step, 1, "safety", ""), safety -> {
            captured.add(safety);
            step++;
        });
    }

    int nextStep() {
        return step;
    }

    List<Captured> captured() {
        return captured;
    }

    List<String> manifest() throws IOException {
        return Manifest.of(merged());
    }

    /** What git itself makes of the same files. */
    String gitTree() throws IOException {
        Path other = Files.createTempDirectory(root, "git-");
        Shell.sh(other, "git init -q --bare .");
        return Shell.sh(
                        merged(),
                        "export GIT_DIR=" + other + " GIT_WORK_TREE=" + merged()
                                + "; git add -A -f . && git write-tree")
                .strip();
    }

    /** The shadow repository as git sees it. */
    void fsck() throws IOException {
        Shell.sh(root, "git --git-dir=shadow.git fsck --full --strict --no-dangling >&2");
    }

    @Override
    public void close() throws IOException {
        store.close();
        workspace.close();
        projects.close();
    }
}
