package dev.belay.runner.sandbox.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.EngineReport;
import dev.belay.runner.sandbox.EngineReport.Finding;
import dev.belay.runner.sandbox.EngineReport.Grade;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of a trial that somebody else ends. */
class NamespaceProbeTest {
    private final Room room = Room.fromEnvironment(System.getenv());
    private final List<Long> tried = new ArrayList<>();

    @Test
    void a_sandbox_that_was_killed_while_it_was_tried_says_nothing_of_the_isolation() {
        EngineReport report = NamespaceProbe.of(room, Tools.ofMachine(), sandbox -> {
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
        EngineReport report = NamespaceProbe.of(room, Tools.ofMachine(), sandbox -> {
            tried.add(sandbox.hand());
            kill(sandbox);
        });

        assertThat(tried).hasSize(3);
        assertThat(report.usable()).isFalse();
    }

    @Test
    void a_sandbox_that_lives_to_the_end_of_its_trial_is_believed_at_once() {
        NamespaceProbe.of(room, Tools.ofMachine(), sandbox -> tried.add(sandbox.hand()));

        assertThat(tried).hasSize(1);
    }

    @Test
    void the_disk_of_a_task_is_capped_where_somebody_mounts_volumes() {
        assumeTrue(room.broker().isPresent(), "no volume can be made: the weaker cell disk-cap, see THREATS.md");

        assertThat(diskCap(room)).isEqualTo(new Finding("disk-cap", Grade.HOLDS, "ext4 volume of its own", ""));
    }

    @Test
    void where_nobody_mounts_volumes_the_cap_of_the_disk_is_weaker_and_says_what_would_cure_it() {
        Room without = new Room(room.state(), room.views(), room.firstUid(), room.slots(), room.cgroups());

        Finding weaker = diskCap(without);

        assertThat(weaker.grade()).isEqualTo(Grade.WEAKER);
        assertThat(weaker.mechanism()).isEqualTo("a task's files are bounded one by one and not in sum");
        assertThat(weaker.fix()).contains(room.firstUid().isPresent() ? "loop devices" : "as root");
    }

    private static Finding diskCap(Room room) {
        return NamespaceProbe.of(room, Tools.ofMachine()).findings().stream()
                .filter(finding -> finding.name().equals("disk-cap"))
                .findFirst()
                .orElseThrow();
    }

    private static void kill(NamespaceSandbox sandbox) {
        ProcessHandle hand = ProcessHandle.of(sandbox.hand()).orElseThrow();
        assertThat(hand.destroyForcibly()).isTrue();
        hand.onExit().join();
    }
}
