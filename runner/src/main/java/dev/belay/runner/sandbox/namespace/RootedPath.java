package dev.belay.runner.sandbox.namespace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Paths as they are where another directory is the root: no link leads out of it. */
final class RootedPath {
    private static final int MOST_LINKS = 40;

    private RootedPath() {}

    /** What the path names there, through every link; empty where there is nothing. */
    static Optional<Path> find(Path root, String path) throws IOException {
        Deque<Path> left = new ArrayDeque<>();
        begin(left, Path.of(path));
        Path at = root;
        int links = 0;
        while (!left.isEmpty()) {
            Path name = left.pop();
            Path next = at.resolve(name);
            if (name.toString().equals("..")) {
                at = at.equals(root) ? root : Objects.requireNonNull(at.getParent());
            } else if (!Files.isSymbolicLink(next)) {
                at = name.toString().equals(".") ? at : next;
            } else if (++links > MOST_LINKS) {
                return Optional.empty();
            } else {
                Path target = Files.readSymbolicLink(next);
                at = target.isAbsolute() ? root : at;
                begin(left, target);
            }
        }
        return Files.exists(at, LinkOption.NOFOLLOW_LINKS) ? Optional.of(at) : Optional.empty();
    }

    private static void begin(Deque<Path> left, Path path) {
        List<Path> names = new ArrayList<>();
        path.forEach(names::add);
        names.reversed().forEach(left::push);
    }
}
