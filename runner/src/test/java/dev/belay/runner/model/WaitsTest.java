package dev.belay.runner.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WaitsTest {
    private static final Waits USUAL = Waits.usual();

    @ParameterizedTest
    @CsvSource({
        "1, PT0S, 0.0, PT0.25S",
        "1, PT0S, 1.0, PT0.5S",
        "2, PT0S, 1.0, PT1S",
        "4, PT0S, 1.0, PT4S",
        "10, PT0S, 1.0, PT30S",
        "1000, PT0S, 0.0, PT15S",
        "1, PT7S, 0.0, PT7S",
        "9, PT1H, 1.0, PT5M",
    })
    void each_pause_is_twice_the_one_before_unless_the_provider_names_it(
            int attempt, Duration wished, double random, Duration pause) {
        assertThat(USUAL.pause(attempt, wished, random)).isEqualTo(pause);
    }

    @Test
    void all_pauses_together_outlast_a_short_outage() {
        Duration all = Duration.ZERO;
        for (int attempt = 1; attempt <= USUAL.retries(); attempt++) {
            all = all.plus(USUAL.pause(attempt, Duration.ZERO, 0));
        }

        assertThat(all).isBetween(Duration.ofMinutes(1), Duration.ofMinutes(5));
    }
}
