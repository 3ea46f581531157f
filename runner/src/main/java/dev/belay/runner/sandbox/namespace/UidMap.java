package dev.belay.runner.sandbox.namespace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a user namespace's uids are to its parent; here, with one namespace between them, to the kernel. */
record UidMap(List<Range> ranges) {
    record Range(long inside, long outside, long length) {}

    static UidMap own() {
        try {
            return parse(Files.readAllLines(Path.of("/proc/self/uid_map")));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    static UidMap parse(List<String> lines) {
        return new UidMap(lines.stream()
                .map(line -> line.strip().split("\\s+"))
                .map(word -> new Range(Long.parseLong(word[0]), Long.parseLong(word[1]), Long.parseLong(word[2])))
                .toList());
    }

    /** −1 for a uid that is nobody's. */
    long kernelUid(long inside) {
        return ranges.stream()
                .filter(range -> inside >= range.inside() && inside < range.inside() + range.length())
                .mapToLong(range -> range.outside() + inside - range.inside())
                .findFirst()
                .orElse(-1);
    }
}
