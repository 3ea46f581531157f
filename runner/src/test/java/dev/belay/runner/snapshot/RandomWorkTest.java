package dev.belay.runner.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.proto.v1.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random work and random rollbacks, side by side with a map in memory that cannot be wrong. */
class RandomWorkTest {
    private static final boolean FULL = Boolean.getBoolean("belay.full");

    private static final String PROJECT =
            "for d in . a b a/b; do mkdir -p $d; for n in c d e; do echo $d$n >$d/$n; done;"
                    + " done; ln -s c link; chmod 755 c";
    private static final List<String> NAMES = List.of("a", "b", "c", "d", "e", "f");
    private static final List<String> MODES =
            List.of("rw-r--r--", "rwxr-xr-x", "rw-------", "rwx------", "r--r--r--", "rwxrwxrwx");

    private Path root;

    @BeforeEach
    void makeRoot() throws IOException {
        root = Files.createTempDirectory("belay-random-");
    }

    @AfterEach
    void removeRoot() throws IOException {
        Shell.run(Path.of("/"), "rm", "-rf", root.toString());
    }

    /** The model: path → type, mode and content in one string. */
    private static final class Model {
        final TreeMap<String, String> entries;

        Model(Map<String, String> entries) {
            this.entries = new TreeMap<>(entries);
        }

        boolean isDirectory(String path) {
            return path.isEmpty() || entries.getOrDefault(path, "").startsWith("dir ");
        }

        void remove(String path) {
            entries.keySet().removeIf(key -> key.equals(path) || key.startsWith(path + "/"));
        }
    }

    private static Model look(Path merged) throws IOException {
        TreeMap<String, String> seen = new TreeMap<>();
        try (Stream<Path> all = Files.walk(merged)) {
            for (Path path : all.toList()) {
                String name = merged.relativize(path).toString();
                if (!name.isEmpty() && !name.equals(".git") && !name.startsWith(".git/")) {
                    seen.put(name, describe(path));
                }
            }
        }
        return new Model(seen);
    }

    private static String describe(Path path) throws IOException {
        if (Files.isSymbolicLink(path)) {
            return "link " + Files.readSymbolicLink(path);
        }
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        return Files.isDirectory(path) ? "dir " + mode : "file " + mode + " " + Files.readString(path);
    }

    /** A sample of three in every build; `./belay test --full` runs forty of another length. */
    static LongStream seeds() {
        return FULL ? LongStream.rangeClosed(1, 40) : LongStream.of(1, 20261121, 424242);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void random_operations_with_rollbacks_agree_with_the_model(long seed) throws Exception {
        run(seed, FULL ? 1000 : 300, new AtomicBoolean());
    }

    @Test
    void a_planted_bug_is_found() {
        assertThatThrownBy(() -> run(1, 300, new AtomicBoolean(true))).isInstanceOf(AssertionError.class);
    }

    private void run(long seed, int operations, AtomicBoolean bug) throws Exception {
        Random random = new Random(seed);
        Path[] merged = new Path[1];
        Settings settings = new Settings(100 << 20, 500, Clock.systemUTC(), point -> {
            if (bug.get() && point.equals("head-moved")) {
                Files.writeString(merged[0].resolve("planted"), "after the check");
            }
        });
        try (Bench bench = new Bench(root, PROJECT, settings)) {
            merged[0] = bench.merged();
            Model model = look(bench.merged());
            List<Snapshot> snapshots = new ArrayList<>();
            List<Model> models = new ArrayList<>();
            snapshots.add(bench.capture());
            models.add(new Model(model.entries));
            for (int i = 0; i < operations; i++) {
                int dice = random.nextInt(100);
                if (dice < 78) {
                    work(random, bench.merged(), model, i);
                } else if (dice < 92) {
                    snapshots.add(bench.capture());
                    models.add(new Model(model.entries));
                } else {
                    int target = random.nextInt(snapshots.size());
                    Restored restored = bench.restore(snapshots.get(target));
                    if (restored.safety().isPresent()) {
                        snapshots.add(restored.safety().get().snapshot());
                        models.add(new Model(model.entries));
                    }
                    model = new Model(models.get(target).entries);
                    assertThat(look(bench.merged()).entries)
                            .as("seed %s, operation %s", seed, i)
                            .isEqualTo(model.entries);
                }
                if (dice == 0) {
                    bench.reopen();
                }
            }
            for (int i = 0; i < snapshots.size(); i += 5) {
                bench.restore(snapshots.get(i));
                assertThat(look(bench.merged()).entries).isEqualTo(models.get(i).entries);
                assertThat(bench.gitTree()).isEqualTo(snapshots.get(i).getTree());
            }
            bench.fsck();
        }
    }

    private static String pick(Random random) {
        StringBuilder path = new StringBuilder(NAMES.get(random.nextInt(NAMES.size())));
        for (int depth = random.nextInt(3); depth > 0; depth--) {
            path.append('/').append(NAMES.get(random.nextInt(NAMES.size())));
        }
        return path.toString();
    }

    private static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    private static void work(Random random, Path merged, Model model, int number) throws IOException {
        String path = pick(random);
        if (!model.isDirectory(parent(path))) {
            return;
        }
        Path file = merged.resolve(path);
        boolean exists = model.entries.containsKey(path);
        boolean plain = exists && model.entries.getOrDefault(path, "").startsWith("file ");
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> {
                if (!exists || plain) {
                    Files.writeString(file, "content " + number + "\n");
                    model.entries.put(path, describe(file));
                }
            }
            case 3 -> {
                if (exists) {
                    Shell.run(merged, "rm", "-rf", file.toString());
                    model.remove(path);
                }
            }
            case 4 -> {
                if (!exists) {
                    Files.createDirectory(file);
                    model.entries.put(path, describe(file));
                }
            }
            case 5 -> {
                if (!exists) {
                    Files.createSymbolicLink(file, Path.of(pick(random)));
                    model.entries.put(path, describe(file));
                }
            }
            case 6 -> {
                if (plain || model.isDirectory(path) && exists) {
                    Files.setPosixFilePermissions(
                            file, PosixFilePermissions.fromString(MODES.get(random.nextInt(MODES.size()))));
                    model.entries.put(path, describe(file));
                }
            }
            default -> {
                String other = pick(random);
                boolean inside = other.equals(path) || other.startsWith(path + "/") || path.startsWith(other + "/");
                if (exists && !inside && model.isDirectory(parent(other)) && !model.entries.containsKey(other)) {
                    Shell.run(
                            merged,
                            "mv",
                            "-T",
                            file.toString(),
                            merged.resolve(other).toString());
                    TreeMap<String, String> moved = new TreeMap<>();
                    model.entries.forEach((key, value) -> {
                        if (key.equals(path) || key.startsWith(path + "/")) {
                            moved.put(other + key.substring(path.length()), value);
                        }
                    });
                    model.remove(path);
                    model.entries.putAll(moved);
                }
            }
        }
    }
}
