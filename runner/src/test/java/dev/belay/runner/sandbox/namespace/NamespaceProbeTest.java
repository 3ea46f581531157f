package dev.belay.runner.sandbox.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.EngineReport;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of a trial that somebody else ends. */
class NamespaceProbeTest {
    private final Room room = Room.fromEnvironment(System.getenv());
    private final List<Long> tried = new ArrayList<>();

    @Test
    void a_sandbox_that_was_killed_while_it_was_tried_says_nothing_of_the_isolation() {
        EngineReport report = NamespaceProbe.of(room, sandbox -> {
            tried.add(sandbox.hand());
            if (tried.size() == 1) {
                kill(sandbox);
            }
        });

        assertThat(tried).hasSize(2);
        assertThat(report.failing()).isEmpty();
    }

    @Test
    void when_every_sandbox_is_killed_none_could_be_tried_and_no_task_may_start() {
        EngineReport report = NamespaceProbe.of(room, sandbox -> {
            tried.add(sandbox.hand());
            kill(sandbox);
        });

        assertThat(tried).hasSize(3);
        assertThat(report.usable()).isFalse();
    }

    @Test
    void a_sandbox_that_lives_to_the_end_of_its_trial_is_believed_at_once() {
        NamespaceProbe.of(room, sandbox -> tried.add(sandbox.hand()));

        assertThat(tried).hasSize(1);
    }

    private static void kill(NamespaceSandbox sandbox) {
        ProcessHandle hand = ProcessHandle.of(sandbox.hand()).orElseThrow();
        assertThat(hand.destroyForcibly()).isTrue();
        hand.onExit().join();
    }
}
