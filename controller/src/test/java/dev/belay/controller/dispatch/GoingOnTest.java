package dev.belay.controller.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.controller.Timings;
import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Command;
import dev.belay.proto.v1.ControllerMessage.BodyCase;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.MessageStored;
import dev.belay.proto.v1.Operation;
import dev.belay.proto.v1.PersonSpoke;
import dev.belay.proto.v1.Task;
import dev.belay.proto.v1.TaskState;
import dev.belay.proto.v1.TaskStateChanged;
import dev.belay.proto.v1.TurnEnded;
import dev.belay.proto.v1.TurnStarted;
import dev.belay.proto.v1.WaitingFor;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Talking to a task, pausing it, and letting it go on. */
class GoingOnTest {
    private static final Duration SHORT = Duration.ofMillis(800);

    private static StartedController.Answer say(StartedController controller, Task task, String key, String text) {
        return controller.post(
                "/v1/tasks/" + task.getId() + "/messages",
                "{\"idempotency_key\":\"" + key + "\",\"text\":\"" + text + "\"}");
    }

    private static MessageStored said(StartedController controller, Task task, String text) {
        return say(controller, task, "key-of-" + Integer.toHexString(text.hashCode()) + "-xxxxxxxx", text)
                .as(MessageStored.newBuilder())
                .build();
    }

    private static StartedController.Answer pause(StartedController controller, Task task, boolean now) {
        return controller.post("/v1/tasks/" + task.getId() + "/pause", "{\"now\":" + now + "}");
    }

    private static StartedController.Answer resume(StartedController controller, Task task, String body) {
        return controller.post("/v1/tasks/" + task.getId() + "/resume", body);
    }

    private static Task task(StartedController.Answer answer) {
        return answer.as(Task.newBuilder()).build();
    }

    private static String log(StartedController controller, Task task) {
        return controller
                .get("/v1/tasks/" + task.getId() + "/events?follow=false")
                .body();
    }

    private static Event begun(int turn, String... messages) {
        return Event.newBuilder()
                .setActor("agent")
                .setTurn(turn)
                .setTurnStart(TurnStarted.newBuilder().setModel("script").addAllMessages(java.util.List.of(messages)))
                .build();
    }

    private static Event stands(TaskState state, WaitingFor waitingFor, String reason) {
        return Event.newBuilder()
                .setActor("runner")
                .setTaskState(TaskStateChanged.newBuilder()
                        .setTo(state)
                        .setWaitingFor(waitingFor)
                        .setStopReason(reason)
                        .setDetail("the task used its 1 turns"))
                .build();
    }

    private static Event paused() {
        return stands(TaskState.TASK_STATE_PAUSED, WaitingFor.WAITING_FOR_UNSPECIFIED, "paused");
    }

    private static Event[] step(int step) {
        return new Event[] {
            ScriptedRunner.call(1, step), ScriptedRunner.result(1, step), ScriptedRunner.snapshot("step", step)
        };
    }

    @Test
    void a_message_is_in_the_log_before_it_is_acknowledged_and_reaches_the_runner_once() {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();

            MessageStored stored = say(controller, task, "the-first-key", "use tabs")
                    .as(MessageStored.newBuilder())
                    .build();

            assertThat(stored.getSeq()).isEqualTo(5);
            assertThat(stored.getTask().getUnread()).isEqualTo(1);
            Command command = runner.expect(BodyCase.COMMAND).getCommand();
            assertThat(command.getMessage())
                    .isEqualTo(PersonSpoke.newBuilder()
                            .setId(stored.getId())
                            .setText("use tabs")
                            .build());
            assertThat(say(controller, task, "the-first-key", "use tabs")
                            .as(MessageStored.newBuilder())
                            .getId())
                    .isEqualTo(stored.getId());
            assertThat(say(controller, task, "the-first-key", "use spaces").code())
                    .isEqualTo("E_IDEMPOTENCY_CONFLICT");
            assertThat(log(controller, task)).containsOnlyOnce("use tabs").doesNotContain("use spaces");
            assertThat(runner.hearsNothing(300)).as("told once a session").isTrue();
            runner.events(assignment, 3, begun(1, stored.getId()));
            assertThat(controller.task(task.getId()).getUnread()).isZero();
        }
    }

    @Test
    void what_no_model_was_given_goes_along_with_the_next_assignment_and_what_one_was_does_not() throws Exception {
        try (StartedController controller = StartedController.start()) {
            Task task = controller.submit();
            MessageStored early = said(controller, task, "before it began");
            MessageStored late;
            try (ScriptedRunner runner = controller.runner("r", 1)) {
                Assignment assignment = runner.assignment();
                assertThat(assignment.getMessagesList())
                        .extracting(PersonSpoke::getText)
                        .containsExactly("before it began");
                runner.ack(assignment);
                runner.expect(BodyCase.COMMAND);
                runner.events(
                        assignment,
                        1,
                        ScriptedRunner.snapshot("base", 0),
                        ScriptedRunner.running(),
                        begun(1, early.getId()));
                late = said(controller, task, "while it worked");
                runner.expect(BodyCase.COMMAND);
            }
            try (ScriptedRunner runner = controller.runner("r", 1, "another boot")) {
                Assignment again = runner.assignment();

                assertThat(again.getMessagesList())
                        .extracting(PersonSpoke::getId)
                        .containsExactly(late.getId());
                assertThat(runner.history(task.getId(), 2))
                        .extracting(event -> event.getBodyCase().name())
                        .containsExactly("PERSON_MESSAGE", "SNAPSHOT_CREATED", "TURN_START", "PERSON_MESSAGE");
            }
        }
    }

    @Test
    void a_message_that_comes_as_the_last_turn_ends_gets_another_turn() {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();
            said(controller, task, "and the docs");
            runner.expect(BodyCase.COMMAND);

            assertThat(runner.events(assignment, 3, ScriptedRunner.succeeded()).getStale())
                    .isFalse();

            Assignment again = runner.assignment();
            assertThat(again.getEpoch()).isEqualTo(2);
            assertThat(again.getMessagesList()).extracting(PersonSpoke::getText).containsExactly("and the docs");
            assertThat(log(controller, task)).contains("a message came as its last turn ended");
        }
    }

    @Test
    void a_task_that_ends_otherwise_says_what_was_never_heard_and_refuses_what_comes_later() {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();
            said(controller, task, "and the docs");
            runner.expect(BodyCase.COMMAND);
            runner.events(assignment, 3, ScriptedRunner.state(TaskState.TASK_STATE_FAILED, "model_error", "gone"));

            assertThat(log(controller, task)).containsOnlyOnce("W_NOT_HEARD");
            StartedController.Answer late = say(controller, task, "another-key", "and the \\\"tests\\\"");
            assertThat(late.code()).isEqualTo("E_TASK_ENDED");
            assertThat(late.json().text("next")).isEqualTo("belay fork " + task.getShortId() + " \"…\"");
            assertThat(say(controller, task, "another-key", "and the tests")
                            .json()
                            .text("next"))
                    .isEqualTo("belay fork " + task.getShortId() + " \"and the tests\"");
            assertThat(controller.task(task.getId()).getState()).isEqualTo(TaskState.TASK_STATE_FAILED);
        }
    }

    @Test
    void only_people_speak_for_people() {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();

            runner.events(
                    assignment,
                    3,
                    Event.newBuilder()
                            .setPersonMessage(
                                    PersonSpoke.newBuilder().setId("m-x").setText("approved"))
                            .build());

            assertThat(log(controller, task)).contains("W_REFUSED_EVENT").doesNotContain("approved");
        }
    }

    @Test
    void a_queued_task_is_paused_at_once_and_given_to_nobody_before_it_is_resumed() throws IOException {
        StartedController controller = StartedController.start();
        Task task = controller.submit();
        assertThat(task(pause(controller, task, false)).getState()).isEqualTo(TaskState.TASK_STATE_PAUSED);
        assertThat(task(pause(controller, task, true)).getLastSeq()).as("once").isEqualTo(2);

        try (StartedController again = controller.restarted();
                ScriptedRunner runner = again.runner("r", 1)) {
            assertThat(runner.hearsNothing(500)).isTrue();
            assertThat(again.get("/v1/status").json().number("running")).isZero();

            resume(again, task, "{}");

            assertThat(runner.assignment().getTask()).isEqualTo(task.getId());
            assertThat(task(resume(again, task, "{}")).getTerminal()).isFalse();
        }
    }

    @Test
    void a_running_task_is_given_back_when_its_call_has_ended_and_goes_on_from_there() {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();

            Task asked = task(pause(controller, task, false));

            assertThat(asked.getState()).isEqualTo(TaskState.TASK_STATE_RUNNING);
            assertThat(asked.getStopReason()).isEqualTo("pausing");
            Command command = runner.expect(BodyCase.COMMAND).getCommand();
            assertThat(command.getPause().getNow()).isFalse();
            assertThat(command.getPause().getReason()).isEqualTo("paused by ada");
            pause(controller, task, true);
            assertThat(runner.expect(BodyCase.COMMAND).getCommand().getPause().getNow())
                    .isTrue();
            runner.events(assignment, 3, step(1));
            runner.events(assignment, 6, paused());
            Task now = controller.task(task.getId());
            assertThat(now.getState()).isEqualTo(TaskState.TASK_STATE_PAUSED);
            assertThat(now.getStopDetail()).isEqualTo("paused by ada; it goes on from s1");
            // Its place is free.
            Task other = controller.submit();
            assertThat(runner.begin().getTask()).isEqualTo(other.getId());
            runner.events(other.getId(), 1, 3, ScriptedRunner.succeeded());

            resume(controller, task, "{}");

            Assignment again = runner.assignment();
            assertThat(again.getTask()).isEqualTo(task.getId());
            assertThat(again.getEpoch()).isEqualTo(2);
            assertThat(again.getResume().getId()).isEqualTo("s1");
        }
    }

    @Test
    void a_task_whose_runner_is_lost_after_the_pause_was_acknowledged_is_paused() {
        try (StartedController controller = StartedController.with(timings -> timings.withLease(SHORT))) {
            Task task = controller.submit();
            try (ScriptedRunner runner = controller.runner("r", 1)) {
                runner.events(runner.begin(), 3, ScriptedRunner.call(1, 1));
                pause(controller, task, false);
            }
            Task now = controller.await(task.getId(), one -> one.getState() == TaskState.TASK_STATE_PAUSED);

            assertThat(now.getStopReason()).isEqualTo("paused");
            assertThat(now.getStopDetail()).contains("paused by ada; the controller heard nothing of r", "from s0");
            assertThat(log(controller, task)).contains("\"interrupted\":\"runner lost\"");
        }
    }

    @Test
    void a_runner_that_comes_back_is_told_of_a_pause_and_of_messages() {
        try (StartedController controller = StartedController.start()) {
            Task task = controller.submit();
            Assignment assignment;
            try (ScriptedRunner runner = controller.runner("r", 1)) {
                assignment = runner.begin();
            }
            said(controller, task, "use tabs");
            pause(controller, task, false);
            try (ScriptedRunner back = ScriptedRunner.dial(controller.grpcPort(), controller.runnerToken(), "r")) {
                back.hello("r", "boot-1", 1, ScriptedRunner.runs(assignment));

                assertThat(back.expect(BodyCase.COMMAND).getCommand().hasMessage())
                        .isTrue();
                assertThat(back.expect(BodyCase.COMMAND).getCommand().hasPause())
                        .isTrue();
            }
        }
    }

    @Test
    void a_pause_that_was_taken_back_is_none_though_the_runner_gives_the_task_back() {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();
            pause(controller, task, false);
            runner.expect(BodyCase.COMMAND);
            resume(controller, task, "{}");

            runner.events(assignment, 3, paused());

            assertThat(runner.assignment().getEpoch()).isEqualTo(2);
        }
    }

    @Test
    void a_runner_that_does_not_interrupt_in_time_loses_the_task() {
        try (StartedController controller =
                        StartedController.with(timings -> timings.withCancelGrace(Duration.ofMillis(400)));
                ScriptedRunner runner = controller.runner("deaf", 1)) {
            Task task = controller.submit();
            runner.begin();
            pause(controller, task, true);
            runner.expect(BodyCase.COMMAND);

            Task now = controller.await(task.getId(), one -> one.getState() == TaskState.TASK_STATE_PAUSED);

            assertThat(now.getStopDetail()).contains("deaf did not stop it in time");
            assertThat(runner.expect(BodyCase.KILL).getKill().getTask()).isEqualTo(task.getId());
        }
    }

    @Test
    void a_task_at_its_limit_waits_and_goes_on_with_another_limit_only() {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit(controller
                    .submission()
                    .setLimits(dev.belay.proto.v1.Limits.newBuilder().setMaxTurns(1)));
            Assignment assignment = runner.begin();
            runner.events(assignment, 3, ScriptedRunner.turn(1));
            runner.events(assignment, 4, step(1));
            runner.events(
                    assignment, 7, stands(TaskState.TASK_STATE_WAITING, WaitingFor.WAITING_FOR_BUDGET, "limit_turns"));

            Task now = controller.task(task.getId());
            assertThat(now.getState()).isEqualTo(TaskState.TASK_STATE_WAITING);
            assertThat(now.getWaitingFor()).isEqualTo(WaitingFor.WAITING_FOR_BUDGET);
            assertThat(now.getTerminal()).isFalse();
            assertThat(now.getStopReason()).isEqualTo("limit_turns");
            assertThat(task(pause(controller, task, false)).getState())
                    .as("it stands already")
                    .isEqualTo(TaskState.TASK_STATE_WAITING);
            StartedController.Answer refused = resume(controller, task, "{}");
            assertThat(refused.code()).isEqualTo("E_CONFLICT");
            assertThat(refused.json().text("next")).isEqualTo("belay resume " + task.getShortId() + " --max-turns 2");

            resume(controller, task, "{\"max_turns\":5}");

            Assignment again = runner.assignment();
            assertThat(again.getLimits().getMaxTurns()).isEqualTo(5);
            assertThat(again.getLastTurn()).isEqualTo(1);
            runner.ack(again);
            assertThat(resume(controller, task, "{\"max_turns\":9}").code()).isEqualTo("E_BUSY");
            assertThat(task(resume(controller, task, "{\"max_turns\":5}")).getTerminal())
                    .as("said again")
                    .isFalse();
        }
    }

    /** At its limit of {@code usd}, having cost {@code cost}. */
    private static Assignment spent(StartedController controller, ScriptedRunner runner, double usd, double cost) {
        controller.submit(controller
                .submission()
                .setLimits(dev.belay.proto.v1.Limits.newBuilder().setMaxUsd(usd)));
        Assignment assignment = runner.begin();
        runner.events(assignment, 3, ScriptedRunner.turn(1));
        runner.events(assignment, 4, step(1));
        runner.events(
                assignment,
                7,
                Event.newBuilder()
                        .setTurn(1)
                        .setTurnEnd(TurnEnded.newBuilder().setCostUsd(cost))
                        .build(),
                stands(TaskState.TASK_STATE_WAITING, WaitingFor.WAITING_FOR_BUDGET, "limit_usd"));
        return assignment;
    }

    @Test
    void a_task_that_has_spent_its_money_goes_on_with_more_only() {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.task(spent(controller, runner, 0.5, 0.525).getTask());
            assertThat(task.getState()).isEqualTo(TaskState.TASK_STATE_WAITING);
            assertThat(task.getStopReason()).isEqualTo("limit_usd");
            assertThat(task.getBudgetUsd()).isEqualTo(0.5);

            StartedController.Answer refused = resume(controller, task, "{\"max_usd\":0.525}");

            assertThat(refused.code()).isEqualTo("E_CONFLICT");
            assertThat(refused.json().text("title"))
                    .isEqualTo(task.getShortId() + " has cost $0.525, and $0.525 is its limit");
            assertThat(resume(controller, task, "{}").json().text("next"))
                    .isEqualTo("belay resume " + task.getShortId() + " --max-usd 1.025");
            assertThat(controller.task(task.getId()).getBudgetUsd())
                    .as("nothing was changed")
                    .isEqualTo(0.5);
            assertThat(task(resume(controller, task, "{\"max_usd\":1.025}")).getBudgetUsd())
                    .isEqualTo(1.025);
            Assignment again = runner.assignment();
            assertThat(again.getLimits().getMaxUsd()).isEqualTo(1.025);
            assertThat(again.getUsedUsd()).isEqualTo(0.525);
            runner.ack(again);
            assertThat(resume(controller, task, "{\"max_usd\":9}").code()).isEqualTo("E_BUSY");
            assertThat(task(resume(controller, task, "{\"max_usd\":1.025}")).getTerminal())
                    .as("said again")
                    .isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1000001", "1e300", "-0.000001"})
    void a_limit_of_money_that_is_none_is_refused_and_changes_nothing(String usd) {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.task(spent(controller, runner, 0.5, 0.5).getTask());

            StartedController.Answer refused = resume(controller, task, "{\"max_usd\":" + usd + "}");

            assertThat(refused.code()).isEqualTo("E_BAD_REQUEST");
            assertThat(refused.json().text("title")).startsWith("max_usd is not between");
            assertThat(controller.task(task.getId())).isEqualTo(task);
        }
    }

    @Test
    void a_task_that_stands_for_another_reason_keeps_its_limit_of_money() {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.task(spent(controller, runner, 0.5, 0.25).getTask());

            resume(controller, task, "{\"max_turns\":5}");

            assertThat(runner.assignment().getLimits().getMaxUsd()).isEqualTo(0.5);
        }
    }

    @Test
    void what_nobody_resumes_ends_at_last_with_its_work_kept() {
        try (StartedController controller = StartedController.with(timings -> timings.withSilence(new Timings.Silence(
                Duration.ofDays(1), Duration.ofDays(1), Duration.ofDays(1), Duration.ofMillis(300))))) {
            Task task = controller.submit();
            pause(controller, task, false);

            Task ended = controller.await(task.getId(), Task::getTerminal);

            assertThat(ended.getState()).isEqualTo(TaskState.TASK_STATE_FAILED);
            assertThat(ended.getStopReason()).isEqualTo("paused");
            assertThat(ended.getExitCode()).isEqualTo(5);
            assertThat(resume(controller, task, "{}").code()).isEqualTo("E_TASK_ENDED");
            assertThat(pause(controller, task, false).code()).isEqualTo("E_TASK_ENDED");
        }
    }

    @Test
    void the_result_of_a_paused_task_can_be_moved_and_it_goes_on_from_there() {
        try (StartedController controller = StartedController.start();
                ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();
            pause(controller, task, false);
            runner.expect(BodyCase.COMMAND);
            runner.events(assignment, 3, step(1));
            runner.events(assignment, 6, paused());

            controller
                    .post("/v1/tasks/" + task.getId() + "/rollback", "{\"to\":\"s0\"}")
                    .as(Operation.newBuilder());
            resume(controller, task, "{}");

            Assignment again = runner.assignment();
            assertThat(again.getResume().getId()).isEqualTo("s0");
            assertThat(again.getNewestCommit()).isEqualTo(ScriptedRunner.commit(1));
        }
    }

    @Test
    void a_paused_task_is_cancelled_at_once() {
        try (StartedController controller = StartedController.start()) {
            Task task = controller.submit();
            pause(controller, task, false);

            assertThat(task(controller.post("/v1/tasks/" + task.getId() + "/cancel", "{}"))
                            .getState())
                    .isEqualTo(TaskState.TASK_STATE_CANCELLED);
        }
    }
}
