package dev.belay.runner.workspace;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import dev.belay.runner.linux.Directory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;

/**
 * Checkouts on this runner. One is made in a temporary directory and renamed, so that what exists is whole; the second
 * task on a commit pays nothing.
 */
public final class Checkouts {
    private static final String ABOUT = "checkout.json";

    private final Path root;
    private final ProjectStore projects;
    private final int owner;
    private final Map<Path, Object> making = new ConcurrentHashMap<>();

    public Checkouts(Path root, ProjectStore projects) {
        this(root, projects, 0);
    }

    /** @param owner whom the files belong to on disk, as the runner sees it */
    public Checkouts(Path root, ProjectStore projects, int owner) {
        this.root = root.toAbsolutePath();
        this.projects = projects;
        this.owner = owner;
    }

    /**
     * @param headCommit where the generated {@code .git} stands; empty: at {@code baseCommit}
     * @param branch the branch there; empty: a detached HEAD
     */
    public Checkout of(String tenant, String project, String baseCommit, String headCommit, String branch)
            throws IOException {
        Path above = Path.of(Names.plain("tenant", tenant), Names.plain("project", project));
        ObjectId base = ObjectId.fromString(Names.hash("commit", baseCommit));
        try {
            FileRepository repository = projects.project(tenant, project).repository();
            ObjectId head = head(repository, base, headCommit);
            String kind = ObjectId.fromRaw(ObjectPack.hash(
                            Constants.OBJ_BLOB, (head.name() + "\n" + branch).getBytes(StandardCharsets.UTF_8)))
                    .name()
                    .substring(0, 12);
            String whose = owner == 0 ? "" : "-" + owner;
            Path place = above.resolve(Names.hash("commit", baseCommit) + "-" + kind + whose);
            synchronized (making.computeIfAbsent(place, key -> new Object())) {
                if (!Files.exists(root.resolve(place).resolve(ABOUT))) {
                    make(repository, place, baseCommit, head, branch);
                }
            }
            return read(place);
        } catch (MissingObjectException | IncorrectObjectTypeException | CorruptObjectException bad) {
            throw BelayException.of(
                            ErrorCode.E_BAD_PROJECT,
                            "commit " + baseCommit.substring(0, 12) + " cannot be checked out",
                            "the runner: the project's packs lack a part of it: " + bad.getMessage(),
                            "")
                    .causedBy(bad);
        }
    }

    /** The person's HEAD when it came along, as the base or its parent: one folder, or a clone without history, has none. */
    private static ObjectId head(FileRepository repository, ObjectId base, String headCommit) throws IOException {
        try (RevWalk walk = new RevWalk(repository)) {
            for (RevCommit parent : walk.parseCommit(base).getParents()) {
                if (parent.name().equals(headCommit)) {
                    return parent.copy();
                }
            }
        }
        return base;
    }

    private void make(FileRepository repository, Path place, String baseCommit, ObjectId head, String branch)
            throws IOException {
        GeneratedGit git = new GeneratedGit(repository, head, branch);
        Path target = root.resolve(place);
        Path parent = Files.createDirectories(target.getParent());
        Path fresh = Files.createTempDirectory(parent, ".new-");
        try {
            Files.setPosixFilePermissions(fresh, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
            RevCommit base;
            try (RevWalk walk = new RevWalk(repository)) {
                base = walk.parseCommit(ObjectId.fromString(baseCommit));
                walk.parseBody(base);
            }
            // A minute before the commit, so that git never finds a file as young as its index.
            long seconds = Math.max(base.getCommitTime() - 60L, 1);
            Path files = Files.createDirectory(fresh.resolve("files"));
            Map<ObjectId, Long> sizes = new CheckoutFiles(repository, files, seconds).write(base.getTree());
            List<String> empty = git.write(
                    Files.createDirectory(files.resolve(".git")),
                    parent.resolve("histories"),
                    base.getTree(),
                    sizes,
                    seconds);
            Files.setPosixFilePermissions(files, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
            ObjectId state;
            try (ObjectPack pack =
                    ObjectPack.create(Files.createDirectories(fresh.resolve("state/pack")), id -> false)) {
                state = GeneratedGit.state(files.resolve(".git"), true, pack);
                pack.seal();
                pack.publish(state, () -> {});
            }
            if (owner != 0) {
                try (Directory all = Directory.open(files)) {
                    Ownership.give(all, owner, owner);
                }
            }
            Files.writeString(
                    fresh.resolve(ABOUT),
                    Json.object()
                            .put("base_commit", Json.of(baseCommit))
                            .put("work_tree", Json.of(base.getTree().name()))
                            .put("git_tree", Json.of(state.name()))
                            .put("empty_directories", Json.array(empty))
                            .build()
                            .print());
            try (Directory whole = Directory.open(fresh)) {
                whole.syncFileSystem();
            }
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
            BareGit.sync(parent);
        } catch (FileSystemException another) {
            if (!Files.exists(target.resolve(ABOUT))) {
                throw another;
            }
        } finally {
            try (Directory left = Directory.open(parent)) {
                left.removeAll(fresh.getFileName().toString());
            }
        }
    }

    private Checkout read(Path place) throws IOException {
        Path directory = root.resolve(place);
        Json about = Json.parse(Files.readString(directory.resolve(ABOUT)));
        List<String> empty = new ArrayList<>();
        about.get("empty_directories").items().forEach(item -> empty.add(item.text()));
        return new Checkout(
                place,
                directory,
                about.text("base_commit"),
                ObjectId.fromString(about.text("work_tree")),
                ObjectId.fromString(about.text("git_tree")),
                empty);
    }
}
