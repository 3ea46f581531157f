package dev.belay.runner.workspace;

import dev.belay.runner.linux.Directory;
import dev.belay.runner.linux.Entry;
import dev.belay.runner.linux.OpenFile;
import dev.belay.runner.linux.Stat;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Whole trees that change hands. Nobody else may be at work in them. */
final class Ownership {
    private Ownership() {}

    /** Breadth first; the top is last, so that an interrupted run is seen and repeated. Whiteouts are nobody's. */
    static void give(Directory top, int uid, int gid) throws IOException {
        Deque<List<String>> left = new ArrayDeque<>();
        left.add(List.of());
        while (!left.isEmpty()) {
            List<String> path = left.remove();
            Deque<Directory> open = new ArrayDeque<>();
            try {
                Directory directory = top;
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
                        List<String> below = new ArrayList<>(path);
                        below.add(entry.name());
                        left.add(below);
                    } else if (stat.isFile() && (stat.mode() & 06000) != 0) {
                        // The kernel takes these away from a file that changes hands.
                        try (OpenFile file = directory.file(entry.name())) {
                            file.chmod(stat.permissions());
                        }
                    }
                }
            } finally {
                open.forEach(Directory::close);
            }
        }
        top.chown(uid, gid);
    }
}
