package dev.belay.controller.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.json.Json;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Task;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SayingTest {
    private StartedController controller;
    private ScriptedRunner runner;
    private Task task;
    private Assignment assignment;

    /** A turn has begun, and its model says nothing yet. */
    @BeforeEach
    void start() {
        // A connection that its reader left is noticed when something is written to it.
        controller = StartedController.with(timings -> timings.withKeepAlive(Duration.ofMillis(300)));
        runner = controller.runner("r", 4);
        task = controller.submit();
        assignment = runner.begin();
        runner.events(assignment, 3, ScriptedRunner.turn(1));
    }

    @AfterEach
    void stop() {
        runner.close();
        controller.close();
    }

    @Test
    void who_asks_hears_piece_by_piece_what_no_log_holds_until_the_event_that_holds_it_whole() throws IOException {
        long last = controller.task(task.getId()).getLastSeq();
        try (Follower follower = follower("&saying=true")) {
            runner.say(assignment, 1, 0, "Once ");
            assertThat(follower.next()).isEqualTo("saying anew: Once ");
            runner.say(assignment, 1, 5, "upon a time");
            assertThat(follower.next()).isEqualTo("saying: upon a time");
            assertThat(controller.task(task.getId()).getLastSeq()).isEqualTo(last);

            runner.events(assignment, 4, ScriptedRunner.message(1, "Once upon a time."));

            assertThat(follower.next()).isEqualTo("model.message " + (last + 1));
            assertThat(follower.next()).as("nothing is being said any more").isEqualTo("saying anew: ");
        }
    }

    @Test
    void a_new_connection_begins_with_all_that_was_said_so_far() throws IOException {
        try (Follower first = follower("&saying=true")) {
            runner.say(assignment, 1, 0, "Once ");
            runner.say(assignment, 1, 5, "upon");
            first.untilHeard("Once upon");
        }

        try (Follower again = follower("&saying=true")) {
            assertThat(again.next()).isEqualTo("saying anew: Once upon");
        }
    }

    @Test
    void who_does_not_ask_sees_events_alone() throws IOException {
        long last = controller.task(task.getId()).getLastSeq();
        try (Follower plain = follower("");
                Follower asking = follower("&saying=true")) {
            runner.say(assignment, 1, 0, "Once");
            asking.untilHeard("Once");

            runner.events(assignment, 4, ScriptedRunner.message(1, "Once."));

            assertThat(plain.next()).isEqualTo("model.message " + (last + 1));
        }
    }

    /** What a runner may not say, or says too late, when so much was said before. */
    private interface Untrue {
        void say(int length);
    }

    @Test
    void what_is_not_true_is_told_to_nobody() throws IOException {
        Assignment later =
                assignment.toBuilder().setEpoch(assignment.getEpoch() + 1).build();
        Assignment another =
                assignment.toBuilder().setTask("t-22222222222222222222").build();
        Map<String, Untrue> cases = Map.of(
                "of an epoch that is not its own", length -> runner.say(later, 1, length, " evil"),
                "of a task that is not its own", length -> runner.say(another, 1, length, " evil"),
                "with a gap before it", length -> runner.say(assignment, 1, length + 1, " evil"),
                "over what was said", length -> runner.say(assignment, 1, length - 1, " evil"),
                "of a turn that is over", length -> runner.say(assignment, 0, 0, " evil"),
                "without end", length -> runner.say(assignment, 1, length, "x".repeat(70_000)));
        try (Follower follower = follower("&saying=true")) {
            runner.say(assignment, 1, 0, "Once");
            follower.untilHeard("Once");
            int length = "Once".length();
            for (Map.Entry<String, Untrue> one : cases.entrySet()) {
                one.getValue().say(length);
                runner.say(assignment, 1, length, " more");

                assertThat(follower.next()).as(one.getKey()).isEqualTo("saying:  more");
                length += " more".length();
            }
        }
    }

    @Test
    void what_comes_after_the_event_that_holds_it_whole_begins_nothing_anew() throws IOException {
        runner.say(assignment, 1, 0, "Once");
        runner.events(assignment, 4, ScriptedRunner.message(1, "Once."));
        try (Follower follower = follower("&saying=true")) {
            runner.say(assignment, 1, 0, "Once");
            runner.events(assignment, 5, ScriptedRunner.turn(2));
            runner.say(assignment, 2, 0, "Twice");

            assertThat(follower.next()).startsWith("turn.start");
            assertThat(follower.next()).isEqualTo("saying anew: Twice");
        }
    }

    @Test
    void what_was_said_on_a_connection_that_broke_is_taken_back() throws IOException {
        try (Follower follower = follower("&saying=true")) {
            runner.say(assignment, 1, 0, "Once");
            follower.untilHeard("Once");

            runner.close();

            assertThat(follower.next()).isEqualTo("saying anew: ");
        }
    }

    @Test
    void a_runner_that_came_back_says_it_from_the_beginning() throws IOException {
        try (Follower follower = follower("&saying=true")) {
            runner.say(assignment, 1, 0, "Once");
            follower.untilHeard("Once");

            ScriptedRunner before = runner;
            runner = ScriptedRunner.dial(controller.grpcPort(), controller.runnerToken(), "r");
            runner.hello("r", "boot-1", 4, ScriptedRunner.runs(assignment));
            runner.say(assignment, 1, 0, "Once upon");

            follower.untilHeard("Once upon");
            before.close();
        }
    }

    private Follower follower(String wish) throws IOException {
        return new Follower(controller, task, wish);
    }

    /** One who follows from the present end on. */
    private static final class Follower implements AutoCloseable {
        private final BufferedReader lines;
        private final StringBuilder heard = new StringBuilder();

        Follower(StartedController controller, Task task, String wish) throws IOException {
            long last = controller.task(task.getId()).getLastSeq();
            lines = new BufferedReader(new InputStreamReader(
                    controller.stream(controller.request(
                            "/v1/tasks/" + task.getId() + "/events?follow=true&after=" + last + wish)),
                    StandardCharsets.UTF_8));
        }

        /** What came next, in a line. */
        String next() throws IOException {
            String id = "";
            String kind = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id: ")) {
                    id = line.substring("id: ".length());
                } else if (line.startsWith("event: ")) {
                    kind = line.substring("event: ".length());
                } else if (line.startsWith("data: ")) {
                    Json data = Json.parse(line.substring("data: ".length()));
                    return kind.equals("saying") ? id + words(data) : kind + " " + id;
                }
            }
            throw new AssertionError("the stream ended");
        }

        private String words(Json saying) {
            if (saying.flag("reset")) {
                heard.setLength(0);
            }
            heard.append(saying.text("text"));
            return (saying.flag("reset") ? "saying anew: " : "saying: ") + saying.text("text");
        }

        void untilHeard(String text) throws IOException {
            while (!heard.toString().equals(text)) {
                next();
            }
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }
}
