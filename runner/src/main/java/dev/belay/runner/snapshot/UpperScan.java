package dev.belay.runner.snapshot;

import dev.belay.proto.v1.NotCaptured;
import dev.belay.runner.linux.Directory;
import dev.belay.runner.linux.Entry;
import dev.belay.runner.linux.Errno;
import dev.belay.runner.linux.OpenFile;
import dev.belay.runner.linux.Stat;
import dev.belay.runner.workspace.Names;
import dev.belay.runner.workspace.ObjectPack;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * Reads the upper directory. Every look is by directory descriptor and never follows a symlink; nothing but regular files
 * is opened; a file whose key is as it was is not read again, unless it could have changed without a trace.
 */
final class UpperScan {
    /** The tree moved under the scan. */
    static final class Moving extends IOException {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        Moving(String path) {
            super(Names.text(path) + " changed while it was read");
        }
    }

    /** Of a clock tick, generously: a write within the tick of the read before leaves the same time. */
    private static final long RACY_NANOS = 10_000_000;

    private static final int IN_MEMORY = 4 * 1024 * 1024;
    private static final int MAX_DEPTH = 256;
    private static final int MAX_PATH = 3500;

    private final Path upper;
    private final ObjectPack pack;
    private final ObjectPack.Known known;
    private final Bulk bulk;
    private final Settings settings;
    private final @Nullable Set<Long> mapped;
    private final long begun;

    /** @param mapped inodes that may change without a trace; null: any may */
    UpperScan(
            Path upper,
            ObjectPack pack,
            ObjectPack.Known known,
            Bulk bulk,
            Settings settings,
            @Nullable Set<Long> mapped) {
        this.upper = upper;
        this.pack = pack;
        this.known = known;
        this.bulk = bulk;
        this.settings = settings;
        this.mapped = mapped;
        java.time.Instant now = java.time.Instant.now();
        this.begun = now.getEpochSecond() * 1_000_000_000 + now.getNano();
    }

    Layer.Folder scan(Layer.Folder before) throws IOException {
        try (Directory root = Directory.open(upper)) {
            return folder(root, root.stat(), "", before, 0);
        }
    }

    private Layer.Folder folder(Directory directory, Stat stat, String path, Layer.@Nullable Folder before, int depth)
            throws IOException {
        boolean opaque =
                directory.attribute("user.overlay.opaque").filter("y"::equals).isPresent();
        Map<String, Layer> children = new HashMap<>();
        for (Entry entry : directory.list()) {
            String child = path.isEmpty() ? entry.name() : path + "/" + entry.name();
            if (isUnfinishedObject(child, entry.name())) {
                continue;
            }
            Layer was = before == null ? null : before.children.get(entry.name());
            children.put(entry.name(), child(directory, entry, child, was, depth));
        }
        Layer.Folder now = new Layer.Folder(opaque, stat.permissions(), children);
        return before != null && now.sameAs(before) ? before : now;
    }

    private Layer child(Directory directory, Entry entry, String path, @Nullable Layer was, int depth)
            throws IOException {
        Stat stat;
        try {
            stat = directory.stat(entry.name());
        } catch (Errno gone) {
            throw gone.isAbsent() ? new Moving(path) : gone;
        }
        if (stat.isWhiteout()) {
            return new Layer.Gone();
        }
        if (!Names.fitsTree(entry.name()) && !path.equals(".git")) {
            return left(path, "repository", stat.isDirectory() ? bulk.count(directory, entry.name()) : one(stat));
        }
        if (stat.isSymlink()) {
            return link(directory, entry.name(), stat, was);
        }
        if (stat.isFile()) {
            return file(directory, entry.name(), path, stat, was);
        }
        if (!stat.isDirectory()) {
            return left(path, "special", one(stat));
        }
        if (depth >= MAX_DEPTH || path.length() > MAX_PATH) {
            return left(path, "deep", new Bulk.Size(0, 0));
        }
        if (bulk.isBulk(directory, entry.name(), path)) {
            return left(path, "bulk", bulk.count(directory, entry.name()));
        }
        try (Directory below = directory.directory(entry.name())) {
            return folder(below, stat, path, was instanceof Layer.Folder folder ? folder : null, depth + 1);
        } catch (Errno gone) {
            throw gone.isAbsent() ? new Moving(path) : gone;
        }
    }

    /** What git is still writing has no meaning yet, and git removes or renames it. */
    private static boolean isUnfinishedObject(String path, String name) {
        return name.startsWith("tmp_") && path.startsWith(".git/objects/");
    }

    private Layer link(Directory directory, String name, Stat stat, @Nullable Layer was) throws IOException {
        Layer.Key key = Layer.Key.of(stat);
        if (was instanceof Layer.Link link && link.key().equals(key)) {
            return link;
        }
        byte[] target = Names.bytes(directory.readlink(name));
        return new Layer.Link(key, pack.add(Constants.OBJ_BLOB, target));
    }

    private Layer file(Directory directory, String name, String path, Stat stat, @Nullable Layer was)
            throws IOException {
        if (stat.size() > settings.maxFileBytes()) {
            return left(path, "large", one(stat));
        }
        Layer.Key key = Layer.Key.of(stat);
        if (was instanceof Layer.Content content
                && content.key.equals(key)
                && key.changed() < content.readAt - RACY_NANOS
                && !mayBeMapped(directory, name, stat.inode())) {
            return content;
        }
        settings.faults().reach("read");
        ObjectId blob;
        try (OpenFile file = directory.file(name)) {
            if (!Layer.Key.of(file.stat()).equals(key)) {
                throw new Moving(path);
            }
            blob = stat.size() <= IN_MEMORY ? small(file, (int) stat.size(), path) : large(directory, name, stat);
            if (!Layer.Key.of(file.stat()).equals(key)) {
                throw new Moving(path);
            }
        } catch (Errno gone) {
            if (gone.isAbsent()) {
                throw new Moving(path);
            }
            throw new IOException(Names.text(path) + " cannot be read: " + gone.getMessage(), gone);
        }
        if (was instanceof Layer.Content content && content.key.equals(key) && content.blob.equals(blob)) {
            content.readAt = begun;
            return content;
        }
        return new Layer.Content(key, blob, begun);
    }

    /** What was copied up has, for whoever maps it, the number of the file below: that is not looked for. */
    private boolean mayBeMapped(Directory directory, String name, long inode) throws IOException {
        if (mapped == null || mapped.contains(inode)) {
            return true;
        }
        if (mapped.isEmpty()) {
            return false;
        }
        try (OpenFile file = directory.file(name)) {
            return file.has("user.overlay.origin");
        } catch (Errno gone) {
            return true;
        }
    }

    private ObjectId small(OpenFile file, int size, String path) throws IOException {
        byte[] bytes = new byte[size];
        int have = 0;
        while (have < size) {
            int count = file.read(bytes, have, size - have);
            if (count < 0) {
                throw new Moving(path);
            }
            have += count;
        }
        return pack.add(Constants.OBJ_BLOB, bytes);
    }

    /** Read once for its id, and again only when no pack holds it yet. */
    private ObjectId large(Directory directory, String name, Stat stat) throws IOException {
        ObjectId id;
        try (OpenFile file = directory.file(name)) {
            id = ObjectPack.hash(Constants.OBJ_BLOB, stat.size(), file.stream());
        }
        if (!known.has(id)) {
            try (OpenFile file = directory.file(name)) {
                pack.add(id, Constants.OBJ_BLOB, stat.size(), file.stream());
            }
        }
        return id;
    }

    private static Bulk.Size one(Stat stat) {
        return new Bulk.Size(stat.isFile() ? stat.size() : 0, 1);
    }

    private static Layer.Left left(String path, String why, Bulk.Size size) {
        return new Layer.Left(NotCaptured.newBuilder()
                .setPath(Names.text(path))
                .setWhy(why)
                .setBytes(size.bytes())
                .setFiles(size.files())
                .build());
    }
}
