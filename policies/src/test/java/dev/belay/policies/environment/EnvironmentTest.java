package dev.belay.policies.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.belay.policies.language.Problem;
import dev.belay.policies.yaml.Blocks;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentTest {
    private static final Map<String, String> OWN = Map.of("PATH", "/usr/bin", "HOME", "/home/belay", "TMPDIR", "/tmp");

    private static Environment read(String text) {
        return Environment.parse(Environment.FILE, text).orRefuse("client");
    }

    private static List<Problem> problems(String text) {
        return Environment.parse(Environment.FILE, text) instanceof Parsed.Refused refused
                ? refused.problems()
                : List.of();
    }

    @TestFactory
    Stream<DynamicTest> finds_all_that_is_wrong_says_where_and_how_to_mend_it() {
        return Blocks.read(EnvironmentTest.class, "bad.txt").stream()
                .map(block -> DynamicTest.dynamicTest("bad.txt:" + block.line() + " " + block.name(), () -> {
                    List<String> found = problems(block.text()).stream()
                            .map(EnvironmentTest::words)
                            .toList();

                    assertThat(found).hasSameSizeAs(block.expected()).isNotEmpty();
                    for (int i = 0; i < found.size(); i++) {
                        String expected = block.expected().get(i);
                        if (expected.endsWith("...")) {
                            assertThat(found.get(i)).startsWith(expected.substring(0, expected.length() - 3));
                        } else {
                            assertThat(found.get(i)).isEqualTo(expected);
                        }
                    }
                }));
    }

    /** Without the file, which is the same everywhere; a place that is said in a message has it as well. */
    private static String words(Problem problem) {
        assertThat(problem.spot().file()).isEqualTo(Environment.FILE);
        return (problem.spot() + ": " + problem.what() + " >> " + problem.fix()).replace(Environment.FILE + ":", "");
    }

    @Test
    void reads_steps_variables_and_the_check_with_their_places() {
        Environment environment = read("""
                setup:
                  - npm ci
                  - name: build
                    run: |
                      make one
                      make two
                    timeout: 1m30s
                env:
                  NODE_ENV: test
                  EMPTY: ""
                check: make test
                """);

        assertThat(environment.setup())
                .extracting(
                        Step::name,
                        Step::run,
                        Step::timeout,
                        step -> step.spot().toString())
                .containsExactly(
                        tuple("npm ci", "npm ci", Duration.ofMinutes(10), ".belay/environment.yaml:2:5"),
                        tuple("build", "make one\nmake two\n", Duration.ofSeconds(90), ".belay/environment.yaml:3:5"));
        assertThat(environment.variables())
                .extracting(
                        Variable::name,
                        Variable::value,
                        variable -> variable.spot().toString())
                .containsExactly(
                        tuple("NODE_ENV", "test", ".belay/environment.yaml:9:3"),
                        tuple("EMPTY", "", ".belay/environment.yaml:10:3"));
        assertThat(environment.check().orElseThrow().command()).isEqualTo("make test");
        assertThat(environment.check().orElseThrow().spot()).hasToString(".belay/environment.yaml:11:8");
    }

    @Test
    void a_step_without_a_name_has_its_first_line_cut_where_it_is_long() {
        List<Step> steps = read("setup:\n  - |\n\n    first line\n    second\n  - " + "x".repeat(80) + "\n")
                .setup();

        assertThat(steps).extracting(Step::name).containsExactly("first line", "x".repeat(59) + "…");
    }

    @ParameterizedTest
    @CsvSource({
        "plain, plain, false",
        "$HOME/x, /home/belay/x, true",
        "/opt/bin:$PATH, /opt/bin:/usr/bin, true",
        "${PATH}:${HOME}x, /usr/bin:/home/belayx, true",
        "$$HOME $$, $HOME $, false",
        "$$$TMPDIR, $/tmp, true"
    })
    void a_value_builds_on_the_sandboxs_own(String written, String meant, boolean builds) {
        Variable variable = read("env:\n  A: \"" + written + "\"\n").variables().getFirst();

        assertThat(variable.valueIn(OWN)).isEqualTo(meant);
        assertThat(variable.buildsOnOthers()).isEqualTo(builds);
    }

    @Test
    void there_are_bounds() {
        String steps = IntStream.range(0, 51).mapToObj(i -> "  - a" + i + "\n").collect(Collectors.joining());
        String variables =
                IntStream.range(0, 101).mapToObj(i -> "  A" + i + ": x\n").collect(Collectors.joining());

        assertThat(problems("setup:\n" + steps))
                .extracting(EnvironmentTest::words)
                .containsExactly(
                        "52:5: `setup` has more than 50 steps >> put commands into a script of the project, and run that");
        assertThat(problems("env:\n" + variables))
                .extracting(EnvironmentTest::words)
                .containsExactly(
                        "102:3: there are more than 100 variables >> set some of them in a script that the commands read");
        assertThat(problems("check: " + "x".repeat(64 << 10)))
                .extracting(Problem::what)
                .containsExactly("the environment is larger than 64 KiB");
        assertThat(read("setup: [\"" + "x".repeat(60 << 10) + "\"]").setup()).hasSize(1);
    }

    @Test
    void bytes_that_are_no_text_are_refused() {
        byte[] bytes = "check: \"\u00e4\"".getBytes(StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> Environment.parse("f.yaml", bytes).orRefuse("runner"))
                .isInstanceOfSatisfying(BelayException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.E_ENVIRONMENT);
                    assertThat(refused.what()).isEqualTo("f.yaml: it is no UTF-8");
                });
    }

    @Test
    void a_refusal_leads_with_the_first_problem_and_names_the_places_of_others() {
        String text = IntStream.range(0, 9).mapToObj(i -> "k" + i + ": x\n").collect(Collectors.joining());

        assertThatThrownBy(() -> read(text)).isInstanceOfSatisfying(BelayException.class, refused -> {
            assertThat(refused.code().exitCode()).isEqualTo(2);
            assertThat(refused.what()).startsWith(".belay/environment.yaml:1:1: unknown key `k0`");
            assertThat(refused.why())
                    .contains("layer: client", "also .belay/environment.yaml:2:1", "and 3 more: belay env check");
            assertThat(refused.next()).isEqualTo("known keys: setup, env, check");
        });
    }

    @Test
    void nothing_that_is_written_makes_it_fail() {
        Random random = new Random(7);
        String parts = "setup:\n  - run: x\n env: {A: $PATH}\ncheck: \"y\"\u00e4[]|>&*!#%@`'";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(60); length > 0; length--) {
                text.append(parts.charAt(random.nextInt(parts.length())));
            }
            Environment.parse(Environment.FILE, text.toString());
        }
    }
}
