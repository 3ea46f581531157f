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
import dev.belay.runner.model.wire.ChatWire.Dialect;
import dev.belay.runner.model.wire.WireException.Trouble;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatWireTest {
    private static final boolean FULL = Boolean.getBoolean("belay.full");
    private static final Wire OPENAI = new ChatWire(Dialect.OPENAI);
    private static final Wire COMPATIBLE = new ChatWire(Dialect.COMPATIBLE);

    private static final String TWO_CALLS = """
            data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}
            data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":"I "},"finish_reason":null}],"usage":null}
            data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":"look."},"finish_reason":null}],"usage":null}
            data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"Read","arguments":""}}]},"finish_reason":null}]}
            data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\\"file_"}}]},"finish_reason":null}]}
            data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"path\\":\\"a\\"}"}}]},"finish_reason":null}]}
            data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"call_b","type":"function","function":{"name":"Glob","arguments":"{}"}}]},"finish_reason":null}]}
            data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}
            data: {"id":"chatcmpl-1","choices":[],"usage":{"prompt_tokens":100,"completion_tokens":30,"total_tokens":130,"prompt_tokens_details":{"cached_tokens":80},"completion_tokens_details":{"reasoning_tokens":12}}}
            data: [DONE]
            """;

    @Test
    void openai_is_asked_in_its_own_form() {
        Json body = Played.body(
                OPENAI,
                "gpt-5.2",
                "high",
                new Part.Prompt("fix it"),
                answer("I look.", call("call_a", "Read", "{\"file_path\":\"a\"}")),
                result("call_a", "1: x"),
                new Part.Message("hurry"));

        assertThat(body.print()).isEqualTo(Json.parse("""
                        {"model":"gpt-5.2",
                         "messages":[
                          {"role":"system","content":"You are Belay."},
                          {"role":"user","content":"fix it"},
                          {"role":"assistant","content":"I look.","tool_calls":[
                            {"id":"call_a","type":"function","function":{"name":"Read","arguments":"{\\"file_path\\":\\"a\\"}"}}]},
                          {"role":"tool","tool_call_id":"call_a","content":"1: x"},
                          {"role":"user","content":"hurry"}],
                         "tools":[{"type":"function","function":{"name":"Read","description":"Reads a file.",
                           "parameters":{"type":"object","properties":{}},"strict":false}}],
                         "stream":true,
                         "stream_options":{"include_usage":true},
                         "max_completion_tokens":4096,
                         "reasoning_effort":"high"}
                        """).print());
    }

    @Test
    void another_server_is_asked_with_the_fields_that_all_of_them_know() {
        Json body = Played.body(COMPATIBLE, "qwen3", "high", new Part.Prompt("fix it"));

        assertThat(body.number("max_tokens")).isEqualTo(4096);
        assertThat(body.get("max_completion_tokens").isNull()).isTrue();
        assertThat(body.get("reasoning_effort").isNull()).isTrue();
        assertThat(body.get("stream_options").flag("include_usage")).isTrue();
    }

    @Test
    void an_effort_that_is_the_providers_choice_is_not_named() {
        assertThat(Played.body(OPENAI, "gpt-5.2", "", new Part.Prompt("x"))
                        .get("reasoning_effort")
                        .isNull())
                .isTrue();
    }

    @Test
    void where_there_is_nothing_to_say_nothing_is_said() {
        Conversation conversation = new Conversation("hi");
        Json body = OPENAI.request(new Wire.Question("m", new Briefing("", List.of()), conversation, 10, ""))
                .body();

        assertThat(body.get("tools").isNull()).isTrue();
        assertThat(body.get("messages").print()).isEqualTo("[{\"role\":\"user\",\"content\":\"hi\"}]");
    }

    @Test
    void it_goes_to_the_path_below_the_base_and_shows_its_key_as_a_bearer() {
        Wire.Outgoing outgoing =
                OPENAI.request(new Wire.Question("m", Played.BRIEFING, new Conversation("hi"), 10, ""));

        assertThat(outgoing.path()).isEqualTo("/chat/completions");
        assertThat(OPENAI.keyHeaders("sk-1")).containsExactly(Map.entry("Authorization", "Bearer sk-1"));
        assertThat(OPENAI.name()).isEqualTo("chat");
    }

    @Test
    void every_call_has_one_output_and_it_stands_before_what_was_said() {
        assertThat(messages(
                        OPENAI,
                        new Part.Prompt("fix it"),
                        answer("", call("a", "Read", "{}"), call("b", "Read", "{}"), call("c", "Read", "{}")),
                        new Part.Note("a.txt is gone"),
                        result("b", ""),
                        result("stranger", "lost"),
                        new Part.Message("go on"),
                        new Part.Result(call("a", "Read", "{}"), ToolOutcome.error("Read: no such file", "failed")),
                        result("a", "a second time"),
                        answer("Done.")))
                .containsExactly(
                        "{\"role\":\"tool\",\"tool_call_id\":\"a\",\"content\":\"Read: no such file\"}",
                        "{\"role\":\"tool\",\"tool_call_id\":\"b\",\"content\":\"(no output)\"}",
                        "{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"(this call was not made)\"}",
                        "{\"role\":\"user\",\"content\":\"a.txt is gone\"}",
                        "{\"role\":\"user\",\"content\":\"go on\"}",
                        "{\"role\":\"assistant\",\"content\":\"Done.\"}");
    }

    @Test
    void calls_without_words_have_no_content_for_openai_and_empty_content_for_others() {
        String calls = "\"tool_calls\":[{\"id\":\"a\",\"type\":\"function\","
                + "\"function\":{\"name\":\"Read\",\"arguments\":\"{}\"}}]}";
        Part answer = answer("", call("a", "Read", "{}"));

        assertThat(messagesOf(OPENAI, new Part.Prompt("x"), answer).get(2).print())
                .isEqualTo("{\"role\":\"assistant\"," + calls);
        assertThat(messagesOf(COMPATIBLE, new Part.Prompt("x"), answer).get(2).print())
                .isEqualTo("{\"role\":\"assistant\",\"content\":\"\"," + calls);
    }

    @Test
    void what_was_unreadable_goes_back_as_an_empty_object() {
        Part answer = answer("", new ToolCall("a", "Read", Played.object("{}"), "{\"file_pa"));

        assertThat(Played.request(OPENAI, "m", new Part.Prompt("x"), answer))
                .contains("\"arguments\":\"{}\"")
                .doesNotContain("file_pa");
    }

    @Test
    void an_answer_that_says_and_does_nothing_is_not_shown() {
        assertThat(messages(OPENAI, new Part.Prompt("x"), answer(""), new Part.Message("well?")))
                .containsExactly("{\"role\":\"user\",\"content\":\"well?\"}");
    }

    @Test
    void openai_is_given_no_id_and_no_name_that_it_would_refuse() {
        String longId = "toolu_" + "x".repeat(60);
        Part[] parts = {
            new Part.Prompt("x"),
            answer("", call(longId, "mcp.read file", "{}"), call("", "", "{}"), call("b", "é".repeat(90), "{}")),
            result(longId, "first"),
            result("", "second")
        };

        Json calls = messagesOf(OPENAI, parts).get(2).get("tool_calls");
        List<String> ids = calls.items().stream().map(call -> call.text("id")).toList();
        assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.matches("[a-z0-9_]{1,40}"));
        assertThat(calls.items())
                .extracting(call -> call.get("function").text("name"))
                .containsExactly("mcp_read_file", "unnamed", "_".repeat(64));
        assertThat(messagesOf(OPENAI, parts).subList(3, 6))
                .extracting(message -> message.text("tool_call_id"))
                .isEqualTo(ids);
        assertThat(messagesOf(OPENAI, parts).subList(3, 5))
                .extracting(message -> message.text("content"))
                .containsExactly("first", "second");
        assertThat(messagesOf(COMPATIBLE, parts).get(3).text("tool_call_id")).isEqualTo(longId);
    }

    @Test
    void a_result_belongs_to_the_answer_before_it() {
        assertThat(messages(
                        OPENAI,
                        new Part.Prompt("x"),
                        answer("", call("a", "Read", "{}")),
                        answer("", call("a", "Read", "{}")),
                        result("a", "1: x")))
                .containsExactly(
                        "{\"role\":\"tool\",\"tool_call_id\":\"a\",\"content\":\"(this call was not made)\"}",
                        "{\"role\":\"tool\",\"tool_call_id\":\"a\",\"content\":\"1: x\"}");
    }

    @Test
    void two_calls_of_one_id_are_told_apart() {
        List<Json> messages = messagesOf(
                OPENAI,
                new Part.Prompt("x"),
                answer("", call("same", "Read", "{}"), call("same", "Glob", "{}")),
                result("same", "first"),
                result("same", "second"));

        assertThat(messages.subList(3, 5))
                .extracting(message -> message.text("content"))
                .containsExactly("first", "second");
        assertThat(messages.subList(3, 5))
                .extracting(message -> message.text("tool_call_id"))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void a_question_that_grew_begins_with_the_one_before(Dialect dialect) {
        Wire wire = new ChatWire(dialect);
        List<Part> parts = List.of(
                new Part.Prompt("fix it"),
                answer("I look.", call("a", "Read", "{\"x\":1}"), call("b", "Glob", "{}")),
                result("a", "1"),
                result("b", ""),
                new Part.Note("moved"),
                new Part.Message("hurry"),
                answer("", new ToolCall("c", "Read", Played.object("{}"), "{")),
                result("c", "no"),
                answer(""),
                new Part.Message("go on"),
                answer("Done."));
        String before = "";
        for (int end : new int[] {1, 4, 5, 6, 8, 9, 10, 11}) {
            String now = Played.body(wire, "m", "", parts.subList(0, end).toArray(Part[]::new))
                    .get("messages")
                    .print();
            assertThat(now).startsWith(before);
            assertThat(Played.body(wire, "m", "", parts.subList(0, end).toArray(Part[]::new))
                            .get("messages")
                            .print())
                    .isEqualTo(now);
            before = now.substring(0, now.length() - 1);
        }
    }

    @Test
    void text_is_heard_as_it_comes_and_calls_are_put_together() throws Exception {
        Played played = new Played(OPENAI, "gpt-5.2").play(TWO_CALLS);

        assertThat(played.reply())
                .isEqualTo(new Reply(
                        "I look.",
                        List.of(call("call_a", "Read", "{\"file_path\":\"a\"}"), call("call_b", "Glob", "{}")),
                        new Reply.Usage(100, 30, 80, 0, 12, 0)));
        assertThat(played.heard()).isEqualTo("I look.");
        assertThat(played.whole()).isTrue();
    }

    @Test
    void a_stream_is_whole_from_its_reason_to_finish_on_and_before_it_is_no_answer() throws Exception {
        List<String> events = TWO_CALLS.lines().toList();
        for (int end = 0; end <= events.size(); end++) {
            Played played = new Played(OPENAI, "m").play(String.join("\n", events.subList(0, end)));
            assertThat(played.whole()).as("after %d events", end).isEqualTo(end >= 8);
            if (end >= 8) {
                assertThat(played.reply().calls()).hasSize(2);
            } else {
                assertThatThrownBy(played::reply)
                        .isInstanceOfSatisfying(
                                WireException.class,
                                e -> assertThat(e.trouble()).isEqualTo(Trouble.BROKEN));
            }
        }
    }

    static Stream<Arguments> servers() {
        String read = "Read {\"file_path\":\"a\"}";
        String glob = "Glob {\"x\":{}}";
        return Stream.of(
                arguments("the whole call in one chunk", read, """
                        {"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"Read","arguments":"{\\"file_path\\":\\"a\\"}"}}]},"finish_reason":"tool_calls"}
                        """),
                arguments("no index", read + ", " + glob, """
                        {"delta":{"tool_calls":[{"id":"a","function":{"name":"Read","arguments":"{\\"file_path\\""}}]}}
                        {"delta":{"tool_calls":[{"function":{"arguments":":\\"a\\"}"}}]}}
                        {"delta":{"tool_calls":[{"id":"b","function":{"name":"Glob","arguments":"{\\"x\\":{}}"}}]},"finish_reason":"tool_calls"}
                        """),
                arguments("no index and no id", read + ", " + glob, """
                        {"delta":{"tool_calls":[{"function":{"name":"Read","arguments":"{\\"file_path\\":\\"a\\"}"}},{"function":{"name":"Glob","arguments":"{\\"x\\":{}}"}}]},"finish_reason":"stop"}
                        """),
                arguments("the same index for all", read + ", " + glob, """
                        {"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"Read","arguments":"{\\"file_path\\":\\"a\\"}"}}]}}
                        {"delta":{"tool_calls":[{"index":0,"id":"b","function":{"name":"Glob","arguments":"{\\"x\\":{}}"}}]},"finish_reason":"tool_calls"}
                        """),
                arguments("the same index for all and no id", read + ", " + read + ", " + glob, """
                        {"delta":{"tool_calls":[{"index":0,"id":"","function":{"name":"Read","arguments":"{\\"file_path\\":\\"a\\"}"}}]}}
                        {"delta":{"tool_calls":[{"index":0,"id":"","function":{"name":"Read","arguments":"{\\"file_path\\":\\"a\\"}"}}]}}
                        {"delta":{"tool_calls":[{"index":0,"id":"","function":{"name":"Glob","arguments":"{\\"x\\":{}}"}}]},"finish_reason":"tool_calls"}
                        """),
                arguments("id and name repeated in every chunk", read, """
                        {"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"Read","arguments":"{\\"file_path\\""}}]}}
                        {"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"Read","arguments":":\\"a\\"}"}}]}}
                        {"delta":{},"finish_reason":"tool_calls"}
                        """),
                arguments("the name repeated in every chunk, and no id", read, """
                        {"delta":{"tool_calls":[{"index":0,"function":{"name":"Read","arguments":"{\\"file_path\\""}}]}}
                        {"delta":{"tool_calls":[{"index":0,"function":{"name":"Read","arguments":":\\"a\\"}"}}]}}
                        {"delta":{},"finish_reason":"tool_calls"}
                        """),
                arguments("braces and quotes within its text", "Read {\"file_path\":\"\\\"} \"}", """
                        {"delta":{"tool_calls":[{"function":{"name":"Read","arguments":"{\\"file_path\\":\\"\\\\\\"}"}}]}}
                        {"delta":{"tool_calls":[{"function":{"name":"Read","arguments":" \\"}"}}]},"finish_reason":"tool_calls"}
                        """),
                arguments("no index, and pieces by their ids", read + ", " + glob, """
                        {"delta":{"tool_calls":[{"id":"a","function":{"name":"Read","arguments":"{\\"file_path\\""}},{"id":"b","function":{"name":"Glob","arguments":"{\\"x\\""}}]}}
                        {"delta":{"tool_calls":[{"id":"a","function":{"arguments":":\\"a\\"}"}},{"id":"b","function":{"arguments":":{}}"}}]},"finish_reason":"tool_calls"}
                        """),
                arguments("neither index nor id nor arguments", "Read {}, Glob {\"x\":{}}", """
                        {"delta":{"tool_calls":[{"function":{"name":"Read"}},{"function":{"name":"Glob","arguments":"{\\"x\\":{}}"}}]},"finish_reason":"tool_calls"}
                        """),
                arguments("another id in every chunk", read, """
                        {"delta":{"tool_calls":[{"index":0,"id":"a1","function":{"name":"Read","arguments":"{\\"file_path\\""}}]}}
                        {"delta":{"tool_calls":[{"index":0,"id":"a2","function":{"arguments":":\\"a\\"}"}}]},"finish_reason":"tool_calls"}
                        """),
                arguments("the id only later", read, """
                        {"delta":{"tool_calls":[{"index":0,"function":{"name":"Read"}}]}}
                        {"delta":{"tool_calls":[{"index":0,"id":"a","function":{"arguments":"{\\"file_path\\":\\"a\\"}"}}]},"finish_reason":"tool_calls"}
                        """),
                arguments("one id for two calls", read + ", " + glob, """
                        {"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"Read","arguments":"{\\"file_path\\":\\"a\\"}"}}]}}
                        {"delta":{"tool_calls":[{"index":1,"id":"a","function":{"name":"Glob","arguments":"{\\"x\\":{}}"}}]},"finish_reason":"tool_calls"}
                        """),
                arguments("the word null for an id", read + ", " + glob, """
                        {"delta":{"tool_calls":[{"index":0,"id":"null","function":{"name":"Read","arguments":"{\\"file_path\\":\\"a\\"}"}},{"index":1,"id":"null","function":{"name":"Glob","arguments":"{\\"x\\":{}}"}}]},"finish_reason":"tool_calls"}
                        """),
                arguments("indexes with a gap", read + ", " + glob, """
                        {"delta":{"tool_calls":[{"index":3,"id":"a","function":{"name":"Read","arguments":"{\\"file_path\\":\\"a\\"}"}}]}}
                        {"delta":{"tool_calls":[{"index":7,"id":"b","function":{"name":"Glob","arguments":"{\\"x\\":{}}"}}]},"finish_reason":"tool_calls"}
                        """),
                arguments("the old single call", read, """
                        {"delta":{"function_call":{"name":"Read","arguments":"{\\"file_path\\""}}}
                        {"delta":{"function_call":{"arguments":":\\"a\\"}"}}}
                        {"delta":{},"finish_reason":"function_call"}
                        """),
                arguments("nulls for all that is not there", read, """
                        {"delta":{"role":"assistant","content":null,"refusal":null,"function_call":null,"reasoning":null,"tool_calls":[{"index":0,"id":"a","type":null,"function":{"name":"Read","arguments":"{\\"file_path\\":\\"a\\"}"}}]},"finish_reason":null,"logprobs":null}
                        {"delta":{"content":null,"tool_calls":null},"finish_reason":"tool_calls"}
                        """),
                arguments("an empty chunk after the end", read, """
                        {"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"Read","arguments":"{\\"file_path\\":\\"a\\"}"}}]},"finish_reason":"tool_calls"}
                        {"delta":{"role":"assistant","content":""},"finish_reason":null}
                        """),
                arguments("no arguments at all", "Read {}, Glob {\"x\":{}}", """
                        {"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"Read"}},{"index":1,"id":"b","function":{"name":"Glob","arguments":"{\\"x\\":{}}"}}]},"finish_reason":"tool_calls"}
                        """));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("servers")
    void calls_are_read_from_servers_that_keep_to_the_form_less_closely(String server, String calls, String choices)
            throws Exception {
        Reply reply = new Played(COMPATIBLE, "m").play(stream(choices)).reply();

        assertThat(reply.calls())
                .extracting(call -> call.tool() + " " + call.input().print())
                .containsExactly(calls.split(", "));
        assertThat(reply.calls())
                .extracting(ToolCall::id)
                .doesNotHaveDuplicates()
                .noneMatch(id -> id.isEmpty() || id.equals("null"));
        assertThat(reply.usage()).isEqualTo(Reply.Usage.NONE);
        assertThat(new Played(COMPATIBLE, "m").play(stream(choices)).reply()).isEqualTo(reply);
    }

    @Test
    void calls_without_an_id_are_named_differently_in_another_answer() throws Exception {
        String stream = """
                data: {"id":"one","choices":[{"delta":{"tool_calls":[{"function":{"name":"Read","arguments":"{}"}}]},"finish_reason":"stop"}]}
                """;

        String first = callId(stream);
        assertThat(callId(stream)).isEqualTo(first).hasSizeLessThanOrEqualTo(40);
        assertThat(callId(stream.replace("one", "two"))).isNotEqualTo(first);
        assertThat(callId(stream.replace("\"{}\"", "\"{ }\""))).isNotEqualTo(first);
    }

    private static String callId(String stream) throws WireException {
        return new Played(COMPATIBLE, "m")
                .play(stream)
                .reply()
                .calls()
                .getFirst()
                .id();
    }

    static Stream<Arguments> words() {
        return Stream.of(
                arguments("Hi.", """
                        {"delta":{"content":"Hi"}}
                        {"delta":{"content":"."},"finish_reason":"stop"}
                        """),
                arguments("Hi.", """
                        {"delta":{"content":"Hi."}}
                        {"finish_reason":"eos"}
                        """),
                arguments("Hi.", """
                        {"index":0,"delta":{"content":"Hi."},"finish_reason":""}
                        {"index":1,"delta":{"content":"Another"},"finish_reason":"stop"}
                        {"index":0,"delta":{},"finish_reason":"stop"}
                        """),
                arguments("Hi.", """
                        {"delta":{"reasoning_content":"Hm"}}
                        {"delta":{"reasoning":"Hm"}}
                        {"delta":{"content":"Hi."},"finish_reason":"stop"}
                        """),
                arguments("Hi.", """
                        {"delta":{"content":[{"type":"thinking","thinking":[]},{"type":"text","text":"Hi."}]},"finish_reason":"stop"}
                        """),
                arguments("", """
                        {"delta":{},"finish_reason":"stop"}
                        """));
    }

    @ParameterizedTest
    @MethodSource("words")
    void only_what_is_said_is_the_text(String text, String choices) throws Exception {
        Played played = new Played(COMPATIBLE, "m").play(stream(choices));

        assertThat(played.reply()).isEqualTo(new Reply(text, List.of(), Reply.Usage.NONE));
        assertThat(played.heard()).isEqualTo(text);
    }

    static Stream<Arguments> usages() {
        return Stream.of(
                arguments("{\"prompt_tokens\":7,\"completion_tokens\":3}", new Reply.Usage(7, 3, 0)),
                arguments(
                        "{\"prompt_tokens\":7,\"completion_tokens\":3,\"prompt_tokens_details\":null,"
                                + "\"completion_tokens_details\":{\"reasoning_tokens\":null}}",
                        new Reply.Usage(7, 3, 0)),
                arguments(
                        "{\"prompt_tokens\":7.0,\"completion_tokens\":3,\"prompt_tokens_details\":{\"cached_tokens\":5,"
                                + "\"cache_write_tokens\":2}}",
                        new Reply.Usage(7, 3, 5, 2, 0, 0)),
                arguments(
                        "{\"prompt_tokens\":7,\"completion_tokens\":3,\"prompt_tokens_details\":{\"cached_tokens\":50},"
                                + "\"completion_tokens_details\":{\"reasoning_tokens\":90}}",
                        new Reply.Usage(7, 3, 7, 0, 3, 0)),
                arguments("{}", Reply.Usage.NONE));
    }

    @ParameterizedTest
    @MethodSource("usages")
    void what_it_took_is_told_with_the_end_or_after_it(String usage, Reply.Usage expected) throws Exception {
        String end = "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]";
        String with = "data: " + end + ",\"usage\":" + usage + "}\n";
        String after = "data: " + end + "}\ndata: {\"choices\":[],\"usage\":" + usage + "}\ndata: [DONE]\n";

        assertThat(new Played(OPENAI, "m").play(with).reply().usage()).isEqualTo(expected);
        assertThat(new Played(OPENAI, "m").play(after).reply().usage()).isEqualTo(expected);
    }

    @Test
    void an_answer_cut_at_its_limit_keeps_the_calls_that_were_written_to_their_end() throws Exception {
        Reply reply = new Played(OPENAI, "m").play(stream("""
                                {"delta":{"content":"I look","tool_calls":[{"index":0,"id":"a","function":{"name":"Read","arguments":"{\\"x\\":\\"}\\"}"}}]}}
                                {"delta":{"tool_calls":[{"index":1,"id":"b","function":{"name":"Read","arguments":"{\\"x\\":{}"}}]},"finish_reason":"length"}
                                """)).reply();

        assertThat(reply.cut()).isTrue();
        assertThat(reply.text()).isEqualTo("I look");
        assertThat(reply.calls()).containsExactly(call("a", "Read", "{\"x\":\"}\"}"));
    }

    @Test
    void a_cut_answer_makes_a_call_without_arguments_that_another_followed() throws Exception {
        Reply reply = new Played(OPENAI, "m").play(stream("""
                                {"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"Read"}},{"index":1,"id":"b","function":{"name":"Read","arguments":"{"}}]},"finish_reason":"length"}
                                """)).reply();

        assertThat(reply.calls()).containsExactly(call("a", "Read", "{}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"b\",\"function\":{\"name\":\"Read\"}}]},\"finish_reason\":\"length\"}",
                "{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"b\",\"function\":{}}]},\"finish_reason\":\"length\"}",
                "{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"b\",\"function\":{\"name\":\"Read\",\"arguments\":\"{\\\"\"}}]},\"finish_reason\":\"model_length\"}",
                "{\"delta\":{\"reasoning_content\":\"so long\"},\"finish_reason\":\"length\"}"
            })
    void a_cut_answer_makes_no_call_that_it_did_not_finish(String choices) throws Exception {
        Reply reply = new Played(OPENAI, "m").play(stream(choices)).reply();

        assertThat(reply.cut()).isTrue();
        assertThat(reply.calls()).isEmpty();
    }

    @Test
    void arguments_that_are_no_object_are_told_as_they_are() throws Exception {
        Reply reply = new Played(OPENAI, "m").play(stream("""
                                {"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"Read","arguments":"{\\"x\\":"}}]},"finish_reason":"tool_calls"}
                                """)).reply();

        assertThat(reply.calls()).containsExactly(new ToolCall("a", "Read", Played.object("{}"), "{\"x\":"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"delta\":{\"refusal\":\"I can't \"}}\n{\"delta\":{\"refusal\":\"help.\"}}\n{\"delta\":{},\"finish_reason\":\"stop\"}",
                "{\"delta\":{\"refusal\":\"I can't help.\"},\"finish_reason\":\"content_filter\"}"
            })
    void a_refusal_is_told_in_the_models_words(String choices) {
        assertThat(Played.refusal(OPENAI, stream(choices)))
                .hasMessage("I can't help.")
                .extracting(WireException::trouble)
                .isEqualTo(Trouble.DECLINED);
    }

    @Test
    void what_a_filter_held_back_was_declined() {
        assertThat(Played.trouble(
                        OPENAI, stream("{\"delta\":{\"content\":\"x\"},\"finish_reason\":\"content_filter\"}")))
                .isEqualTo(Trouble.DECLINED);
    }

    static Stream<Arguments> errors() {
        return Stream.of(
                arguments("data: {\"error\":{\"message\":\"busy\",\"code\":\"rate_limit_exceeded\"}}", Trouble.BUSY),
                arguments("data: {\"error\":{\"message\":\"no\",\"code\":\"insufficient_quota\"}}", Trouble.QUOTA),
                arguments("data: {\"error\":{\"message\":\"up\",\"code\":502},\"choices\":[]}", Trouble.BUSY),
                arguments("data: {\"error\":{\"message\":\"no key\",\"code\":\"401\"}}", Trouble.KEY),
                arguments("data: {\"error\":\"the model runner has stopped\"}", Trouble.BROKEN),
                arguments("event: error\ndata: {\"message\":\"x\",\"code\":\"server_error\"}", Trouble.BUSY),
                arguments(
                        "data: {\"object\":\"error\",\"message\":\"This model's maximum context length is 4096 tokens.\","
                                + "\"type\":\"BadRequestError\",\"code\":400}",
                        Trouble.TOO_LONG));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void an_error_within_the_stream_is_told_by_its_code(String event, Trouble trouble) {
        String begun = "data: {\"choices\":[{\"delta\":{\"content\":\"I\"}}]}\n";

        assertThat(Played.trouble(OPENAI, event)).isEqualTo(trouble);
        assertThat(Played.trouble(OPENAI, begun + event)).isEqualTo(trouble);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: {",
                "data: null",
                "data: []",
                "data: {\"choices\":[],\"choices\":[]}",
                "data: {\"choices\":{}}",
                "data: {\"choices\":[7]}",
                "data: {\"choices\":[{\"index\":-1}]}",
                "data: {\"choices\":[{\"delta\":\"x\"}]}",
                "data: {\"choices\":[{\"delta\":{\"content\":7}}]}",
                "data: {\"choices\":[{\"delta\":{\"refusal\":[]}}]}",
                "data: {\"choices\":[{\"delta\":{\"tool_calls\":{}}}]}",
                "data: {\"choices\":[{\"delta\":{\"tool_calls\":[null]}}]}",
                "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"name\":7}}]}}]}",
                "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"arguments\":\"{}\"}}]}}]}",
                "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":128,\"function\":{\"name\":\"R\"}}]}}]}",
                "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":-1,\"function\":{\"name\":\"R\"}}]}}]}",
                "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":1e999,\"function\":{\"name\":\"R\"}}]}}]}",
                "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":\"0\",\"function\":{\"name\":\"R\"}}]}}]}",
                "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{}\"}}]},\"finish_reason\":\"stop\"}]}",
                "data: {\"choices\":[{\"delta\":{\"content\":\"x\"},\"finish_reason\":7}]}",
                "data: {\"choices\":[{\"delta\":{\"content\":\"x\"},\"finish_reason\":\"error\"}]}",
                "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"tool_calls\"}]}",
                "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"function_call\"}]}",
                "data: {\"choices\":[],\"usage\":7}",
                "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":-1}}",
                "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1e300}}",
                "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":\"12\"}}",
                "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\ndata: {\"choices\":[{\"delta\":{\"content\":\"more\"}}]}",
                "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\ndata: [DONE]\ndata: {\"choices\":[]}"
            })
    void what_makes_no_sense_is_no_answer(String stream) {
        String end = "\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}";

        assertThat(Played.trouble(OPENAI, stream + end)).isEqualTo(Trouble.BROKEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "data: [DONE]", "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\ndata: [DONE]"})
    void what_gives_no_reason_to_finish_is_no_answer(String stream) {
        assertThat(Played.trouble(OPENAI, stream)).isEqualTo(Trouble.BROKEN);
    }

    @Test
    void an_event_nested_beyond_reason_is_no_answer() {
        String deep = "data: {\"choices\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";

        assertThat(Played.trouble(OPENAI, deep)).isEqualTo(Trouble.BROKEN);
    }

    @Test
    void no_more_calls_are_made_than_any_answer_makes() throws Exception {
        String call =
                "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"name\":\"Read\",\"arguments\":\"{}\"}}]}}]}\n";
        String end = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}";

        assertThat(new Played(COMPATIBLE, "m")
                        .play(call.repeat(128) + end)
                        .reply()
                        .calls())
                .hasSize(128);
        assertThat(Played.trouble(COMPATIBLE, call.repeat(129) + end)).isEqualTo(Trouble.BROKEN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"delta\":{\"content\":\"%s\"}}",
                "{\"delta\":{\"refusal\":\"%s\"}}",
                "{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"Read\",\"arguments\":\"%s\"}}]}}"
            })
    void a_stream_without_an_end_is_left_when_it_fills_more_than_any_answer(String choice) throws Exception {
        String data = "{\"choices\":[" + choice.formatted("x".repeat(1 << 20)) + "]}";
        Wire.Incoming incoming = OPENAI.incoming("m", piece -> {});
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
    void any_answer_in_any_pieces_is_read_as_it_was_meant() throws Exception {
        for (int seed = 0; seed < (FULL ? 20_000 : 500); seed++) {
            Random random = new Random(seed);
            RandomAnswer answer = RandomAnswer.of(random);

            Played played = new Played(COMPATIBLE, "m");
            played.play("data: " + String.join("\ndata: ", events(answer, random)));

            assertThat(played.reply())
                    .as("seed %d", seed)
                    .isEqualTo(new Reply(answer.text(), answer.calls(), new Reply.Usage(9, 4, 0)));
            assertThat(played.heard()).isEqualTo(answer.text());
        }
    }

    @Test
    void no_damage_to_a_stream_is_more_than_a_broken_answer() {
        for (int seed = 0; seed < (FULL ? 100_000 : 3_000); seed++) {
            Random random = new Random(seed);
            List<String> damaged = Damage.done(events(RandomAnswer.of(random), random), random);
            Wire.Incoming incoming = COMPATIBLE.incoming("m", piece -> {});
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

    /** As one of the servers would send it. */
    private static List<String> events(RandomAnswer answer, Random random) {
        boolean index = random.nextBoolean();
        boolean oneIndex = random.nextInt(4) == 0;
        boolean repeats = random.nextInt(3) == 0;
        boolean mixed = index && !oneIndex && random.nextBoolean();
        List<List<String>> streams = new ArrayList<>();
        for (int i = 0; i < answer.calls().size(); i++) {
            ToolCall call = answer.calls().get(i);
            List<String> stream = new ArrayList<>();
            boolean first = true;
            for (String piece : RandomAnswer.pieces(call.input().print(), random)) {
                Json.ObjectBuilder function = Json.object();
                Json.ObjectBuilder delta = Json.object();
                if (index) {
                    delta.put("index", oneIndex ? 0 : i);
                }
                if (first || repeats) {
                    delta.put("id", call.id());
                    function.put("name", call.tool());
                }
                first = false;
                delta.put("function", function.put("arguments", piece).build());
                stream.add(chunk(Json.object()
                        .put("tool_calls", new Json.Arr(List.of(delta.build())))
                        .build()));
            }
            streams.add(stream);
        }
        List<String> events = new ArrayList<>();
        for (String piece : RandomAnswer.pieces(answer.text(), random)) {
            events.add(chunk(Json.object().put("content", piece).build()));
        }
        if (mixed) {
            // The calls begin in order; their other pieces come in any.
            streams.forEach(stream -> events.add(stream.removeFirst()));
            while (streams.stream().anyMatch(stream -> !stream.isEmpty())) {
                Collections.shuffle(streams, random);
                streams.stream()
                        .filter(stream -> !stream.isEmpty())
                        .findFirst()
                        .ifPresent(stream -> events.add(stream.removeFirst()));
            }
        } else {
            streams.forEach(events::addAll);
        }
        events.add("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}");
        events.add("{\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4}}");
        if (random.nextBoolean()) {
            events.add("[DONE]");
        }
        return events;
    }

    private static String chunk(Json delta) {
        Json choice = Json.object().put("index", 0).put("delta", delta).build();
        return Json.object()
                .put("id", "chatcmpl-1")
                .put("choices", new Json.Arr(List.of(choice)))
                .build()
                .print();
    }

    /** Of one choice a line. */
    private static String stream(String choices) {
        StringBuilder stream = new StringBuilder();
        for (String choice : choices.lines().toList()) {
            stream.append("data: {\"choices\":[").append(choice).append("]}\n");
        }
        return stream.toString();
    }

    private static List<Json> messagesOf(Wire wire, Part... parts) {
        return Played.body(wire, "m", "", parts).get("messages").items();
    }

    /** What follows the first answer's message, or the prompt where that answer is not shown. */
    private static List<String> messages(Wire wire, Part... parts) {
        return messagesOf(wire, parts).stream()
                .skip(2)
                .filter(message -> message.get("tool_calls").isNull())
                .map(Json::print)
                .toList();
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
