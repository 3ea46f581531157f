package dev.belay.runner.sandbox.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.runner.linux.Processes;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On processes of this test's own, without any walls. */
class StopWalkTest {
    /** Looks after its children all the time, as a hand does when something happens; ends with 9 when one stands still. */
    private static final String WATCHFUL = """
            $| = 1;
            my $hand = $$;
            for (1 .. 12) { next if fork; select undef, undef, undef, 0.001 while getppid == $hand; exit }
            print "here\\n";
            while (1) { exit 9 if waitpid(-1, 3) > 0 }
            """;

    private Process hand;

    @BeforeEach
    void a_hand_has_commands() throws IOException {
        hand = new ProcessBuilder("perl", "-e", WATCHFUL)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out = hand.inputReader();
        assertThat(out.readLine()).isEqualTo("here");
    }

    @AfterEach
    void end() {
        hand.descendants().forEach(ProcessHandle::destroyForcibly);
        hand.destroyForcibly();
    }

    @Test
    void the_hand_never_sees_its_commands_stand_still() throws Exception {
        StopWalk walk = new StopWalk(hand.pid());

        // One that comes too late on a busy machine says so, and is no less careful.
        int stood = 0;
        for (int i = 0; i < 200; i++) {
            stood += walk.freeze() ? 1 : 0;
            walk.thaw();
        }

        assertThat(hand.isAlive()).isTrue();
        assertThat(stood).isPositive();
    }

    @Test
    void whoever_is_frozen_stands_still_until_the_thaw() {
        StopWalk walk = new StopWalk(hand.pid());
        List<Long> all = Processes.tree(hand.pid());

        assertThat(Stream.generate(walk::freeze).limit(20).anyMatch(stood -> stood))
                .isTrue();

        assertThat(all).hasSize(13).allMatch(pid -> Processes.state(pid).orElse('X') == 'T');
        walk.thaw();
        assertThat(all).noneMatch(pid -> Processes.state(pid).orElse('X') == 'T');
        assertThat(hand.isAlive()).isTrue();
    }
}
