package dev.belay.runner.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.proto.v1.NotCaptured;
import dev.belay.proto.v1.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Captures, a revert and rollbacks of work trees that were made to attack whoever runs git on them. */
class HostileRepositoryTest {
    private static final String PROJECT = "printf 'one\\ntwo\\nthree\\n' >a.txt; mkdir lib; echo 1 >lib/one";
    private static final String SECRET = "a secret of another repository";

    private Path root;
    private Path ran;
    private Path out;

    @BeforeEach
    void make_what_is_outside() throws IOException {
        root = Files.createTempDirectory("belay-hostile-");
        ran = root.resolve("ran");
        out = Files.createDirectory(root.resolve("out"));
        Shell.sh(root, "printf '#!/bin/sh\\ntouch " + ran + "\\n' >harm; chmod 755 harm");
        Shell.sh(out, repository("printf '" + SECRET + "' >secret"));
    }

    @AfterEach
    void remove() throws IOException {
        Shell.run(Path.of("/"), "rm", "-rf", root.toString());
    }

    static Stream<HostileRepository> repositories() {
        return HostileRepository.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("repositories")
    void nothing_of_it_runs_and_nothing_outside_is_read(HostileRepository hostile) throws Exception {
        try (Bench bench = new Bench(Files.createDirectory(root.resolve("task")), PROJECT)) {
            Snapshot s0 = bench.capture();
            bench.sh(planted(hostile));
            Files.deleteIfExists(ran);
            Snapshot s1 = bench.capture();
            bench.sh("echo four >>a.txt; echo 2 >lib/two");
            Snapshot s2 = bench.capture();
            bench.store().revert(s2, s1, moment(bench, "safety"), moment(bench, "revert"), _ -> {});
            bench.store().restore(s0, new Moment(bench.nextStep() + 1, 1, "safety", ""), _ -> {});
            bench.store().restore(s2, new Moment(bench.nextStep() + 1, 1, "safety", ""), _ -> {});

            assertThat(ran).doesNotExist();
            assertThat(bench.merged().resolve("a.txt")).content().endsWith("three\nfour\n");
            assertThat(bench.captured())
                    .flatExtracting(one -> one.snapshot().getFilesList())
                    .noneMatch(file -> file.getPath().contains("secret"));
            assertThatThrownBy(() -> Shell.sh(bench.root(), "git --git-dir=shadow.git cat-file -e " + secret()))
                    .as("the secret is in no snapshot")
                    .isInstanceOf(IOException.class);
            bench.fsck();
        }
        assertThat(out.resolve("secret")).hasContent(SECRET);
    }

    @ParameterizedTest
    @MethodSource("repositories")
    void git_itself_falls_for_it(HostileRepository hostile) throws Exception {
        Path tree = Files.createDirectory(root.resolve("control"));
        Shell.sh(tree, repository(PROJECT));
        Shell.sh(tree, planted(hostile));
        Files.deleteIfExists(ran);

        String said = Shell.sh(tree, hostile.git());

        assertThat(Files.exists(ran) || said.contains(SECRET)).as(said).isTrue();
    }

    private static String repository(String files) {
        return "umask 022; git init -q -b main .; git config user.name t; git config user.email t@t; " + files
                + "; git add -A; git commit -qm base";
    }

    private String planted(HostileRepository hostile) {
        return "RAN=" + ran + "; H=" + root.resolve("harm") + "; OUT=" + out + "; " + hostile.plant();
    }

    private String secret() throws IOException {
        return Shell.sh(out, "git rev-parse main:secret").strip();
    }

    private static Moment moment(Bench bench, String kind) {
        return new Moment(bench.nextStep() + (kind.equals("revert") ? 1 : 0), 1, kind, "");
    }

    @Test
    @Timeout(120)
    void a_tree_of_ten_thousand_levels_is_named_and_not_captured() throws Exception {
        try (Bench bench = new Bench(root.resolve("task"), PROJECT)) {
            Snapshot s0 = bench.capture();
            bench.sh(
                    "mkdir deep; cd deep; perl -e 'for (1 .. 10000) { mkdir q(d); chdir q(d) or die }'; echo x >../beside");

            Snapshot s1 = bench.capture();

            assertThat(s1.getNotCapturedList())
                    .extracting(NotCaptured::getPath)
                    .anyMatch(path -> path.startsWith("deep"));
            bench.restore(s0);
            assertThat(bench.merged().resolve("beside")).doesNotExist();
        }
    }

    @Test
    void marks_of_the_overlay_cannot_be_planted_in_it() throws Exception {
        try (Bench bench = new Bench(root.resolve("task"), PROJECT)) {
            List<String> before = bench.manifest();
            bench.capture();
            String plant = """
                    mkdir -p made; perl -e '$d = q(made); for (q(redirect), q(opaque), q(whiteout), q(metacopy), q(origin)) {
                      $n = qq(user.overlay.$_); $v = $_ eq q(redirect) ? $ARGV[0] : q(y); syscall 188, $d, $n, $v, length $v, 0 }' OUT;
                    perl -e '$f = q(white); syscall 133, $f, 0020644, 0'""".replace("OUT", out.toString());
            bench.sh(plant + " || :");
            Snapshot s1 = bench.capture();
            bench.reopen();

            assertThat(bench.merged().resolve("made")).isEmptyDirectory();
            assertThat(bench.merged().resolve("white")).doesNotExist();
            bench.restore(bench.captured().getFirst().snapshot());
            assertThat(bench.manifest()).isEqualTo(before);
            bench.restore(s1);
            Path control = Files.createDirectory(root.resolve("control"));
            Shell.sh(control, plant);
            assertThat(Shell.sh(control, "stat -c %F white").strip()).isEqualTo("character special file");
            String read =
                    "$d = q(made); $n = q(user.overlay.redirect); $v = q( ) x 256; print substr $v, 0, syscall 191, $d, $n, $v, 256";
            assertThat(Shell.sh(control, "perl -e '" + read + "'")).isEqualTo(out.toString());
        }
    }
}
