package dev.belay.policies.environment.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.belay.policies.environment.Environment;
import dev.belay.policies.environment.Parsed;
import dev.belay.policies.language.Mutation;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Source;
import dev.belay.policies.yaml.Blocks;
import dev.belay.policies.yaml.Blocks.Block;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForeignEnvironmentTest {
    private static List<Block> table() {
        return Blocks.read(ForeignEnvironmentTest.class, "files.txt");
    }

    private static ForeignEnvironment kind(Block block) {
        return ForeignEnvironment.valueOf(
                block.name().substring(0, block.name().indexOf(':')).toUpperCase(Locale.ROOT));
    }

    private static EnvironmentTranslation translation(Block block) {
        return kind(block).translate(new Source("theirs", block.text()));
    }

    @TestFactory
    Stream<DynamicTest> every_part_of_a_file_has_a_fate_and_the_rest_is_the_environment() {
        return table().stream()
                .map(block -> DynamicTest.dynamicTest(
                        "files.txt:" + block.line() + " " + block.name(),
                        () -> assertThat(words(translation(block))).containsExactlyElementsOf(block.expected())));
    }

    /** The places, and the text that is written without what it says about itself. */
    private static List<String> words(EnvironmentTranslation translation) {
        List<String> words = new ArrayList<>();
        for (Fate fate : translation.fates()) {
            String place = fate.spot().toString().replace("theirs:", "") + " ";
            words.add(place
                    + switch (fate) {
                        case Fate.Taken taken -> "taken " + taken.part() + ": " + taken.became();
                        case Fate.NotNeeded not -> "not needed " + not.part() + ": " + not.why();
                        case Fate.Refused refused ->
                            "refused " + refused.part() + ": " + refused.why() + " >> " + refused.instead();
                    });
        }
        translation
                .problems()
                .forEach(problem -> words.add(problem.spot().toString().replace("theirs:", "") + " problem "
                        + problem.what() + " >> " + problem.fix()));
        translation.text().lines().filter(line -> !line.startsWith("#")).forEach(line -> words.add("| " + line));
        return words;
    }

    @Test
    void what_is_handed_out_is_understood_and_names_what_is_not_in_it() {
        int understood = 0;
        for (Block block : table()) {
            EnvironmentTranslation translation = translation(block);
            if (translation.text().isEmpty()) {
                assertThat(translation.fates()).noneMatch(Fate.Taken.class::isInstance);
                continue;
            }
            understood++;
            assertThat(Environment.parse(Environment.FILE, translation.text()))
                    .as(block.name())
                    .isInstanceOf(Parsed.Understood.class);
            assertThat(translation.text()).startsWith("# Translated from theirs (");
            for (Fate fate : translation.fates()) {
                if (fate instanceof Fate.Refused refused) {
                    assertThat(translation.text())
                            .contains("#   " + refused.spot() + " " + refused.part() + ": " + refused.why());
                }
            }
        }
        assertThat(understood).isGreaterThan(12);
    }

    /** Never an exception, never an environment that is not understood, never a message that a terminal would obey. */
    @Test
    void whatever_is_changed_in_a_file_what_comes_of_it_is_understood_or_a_problem() {
        Random random = new Random(37);
        List<Block> table = table();
        int understood = 0;
        for (int round = 0; round < 6_000; round++) {
            Block block = table.get(round % table.size());
            StringBuilder text = new StringBuilder(block.text()).append(' ');
            for (int changes = 1 + random.nextInt(8) / 6; changes > 0 && !text.isEmpty(); changes--) {
                Mutation.change(text, table.get(random.nextInt(table.size())).text() + " ", random);
            }

            EnvironmentTranslation translation = kind(block).translate(new Source("theirs", text.toString()));

            for (String line : words(translation)) {
                if (!line.startsWith("| ")) {
                    assertThat(line).as(text.toString()).doesNotContain("\n", "\r", "\u001b", "\u202e", "\0");
                }
            }
            assertThat(translation.text()).as(text.toString()).doesNotContain("\r", "\u001b", "\u202e", "\0");
            if (!translation.text().isEmpty()) {
                understood++;
                assertThat(Environment.parse(Environment.FILE, translation.text()))
                        .as(translation.text())
                        .isInstanceOf(Parsed.Understood.class);
            }
        }
        assertThat(understood).isGreaterThan(1_000);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "none", textBlock = """
                    .devcontainer/devcontainer.json, DEVCONTAINER
                    .devcontainer.json, DEVCONTAINER
                    .devcontainer/python/devcontainer.json, DEVCONTAINER
                    /home/ann/devcontainer.json, DEVCONTAINER
                    .openhands/setup.sh, OPENHANDS
                    setup.sh, none
                    .cursor/environment.json, CURSOR
                    shop/.cursor/environment.json, CURSOR
                    environment.json, none
                    .github/workflows/copilot-setup-steps.yml, COPILOT
                    copilot-setup-steps.yaml, COPILOT
                    .github/workflows/build.yml, none
                    mydevcontainer.json, none
                    package-lock.json, none
                    """)
    void a_file_is_known_by_its_name(String file, ForeignEnvironment kind) {
        assertThat(ForeignEnvironment.of(file).orElse(null)).isEqualTo(kind);
    }

    @Test
    void a_file_that_is_larger_than_any_such_file_is_not_read() {
        for (ForeignEnvironment kind : ForeignEnvironment.values()) {
            EnvironmentTranslation translation =
                    kind.translate(new Source("theirs", " ".repeat(ForeignEnvironment.MOST_BYTES + 1)));

            assertThat(translation.problems())
                    .extracting(Problem::what)
                    .containsExactly("the file is larger than 256 KiB");
        }
    }

    @ParameterizedTest
    @CsvSource({"DEVCONTAINER, {\"a\":", "CURSOR, [", "COPILOT, [", "COPILOT, {a: "})
    void what_is_nested_without_end_is_a_problem(ForeignEnvironment kind, String opening) {
        EnvironmentTranslation translation = kind.translate(new Source("theirs", opening.repeat(20_000)));

        assertThat(translation.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.what()).contains("nested too deep"));
    }

    @Test
    void more_steps_or_text_than_an_environment_has_is_a_problem_and_not_a_part_of_them() {
        String commands = IntStream.range(0, 51)
                .mapToObj(number -> "\"s" + number + "\": \"x\"")
                .collect(Collectors.joining(",", "{\"postCreateCommand\": {", "}}"));
        String large = "{\"install\": \"" + "x".repeat(70_000) + "\"}";

        assertThat(ForeignEnvironment.DEVCONTAINER
                        .translate(new Source("theirs", commands))
                        .problems())
                .extracting(Problem::what)
                .containsExactly("it becomes no environment that is understood: `setup` has more than 50 steps");
        assertThat(words(ForeignEnvironment.CURSOR.translate(new Source("theirs", large))))
                .containsExactly("1:13 refused install: the environment is larger than 64 KiB"
                        + " >> put long commands into a script of the project, and run that");
    }

    @ParameterizedTest
    @ValueSource(strings = {"${", "${a${", "${x}${", "${containerEnv:A}", "${localEnv:"})
    void placeholders_take_no_longer_the_more_there_are(String placeholder) {
        String text = placeholder.repeat(4_000_000 / placeholder.length());

        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThat(Substituted.of(text).asCommand()).isNotEmpty());
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThat(Substituted.of(text + "}").asCommand()).isNotEmpty());
    }

    @Test
    void more_parts_than_anybody_reads_are_one_problem() {
        String named = IntStream.range(0, 501)
                .mapToObj(number -> "\"s" + number + "\": \"%s\"")
                .collect(Collectors.joining(","));
        List<String> files = List.of(
                "{\"postCreateCommand\": {" + named.replace("%s", "make") + "}}",
                "{\"postCreateCommand\": {" + named.replace("%s", "\\r\\u0007x") + "}}",
                "{\"containerEnv\": {" + named.replace("%s", "x") + "}}",
                "{\"containerEnv\": {" + named.replace("%s", "${localEnv:A}") + "}}",
                "{" + named.replace("%s", "x") + "}");

        for (String file : files) {
            assertThat(ForeignEnvironment.DEVCONTAINER
                            .translate(new Source("theirs", file))
                            .problems())
                    .extracting(Problem::what)
                    .containsExactly("there are more than 500 parts");
        }
    }

    @Test
    void what_begins_with_a_byte_order_mark_is_read() {
        assertThat(ForeignEnvironment.CURSOR
                        .translate(new Source("theirs", "\ufeff{\"install\": \"make\"}"))
                        .isWhole())
                .isTrue();
    }
}
