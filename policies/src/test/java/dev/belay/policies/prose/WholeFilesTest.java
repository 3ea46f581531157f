package dev.belay.policies.prose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.language.Line;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Reading;
import dev.belay.policies.language.Settings;
import dev.belay.policies.language.Source;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole files as people write them, each beside what becomes of it. */
class WholeFilesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "01-example",
                "02-no-permissions",
                "03-boundaries",
                "04-nested-headings",
                "05-hosts-below",
                "06-hidden",
                "07-unseen",
                "08-fence",
                "09-wrapped",
                "10-elsewhere",
                "11-rule-strings",
                "12-malformed",
                "13-checks",
                "14-contradictions",
                "15-verbs-and-crlf",
            })
    void a_whole_file_becomes_what_stands_beside_it(String name) throws IOException {
        assertThat(shown(ProsePolicy.read(new Source("CLAUDE.md", resource(name + ".md")))))
                .isEqualTo(resource(name + ".golden"));
    }

    @Test
    void prose_says_nothing_of_settings() throws IOException {
        Reading reading = ProsePolicy.read(new Source("AGENTS.md", resource("01-example.md")));

        assertThat(reading.settings()).isEqualTo(Settings.NONE);
        assertThat(reading.lines()).allMatch(line -> line.origin().reason().isEmpty());
        assertThat(reading.lines()).allMatch(line -> line.origin().spot().file().equals("AGENTS.md"));
    }

    @Test
    void a_file_that_is_too_long_is_refused() {
        Reading reading = ProsePolicy.read(new Source("CLAUDE.md", "x".repeat(300 * 1024)));

        assertThat(reading.problems())
                .extracting(Problem::fix)
                .containsExactly("write the permissions into .belay/policy.yaml");
    }

    @Test
    void a_line_that_is_too_long_is_refused_among_permissions_only() {
        String line = "- NO " + "very ".repeat(2_000) + "long words\n";

        assertThat(read("## Restricted\n" + line).problems()).hasSize(1);
        assertThat(read("## Style\n" + line).problems()).isEmpty();
    }

    @Test
    void more_permissions_than_anybody_reads_are_refused_and_not_cut_off() {
        Reading reading = read("## Restricted\n" + "- git push\n".repeat(1_100));

        assertThat(reading.problems()).hasSize(1);
    }

    private static Reading read(String text) {
        return ProsePolicy.read(new Source("CLAUDE.md", text));
    }

    static String shown(Reading reading) {
        String lines = reading.lines().stream().map(WholeFilesTest::shown).collect(Collectors.joining());
        String problems = reading.problems().stream()
                .map(one -> one.spot() + " PROBLEM " + one.what() + "; " + one.fix() + "\n")
                .collect(Collectors.joining());
        return lines + problems;
    }

    private static String shown(Line line) {
        String outcome = String.join(" | ", List.copyOf(Shown.of(line)));
        String why = switch (line) {
            case Line.NotEnforced not -> " " + not.why();
            case Line.Inherent inherent -> " " + inherent.mechanism();
            case Line.Rules _ -> "";
        };
        return line.origin().spot() + " " + line.origin().text() + " => " + outcome + why + "\n";
    }

    static String resource(String name) throws IOException {
        try (InputStream file =
                Objects.requireNonNull(WholeFilesTest.class.getResourceAsStream("files/" + name), name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
