package dev.belay.runner.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.json.Json;
import dev.belay.runner.agent.Reply.Usage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PricesTest {
    private static final Prices OWN = Prices.published().with("models.json", Json.parse("""
                    {"office/large": {"input": 2, "output": 10, "cache_read": 0.5, "cache_write": 3},
                     "office/tiered": {"input": 1, "output": 1, "up_to": 100, "beyond": {"input": 5, "output": 5}},
                     "office/short": {"input": 1, "output": 1, "up_to": 100}}
                    """));

    @Test
    void what_a_cache_held_costs_what_it_costs_there() {
        double cost = OWN.of("office/large", new Usage(1_000_000, 100_000, 500_000, 100_000, 0, 0))
                .orElseThrow();

        // 400,000 plain, 500,000 read from the cache, 100,000 put there, 100,000 made.
        assertThat(cost).isEqualTo(0.8 + 0.25 + 0.3 + 1.0, within(1e-9));
    }

    @Test
    void a_longer_prompt_has_its_own_price_or_none() {
        assertThat(OWN.of("office/tiered", new Usage(100, 0, 0)))
                .hasValueSatisfying(c -> assertThat(c).isEqualTo(100e-6, within(1e-12)));
        assertThat(OWN.of("office/tiered", new Usage(101, 0, 0)))
                .hasValueSatisfying(c -> assertThat(c).isEqualTo(505e-6, within(1e-12)));
        assertThat(OWN.of("office/short", new Usage(101, 0, 0))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "anthropic/claude-sonnet-5-5, true",
        "anthropic/claude-sonnet-5-5-20260928, true",
        "anthropic/claude-sonnet-5-5-latest, true",
        "openai/gpt-5.4-2026-03-05, true",
        "anthropic/claude-sonnet-5-9, false",
        "openai/gpt-5.4-pro, false",
        "anthropic/claude, false",
        "elsewhere/claude-sonnet-5-5, false",
    })
    void a_dated_name_has_its_models_price_and_a_like_name_has_none(String model, boolean known) {
        assertThat(OWN.known(model)).isEqualTo(known);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[] | prices must be an object",
                "{\"a/b\": 1} | price of a/b: it is no object",
                "{\"a/b\": {\"input\": 1}} | it has no output",
                "{\"a/b\": {\"input\": 1, \"output\": -1}} | output must be dollars",
                "{\"a/b\": {\"input\": 1, \"output\": 1, \"cached\": 1}} | unknown member cached",
            })
    void prices_that_are_none_are_refused_with_their_place(String json, String why) {
        assertThatThrownBy(() -> Prices.published().with("models.json", Json.parse(json)))
                .isInstanceOfSatisfying(
                        BelayException.class,
                        wrong -> assertThat(wrong.why()).contains(why).startsWith("models.json"));
    }

    @Test
    void the_table_says_of_when_it_is() {
        assertThat(Prices.published().asOf()).matches("20\\d\\d-\\d\\d-\\d\\d");
    }
}
