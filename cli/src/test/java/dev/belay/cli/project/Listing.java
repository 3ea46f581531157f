package dev.belay.cli.project;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** All that lies below a folder, to be held against what lay there before. */
final class Listing {
    private Listing() {}

    /** Names, contents, modes, inodes and all times but that of reading. */
    static Map<String, String> exact(Path folder) {
        return of(folder, true);
    }

    /** Names, contents, modes and the files' times; without git's own files. */
    static Map<String, String> files(Path folder) {
        Map<String, String> all = of(folder, false);
        all.keySet().removeIf(path -> path.equals(".git") || path.startsWith(".git/"));
        return all;
    }

    private static Map<String, String> of(Path folder, boolean exact) {
        try (Stream<Path> all = Files.walk(folder)) {
            Map<String, String> out = new TreeMap<>();
            for (Path path : all.toList()) {
                Map<String, Object> stat =
                        Files.readAttributes(path, "unix:mode,ino,ctime,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
                boolean file = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
                String content = Files.isSymbolicLink(path)
                        ? Files.readSymbolicLink(path).toString()
                        : file ? hash(path) : "";
                out.put(
                        folder.relativize(path).toString(),
                        stat.get("mode") + " " + content
                                + (exact || file ? " " + stat.get("lastModifiedTime") : "")
                                + (exact ? " " + stat.get("ino") + " " + stat.get("ctime") : ""));
            }
            return out;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
