package dev.belay.runner.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.runner.linux.BootClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class TenureTest {
    private static final Duration LEASE = Duration.ofSeconds(30);

    private final AtomicReference<Duration> sinceBoot = new AtomicReference<>(Duration.ofDays(3));
    private final Tenure tenure = new Tenure(sinceBoot::get);

    @Test
    void nothing_is_held_before_the_controller_has_answered() {
        assertThat(tenure.held()).isFalse();
    }

    @Test
    void it_ends_25_seconds_after_the_acknowledged_renewal_was_sent_however_late_the_answer_came() {
        Duration sent = tenure.now();
        pass(Duration.ofSeconds(8));

        tenure.renewed(sent, LEASE);

        assertThat(tenure.left()).isEqualTo(Duration.ofSeconds(17));
        pass(Duration.ofSeconds(16));
        assertThat(tenure.held()).isTrue();
        pass(Duration.ofSeconds(1));
        assertThat(tenure.held()).isFalse();
    }

    @Test
    void an_answer_that_was_overtaken_by_a_later_one_shortens_nothing() {
        Duration first = tenure.now();
        pass(Duration.ofSeconds(10));
        tenure.renewed(tenure.now(), LEASE);

        tenure.renewed(first, LEASE);

        assertThat(tenure.left()).isEqualTo(Duration.ofSeconds(25));
    }

    @Test
    void the_clock_is_the_kernels_own_and_runs() {
        Duration first = BootClock.now();

        assertThat(first).isPositive();
        assertThat(BootClock.now()).isGreaterThanOrEqualTo(first);
    }

    private void pass(Duration time) {
        sinceBoot.updateAndGet(now -> now.plus(time));
    }
}
