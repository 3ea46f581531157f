package dev.belay.runner.hands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class HandClockTest {
    private static final Duration SHORT = Duration.ofMillis(50);

    private final HandClock clock = new HandClock();
    private final CompletableFuture<String> answer = new CompletableFuture<>();

    @Test
    void patience_ends() {
        assertThatThrownBy(() -> clock.await(answer, SHORT)).isInstanceOf(TimeoutException.class);
    }

    @Test
    void patience_does_not_end_while_the_hand_stands_still_and_does_afterwards() throws Exception {
        clock.standStill();
        var waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return clock.await(answer, SHORT);
            } catch (Exception ended) {
                return ended.getClass().getSimpleName();
            }
        });
        assertThatThrownBy(() -> waiting.get(SHORT.toMillis() * 6, TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class);

        clock.goOn();

        assertThat(waiting.get(20, TimeUnit.SECONDS)).isEqualTo("TimeoutException");
    }

    @Test
    void an_answer_counts_also_while_the_hand_stands_still() throws Exception {
        clock.standStill();
        answer.complete("here");

        assertThat(clock.await(answer, SHORT)).isEqualTo("here");
    }

    @Test
    void the_time_that_it_stood_still_is_not_counted() throws Exception {
        long before = clock.nanos();
        clock.standStill();
        TimeUnit.MILLISECONDS.sleep(SHORT.toMillis());
        clock.goOn();

        assertThat(clock.nanos() - before).isLessThan(SHORT.toNanos());
    }
}
