package dev.belay.proto.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random trees, merged by real git without renames as well: the same tree, or a conflict in both. No file is empty, because
 * there the two differ on purpose: git lets an added empty file give way to another one, and here that is a conflict.
 */
class MergeLikeGitTest {
    private static final int CASES = Integer.getInteger("belay.merges", 300);
    private static final long SEED = Long.getLong("belay.seed", 7);
    private static final List<String> NAMES =
            List.of("a", "b.txt", "d/a", "d/b", "d/e/f", "d/e/g", "d", "x/y", "x", "x.y", "x0", "run.sh");

    @TempDir
    private Path root;

    /** Of a file: {@code 100644}, {@code 100755} or {@code 120000}. */
    private record Entry(String mode, String content) {}

    @Test
    void trees_merge_as_git_merges_them() throws Exception {
        Random random = new Random(SEED);
        git("init", "-q", "--bare", ".");
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int i = 0; i < CASES; i++) {
            Map<String, Entry> base = some(random);
            commit(stream, "b" + i, "", base);
            commit(stream, "o" + i, "b" + i, changed(random, base));
            commit(stream, "t" + i, "b" + i, changed(random, base));
        }
        git(stream.toByteArray(), "fast-import", "--quiet", "--force");

        int clean = 0;
        int conflicts = 0;
        try (FileRepository repository = new FileRepository(root.toFile());
                ObjectReader reader = repository.newObjectReader()) {
            Map<String, ObjectId> trees = trees();
            for (int i = 0; i < CASES; i++) {
                FreshObjects fresh = new FreshObjects();
                TreeMerge merge = new TreeMerge(fresh.over(reader), fresh);
                ObjectId ours = merge.merge(tree(trees, "b" + i), tree(trees, "o" + i), tree(trees, "t" + i));
                Result theirs = run(
                        new byte[0],
                        "-c",
                        "merge.renames=false",
                        "-c",
                        "merge.directoryRenames=false",
                        "merge-tree",
                        "--write-tree",
                        "o" + i,
                        "t" + i);
                String what = "case " + i + " of seed " + SEED + ": git says " + theirs + ", we " + merge.conflicts();
                assertThat(merge.conflicts().isEmpty()).as(what).isEqualTo(theirs.code() == 0);
                if (theirs.code() == 0) {
                    clean++;
                    assertThat(ours.name()).as(what).isEqualTo(theirs.out().strip());
                } else {
                    conflicts++;
                }
            }
        }
        // A generator that only makes one kind would show nothing.
        assertThat(clean).isGreaterThan(CASES / 10);
        assertThat(conflicts).isGreaterThan(CASES / 10);
    }

    private static ObjectId tree(Map<String, ObjectId> trees, String name) {
        return Objects.requireNonNull(trees.get(name));
    }

    private Map<String, ObjectId> trees() throws IOException, InterruptedException {
        Map<String, ObjectId> trees = new HashMap<>();
        for (String line :
                git("for-each-ref", "--format=%(refname:short) %(tree)").split("\n")) {
            String[] words = line.split(" ");
            trees.put(words[0], ObjectId.fromString(words[1]));
        }
        return trees;
    }

    private static Map<String, Entry> some(Random random) {
        Map<String, Entry> files = new TreeMap<>();
        for (String name : NAMES) {
            if (random.nextInt(3) > 0) {
                put(files, name, entry(random, text(random)));
            }
        }
        put(files, "always", new Entry("100644", text(random)));
        return files;
    }

    /** A file has no file above or below it. */
    private static void put(Map<String, Entry> files, String name, Entry entry) {
        files.keySet().removeIf(other -> other.startsWith(name + "/") || name.startsWith(other + "/"));
        files.put(name, entry);
    }

    private static Entry entry(Random random, String content) {
        return switch (random.nextInt(12)) {
            case 0 -> new Entry("120000", "target" + random.nextInt(3));
            case 1 -> new Entry("100644", "\0" + content);
            case 2, 3 -> new Entry("100755", content);
            default -> new Entry("100644", content);
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        int lines = 1 + random.nextInt(13);
        for (int i = 0; i < lines; i++) {
            text.append("line ")
                    .append(i)
                    .append(' ')
                    .append(random.nextInt(1_000_000))
                    .append('\n');
        }
        if (random.nextInt(8) == 0) {
            text.setLength(text.length() - 1);
        }
        return text.toString();
    }

    private static Map<String, Entry> changed(Random random, Map<String, Entry> base) {
        Map<String, Entry> files = new TreeMap<>(base);
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            List<String> names = new ArrayList<>(files.keySet());
            String name = names.get(random.nextInt(names.size()));
            Entry entry = Objects.requireNonNull(files.get(name));
            switch (random.nextInt(10)) {
                case 0 -> files.remove(name);
                case 1 -> put(files, NAMES.get(random.nextInt(NAMES.size())), entry(random, text(random)));
                case 2 -> {
                    if (!entry.mode().equals("120000")) {
                        String other = entry.mode().equals("100644") ? "100755" : "100644";
                        files.put(name, new Entry(other, entry.content()));
                    }
                }
                case 3 -> files.put(name, entry(random, entry.content()));
                default -> files.put(name, edited(random, entry));
            }
            if (files.isEmpty()) {
                files.put("always", new Entry("100644", "again\n"));
            }
        }
        return files;
    }

    private static Entry edited(Random random, Entry entry) {
        if (entry.mode().equals("120000")) {
            return new Entry(entry.mode(), "target" + random.nextInt(4));
        }
        List<String> lines = new ArrayList<>(List.of(entry.content().split("(?<=\n)", -1)));
        int at = random.nextInt(lines.size());
        switch (random.nextInt(3)) {
            case 0 -> lines.set(at, "changed " + random.nextInt(50) + "\n");
            case 1 -> lines.add(at, "added " + random.nextInt(1_000_000) + "\n");
            default -> lines.remove(at);
        }
        String text = String.join("", lines);
        return new Entry(entry.mode(), text.isEmpty() ? "kept\n" : text);
    }

    private static void commit(ByteArrayOutputStream out, String name, String parent, Map<String, Entry> files) {
        say(out, "commit refs/heads/" + name + "\ncommitter t <t@t> 0 +0000\ndata 0\n");
        if (!parent.isEmpty()) {
            say(out, "from refs/heads/" + parent + "\n");
        }
        say(out, "deleteall\n");
        files.forEach((path, entry) -> {
            byte[] bytes = entry.content().getBytes(StandardCharsets.UTF_8);
            say(out, "M " + entry.mode() + " inline " + path + "\ndata " + bytes.length + "\n");
            out.writeBytes(bytes);
            say(out, "\n");
        });
    }

    private static void say(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private record Result(int code, String out) {}

    private String git(String... words) throws IOException, InterruptedException {
        return git(new byte[0], words);
    }

    private String git(byte[] input, String... words) throws IOException, InterruptedException {
        Result result = run(input, words);
        assertThat(result.code())
                .as(String.join(" ", words) + ": " + result.out())
                .isZero();
        return result.out();
    }

    private Result run(byte[] input, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(words));
        Path in = Files.write(Files.createTempFile("belay-git-", ".in"), input);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(root.toFile())
                .redirectErrorStream(true)
                .redirectInput(in.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
        builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
        builder.environment().put("HOME", root.toString());
        Process git = builder.start();
        String out = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = git.waitFor();
        Files.delete(in);
        return new Result(code, out);
    }
}
