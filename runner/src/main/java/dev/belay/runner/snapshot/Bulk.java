package dev.belay.runner.snapshot;

import dev.belay.runner.linux.Directory;
import dev.belay.runner.linux.Entry;
import dev.belay.runner.linux.Errno;
import dev.belay.runner.workspace.Names;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jgit.ignore.IgnoreNode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.jspecify.annotations.Nullable;

/**
 * Which directories are dependencies or build output: the <em>base's</em> ignore rules name them, the base has nothing in
 * them, and they hold many files. What the task does to ignore files changes nothing here.
 */
final class Bulk {
    record Size(long bytes, long files) {}

    private static final int MAX_COUNTED = 1_000_000;
    private static final int MAX_DEPTH = 64;

    private final Repository repository;
    private final ObjectId base;
    private final int threshold;
    private final Map<String, Boolean> ignored = new HashMap<>();
    private final Map<String, IgnoreNode> rules = new HashMap<>();

    Bulk(Repository repository, ObjectId base, int threshold) {
        this.repository = repository;
        this.base = base;
        this.threshold = threshold;
    }

    boolean isBulk(Directory parent, String name, String path) throws IOException {
        if (path.equals(".git") || path.startsWith(".git/") || !isIgnored(path)) {
            return false;
        }
        try (Directory directory = parent.directory(name)) {
            long[] left = {threshold};
            return !atMost(directory, left, 0);
        }
    }

    private static boolean atMost(Directory directory, long[] left, int depth) throws IOException {
        for (Entry entry : directory.list()) {
            if (entry.kind() == Entry.Kind.DIRECTORY && depth < MAX_DEPTH) {
                try (Directory below = directory.directory(entry.name())) {
                    if (!atMost(below, left, depth + 1)) {
                        return false;
                    }
                }
            } else if (entry.kind() != Entry.Kind.CHARACTER_DEVICE && --left[0] < 0) {
                return false;
            }
        }
        return true;
    }

    /** Files below a directory; bytes are not summed, which would need a look at each. */
    Size count(Directory parent, String name) throws IOException {
        long[] left = {MAX_COUNTED};
        try (Directory directory = parent.directory(name)) {
            atMost(directory, left, 0);
        } catch (Errno gone) {
            if (!gone.isAbsent()) {
                throw gone;
            }
        }
        return new Size(0, MAX_COUNTED - Math.max(left[0], 0));
    }

    private boolean isIgnored(String path) throws IOException {
        Boolean known = ignored.get(path);
        if (known == null) {
            known = baseEntry(path) == null && matches(path);
            ignored.put(path, known);
        }
        return known;
    }

    /** The nearest rule file that says anything decides, for the path and for every directory above it. */
    private boolean matches(String path) throws IOException {
        int slash = path.lastIndexOf('/');
        String above = slash < 0 ? "" : path.substring(0, slash);
        if (!above.isEmpty() && isIgnored(above)) {
            return true;
        }
        for (String place = above; ; ) {
            String relative = place.isEmpty() ? path : path.substring(place.length() + 1);
            Boolean said = rulesOf(place).checkIgnored(Names.text(relative), true);
            if (said != null) {
                return said;
            }
            if (place.isEmpty()) {
                return false;
            }
            int up = place.lastIndexOf('/');
            place = up < 0 ? "" : place.substring(0, up);
        }
    }

    private IgnoreNode rulesOf(String directory) throws IOException {
        IgnoreNode node = rules.get(directory);
        if (node == null) {
            node = new IgnoreNode();
            ObjectId file = baseEntry(directory.isEmpty() ? ".gitignore" : directory + "/.gitignore");
            if (file != null) {
                try (ObjectReader reader = repository.newObjectReader()) {
                    var blob = reader.open(file);
                    if (blob.getType() == org.eclipse.jgit.lib.Constants.OBJ_BLOB && blob.getSize() < 1 << 20) {
                        node.parse(new ByteArrayInputStream(blob.getCachedBytes()));
                    }
                }
            }
            rules.put(directory, node);
        }
        return node;
    }

    private @Nullable ObjectId baseEntry(String path) throws IOException {
        // JGit's look-up by path takes UTF-8 only; a name that is not is in no rule file either.
        try (TreeWalk walk = TreeWalk.forPath(repository, Names.text(path), base)) {
            return walk == null ? null : walk.getObjectId(0);
        }
    }
}
