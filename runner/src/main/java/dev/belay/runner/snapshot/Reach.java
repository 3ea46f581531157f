package dev.belay.runner.snapshot;

import dev.belay.runner.linux.Directory;
import dev.belay.runner.linux.Errno;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Directories of the merged view by their raw path, each step by descriptor and none through a symlink. Keeps the way to
 * the last one open.
 */
final class Reach implements AutoCloseable {
    private final Directory root;
    private final List<String> names = new ArrayList<>();
    private final List<Directory> open = new ArrayList<>();

    Reach(Path merged) throws IOException {
        this.root = Directory.open(merged);
    }

    Directory root() {
        return root;
    }

    Directory directory(String path) throws IOException {
        String[] way = path.isEmpty() ? new String[0] : path.split("/", -1);
        int common = 0;
        while (common < way.length && common < names.size() && names.get(common).equals(way[common])) {
            common++;
        }
        cut(common);
        for (int i = common; i < way.length; i++) {
            Directory next = (open.isEmpty() ? root : open.getLast()).directory(way[i]);
            names.add(way[i]);
            open.add(next);
        }
        return open.isEmpty() ? root : open.getLast();
    }

    Directory parent(String path) throws IOException {
        return directory(above(path));
    }

    /** True: nothing is there, or something that is no directory stands on the way. */
    boolean absent(String path) throws IOException {
        try {
            return parent(path).statIfPresent(name(path)).isEmpty();
        } catch (Errno refused) {
            if (refused.isAbsent()) {
                return true;
            }
            throw refused;
        }
    }

    static String above(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** After names on an open way were removed or moved. */
    void forget() {
        cut(0);
    }

    private void cut(int length) {
        while (open.size() > length) {
            open.removeLast().close();
            names.removeLast();
        }
    }

    @Override
    public void close() {
        forget();
        root.close();
    }
}
