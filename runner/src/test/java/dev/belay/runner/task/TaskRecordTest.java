package dev.belay.runner.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Event;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.agent.ToolOutcome;
import dev.belay.runner.disk.RunnerDisk;
import dev.belay.runner.spool.Spool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a model says is of any length; what is sent of it is not. */
class TaskRecordTest {
    /** Of the controller's 8 MiB for one message. */
    private static final int SENDABLE = 4 << 20;

    @TempDir
    Path directory;

    @Test
    void an_answer_that_is_too_long_to_be_sent_is_written_down_shorter() throws Exception {
        List<ToolCall> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            calls.add(new ToolCall(
                    i + "-" + "i".repeat(100_000),
                    "t".repeat(100_000),
                    Json.object().put("command", "€".repeat(100_000)).build()));
        }
        Reply.Own own = new Reply.Own("messages", "m", Json.of("o".repeat(1 << 20)));
        Reply reply = new Reply("€".repeat(10 << 20), calls, Reply.Usage.NONE, Optional.of(own), false);

        List<Event> written = written(record -> {
            record.answered(1, reply);
            record.called(1, 1, calls.getFirst(), "", "");
            record.returned(1, 1, calls.getFirst(), ToolOutcome.done("ok", "ok"), Duration.ZERO);
        });

        assertThat(written)
                .hasSize(3)
                .allSatisfy(event -> assertThat(event.getSerializedSize()).isLessThan(SENDABLE));
        assertThat(written.getFirst().getModelMessage().getCallsList()).hasSize(200);
        assertThat(written.getFirst().getModelMessage().hasOwn()).isFalse();
        assertThat(written.get(1).getToolCall().getCallId())
                .as("a call and its result have one name")
                .isEqualTo(written.get(2).getToolResult().getCallId())
                .isEqualTo(written.getFirst().getModelMessage().getCalls(0).getCallId());
    }

    @Test
    void an_answer_of_the_usual_length_is_written_down_whole() throws Exception {
        ToolCall call =
                new ToolCall("a", "Bash", Json.object().put("command", "ls").build());
        Reply.Own own = new Reply.Own("messages", "m", Json.parse("[{\"type\":\"thinking\"}]"));

        List<Event> written = written(
                record -> record.answered(1, new Reply("", List.of(call), Reply.Usage.NONE, Optional.of(own), true)));

        assertThat(written.getFirst().getModelMessage().getOwn().getJson()).isEqualTo("[{\"type\":\"thinking\"}]");
        assertThat(written.getFirst().getModelMessage().getCut()).isTrue();
        assertThat(written.getFirst().getModelMessage().getCalls(0).getInputJson())
                .isEqualTo("{\"command\":\"ls\"}");
    }

    private interface Telling {
        void to(TaskRecord record) throws Exception;
    }

    private List<Event> written(Telling telling) throws Exception {
        try (Spool spool = Spool.open(directory.resolve("spool"));
                Place place = new WrittenPlaces(Files.createDirectory(directory.resolve("packs")))
                        .prepare(
                                Assignment.getDefaultInstance(),
                                TaskRights.of(Assignment.getDefaultInstance()),
                                (turn, step, denied) -> {})) {
            TaskRecord record = new TaskRecord(
                    new Journal(spool, InstantSource.system(), RunnerDisk.endless()),
                    new Speech(),
                    place,
                    new Gate(),
                    () -> {},
                    new Inbox(List.of()),
                    new TaskRecord.Begin(0, 0, 0, false));
            telling.to(record);
            List<Event> events = new ArrayList<>();
            long last = 0;
            while (last < spool.lastWritten()) {
                for (Spool.Entry entry : spool.after(last, 100)) {
                    events.add(entry.event().getEvent());
                    last = entry.event().getRunnerSeq();
                }
            }
            return events;
        }
    }
}
