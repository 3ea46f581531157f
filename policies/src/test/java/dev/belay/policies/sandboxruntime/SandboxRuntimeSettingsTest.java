package dev.belay.policies.sandboxruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.foreign.Outcome;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Reading;
import dev.belay.policies.language.Source;
import dev.belay.policies.language.Spot;
import dev.belay.policies.yaml.Blocks;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class SandboxRuntimeSettingsTest {
    private static final ProjectFolder SHOP = new ProjectFolder("/home/ann/shop", "/home/ann");

    private static Reading read(String text) {
        return SandboxRuntimeSettings.read(new Source("srt-settings.json", text), SHOP);
    }

    @TestFactory
    Stream<DynamicTest> a_setting_becomes_what_it_means_here_or_is_told_of() {
        return Blocks.read(SandboxRuntimeSettingsTest.class, "settings.txt").stream()
                .map(block -> DynamicTest.dynamicTest(
                        "settings.txt:" + block.line() + " " + block.name(),
                        () -> assertThat(Outcome.of(read(block.text()))).isEqualTo(block.expected())));
    }

    @Test
    void a_mark_of_the_encoding_is_read_over() {
        assertThat(read("\ufeff{\"filesystem\": {\"allowWrite\": [\".\"]}}").problems())
                .isEmpty();
    }

    @Test
    void a_file_that_is_too_large_is_refused() {
        assertThat(read(" ".repeat((256 << 10) + 1)).problems())
                .containsExactly(new Problem(
                        new Spot("srt-settings.json", 0, 0), "the file is larger than 256 KiB", "shorten it"));
    }

    @Test
    void more_items_than_anybody_reads_are_refused() {
        String many = "\"a.com\",".repeat(2_000) + "\"a.com\"";

        assertThat(read("{\"network\": {\"allowedDomains\": [" + many + "]}}").problems())
                .extracting(Problem::what)
                .containsExactly("`allowedDomains` has more than 2000 items");
    }

    @Test
    void a_project_at_the_machines_root_is_a_project() {
        Reading reading = SandboxRuntimeSettings.read(
                new Source("x", "{\"filesystem\": {\"allowWrite\": [\"/\"], \"denyRead\": [\"/etc\"]}}"),
                new ProjectFolder("/", "/root"));

        assertThat(Outcome.of(reading)).contains("1:51 DENY READ ./etc");
    }
}
