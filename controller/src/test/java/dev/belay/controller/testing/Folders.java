package dev.belay.controller.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Folders that a test made. */
final class Folders {
    private Folders() {}

    static void delete(Path folder) throws IOException {
        List<Path> deepestLast;
        try (Stream<Path> all = Files.walk(folder)) {
            deepestLast = new ArrayList<>(all.toList());
        }
        for (Path path : deepestLast.reversed()) {
            Files.delete(path);
        }
    }
}
