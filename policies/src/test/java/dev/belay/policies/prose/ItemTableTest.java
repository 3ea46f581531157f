package dev.belay.policies.prose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.language.Line;
import dev.belay.policies.language.Reading;
import dev.belay.policies.language.Source;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What each way to say a permission becomes. The notation is explained in the table. */
class ItemTableTest {
    private static final Map<String, String> HEADINGS = Map.ofEntries(
            Map.entry("A", "## ALLOWED"),
            Map.entry("R", "## RESTRICTED"),
            Map.entry("K", "## Ask first"),
            Map.entry("M", "## Permissions"),
            Map.entry("N", "## Permissions\n### Network"),
            Map.entry("H", "## Allowed hosts"),
            Map.entry("B", "## Blocked hosts"),
            Map.entry("C", "## Allowed commands"),
            Map.entry("F", "## Allowed paths"),
            Map.entry("T", "## Restricted tools"),
            Map.entry("D", "## Boundaries\n### Always do"));

    record Case(int number, String section, String item, String outcome) {
        Reading read() {
            return ProsePolicy.read(
                    new Source("CLAUDE.md", Objects.requireNonNull(HEADINGS.get(section)) + "\n\n- " + item + "\n"));
        }
    }

    @TestFactory
    Stream<DynamicTest> every_item_becomes_what_its_words_say() throws IOException {
        return cases().stream()
                .map(one -> DynamicTest.dynamicTest("line " + one.number + ": " + one.item, () -> {
                    assertThat(String.join(" | ", Shown.of(one.read())))
                            .as("line %d: %s: %s", one.number, one.section, one.item)
                            .isEqualTo(one.outcome);
                }));
    }

    @Test
    void no_item_is_dropped_and_each_says_where_it_stands() throws IOException {
        for (Case one : cases()) {
            Reading reading = one.read();
            int line = Objects.requireNonNull(HEADINGS.get(one.section)).split("\n").length + 2;
            if (!one.outcome.isEmpty()) {
                assertThat(reading.lines().size() + reading.problems().size())
                        .as(one.item)
                        .isPositive();
            }
            for (Line each : reading.lines()) {
                assertThat(each.origin().spot().line()).as(one.item).isEqualTo(line);
                assertThat(each.origin().spot().column()).as(one.item).isGreaterThan(2);
                assertThat(each.origin().text()).as(one.item).isNotBlank().doesNotContain("\n");
            }
        }
    }

    @Test
    void the_table_is_as_large_as_it_should_be() throws IOException {
        assertThat(cases()).hasSizeGreaterThan(120);
    }

    static List<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>();
        try (InputStream table = Objects.requireNonNull(ItemTableTest.class.getResourceAsStream("items.txt"))) {
            String text = new String(table.readAllBytes(), StandardCharsets.UTF_8);
            int number = 0;
            for (String line : text.split("\n")) {
                number++;
                if (!line.isBlank() && !line.startsWith("#")) {
                    int arrow = line.lastIndexOf(" => ");
                    assertThat(arrow)
                            .as("line %d has an outcome: %s", number, line)
                            .isPositive();
                    String outcome = line.substring(arrow + 4).strip();
                    cases.add(new Case(
                            number,
                            line.substring(0, 1),
                            line.substring(3, arrow).strip(),
                            outcome.equals("nothing") ? "" : outcome));
                }
            }
        }
        return cases;
    }
}
