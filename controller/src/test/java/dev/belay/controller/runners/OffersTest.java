package dev.belay.controller.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.proto.v1.ModelProvider;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a runner says of its providers is bounded, and fit to be printed and stored. */
class OffersTest {
    private static Offers of(ModelProvider... said) {
        return Offers.of(List.of(said));
    }

    @Test
    void what_is_usable_and_what_is_missing_are_told_apart() {
        Offers offers = of(ScriptedRunner.usable("local"), ScriptedRunner.lacking("acme", "ACME_API_KEY is not set"));

        assertThat(offers.usable()).containsExactly("local");
        assertThat(offers.missing()).hasSize(1).containsEntry("acme", "ACME_API_KEY is not set");
        assertThat(offers.can("local")).isTrue();
        assertThat(offers.can("acme")).isFalse();
        assertThat(offers.can("")).as("a script asks nobody").isTrue();
    }

    @Test
    void said_twice_is_usable_when_it_is_once() {
        Offers offers = of(
                ScriptedRunner.lacking("acme", "one"),
                ScriptedRunner.usable("acme"),
                ScriptedRunner.lacking("acme", "two"));

        assertThat(offers.usable()).containsExactly("acme");
        assertThat(offers.missing()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Acme", "a b", "a/b", "a:b", "script", "\u001b[31m", "ä", "1a"})
    void a_name_that_no_provider_can_have_is_passed_over(String name) {
        assertThat(of(ScriptedRunner.usable(name), ScriptedRunner.lacking(name, "x")))
                .isEqualTo(Offers.NONE);
    }

    @Test
    void no_more_than_32_are_kept() {
        Offers offers = Offers.of(IntStream.range(0, 1000)
                .mapToObj(i -> i % 2 == 0 ? ScriptedRunner.usable("p" + i) : ScriptedRunner.lacking("p" + i, "x"))
                .toList());

        assertThat(offers.usable().size() + offers.missing().size()).isEqualTo(32);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u001b[31mred", "a\0b", "\u009bx", "a\nb", "\u007f"})
    void words_have_no_control_characters(String words) {
        assertThat(of(ScriptedRunner.lacking("acme", words)).missing().get("acme"))
                .isNotEmpty()
                .matches("\\P{Cc}+");
    }

    @Test
    void words_are_cut_and_never_within_a_character() {
        String words = "x".repeat(199) + "\ud83d\ude00" + "y".repeat(1000);

        assertThat(of(ScriptedRunner.lacking("acme", words)).missing()).containsEntry("acme", "x".repeat(199) + "…");
    }

    @Test
    void what_is_stored_is_read_again_as_it_was() {
        Offers offers = of(
                ScriptedRunner.usable("local"),
                ScriptedRunner.lacking("acme", "not set: ACME_API_KEY"),
                ScriptedRunner.lacking("other", ""));

        assertThat(Offers.stored(List.copyOf(offers.usable()), offers.missingWords()))
                .isEqualTo(offers);
    }
}
