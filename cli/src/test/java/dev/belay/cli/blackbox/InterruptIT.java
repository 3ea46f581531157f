package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Ctrl-C in a terminal that watches a task. */
class InterruptIT {
    private static Belay belay;
    private static Repository shop;

    @BeforeAll
    static void a_system_runs() {
        belay = Belay.started();
        shop = belay.repository("interrupt");
    }

    @Test
    void ctrl_c_detaches_and_says_how_to_come_back_and_the_task_goes_on_to_its_end() {
        Script script = Script.of("sleep 4").write("after.txt", "after\n");
        try (Running run = belay.at(shop).start("run", "--json", "--model", script.in(belay), "go on")) {
            run.untilItSays("sleep 4");

            Result detached = run.interrupt().end().ended(130);

            assertThat(detached.err()).contains("detached. ", " is running", "belay attach t-", "belay wait t-");
            assertThat(detached.out() + detached.err()).doesNotContain("succeeded", "failed", "cancelled");
            assertThat(detached.err()).contains("▸ bash  sleep 4", "still at work");
            String task = detached.err().replaceFirst("(?s).*belay wait (t-\\w+).*", "$1");
            assertThat(belay.run("wait", task).well().out()).startsWith("succeeded");
            assertThat(belay.run("exec", task, "--", "cat", "after.txt").well().out())
                    .isEqualTo("after\n");
        }
    }

    @Test
    void a_second_ctrl_c_cancels_the_task() {
        try (Running run = belay.at(shop)
                .start("run", "--json", "--model", Script.of("sleep 8644").in(belay), "stop")) {
            run.untilItSays("sleep 8644").interrupt().untilItSays("Ctrl-C again");

            Result cancelled = run.interrupt().end().ended(1);

            String task = cancelled.err().replaceFirst("(?s).*belay wait (t-\\w+).*", "$1");
            assertThat(belay.run("wait", task).ended(1).out()).startsWith("cancelled");
        }
    }

    @Test
    void ctrl_c_while_waiting_leaves_the_task_alone() {
        String task = belay.handOver(shop, Script.of("sleep 4"));
        try (Running wait = belay.start("wait", task);
                Running watch = belay.start("attach", "--json", task)) {
            watch.untilItSays("sleep 4");

            assertThat(wait.interrupt().end().exit()).isEqualTo(130);

            watch.end().well();
        }
    }
}
