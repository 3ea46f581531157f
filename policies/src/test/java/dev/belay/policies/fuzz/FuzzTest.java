package dev.belay.policies.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each class of this package holds for what the tables have and for what was ever found; and a fuzzer that begins with these
 * finds nothing: in a usual build it only goes through them, with {@code -Dbelay.full=true} it looks for two minutes each.
 */
class FuzzTest {
    private static final boolean FULL = Boolean.getBoolean("belay.full");
    private static final int SECONDS = 120;

    enum Target {
        COMMANDS(Commands.class, Commands::fuzzerTestOneInput, "commands/corpus.txt", "shell/lines.txt"),
        HOSTS(Hosts.class, Hosts::fuzzerTestOneInput, "network/hosts.txt"),
        REQUESTS(Requests.class, Requests::fuzzerTestOneInput, "network/requests.txt"),
        POLICIES(Policies.class, Policies::fuzzerTestOneInput, "yaml/good.txt", "yaml/bad.txt"),
        PROSE(Prose.class, Prose::fuzzerTestOneInput, "prose/items.txt"),
        GIT(Git.class, Git::fuzzerTestOneInput, "git/refs.txt");

        private final Class<?> type;
        private final Consumer<byte[]> once;
        private final List<String> tables;

        Target(Class<?> type, Consumer<byte[]> once, String... tables) {
            this.type = type;
            this.once = once;
            this.tables = List.of(tables);
        }
    }

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void holds_for_the_tables_and_for_all_that_was_found(Target target) throws Exception {
        List<byte[]> seeds = seeds(target);

        assertThat(seeds).hasSizeGreaterThan(50);
        seeds.forEach(target.once);
    }

    @ParameterizedTest
    @EnumSource
    void a_fuzzer_finds_nothing(Target target) throws Exception {
        Path corpus = Files.createDirectories(folder.resolve("corpus"));
        int number = 0;
        for (byte[] seed : seeds(target)) {
            Files.write(corpus.resolve(Integer.toString(number++)), seed);
        }
        Path log = folder.resolve("log");
        Process fuzzer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx900m",
                        "-XX:+EnableDynamicAgentLoading",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + target.type.getName(),
                        "--instrumentation_includes=dev.belay.policies.**",
                        FULL ? "-max_total_time=" + SECONDS : "-runs=0",
                        corpus.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        fuzzer.getOutputStream().close();
        boolean ended = fuzzer.waitFor(FULL ? 2L * SECONDS : SECONDS, TimeUnit.SECONDS);
        fuzzer.destroyForcibly().waitFor();

        String said = Files.readString(log, StandardCharsets.ISO_8859_1);
        assertThat(ended).as(said).isTrue();
        assertThat(fuzzer.exitValue()).as(said).isZero();
        assertThat(said).contains("Done ").doesNotContain("== Java Exception");
    }

    /** A line each, and what a line means in its table does not matter: nothing may be untrue of it. */
    private static List<byte[]> seeds(Target target) throws IOException, URISyntaxException {
        List<byte[]> seeds = new ArrayList<>();
        for (String table : target.tables) {
            String all = new String(resource("/dev/belay/policies/" + table).readAllBytes(), StandardCharsets.UTF_8);
            for (String line : all.split("\n")) {
                String said = line.replaceFirst("^(allow|deny|ask) \\w+ ", "").replace("\\n", "\n");
                seeds.add(said.getBytes(StandardCharsets.UTF_8));
            }
            Stream.of(all.split("\n\n"))
                    .map(block -> block.getBytes(StandardCharsets.UTF_8))
                    .forEach(seeds::add);
        }
        URL found = FuzzTest.class.getResource(target.name().toLowerCase(Locale.ROOT));
        if (found != null) {
            try (Stream<Path> files = Files.list(Path.of(found.toURI()))) {
                for (Path file : files.toList()) {
                    seeds.add(Files.readAllBytes(file));
                }
            }
        }
        return seeds;
    }

    private static InputStream resource(String name) {
        InputStream in = FuzzTest.class.getResourceAsStream(name);
        if (in == null) {
            throw new IllegalStateException("no table " + name);
        }
        return in;
    }
}
