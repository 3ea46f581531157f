package dev.belay.runner.sandbox.shared;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a user namespace's uids are to its parent; here, with one namespace between them, to the kernel. */
public record UidMap(List<Range> ranges) {
    public record Range(long inside, long outside, long length) {}

    public static UidMap own() {
        return read("uid_map");
    }

    /** The same for groups. */
    public static UidMap ownGroups() {
        return read("gid_map");
    }

    private static UidMap read(String name) {
        try {
            return parse(Files.readAllLines(Path.of("/proc/self", name)));
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
    public long kernelUid(long inside) {
        return ranges.stream()
                .filter(range -> inside >= range.inside() && inside < range.inside() + range.length())
                .mapToLong(range -> range.outside() + inside - range.inside())
                .findFirst()
                .orElse(-1);
    }
}
