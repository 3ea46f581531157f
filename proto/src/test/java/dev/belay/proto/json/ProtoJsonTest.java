package dev.belay.proto.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnknownFieldSet;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.Mode;
import dev.belay.proto.v1.ModelBriefed;
import dev.belay.proto.v1.SubmitTask;
import dev.belay.proto.v1.Task;
import dev.belay.proto.v1.TaskState;
import dev.belay.proto.v1.ToolCalled;
import org.junit.jupiter.api.Test;

class ProtoJsonTest {
    @Test
    void every_field_of_a_message_is_present_and_in_its_documented_form() {
        Json json = ProtoJson.write(Task.newBuilder()
                .setId("t-7fq2")
                .setState(TaskState.TASK_STATE_RUNNING)
                .setLastSeq(9_007_199_254_740_991L)
                .setCreatedAt(Timestamp.newBuilder().setSeconds(0))
                .build());

        assertThat(json.text("id")).isEqualTo("t-7fq2");
        assertThat(json.text("state")).isEqualTo("running");
        assertThat(json.get("waiting_for")).isEqualTo(Json.NULL);
        assertThat(json.get("exit_code")).isEqualTo(Json.NULL);
        assertThat(json.get("finished_at")).isEqualTo(Json.NULL);
        assertThat(json.number("last_seq")).isEqualTo(9_007_199_254_740_991L);
        assertThat(json.text("created_at")).isEqualTo("1970-01-01T00:00:00Z");
        assertThat(((Json.Obj) json).members())
                .hasSize(Task.getDescriptor().getFields().size());
    }

    @Test
    void an_event_says_its_kind_and_carries_only_its_own_body() {
        Json json = ProtoJson.write(Event.newBuilder()
                .setSeq(5)
                .setToolCall(ToolCalled.newBuilder().setTool("Bash"))
                .build());

        assertThat(json.text("kind")).isEqualTo("tool.call");
        assertThat(json.get("tool_call").text("tool")).isEqualTo("Bash");
        assertThat(((Json.Obj) json).members()).doesNotContainKeys("tool_result", "warning");
    }

    @Test
    void what_a_model_is_told_first_is_an_event_of_its_own_kind() {
        Json json = ProtoJson.write(Event.newBuilder()
                .setModelBriefed(ModelBriefed.newBuilder().setModel("acme/m-1").setSystem("You are…"))
                .build());

        assertThat(json.text("kind")).isEqualTo("model.briefed");
        assertThat(json.get("model_briefed").text("system")).isEqualTo("You are…");
    }

    @Test
    void an_event_of_a_newer_version_is_of_an_unknown_kind_and_loses_nothing() {
        Event newer = Event.newBuilder()
                .setSeq(5)
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                99,
                                UnknownFieldSet.Field.newBuilder()
                                        .addLengthDelimited(ByteString.copyFromUtf8("what is new"))
                                        .build())
                        .build())
                .build();

        Json json = ProtoJson.write(newer);

        assertThat(json.text("kind")).isEqualTo("unknown");
        assertThat(json.number("seq")).isEqualTo(5);
        assertThat(ProtoJson.read(json.print(), Event.newBuilder()).build()).isEqualTo(newer);
    }

    @Test
    void an_enum_value_of_a_newer_version_is_a_word() {
        Json json = ProtoJson.write(Task.newBuilder().setStateValue(99).build());

        assertThat(json.text("state")).isEqualTo("unknown");
    }

    @Test
    void reading_gives_back_what_was_written() {
        SubmitTask task = SubmitTask.newBuilder()
                .setPrompt("refactor")
                .setMode(Mode.MODE_FULL)
                .build();

        SubmitTask read = ProtoJson.read(ProtoJson.write(task).print(), SubmitTask.newBuilder())
                .build();

        assertThat(read).isEqualTo(task);
    }

    @Test
    void a_misspelt_field_is_named() {
        assertThatThrownBy(() -> ProtoJson.read("{\"limits\":{\"max_turn\":3}}", SubmitTask.newBuilder()))
                .isInstanceOf(JsonException.class)
                .hasMessage("limits: unknown field \"max_turn\"");
    }

    @Test
    void a_value_of_another_type_is_named_with_its_field() {
        assertThatThrownBy(() -> ProtoJson.read("{\"mode\":\"yolo\"}", SubmitTask.newBuilder()))
                .hasMessageContaining("mode: not a value of this field: \"yolo\"");
        assertThatThrownBy(() -> ProtoJson.read("{\"limits\":{\"max_turns\":1.5}}", SubmitTask.newBuilder()))
                .hasMessageContaining("limits.max_turns");
    }
}
