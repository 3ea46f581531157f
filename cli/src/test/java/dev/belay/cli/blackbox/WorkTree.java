package dev.belay.cli.blackbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;

/** Files as git names them: mode and blob by path. Those of a task's workspace, and those of its last snapshot. */
record WorkTree(TreeMap<String, String> entries) {
    /** A line `MODE BLOB PATH` each. The paths of these tests are without spaces. */
    private static final String LISTING = """
            export LC_ALL=C
            find . -name .git -prune -o -type f \\( -perm -100 -printf '100755 %P\\n' -o -printf '100644 %P\\n' \\) | sort -k2 >/tmp/files
            cut -d' ' -f1 /tmp/files >/tmp/modes
            cut -d' ' -f2 /tmp/files | git hash-object --no-filters --stdin-paths >/tmp/blobs
            cut -d' ' -f2 /tmp/files | paste -d' ' /tmp/modes /tmp/blobs -
            find . -name .git -prune -o -type l -printf '%P\\n' | sort | while read l; do
              echo "120000 $(readlink -n "$l" | git hash-object --no-filters --stdin) $l"
            done""";

    /** By a command in the task's sandbox. */
    static WorkTree inTheWorkspace(Door door, String task) {
        TreeMap<String, String> entries = new TreeMap<>();
        door.prints(task, LISTING).lines().forEach(line -> {
            String[] words = line.split(" ", 3);
            entries.put(words[2], words[0] + " " + words[1]);
        });
        return new WorkTree(entries);
    }

    /** What the project was, and what lies over it on the disk of the runner whose state this is: nothing is opened. */
    static WorkTree onDisk(Path state, Repository project, String task) throws IOException {
        Path upper = TaskDisk.copy(state, task);
        try {
            return over(base(project), upper);
        } finally {
            Sh.run("rm", "-rf", upper.resolveSibling("").toString());
        }
    }

    private static WorkTree over(TreeMap<String, String> entries, Path upper) throws IOException {
        Files.walkFileTree(upper, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                if (folder.endsWith(".git")) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                if (Files.getFileAttributeView(folder, UserDefinedFileAttributeView.class)
                        .list()
                        .contains("overlay.opaque")) {
                    removeBelow(entries, upper.relativize(folder).toString());
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String path = upper.relativize(file).toString();
                removeBelow(entries, path);
                if (attributes.isSymbolicLink()) {
                    entries.put(
                            path,
                            "120000 "
                                    + blob(Files.readSymbolicLink(file)
                                            .toString()
                                            .getBytes(UTF_8)));
                } else if (attributes.isRegularFile()) {
                    String mode = Files.isExecutable(file) ? "100755 " : "100644 ";
                    entries.put(path, mode + blob(Files.readAllBytes(file)));
                } else {
                    // What the overlay puts in the place of something that was deleted.
                    entries.remove(path);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return new WorkTree(entries);
    }

    private static void removeBelow(TreeMap<String, String> entries, String folder) {
        entries.keySet().removeIf(path -> path.startsWith(folder + "/"));
    }

    private static String blob(byte[] content) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            sha1.update(("blob " + content.length + "\0").getBytes(UTF_8));
            return HexFormat.of().formatHex(sha1.digest(content));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static TreeMap<String, String> base(Repository project) {
        TreeMap<String, String> entries = new TreeMap<>();
        project.git("ls-tree", "-r", "HEAD").lines().forEach(line -> {
            String[] words = line.split("[ \t]", 4);
            entries.put(words[3], words[0] + " " + words[2]);
        });
        return entries;
    }

    /** What the project was, and what the controller says of the task's result. */
    static WorkTree inTheLastSnapshot(Door door, Repository project, String task) {
        TreeMap<String, String> entries = base(project);
        for (Json change : door.changes(task)) {
            if (change.number("new_mode") == 0) {
                entries.remove(change.text("path"));
            } else {
                entries.put(
                        change.text("path"),
                        Long.toOctalString(change.number("new_mode")) + " " + change.text("new_blob"));
            }
        }
        return new WorkTree(entries);
    }

    /** Lines that only one of them has. */
    List<String> differences(WorkTree other) {
        List<String> all = new ArrayList<>();
        entries.forEach((path, entry) -> {
            if (!entry.equals(other.entries.get(path))) {
                all.add("here: " + path + " " + entry);
            }
        });
        other.entries.forEach((path, entry) -> {
            if (!entry.equals(entries.get(path))) {
                all.add("there: " + path + " " + entry);
            }
        });
        return all;
    }
}
