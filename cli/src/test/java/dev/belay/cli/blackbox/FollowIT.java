package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Looking at a task without touching it: logs, waiting for a point of it, and which server it is on. */
class FollowIT {
    private static Belay belay;
    private static Repository shop;
    private static String task;
    private static List<Json> events;

    @BeforeAll
    static void a_task_has_ended() {
        belay = Belay.started();
        shop = belay.repository("follow");
        task = belay.task(shop, new Script().write("a.txt", "1\n").bash("exit 3"));
        events = belay.run("attach", "--json", task).well().lines();
    }

    @Test
    void logs_are_all_that_was_recorded_for_people_and_for_machines() {
        assertThat(belay.run("logs", "--json", task).well().lines()).isEqualTo(events);
        assertThat(belay.run("logs", task).well().out().lines())
                .hasSize(events.size())
                .anyMatch(line -> line.matches("\\S+Z +\\d+  1/s1 +tool\\.call +write a\\.txt"))
                .anyMatch(line -> line.matches("\\S+Z +\\d+  2/s2 +tool\\.result +bash exit 3 · \\S+"))
                .anyMatch(line -> line.matches("\\S+Z +\\d+  1/s1 +snapshot\\.created +s1 · 1 file \\+1"));
        assertThat(belay.run("logs", "--json", "--from-seq", "4", "--follow", task)
                        .well()
                        .lines())
                .isEqualTo(events.subList(3, events.size()));
        assertThat(belay.run("logs", "--kind", "snapshot.created", task).well().out())
                .hasLineCount(3);
    }

    @Test
    void followed_over_a_network_that_breaks_no_event_is_missing_and_none_comes_twice() {
        try (Relay relay = new Relay(belay)) {
            Belay client = relay.client("follow-state");
            String slow = belay.handOver(shop, Script.of("sleep 1", "sleep 1", "echo done"));
            relay.cutEvents(3);

            List<Json> seen =
                    client.run("logs", "--follow", "--json", slow).well().lines();

            assertThat(relay.cutsLeft()).isZero();
            assertThat(seen.stream().map(event -> event.number("seq")))
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, seen.size()).boxed().toList());
            assertThat(seen.getLast().get("task_state").text("to")).isEqualTo("succeeded");
        }
    }

    @Test
    void a_stream_that_is_cut_at_any_byte_any_number_of_times_is_the_log_in_the_end() {
        long seed = Long.getLong("belay.seed", 20261122);
        int wanted = Boolean.getBoolean("belay.full") ? 1000 : 25;
        Random random = new Random(seed);
        String longer = belay.task(
                shop, Script.of(Stream.generate(() -> "echo x").limit(30).toArray(String[]::new)));
        List<Json> whole = belay.run("logs", "--json", longer).well().lines();
        try (Relay relay = new Relay(belay)) {
            Belay client = relay.client("cut-state");
            int cuts = 0;
            while (cuts < wanted) {
                relay.cutEvents(wanted, () -> random.nextInt(6000));

                assertThat(client.run("logs", "--follow", "--json", longer)
                                .well()
                                .lines())
                        .as("seed %s, after %s cuts", seed, cuts)
                        .isEqualTo(whole);
                cuts += wanted - relay.cutsLeft();
            }
        }
    }

    @Test
    void a_task_is_waited_for_to_get_somewhere_and_ctrl_c_on_its_log_leaves_it_alone() {
        String slow = belay.handOver(
                shop, new Script().write("b.txt", "1\n").bash("sleep 5").write("c.txt", "1\n"));
        try (Running log = belay.start("logs", "-f", slow)) {
            belay.run("wait", "--for", "running", slow).well();
            belay.run("wait", "--for", "snapshot=s1", slow).well();
            assertThat(belay.run("wait", "--for", "step=s2", "--timeout", "1s", slow)
                            .refused("E_TIMEOUT", 124)
                            .err())
                    .contains(" did not finish step s2 in 1s");
            log.untilItSays("sleep 5");

            assertThat(log.interrupt().end().ended(130).err()).contains("the task goes on");
        }
        belay.run("wait", "--for", "step=s3", slow).well();
        belay.run("wait", "--for", "terminal", slow).well();
        assertThat(belay.run("show", "--json", slow).well().json().text("state"))
                .isEqualTo("succeeded");
    }

    @ParameterizedTest
    @CsvSource({"succeeded, 0", "terminal, 0", "step=s2, 0", "event=tool.result, 0", "running, 7", "step=s3, 7"})
    void of_a_task_that_has_ended_it_is_said_at_once(String wanted, int exit) {
        belay.run("wait", "--for", wanted, "--timeout", "60s", task).ended(exit);
    }

    @Test
    void a_server_by_name_is_used_and_named() {
        Belay far = belay.with("XDG_CONFIG_HOME", belay.work().resolve("config").toString())
                .with("BELAY_STATE", belay.work().resolve("far-state").toString());
        String address = belay.run("status").well().out().replaceFirst("(?s).*(http://127\\.0\\.0\\.1:\\d+).*", "$1");
        String token = belay.state().resolve("controller/token").toString();
        far.run("context", "add", "prod", address, "--token-file", token).well();
        far.run("ps").refused("E_UNREACHABLE", 9);

        far.run("context", "use", "prod").well();

        assertThat(far.run("status").well().out()).contains("\ncontext     prod\n");
        assertThat(far.run("show", "--json", task).well().json().text("id")).isEqualTo(task);
        assertThat(far.run("show", "t-nothing").refused("E_NO_SUCH_TASK", 8).err())
                .contains("context: prod (" + address + ")");
        String made = far.at(shop)
                .run("run", "-d", "--model", new Script().in(belay), "from", "afar")
                .well()
                .said();
        belay.run("wait", made).well();
        far.run("ps", "--context", "local").refused("E_UNREACHABLE", 9);
    }
}
