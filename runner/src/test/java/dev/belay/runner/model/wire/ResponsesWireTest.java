package dev.belay.runner.model.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.Briefing;
import dev.belay.runner.agent.Conversation;
import dev.belay.runner.agent.Conversation.Part;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.agent.ToolOutcome;
import dev.belay.runner.model.wire.WireException.Trouble;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponsesWireTest {
    private static final boolean FULL = Boolean.getBoolean("belay.full");
    private static final Wire WIRE = new ResponsesWire();

    private static final String REASONING =
            "{\"id\":\"rs_1\",\"type\":\"reasoning\",\"summary\":[],\"encrypted_content\":\"gAAAAB+/=\"}";
    private static final String MESSAGE =
            "{\"id\":\"msg_1\",\"type\":\"message\",\"status\":\"completed\",\"content\":[{\"type\":\"output_text\","
                    + "\"annotations\":[],\"text\":\"I look.\"}],\"role\":\"assistant\",\"phase\":\"commentary\"}";
    private static final String CALL =
            "{\"id\":\"fc_1\",\"type\":\"function_call\",\"status\":\"completed\",\"arguments\":\"{\\\"file_path\\\": \\\"a\\\"}\","
                    + "\"call_id\":\"call_a\",\"name\":\"Read\"}";

    private static final String READ_A_FILE = """
            event: response.created
            data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","status":"in_progress","output":[],"error":null,"usage":null}}
            event: response.in_progress
            data: {"type":"response.in_progress","sequence_number":1,"response":{"id":"resp_1","status":"in_progress"}}
            event: response.output_item.added
            data: {"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[],"encrypted_content":"gA"}}
            event: response.reasoning_summary_text.delta
            data: {"type":"response.reasoning_summary_text.delta","sequence_number":3,"item_id":"rs_1","output_index":0,"summary_index":0,"delta":"Hm"}
            event: response.output_item.done
            data: {"type":"response.output_item.done","sequence_number":4,"output_index":0,"item":%s}
            event: response.output_item.added
            data: {"type":"response.output_item.added","sequence_number":5,"output_index":1,"item":{"id":"msg_1","type":"message","status":"in_progress","content":[],"role":"assistant"}}
            event: response.content_part.added
            data: {"type":"response.content_part.added","sequence_number":6,"item_id":"msg_1","output_index":1,"content_index":0,"part":{"type":"output_text","annotations":[],"text":""}}
            event: response.output_text.delta
            data: {"type":"response.output_text.delta","sequence_number":7,"item_id":"msg_1","output_index":1,"content_index":0,"delta":"I ","logprobs":[],"obfuscation":"x"}
            event: response.output_text.delta
            data: {"type":"response.output_text.delta","sequence_number":8,"item_id":"msg_1","output_index":1,"content_index":0,"delta":"look."}
            event: response.output_text.done
            data: {"type":"response.output_text.done","sequence_number":9,"item_id":"msg_1","output_index":1,"content_index":0,"text":"I look."}
            event: response.content_part.done
            data: {"type":"response.content_part.done","sequence_number":10,"item_id":"msg_1","output_index":1,"content_index":0,"part":{"type":"output_text","annotations":[],"text":"I look."}}
            event: response.output_item.done
            data: {"type":"response.output_item.done","sequence_number":11,"output_index":1,"item":%s}
            event: response.output_item.added
            data: {"type":"response.output_item.added","sequence_number":12,"output_index":2,"item":{"id":"fc_1","type":"function_call","status":"in_progress","arguments":"","call_id":"call_a","name":"Read"}}
            event: response.function_call_arguments.delta
            data: {"type":"response.function_call_arguments.delta","sequence_number":13,"item_id":"fc_1","output_index":2,"delta":"{\\"file_path\\":"}
            event: response.function_call_arguments.done
            data: {"type":"response.function_call_arguments.done","sequence_number":14,"item_id":"fc_1","output_index":2,"arguments":"{\\"file_path\\": \\"a\\"}"}
            event: response.output_item.done
            data: {"type":"response.output_item.done","sequence_number":15,"output_index":2,"item":%s}
            event: response.completed
            data: {"type":"response.completed","sequence_number":16,"response":{"id":"resp_1","status":"completed","error":null,"incomplete_details":null,"output":[],"usage":{"input_tokens":100,"input_tokens_details":{"cached_tokens":80,"cache_write_tokens":10},"output_tokens":30,"output_tokens_details":{"reasoning_tokens":12},"total_tokens":130}}}
            """.formatted(REASONING, MESSAGE, CALL);

    @Test
    void openai_is_asked_to_keep_nothing_and_to_give_its_reasoning_along() {
        Json body = Played.body(
                WIRE,
                "gpt-5.2",
                "low",
                new Part.Prompt("fix it"),
                answer("I look.", call("call_a", "Read", "{\"file_path\":\"a\"}")),
                result("call_a", "1: x"),
                new Part.Message("hurry"));

        assertThat(body.text("prompt_cache_key")).matches("[0-9a-f]{32}");
        assertThat(body.print().replace(body.text("prompt_cache_key"), "KEY"))
                .isEqualTo(Json.parse("""
                        {"model":"gpt-5.2",
                         "instructions":"You are Belay.",
                         "input":[
                          {"type":"message","role":"user","content":[{"type":"input_text","text":"fix it"}]},
                          {"type":"message","role":"assistant","content":[{"type":"output_text","text":"I look."}]},
                          {"type":"function_call","call_id":"call_a","name":"Read","arguments":"{\\"file_path\\":\\"a\\"}"},
                          {"type":"function_call_output","call_id":"call_a","output":"1: x"},
                          {"type":"message","role":"user","content":[{"type":"input_text","text":"hurry"}]}],
                         "tools":[{"type":"function","name":"Read","description":"Reads a file.",
                           "parameters":{"type":"object","properties":{}},"strict":false}],
                         "stream":true,
                         "store":false,
                         "include":["reasoning.encrypted_content"],
                         "parallel_tool_calls":true,
                         "prompt_cache_key":"KEY",
                         "max_output_tokens":4096,
                         "reasoning":{"effort":"low"}}
                        """).print());
    }

    @Test
    void it_goes_to_the_path_below_the_base_and_shows_its_key_as_a_bearer() {
        Wire.Outgoing outgoing = WIRE.request(new Wire.Question("m", Played.BRIEFING, new Conversation("hi"), 10, ""));

        assertThat(outgoing.path()).isEqualTo("/responses");
        assertThat(WIRE.keyHeaders("sk-1")).containsExactly(Map.entry("Authorization", "Bearer sk-1"));
        assertThat(WIRE.name()).isEqualTo("responses");
    }

    @Test
    void where_there_is_nothing_to_say_nothing_is_said() {
        Json body = WIRE.request(
                        new Wire.Question("gpt-5", new Briefing("", List.of()), new Conversation("hi"), 10, ""))
                .body();

        assertThat(body.get("tools").isNull()).isTrue();
        assertThat(body.get("instructions").isNull()).isTrue();
        assertThat(body.get("reasoning").isNull()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpt-4.1",
                "gpt-4o-mini",
                "openai/gpt-4o",
                "ft:gpt-4.1:us",
                "gpt-5-chat-latest",
                "chatgpt-4o-latest",
                "GPT-4"
            })
    void a_model_that_does_not_reason_is_not_asked_for_its_reasoning(String model) {
        assertThat(Played.body(WIRE, model, "", new Part.Prompt("x"))
                        .get("include")
                        .isNull())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-5", "gpt-5.6-sol", "o3", "o4-mini", "codex-mini-latest", "gpt-oss-20b"})
    void any_other_model_is_asked_for_its_reasoning(String model) {
        assertThat(Played.body(WIRE, model, "", new Part.Prompt("x"))
                        .get("include")
                        .print())
                .isEqualTo("[\"reasoning.encrypted_content\"]");
    }

    @Test
    void questions_of_one_task_share_their_cache_and_those_of_another_do_not() {
        String first = cacheKey(new Part.Prompt("fix it"));

        assertThat(cacheKey(new Part.Prompt("fix it"), answer("Done."), new Part.Message("more")))
                .isEqualTo(first);
        assertThat(cacheKey(new Part.Prompt("fix that"))).isNotEqualTo(first);
        assertThat(WIRE.request(new Wire.Question(
                                "m", new Briefing("Another.", List.of()), new Conversation("fix it"), 10, ""))
                        .body()
                        .text("prompt_cache_key"))
                .isNotEqualTo(first);
    }

    private static String cacheKey(Part... parts) {
        return Played.body(WIRE, "gpt-5", "", parts).text("prompt_cache_key");
    }

    @Test
    void every_call_has_one_output_and_it_stands_before_what_was_said() {
        assertThat(input(
                                "m",
                                new Part.Prompt("fix it"),
                                answer("", call("a", "Read", "{}"), call("b", "Read", "{}"), call("c", "Read", "{}")),
                                new Part.Note("a.txt is gone"),
                                result("b", ""),
                                result("stranger", "lost"),
                                new Part.Message("go on"),
                                new Part.Result(
                                        call("a", "Read", "{}"), ToolOutcome.error("Read: no such file", "failed")),
                                answer(""),
                                answer("Done."))
                        .stream()
                        .skip(4)
                        .map(Json::print))
                .containsExactly(
                        "{\"type\":\"function_call_output\",\"call_id\":\"a\",\"output\":\"Read: no such file\"}",
                        "{\"type\":\"function_call_output\",\"call_id\":\"b\",\"output\":\"(no output)\"}",
                        "{\"type\":\"function_call_output\",\"call_id\":\"c\",\"output\":\"(this call was not made)\"}",
                        said("a.txt is gone"),
                        said("go on"),
                        "{\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"Done.\"}]}");
    }

    @Test
    void another_models_calls_are_written_with_names_and_ids_that_openai_takes() {
        String longId = "toolu_" + "x".repeat(60);
        List<Json> input = input(
                "m",
                new Part.Prompt("x"),
                answer("", new ToolCall(longId, "mcp.read", Played.object("{}"), "{\"cut")),
                result(longId, "1"));

        assertThat(input.get(1).text("call_id")).matches("call_[0-9a-f]{24}");
        assertThat(input.get(1).text("name")).isEqualTo("mcp_read");
        assertThat(input.get(1).text("arguments")).isEqualTo("{}");
        assertThat(input.get(2).text("call_id")).isEqualTo(input.get(1).text("call_id"));
    }

    @Test
    void an_answer_is_read_from_its_finished_items_and_heard_before() throws Exception {
        Played played = new Played(WIRE, "gpt-5.2").play(READ_A_FILE);

        assertThat(played.reply())
                .isEqualTo(new Reply(
                        "I look.",
                        List.of(call("call_a", "Read", "{\"file_path\":\"a\"}")),
                        new Reply.Usage(100, 30, 80, 10, 12, 0),
                        Optional.of(new Reply.Own(
                                "responses",
                                "gpt-5.2",
                                new Json.Arr(List.of(Json.parse(REASONING), Json.parse(MESSAGE), Json.parse(CALL))))),
                        false));
        assertThat(played.heard()).isEqualTo("I look.");
        assertThat(played.whole()).isTrue();
    }

    @Test
    void its_items_go_back_to_the_same_model_byte_for_byte() throws Exception {
        Reply reply = new Played(WIRE, "gpt-5.2").play(READ_A_FILE).reply();
        Part[] parts = {new Part.Prompt("x"), new Part.Answer(reply), result("call_a", "1: x")};

        assertThat(Played.request(WIRE, "gpt-5.2", parts))
                .contains("," + REASONING + "," + MESSAGE + "," + CALL + ",{");
        assertThat(Played.request(WIRE, "gpt-5.2-mini", parts))
                .doesNotContain("rs_1", "msg_1", "fc_1", "gAAAAB")
                .contains("{\"type\":\"output_text\",\"text\":\"I look.\"}", "\"call_id\":\"call_a\"");
    }

    @Test
    void what_another_form_kept_is_not_shown() {
        Reply reply = new Reply(
                "I look.",
                List.of(),
                Reply.Usage.NONE,
                Optional.of(new Reply.Own("messages", "m", Json.parse("[{\"type\":\"thinking\"}]"))),
                false);

        assertThat(Played.request(WIRE, "m", new Part.Prompt("x"), new Part.Answer(reply)))
                .doesNotContain("thinking")
                .contains("I look.");
    }

    static Stream<Arguments> unreturnable() {
        String bare = "{\"id\":\"rs_1\",\"type\":\"reasoning\",\"summary\":[],\"encrypted_content\":null}";
        return Stream.of(
                arguments("reasoning that was left with the provider", List.of(bare, MESSAGE, CALL)),
                arguments("reasoning that led to nothing", List.of(MESSAGE, CALL, REASONING)),
                arguments("an id too long to be taken", List.of(MESSAGE, CALL.replace("fc_1", "f".repeat(65)))),
                arguments("an item that was not finished", List.of(MESSAGE, CALL.replace("completed", "in_progress"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unreturnable")
    void what_the_provider_would_not_take_back_is_written_anew(String what, List<String> items) throws Exception {
        Reply reply = new Played(WIRE, "m").play(stream(items)).reply();

        assertThat(reply.own()).isEmpty();
        assertThat(reply.text()).isEqualTo("I look.");
        assertThat(reply.calls()).containsExactly(call("call_a", "Read", "{\"file_path\":\"a\"}"));
        assertThat(input("m", new Part.Prompt("x"), new Part.Answer(reply)))
                .extracting(item -> item.text("type"))
                .containsExactly("message", "message", "function_call", "function_call_output");
    }

    @Test
    void a_call_id_too_long_to_be_taken_is_shortened_with_its_output() throws Exception {
        String longId = "c".repeat(69);
        Reply reply = new Played(WIRE, "m")
                .play(stream(List.of(CALL.replace("call_a", longId))))
                .reply();

        List<Json> input = input("m", new Part.Prompt("x"), new Part.Answer(reply), result(longId, "1: x"));
        assertThat(reply.calls().getFirst().id()).isEqualTo(longId);
        assertThat(input.get(1).text("call_id").length()).isLessThanOrEqualTo(64);
        assertThat(input.get(2).text("call_id")).isEqualTo(input.get(1).text("call_id"));
        assertThat(input.get(2).text("output")).isEqualTo("1: x");
    }

    @Test
    void a_question_that_grew_begins_with_the_one_before() throws Exception {
        Reply own = new Played(WIRE, "gpt-5.2").play(READ_A_FILE).reply();
        List<Part> parts = List.of(
                new Part.Prompt("fix it"),
                new Part.Answer(own),
                result("call_a", ""),
                new Part.Note("moved"),
                new Part.Message("hurry"),
                answer("", new ToolCall("c", "Read", Played.object("{}"), "{"), call("d", "Glob", "{}")),
                result("c", "no"),
                result("d", "x"),
                answer(""),
                new Part.Message("go on"),
                answer("Done."));
        String before = "";
        for (int end : new int[] {1, 3, 4, 5, 8, 9, 10, 11}) {
            Part[] grown = parts.subList(0, end).toArray(Part[]::new);
            String now = Played.body(WIRE, "gpt-5.2", "", grown).get("input").print();
            assertThat(now).startsWith(before);
            assertThat(Played.body(WIRE, "gpt-5.2", "", grown).get("input").print())
                    .isEqualTo(now);
            before = now.substring(0, now.length() - 1);
        }
    }

    @Test
    void a_stream_is_whole_when_it_says_so_and_before_it_is_no_answer() throws Exception {
        List<String> lines = READ_A_FILE.lines().toList();
        for (int end = 0; end < lines.size(); end++) {
            Played played = new Played(WIRE, "m").play(String.join("\n", lines.subList(0, end)));
            assertThat(played.whole()).as("after %d lines", end).isFalse();
            assertThatThrownBy(played::reply)
                    .isInstanceOfSatisfying(
                            WireException.class, e -> assertThat(e.trouble()).isEqualTo(Trouble.BROKEN));
        }
        assertThat(new Played(WIRE, "m").play(READ_A_FILE).whole()).isTrue();
    }

    @Test
    void finished_items_and_an_end_are_enough() throws Exception {
        Played played = new Played(WIRE, "m").play("""
                data: {"type":"response.output_item.done","item":{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Hi."}]}}
                data: {"type":"response.completed","response":{"id":"resp_1"}}
                data: [DONE]
                """);

        assertThat(played.reply().text()).isEqualTo("Hi.");
        assertThat(played.reply().usage()).isEqualTo(Reply.Usage.NONE);
        assertThat(played.heard()).isEqualTo("Hi.");
    }

    @Test
    void an_end_that_brings_all_items_is_enough() throws Exception {
        Played played = new Played(WIRE, "m")
                .play("data: {\"type\":\"response.completed\",\"response\":{\"output\":[" + MESSAGE + "," + CALL
                        + "]}}");

        assertThat(played.reply().text()).isEqualTo("I look.");
        assertThat(played.reply().calls()).hasSize(1);
        assertThat(played.heard()).isEqualTo("I look.");
    }

    @Test
    void the_events_name_counts_where_the_data_has_none() throws Exception {
        Played played = new Played(WIRE, "m").play("""
                event: response.output_text.delta
                data: {"delta":"Hi."}
                event: response.completed
                data: {"response":{}}
                """);

        assertThat(played.reply()).isEqualTo(new Reply("Hi.", List.of(), Reply.Usage.NONE));
    }

    @Test
    void two_messages_are_two_paragraphs() throws Exception {
        Played played = new Played(WIRE, "m").play("""
                data: {"type":"response.output_text.delta","delta":"One"}
                data: {"type":"response.output_text.delta","delta":"."}
                data: {"type":"response.output_item.done","item":{"type":"message","content":[{"type":"output_text","text":"One."}]}}
                data: {"type":"response.output_text.delta","delta":"Two"}
                data: {"type":"response.output_item.done","item":{"type":"message","content":[{"type":"output_text","text":"Two, corrected."}]}}
                data: {"type":"response.completed","response":{}}
                """);

        assertThat(played.heard()).isEqualTo("One.\n\nTwo");
        assertThat(played.reply().text()).isEqualTo("One.\n\nTwo, corrected.");
    }

    @Test
    void unknown_events_and_items_are_passed_over() throws Exception {
        Reply reply = new Played(WIRE, "m").play("""
                data: {"type":"keepalive"}
                data: {"type":"response.brand_new","delta":7}
                data: {}
                data: {"type":"response.output_item.done","item":{"id":"x","type":"brand_new"}}
                data: {"type":"response.output_text.delta","delta":"Hi."}
                data: {"type":"response.output_item.done","item":{"type":"message","content":[{"type":"brand_new"},{"type":"output_text","text":"Hi."}]}}
                data: {"type":"response.completed","response":{}}
                data: {"type":"keepalive"}
                """).reply();

        assertThat(reply.text()).isEqualTo("Hi.");
        assertThat(reply.calls()).isEmpty();
    }

    @Test
    void an_answer_cut_at_its_limit_keeps_what_was_finished_and_has_no_form_of_its_own() throws Exception {
        Reply reply = new Played(WIRE, "m")
                .play("data: {\"type\":\"response.output_item.done\",\"item\":" + REASONING
                        + "}\ndata: {\"type\":\"response.output_item.done\",\"item\":" + CALL + "}\n" + """
                data: {"type":"response.output_item.done","item":{"type":"function_call","status":"incomplete","call_id":"b","name":"Read","arguments":"{}"}}
                data: {"type":"response.output_item.done","item":{"type":"function_call","call_id":"c","name":"Read","arguments":"{\\"x"}}
                data: {"type":"response.output_item.added","item":{"type":"function_call","call_id":"d","name":"Read"}}
                data: {"type":"response.output_text.delta","delta":"And th"}
                data: {"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"usage":{"input_tokens":9,"output_tokens":4}}}
                """)
                .reply();

        assertThat(reply)
                .isEqualTo(new Reply(
                        "And th",
                        List.of(call("call_a", "Read", "{\"file_path\":\"a\"}")),
                        new Reply.Usage(9, 4, 0),
                        Optional.empty(),
                        true));
    }

    static Stream<Arguments> openEnds() {
        String item = "data: {\"type\":\"response.output_item.done\",\"item\":" + MESSAGE + "}\n";
        return Stream.of(
                arguments(
                        "I look.",
                        item + "data: {\"type\":\"response.incomplete\",\"response\":"
                                + "{\"incomplete_details\":{\"reason\":\"max_output_tokens\"}}}"),
                arguments(
                        "I look.\n\nAnd",
                        item + "data: {\"type\":\"response.output_text.delta\",\"delta\":\"And\"}\n"
                                + "data: {\"type\":\"response.completed\",\"response\":{}}"));
    }

    @ParameterizedTest
    @MethodSource("openEnds")
    void an_answer_whose_items_may_not_be_all_of_it_has_no_form_of_its_own(String text, String stream)
            throws Exception {
        Reply reply = new Played(WIRE, "m").play(stream).reply();

        assertThat(reply.text()).isEqualTo(text);
        assertThat(reply.own()).isEmpty();
    }

    @Test
    void an_end_that_calls_itself_incomplete_is_a_cut_too() throws Exception {
        assertThat(new Played(WIRE, "m").play("""
                        data: {"type":"response.completed","response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}}}
                        """).reply().cut()).isTrue();
    }

    @Test
    void arguments_that_are_no_object_are_told_as_they_are() throws Exception {
        Reply reply = new Played(WIRE, "m")
                .play(stream(List.of(CALL.replace("\\\"a\\\"}", ""))))
                .reply();

        assertThat(reply.calls())
                .containsExactly(new ToolCall("call_a", "Read", Played.object("{}"), "{\"file_path\": "));
    }

    static Stream<Arguments> troubles() {
        return Stream.of(
                arguments(failed("rate_limit_exceeded"), Trouble.BUSY),
                arguments(failed("server_error"), Trouble.BUSY),
                arguments(failed("context_length_exceeded"), Trouble.TOO_LONG),
                arguments(failed("insufficient_quota"), Trouble.QUOTA),
                arguments(failed("invalid_api_key"), Trouble.KEY),
                arguments(failed("invalid_prompt"), Trouble.DECLINED),
                arguments(failed("never_heard_of"), Trouble.BROKEN),
                arguments("{\"type\":\"response.failed\",\"response\":{\"error\":null}}", Trouble.BROKEN),
                arguments("{\"type\":\"response.failed\"}", Trouble.BROKEN),
                arguments(
                        "{\"type\":\"error\",\"code\":\"server_error\",\"message\":\"m\",\"param\":null}",
                        Trouble.BUSY),
                arguments("{\"type\":\"error\",\"error\":{\"code\":\"rate_limit_exceeded\"}}", Trouble.BUSY),
                arguments(
                        "{\"type\":\"error\",\"code\":\"context_length_exceeded\",\"message\":\"m\"}",
                        Trouble.TOO_LONG),
                arguments(
                        "{\"type\":\"response.completed\",\"response\":{\"status\":\"failed\",\"error\":{\"code\":\"server_error\"}}}",
                        Trouble.BUSY),
                arguments(
                        "{\"type\":\"response.incomplete\",\"response\":{\"incomplete_details\":{\"reason\":\"content_filter\"}}}",
                        Trouble.DECLINED),
                arguments("{\"type\":\"response.incomplete\",\"response\":{}}", Trouble.BROKEN),
                arguments(
                        "{\"type\":\"response.incomplete\",\"response\":{\"incomplete_details\":{\"reason\":\"odd\"}}}",
                        Trouble.BROKEN));
    }

    @ParameterizedTest
    @MethodSource("troubles")
    void an_answer_that_fails_is_told_by_its_code(String end, Trouble trouble) {
        String begun = "data: {\"type\":\"response.output_text.delta\",\"delta\":\"I\"}\n";

        assertThat(Played.trouble(WIRE, "data: " + end)).isEqualTo(trouble);
        assertThat(Played.trouble(WIRE, begun + "data: " + end)).isEqualTo(trouble);
    }

    private static String failed(String code) {
        return "{\"type\":\"response.failed\",\"response\":{\"status\":\"failed\",\"error\":{\"code\":\"" + code
                + "\",\"message\":\"m\"}}}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"""
                data: {"type":"response.refusal.delta","delta":"I can't "}
                data: {"type":"response.refusal.delta","delta":"help."}
                data: {"type":"response.completed","response":{}}
                """, """
                data: {"type":"response.refusal.done","refusal":"I can't help."}
                """, """
                data: {"type":"response.refusal.delta","delta":"I can't help."}
                data: {"type":"response.refusal.done"}
                """, """
                data: {"type":"response.output_item.done","item":{"type":"message","content":[{"type":"refusal","refusal":"I can't help."}]}}
                """})
    void a_refusal_is_told_in_the_models_words(String stream) {
        assertThat(Played.refusal(WIRE, stream))
                .hasMessage("I can't help.")
                .extracting(WireException::trouble)
                .isEqualTo(Trouble.DECLINED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "null",
                "7",
                "{\"type\":7}",
                "{\"type\":\"response.output_text.delta\",\"delta\":7}",
                "{\"type\":\"response.output_item.added\",\"item\":[]}",
                "{\"type\":\"response.output_item.done\"}",
                "{\"type\":\"response.output_item.done\",\"item\":7}",
                "{\"type\":\"response.output_item.done\",\"item\":{}}",
                "{\"type\":\"response.output_item.done\",\"output_index\":1024,\"item\":{\"type\":\"x\"}}",
                "{\"type\":\"response.output_item.done\",\"output_index\":-1,\"item\":{\"type\":\"x\"}}",
                "{\"type\":\"response.output_item.done\",\"output_index\":1e999,\"item\":{\"type\":\"x\"}}",
                "{\"type\":\"response.output_item.done\",\"item\":{\"type\":\"message\",\"content\":{}}}",
                "{\"type\":\"response.output_item.done\",\"item\":{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":7}]}}",
                "{\"type\":\"response.output_item.done\",\"item\":{\"type\":\"function_call\",\"name\":\"Read\",\"arguments\":\"{}\"}}",
                "{\"type\":\"response.output_item.done\",\"item\":{\"type\":\"function_call\",\"call_id\":\"a\",\"arguments\":\"{}\"}}",
                "{\"type\":\"response.output_item.done\",\"item\":{\"type\":\"function_call\",\"call_id\":\"a\",\"name\":\"R\",\"arguments\":{}}}",
                "{\"type\":\"response.output_item.added\",\"item\":{\"type\":\"function_call\",\"call_id\":\"a\",\"name\":\"R\"}}",
                "{\"type\":\"response.completed\",\"response\":7}",
                "{\"type\":\"response.completed\",\"response\":{\"output\":{}}}",
                "{\"type\":\"response.completed\",\"response\":{\"usage\":[]}}",
                "{\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":1e300}}}",
                "{\"type\":\"response.completed\",\"response\":{\"usage\":{\"output_tokens\":-5}}}",
                "{\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens_details\":5}}}",
                "{\"type\":\"response.incomplete\",\"response\":{\"incomplete_details\":\"x\"}}"
            })
    void what_makes_no_sense_is_no_answer(String event) {
        String end = "\ndata: {\"type\":\"response.completed\",\"response\":{}}";

        assertThat(Played.trouble(WIRE, "data: " + event + end)).isEqualTo(Trouble.BROKEN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"response.output_text.delta\",\"delta\":\"more\"}",
                "{\"type\":\"response.output_item.done\",\"item\":{\"type\":\"message\"}}",
                "{\"type\":\"response.completed\",\"response\":{}}",
                "{\"type\":\"error\",\"code\":\"server_error\",\"message\":\"late\"}"
            })
    void nothing_of_an_answer_comes_after_its_end(String event) {
        assertThat(Played.trouble(WIRE, READ_A_FILE + "data: " + event)).isEqualTo(Trouble.BROKEN);
    }

    @Test
    void the_same_call_twice_is_no_answer() {
        assertThat(Played.trouble(WIRE, stream(List.of(CALL, CALL)))).isEqualTo(Trouble.BROKEN);
    }

    @Test
    void no_more_items_are_taken_than_any_answer_has() throws Exception {
        List<String> calls = new ArrayList<>();
        for (int i = 0; i < 129; i++) {
            calls.add(CALL.replace("call_a", "call_" + i));
        }

        assertThat(new Played(WIRE, "m")
                        .play(stream(calls.subList(0, 128)))
                        .reply()
                        .calls())
                .hasSize(128);
        assertThat(Played.trouble(WIRE, stream(calls))).isEqualTo(Trouble.BROKEN);
        assertThat(Played.trouble(WIRE, stream(Collections.nCopies(1025, REASONING))))
                .isEqualTo(Trouble.BROKEN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"response.output_text.delta\",\"delta\":\"%s\"}",
                "{\"type\":\"response.refusal.delta\",\"delta\":\"%s\"}",
                "{\"type\":\"response.output_item.done\",\"item\":{\"type\":\"x\",\"kept\":\"%s\"}}"
            })
    void a_stream_without_an_end_is_left_when_it_fills_more_than_any_answer(String event) throws Exception {
        String data = event.formatted("x".repeat(1 << 20));
        Wire.Incoming incoming = WIRE.incoming("m", piece -> {});
        for (int i = 0; i < 31; i++) {
            incoming.event("", data);
        }

        assertThatThrownBy(() -> {
                    incoming.event("", data);
                    incoming.event("", data);
                })
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.trouble()).isEqualTo(Trouble.BROKEN));
    }

    @Test
    void any_answer_in_any_pieces_is_read_as_it_was_meant_and_goes_back_as_it_came() throws Exception {
        for (int seed = 0; seed < (FULL ? 20_000 : 500); seed++) {
            Random random = new Random(seed);
            RandomAnswer answer = RandomAnswer.of(random);
            List<String> items = items(answer, random);

            Played played = new Played(WIRE, "m");
            played.play("data: " + String.join("\ndata: ", events(answer, items, random)));

            Reply reply = played.reply();
            assertThat(reply.text()).as("seed %d", seed).isEqualTo(answer.text());
            assertThat(reply.calls()).isEqualTo(answer.calls());
            assertThat(reply.usage()).isEqualTo(new Reply.Usage(9, 4, 0));
            assertThat(played.heard()).isEqualTo(answer.text());
            if (!answer.text().isEmpty() || !answer.calls().isEmpty()) {
                assertThat(Played.request(WIRE, "m", new Part.Prompt("x"), new Part.Answer(reply)))
                        .contains("," + String.join(",", items));
            }
        }
    }

    @Test
    void no_damage_to_a_stream_is_more_than_a_broken_answer() {
        for (int seed = 0; seed < (FULL ? 100_000 : 3_000); seed++) {
            Random random = new Random(seed);
            RandomAnswer answer = RandomAnswer.of(random);
            List<String> damaged = Damage.done(events(answer, items(answer, random), random), random);
            Wire.Incoming incoming = WIRE.incoming("m", piece -> {});
            try {
                for (String data : damaged) {
                    incoming.event("", data);
                }
                Reply reply = incoming.reply();
                assertThat(reply.calls())
                        .allMatch(call -> !call.id().isEmpty() && !call.tool().isEmpty());
            } catch (WireException told) {
                assertThat(told.getMessage()).as("seed %d", seed).isNotEmpty();
            }
        }
    }

    private static List<String> items(RandomAnswer answer, Random random) {
        List<String> items = new ArrayList<>();
        if (random.nextBoolean() && !(answer.text().isEmpty() && answer.calls().isEmpty())) {
            items.add(REASONING);
        }
        if (!answer.text().isEmpty()) {
            Json part = Json.object()
                    .put("type", "output_text")
                    .put("text", answer.text())
                    .build();
            items.add(Json.object()
                    .put("type", "message")
                    .put("id", "msg_1")
                    .put("content", new Json.Arr(List.of(part)))
                    .build()
                    .print());
        }
        for (ToolCall call : answer.calls()) {
            items.add(Json.object()
                    .put("type", "function_call")
                    .put("call_id", call.id())
                    .put("name", call.tool())
                    .put("arguments", call.input().print())
                    .build()
                    .print());
        }
        return items;
    }

    private static List<String> events(RandomAnswer answer, List<String> items, Random random) {
        List<String> events = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i).contains("msg_1") && random.nextInt(4) > 0) {
                for (String piece : RandomAnswer.pieces(answer.text(), random)) {
                    events.add(Json.object()
                            .put("type", "response.output_text.delta")
                            .put("delta", piece)
                            .build()
                            .print());
                }
            }
            events.add("{\"type\":\"response.output_item.done\",\"output_index\":" + i + ",\"item\":" + items.get(i)
                    + "}");
        }
        events.add(
                "{\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":9,\"output_tokens\":4}}}");
        return events;
    }

    private static String stream(List<String> items) {
        StringBuilder stream = new StringBuilder();
        for (String item : items) {
            stream.append("data: {\"type\":\"response.output_item.done\",\"item\":")
                    .append(item)
                    .append("}\n");
        }
        return stream.append("data: {\"type\":\"response.completed\",\"response\":{}}\n")
                .toString();
    }

    private static List<Json> input(String model, Part... parts) {
        return Played.body(WIRE, model, "", parts).get("input").items();
    }

    private static String said(String text) {
        return "{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"" + text
                + "\"}]}";
    }

    private static Part answer(String text, ToolCall... calls) {
        return new Part.Answer(new Reply(text, List.of(calls), Reply.Usage.NONE));
    }

    private static Part result(String id, String output) {
        return new Part.Result(call(id, "Read", "{}"), ToolOutcome.done(output, "done"));
    }

    private static ToolCall call(String id, String tool, String input) {
        return new ToolCall(id, tool, Played.object(input));
    }
}
