package dev.belay.cli.blackbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A small project of a person, as a git repository. */
record Repository(Path root) {
    /** Committed: README.md, src/app.txt, a script that can be executed, a link. */
    static Repository in(Path parent, String name) {
        Repository made = new Repository(parent.resolve(name));
        made.write("README.md", "# " + name + "\n")
                .write("src/app.txt", "one\ntwo\nthree\n")
                .write("bin/run.sh", "#!/bin/sh\necho ran\n");
        Sh.run("chmod", "755", made.root.resolve("bin/run.sh").toString());
        try {
            Files.createSymbolicLink(made.root.resolve("latest"), Path.of("src/app.txt"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        made.git("init", "-q", "-b", "main");
        made.git("config", "user.name", "Ada");
        made.git("config", "user.email", "ada@example.org");
        return made.commit("the beginning");
    }

    Repository write(String path, String text) {
        try {
            Path file = root.resolve(path);
            Files.createDirectories(root.resolve(path).resolve("..").normalize());
            Files.writeString(file, text);
            return this;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    String read(String path) {
        try {
            return Files.readString(root.resolve(path));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    Repository commit(String message) {
        git("add", "-A");
        git("commit", "-q", "-m", message);
        return this;
    }

    String git(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = "git";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return Sh.in(root, command).strip();
    }

    /** Every file of the folder, .git included: type, mode, inode, time of change and content; folders by their mode. */
    Map<String, String> fingerprint() {
        try (Stream<Path> all = Files.walk(root)) {
            Map<String, String> prints = new TreeMap<>();
            for (Path path : (Iterable<Path>) all::iterator) {
                boolean folder = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
                Map<String, Object> stat = Files.readAttributes(
                        path, folder ? "unix:mode" : "unix:mode,ino,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
                String content = Files.isSymbolicLink(path)
                        ? Files.readSymbolicLink(path).toString()
                        : Files.isRegularFile(path) ? sha256(Files.readAllBytes(path)) : "";
                prints.put(root.relativize(path).toString(), new TreeMap<>(stat) + " " + content);
            }
            return prints;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** What differs from an earlier fingerprint, a line each. */
    List<String> changedSince(Map<String, String> before) {
        Map<String, String> now = fingerprint();
        Set<String> paths = new TreeSet<>(before.keySet());
        paths.addAll(now.keySet());
        return paths.stream()
                .filter(path -> !Objects.equals(before.get(path), now.get(path)))
                .map(path -> path + ": " + before.get(path) + " → " + now.get(path))
                .toList();
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
