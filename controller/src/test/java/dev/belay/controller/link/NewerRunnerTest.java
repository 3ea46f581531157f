package dev.belay.controller.link;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.json.Json;
import dev.belay.proto.json.ProtoJson;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.Task;
import dev.belay.proto.v1.TaskState;
import dev.belay.proto.v1.TaskStateChanged;
import dev.belay.proto.v1.Warning;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A runner that says what only a newer controller would understand. */
class NewerRunnerTest {
    private static final UnknownFieldSet NEW = UnknownFieldSet.newBuilder()
            .addField(
                    1000,
                    UnknownFieldSet.Field.newBuilder()
                            .addLengthDelimited(ByteString.copyFromUtf8("what is new"))
                            .build())
            .build();

    private StartedController controller;

    @BeforeEach
    void start() {
        controller = StartedController.start();
    }

    @AfterEach
    void stop() {
        controller.close();
    }

    private List<Event> log(String task) {
        return controller
                .get("/v1/tasks/" + task + "/events?follow=false")
                .body()
                .lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> ProtoJson.read(line.substring("data: ".length()), Event.newBuilder())
                        .build())
                .toList();
    }

    @Test
    void an_event_of_an_unknown_kind_is_kept_whole_and_shown_in_its_place() {
        try (ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();
            Event unknown = Event.newBuilder()
                    .setActor("runner")
                    .setTurn(1)
                    .setUnknownFields(NEW)
                    .build();

            runner.events(assignment, 3, ScriptedRunner.turn(1), unknown, ScriptedRunner.succeeded());

            List<Event> log = log(task.getId());
            assertThat(log.stream().map(Event::getSeq)).isEqualTo(upTo(log.size()));
            Event shown = log.get(log.size() - 2);
            assertThat(shown.getUnknownFields()).isEqualTo(NEW);
            assertThat(shown.getEpoch()).isEqualTo(1);
            assertThat(log.getLast().getTaskState().getTo()).isEqualTo(TaskState.TASK_STATE_SUCCEEDED);
            assertThat(controller.get("/v1/tasks/" + task.getId() + "/events").body())
                    .contains("id: " + shown.getSeq() + "\nevent: unknown\ndata: ");
        }
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    @Test
    void what_is_new_in_an_event_that_is_known_is_kept_too() {
        try (ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();
            Event call = ScriptedRunner.call(1, 1);
            Event more = call.toBuilder()
                    .setToolCall(call.getToolCall().toBuilder().setUnknownFields(NEW))
                    .build();

            runner.events(assignment, 3, more);

            byte[] stored = controller
                    .jdbi()
                    .withHandle(handle -> handle.createQuery(
                                    "select body from event where task = :task and kind = 'tool.call'")
                            .bind("task", task.getId())
                            .mapTo(byte[].class)
                            .one());
            assertThat(parsed(stored).getToolCall().getUnknownFields()).isEqualTo(NEW);
            Json shown = ProtoJson.write(log(task.getId()).getLast());
            assertThat(shown.get("tool_call").text("tool")).isEqualTo("Bash");
        }
    }

    private static Event parsed(byte[] body) {
        try {
            return Event.parseFrom(body);
        } catch (InvalidProtocolBufferException damaged) {
            throw new AssertionError(damaged);
        }
    }

    @Test
    void a_runner_that_goes_on_with_the_task_is_given_what_the_newer_one_wrote() throws Exception {
        try (ScriptedRunner runner = controller.runner("newer", 1)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();
            runner.events(
                    assignment, 3, Event.newBuilder().setUnknownFields(NEW).build(), ScriptedRunner.givenBack("x"));
            Assignment again = runner.assignment();

            List<Event> history = runner.history(task.getId(), again.getEpoch());

            assertThat(history.stream().map(Event::getUnknownFields)).contains(NEW);
        }
    }

    @Test
    void a_wait_for_what_is_not_known_is_a_warning_and_the_runner_is_not_stuck() {
        try (ScriptedRunner runner = controller.runner("r", 1)) {
            Task task = controller.submit();
            Assignment assignment = runner.begin();
            Event waits = Event.newBuilder()
                    .setTaskState(TaskStateChanged.newBuilder()
                            .setTo(TaskState.TASK_STATE_WAITING)
                            .setWaitingForValue(99))
                    .build();

            long durable = runner.events(assignment, 3, waits).getDurableRunnerSeq();

            assertThat(durable).isEqualTo(3);
            assertThat(log(task.getId()).getLast().getWarning())
                    .extracting(Warning::getCode)
                    .isEqualTo("W_REFUSED_EVENT");
            assertThat(controller.task(task.getId()).getState()).isEqualTo(TaskState.TASK_STATE_RUNNING);
        }
    }
}
