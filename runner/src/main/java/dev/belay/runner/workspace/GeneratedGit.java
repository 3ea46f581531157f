package dev.belay.runner.workspace;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.internal.storage.pack.PackWriter;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.TreeFormatter;
import org.eclipse.jgit.storage.pack.PackConfig;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.util.FS;

/**
 * The {@code .git} that a sandbox sees: a template's configuration, the history of one commit and nothing else of the
 * person's repository: no remotes, hooks, stash, or other branches.
 */
final class GeneratedGit {
    private static final String CONFIG = """
            [core]
            	repositoryformatversion = 0
            	filemode = true
            	bare = false
            	logallrefupdates = true
            	checkStat = minimal
            	trustctime = false
            [user]
            	name = Belay agent
            	email = agent@belay.invalid
            """;

    private final Repository repository;
    private final ObjectId head;
    private final String branch;

    GeneratedGit(Repository repository, ObjectId head, String branch) {
        this.repository = repository;
        this.head = head;
        this.branch = branch;
        if (!branch.isEmpty() && !Repository.isValidRefName(Constants.R_HEADS + branch)) {
            throw BelayException.of(
                    ErrorCode.E_BAD_PROJECT, "bad branch name: " + branch, "the runner: git would refuse it", "");
        }
    }

    /**
     * @param histories where packs of whole histories are kept, one per commit, and linked from
     * @param base the tree that was checked out beside {@code git}
     * @return raw paths of directories that had to be made and hold nothing
     */
    List<String> write(Path git, Path histories, ObjectId base, Map<ObjectId, Long> sizes, long seconds)
            throws IOException {
        Files.createDirectories(git.resolve("objects/pack"));
        Files.createDirectories(git.resolve("objects/info"));
        Files.createDirectories(git.resolve("info"));
        Files.createDirectories(git.resolve("refs/heads"));
        Files.writeString(git.resolve("config"), CONFIG);
        Files.writeString(git.resolve("info/exclude"), "# files that git leaves out, of this repository alone\n");
        List<String> empty = new ArrayList<>();
        if (branch.isEmpty()) {
            Files.writeString(git.resolve("HEAD"), head.name() + "\n");
            empty.add(".git/refs/heads");
        } else {
            Path ref = git.resolve("refs/heads").resolve(branch);
            Files.createDirectories(ref.getParent());
            Files.writeString(ref, head.name() + "\n");
            Files.writeString(git.resolve("HEAD"), "ref: refs/heads/" + branch + "\n");
        }
        linkHistory(histories, git.resolve("objects/pack"));
        writeIndex(git.resolve("index"), base, sizes, seconds);
        try (Stream<Path> all = Files.walk(git)) {
            for (Path path : all.toList()) {
                boolean directory = Files.isDirectory(path);
                boolean object = !directory && path.startsWith(git.resolve("objects"));
                if (!object) {
                    Files.setPosixFilePermissions(
                            path,
                            java.nio.file.attribute.PosixFilePermissions.fromString(
                                    directory ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
        return empty;
    }

    private void linkHistory(Path histories, Path packs) throws IOException {
        Path kept = histories.resolve(head.name());
        if (!Files.isDirectory(kept)) {
            Files.createDirectories(histories);
            Path fresh = Files.createTempDirectory(histories, ".new-");
            writeHistory(fresh);
            try {
                Files.move(fresh, kept, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            } catch (java.nio.file.FileSystemException another) {
                try (var left = dev.belay.runner.linux.Directory.open(histories)) {
                    left.removeAll(fresh.getFileName().toString());
                }
                if (!Files.isDirectory(kept)) {
                    throw another;
                }
            }
        }
        try (Stream<Path> files = Files.list(kept)) {
            for (Path file : files.toList()) {
                Files.createLink(packs.resolve(file.getFileName()), file);
            }
        }
    }

    private void writeHistory(Path directory) throws IOException {
        PackConfig config = new PackConfig();
        config.setDeltaCompress(false);
        config.setReuseDeltas(true);
        try (PackWriter writer = new PackWriter(config, repository.newObjectReader())) {
            writer.setUseBitmaps(false);
            writer.setDeltaBaseAsOffset(true);
            writer.preparePack(NullProgressMonitor.INSTANCE, Set.of(head), PackWriter.NONE);
            String name = "pack-" + writer.computeName().name();
            Path pack = directory.resolve(name + ".pack");
            Path index = directory.resolve(name + ".idx");
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(pack), 128 * 1024)) {
                writer.writePack(NullProgressMonitor.INSTANCE, NullProgressMonitor.INSTANCE, out);
            }
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(index), 128 * 1024)) {
                writer.writeIndex(out);
            }
            for (Path file : List.of(pack, index)) {
                BareGit.sync(file);
                Files.setPosixFilePermissions(
                        file, java.nio.file.attribute.PosixFilePermissions.fromString("r--r--r--"));
            }
        }
    }

    /** HEAD's tree; where the checkout has other bytes, git is left to compare. */
    private void writeIndex(Path file, ObjectId base, Map<ObjectId, Long> sizes, long seconds) throws IOException {
        DirCache index = new DirCache(file.toFile(), FS.DETECTED);
        if (!index.lock()) {
            throw new IOException("index is locked: " + file);
        }
        DirCacheBuilder builder = index.builder();
        try (TreeWalk walk = new TreeWalk(repository)) {
            walk.addTree(new org.eclipse.jgit.revwalk.RevWalk(repository).parseTree(head));
            walk.addTree(base);
            walk.setRecursive(true);
            while (walk.next()) {
                int mode = walk.getRawMode(0);
                if (mode == 0) {
                    continue;
                }
                DirCacheEntry entry = new DirCacheEntry(walk.getRawPath());
                entry.setFileMode(FileMode.fromBits(mode));
                entry.setObjectId(walk.getObjectId(0));
                Long size = sizes.get(walk.getObjectId(0));
                if (size != null && walk.idEqual(0, 1) && walk.getRawMode(1) == mode) {
                    entry.setLength(size);
                    entry.setLastModified(Instant.ofEpochSecond(seconds));
                }
                builder.add(entry);
            }
        }
        builder.finish();
        index.write();
        if (!index.commit()) {
            throw new IOException("index could not be written: " + file);
        }
    }

    /** The tree of a {@code .git} without its objects, written into {@code pack}. */
    static ObjectId state(Path directory, boolean top, ObjectPack pack) throws IOException {
        TreeFormatter tree = new TreeFormatter();
        List<Path> children;
        try (Stream<Path> all = Files.list(directory)) {
            children = all.sorted(Comparator.comparing(GeneratedGit::sortName)).toList();
        }
        for (Path child : children) {
            byte[] name = child.getFileName().toString().getBytes(StandardCharsets.UTF_8);
            if (top && child.endsWith("objects")) {
                continue;
            }
            if (Files.isDirectory(child)) {
                ObjectId below = state(child, false, pack);
                if (!below.equals(Constants.EMPTY_TREE_ID)) {
                    tree.append(name, FileMode.TREE, below);
                }
            } else {
                tree.append(name, FileMode.REGULAR_FILE, pack.add(Constants.OBJ_BLOB, Files.readAllBytes(child)));
            }
        }
        byte[] bytes = tree.toByteArray();
        return bytes.length == 0 ? Constants.EMPTY_TREE_ID : pack.add(Constants.OBJ_TREE, bytes);
    }

    private static String sortName(Path path) {
        String raw = Names.raw(path.getFileName().toString().getBytes(StandardCharsets.UTF_8));
        return Files.isDirectory(path) ? raw + "/" : raw;
    }
}
