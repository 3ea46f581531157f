package dev.belay.runner.model.wire;

import static dev.belay.runner.model.wire.Talks.call;
import static dev.belay.runner.model.wire.Talks.events;
import static dev.belay.runner.model.wire.Talks.json;
import static dev.belay.runner.model.wire.Talks.play;
import static dev.belay.runner.model.wire.Talks.prompt;
import static dev.belay.runner.model.wire.Talks.question;
import static dev.belay.runner.model.wire.Talks.result;
import static dev.belay.runner.model.wire.Talks.trouble;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.Conversation.Part;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.model.wire.Talks.Event;
import dev.belay.runner.model.wire.WireException.Trouble;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers of the Messages form, as they come. */
@Timeout(60)
class MessagesStreamTest {
    private static final String NEW = "claude-opus-5-5";

    private static final ToolCall LS = call("toolu_1", "Bash", "{'command':'ls'}");
    private static final String HIDDEN = "{'type':'redacted_thinking','data':'b3BhcXVl'}";
    private static final String USE = "{'type':'tool_use','id':'toolu_1','name':'Bash','input':{'command':'ls'}}";

    private final MessagesWire wire = new MessagesWire();

    private static String text(String text) {
        return "{'type':'text','text':'" + text + "'}";
    }

    private static final String RECORDED = """
        event: message_start
        data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"claude-opus-5-5","stop_reason":null,"usage":{"input_tokens":12,"cache_creation_input_tokens":300,"cache_read_input_tokens":4000,"output_tokens":1}}}

        event: content_block_start
        data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

        event: ping
        data: {"type":"ping"}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"The user "}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"wants files."}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"EqQBCgIYAhIM"}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":0}

        event: content_block_start
        data: {"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"EmwKAhgB"}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":1}

        event: content_block_start
        data: {"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"I look "}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"around."}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":2}

        event: content_block_start
        data: {"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"toolu_1","name":"Bash","input":{}}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":""}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\\"comm"}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"and\\": \\"ls\\"}"}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":3}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":89,"output_tokens_details":{"thinking_tokens":40}}}

        event: message_stop
        data: {"type":"message_stop"}
        """;

    private Reply read(String recorded) throws WireException {
        return play(wire.incoming(NEW, piece -> {}), events(recorded)).reply();
    }

    /** A stream with blocks of which each is its lines, and an end. */
    private static String stream(String stop, String... data) {
        StringBuilder all = new StringBuilder("""
            data: {'type':'message_start','message':{'usage':{'input_tokens':1}}}
            """);
        for (String line : data) {
            all.append("data: ").append(line).append('\n');
        }
        return all.append("""
            data: {'type':'message_delta','delta':{'stop_reason':'%s'},'usage':{'output_tokens':2}}
            data: {'type':'message_stop'}
            """.formatted(stop)).toString().replace('\'', '"');
    }

    private static String start(int index, String block) {
        return "{'type':'content_block_start','index':" + index + ",'content_block':" + block + "}";
    }

    private static String delta(int index, String delta) {
        return "{'type':'content_block_delta','index':" + index + ",'delta':" + delta + "}";
    }

    private static String say(int index, String text) {
        return delta(index, "{'type':'text_delta','text':'" + text + "'}");
    }

    private static String fill(int index, String json) {
        return delta(
                index,
                "{'type':'input_json_delta','partial_json':" + Json.of(json).print() + "}");
    }

    private static String stop(int index) {
        return "{'type':'content_block_stop','index':" + index + "}";
    }

    private static final String TEXT = "{'type':'text','text':''}";
    private static final String TOOL = "{'type':'tool_use','id':'t1','name':'Bash','input':{}}";

    @Test
    void an_answer_is_read_as_it_comes() throws Exception {
        List<String> heard = new ArrayList<>();

        Wire.Incoming incoming = play(wire.incoming(NEW, heard::add), events(RECORDED));

        assertThat(incoming.whole()).isTrue();
        Reply reply = incoming.reply();
        assertThat(heard).containsExactly("I look ", "around.");
        assertThat(reply.text()).isEqualTo("I look around.");
        assertThat(reply.calls()).containsExactly(LS);
        assertThat(reply.cut()).isFalse();
        assertThat(reply.usage()).isEqualTo(new Reply.Usage(4312, 89, 4000, 300, 40, 0));
        Reply.Own own = reply.own().orElseThrow();
        assertThat(own.wire()).isEqualTo("messages");
        assertThat(own.model()).isEqualTo(NEW);
        assertThat(own.content().print().replace('"', '\''))
                .isEqualTo("[{'type':'thinking','thinking':'The user wants files.','signature':'EqQBCgIYAhIM'},"
                        + "{'type':'redacted_thinking','data':'EmwKAhgB'},"
                        + text("I look around.") + "," + USE + "]");
    }

    @Test
    void what_an_answer_brought_goes_back_byte_by_byte() throws Exception {
        Reply reply = read(RECORDED);

        Wire.Question next = question(NEW, prompt("Do it."), new Part.Answer(reply), result(LS, "a"));

        assertThat(wire.request(next).body().print().replace('"', '\''))
                .contains("{'role':'assistant','content':"
                        + reply.own().orElseThrow().content().print().replace('"', '\'') + "}");
    }

    @Test
    void a_stream_without_names_of_events_is_read_all_the_same() throws Exception {
        String nameless =
                RECORDED.lines().filter(line -> !line.startsWith("event")).reduce("", (a, b) -> a + b + "\n");

        assertThat(read(nameless)).isEqualTo(read(RECORDED));
    }

    @Test
    void a_stream_that_is_cut_at_any_event_is_not_whole() throws Exception {
        List<Event> all = events(RECORDED);
        for (int n = 0; n < all.size(); n++) {
            Wire.Incoming incoming = play(wire.incoming(NEW, piece -> {}), all.subList(0, n));

            assertThat(incoming.whole()).isFalse();
            assertThat(trouble(incoming::reply).trouble()).isEqualTo(Trouble.BROKEN);
        }
    }

    @Test
    void what_is_not_known_yet_is_passed_over() throws Exception {
        String stream = stream(
                "end_turn",
                start(0, "{'type':'server_tool_use','id':'s1','name':'web','input':{'q':1}}"),
                delta(0, "{'type':'input_json_delta','partial_json':'{'}"),
                stop(0),
                start(1, "{'type':'text','text':'Hel','citations':[]}"),
                delta(1, "{'type':'citations_delta','citation':{'type':'x'}}"),
                delta(1, "{'type':'later_delta','anything':[1]}"),
                say(1, "lo"),
                stop(1),
                "{'type':'later_event','index':'x'}");
        Wire.Incoming incoming = wire.incoming(NEW, piece -> {});
        incoming.event("later_event", "no json at all");

        Reply reply = play(incoming, events(stream)).reply();

        assertThat(reply.text()).isEqualTo("Hello");
        assertThat(reply.own().orElseThrow().content().print().replace('"', '\''))
                .isEqualTo("[{'type':'server_tool_use','id':'s1','name':'web','input':{'q':1}},"
                        + "{'type':'text','text':'Hello','citations':[]}]");
    }

    static Stream<Arguments> stops() {
        return Stream.of(
                arguments("end_turn", false),
                arguments("stop_sequence", false),
                arguments("max_tokens", true),
                arguments("pause_turn", true));
    }

    @ParameterizedTest
    @MethodSource("stops")
    void an_answer_tells_whether_it_was_cut(String stop, boolean cut) throws Exception {
        Reply reply = read(stream(stop, start(0, TEXT), say(0, "Well"), stop(0)));

        assertThat(reply.text()).isEqualTo("Well");
        assertThat(reply.cut()).isEqualTo(cut);
        assertThat(reply.usage()).isEqualTo(new Reply.Usage(1, 2, 0));
    }

    static Stream<Arguments> badStops() {
        return Stream.of(
                arguments("refusal", Trouble.DECLINED),
                arguments("model_context_window_exceeded", Trouble.TOO_LONG),
                arguments("tool_use", Trouble.BROKEN),
                arguments("something_new", Trouble.BROKEN),
                arguments("", Trouble.BROKEN));
    }

    @ParameterizedTest
    @MethodSource("badStops")
    void an_answer_that_is_none_says_why(String stop, Trouble expected) throws Exception {
        Wire.Incoming incoming =
                play(wire.incoming(NEW, piece -> {}), events(stream(stop, start(0, TEXT), say(0, "Well"), stop(0))));

        assertThat(trouble(incoming::reply).trouble()).isEqualTo(expected);
    }

    @Test
    void a_refusal_is_told_in_the_providers_words() throws Exception {
        String stream = stream("refusal")
                .replace(
                        "\"stop_reason\":\"refusal\"",
                        "\"stop_reason\":\"refusal\",\"stop_details\":{\"explanation\":\"Not \\u001b[1m\\nthis.\"}");

        assertThat(trouble(() -> read(stream))).hasMessage("the model declined to answer: Not [1m this.");
    }

    static Stream<Arguments> cutCalls() {
        return Stream.of(
                arguments("max_tokens", "{\"command\":\"ls\"", 0),
                arguments("max_tokens", "", 0),
                arguments("pause_turn", "{", 0),
                arguments("max_tokens", "{\"command\":\"ls\"}", 1),
                arguments("max_tokens", "{}", 1),
                arguments("tool_use", "", 1),
                arguments("end_turn", "", 1));
    }

    @ParameterizedTest
    @MethodSource("cutCalls")
    void a_call_that_was_cut_with_the_answer_was_not_made(String stop, String fields, int calls) throws Exception {
        Reply reply =
                read(stream(stop, start(0, TEXT), say(0, "Well"), stop(0), start(1, TOOL), fill(1, fields), stop(1)));

        assertThat(reply.calls()).hasSize(calls);
        assertThat(reply.calls()).allMatch(call -> call.unreadable().isEmpty());
        assertThat(reply.own().orElseThrow().content().items()).hasSize(1 + calls);
    }

    @Test
    void fields_that_are_no_json_are_an_unreadable_call_and_go_back_as_none() throws Exception {
        Reply reply = read(stream("tool_use", start(0, TOOL), fill(0, "{\"command\": \"echo"), stop(0)));

        assertThat(reply.calls()).containsExactly(new ToolCall("t1", "Bash", json("{}"), "{\"command\": \"echo"));
        assertThat(reply.own().orElseThrow().content().print().replace('"', '\''))
                .isEqualTo("[" + TOOL + "]");
    }

    @Test
    void fields_that_came_with_the_beginning_of_a_call_are_its_fields() throws Exception {
        Reply reply = read(stream("tool_use", start(0, TOOL.replace("{}", "{'command':'ls'}")), stop(0)));

        assertThat(reply.calls()).containsExactly(call("t1", "Bash", "{'command':'ls'}"));
    }

    @Test
    void texts_between_which_something_else_came_do_not_run_together() throws Exception {
        List<String> heard = new ArrayList<>();
        String stream = stream(
                "tool_use",
                start(0, TEXT),
                say(0, "First."),
                stop(0),
                start(1, TOOL),
                stop(1),
                start(2, TEXT),
                say(2, "Then."),
                stop(2),
                start(3, TEXT),
                say(3, " And"),
                stop(3));

        Reply reply = play(wire.incoming(NEW, heard::add), events(stream)).reply();

        assertThat(reply.text()).isEqualTo("First.\n\nThen. And").isEqualTo(String.join("", heard));
    }

    @Test
    void blank_text_and_a_last_thought_do_not_go_back_because_the_provider_refuses_them() throws Exception {
        String thought = "{'type':'thinking','thinking':'Hm.','signature':'s'}";
        Reply reply = read(stream(
                "max_tokens",
                start(0, thought),
                stop(0),
                start(1, TEXT),
                say(1, "\\n"),
                stop(1),
                start(2, TEXT),
                say(2, "Well"),
                stop(2),
                start(3, thought),
                stop(3)));
        Reply onlyThought = read(stream("max_tokens", start(0, thought), stop(0)));

        assertThat(reply.own().orElseThrow().content().print().replace('"', '\''))
                .isEqualTo("[" + thought + "," + text("Well") + "]");
        assertThat(onlyThought.own()).isEmpty();
        assertThat(onlyThought.cut()).isTrue();
    }

    @Test
    void a_signed_thought_without_text_stays_as_it_is() throws Exception {
        Reply reply = read(stream(
                "end_turn",
                start(0, "{'type':'thinking','thinking':'','signature':''}"),
                delta(0, "{'type':'signature_delta','signature':'c2ln'}"),
                stop(0),
                start(1, TEXT),
                say(1, "Well"),
                stop(1)));

        assertThat(reply.own().orElseThrow().content().items().getFirst())
                .isEqualTo(json("{'type':'thinking','thinking':'','signature':'c2ln'}"));
    }

    @Test
    void an_answer_of_nothing_is_an_answer() throws Exception {
        Reply reply = read(stream("end_turn"));

        assertThat(reply).isEqualTo(new Reply("", List.of(), new Reply.Usage(1, 2, 0)));
    }

    @Test
    void later_counts_replace_earlier_ones() throws Exception {
        String stream = stream("end_turn")
                .replace(
                        "{\"output_tokens\":2}",
                        "{\"input_tokens\":10,\"cache_read_input_tokens\":5,\"cache_creation_input_tokens\":null,"
                                + "\"output_tokens\":7}");

        assertThat(read(stream).usage()).isEqualTo(new Reply.Usage(15, 7, 5, 0, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void an_answer_is_the_same_however_it_was_cut_into_pieces(long seed) throws Exception {
        Random random = new Random(seed);
        StringBuilder words = new StringBuilder();
        List<ToolCall> calls = new ArrayList<>();
        List<Piecemeal> blocks = new ArrayList<>();
        for (int i = 0; i < 1 + seed % 6; i++) {
            if (random.nextBoolean()) {
                String text = "\n%d \uD83D\uDE00 \"quoted\" \\ ".formatted(random.nextInt(1000));
                words.append(text);
                blocks.add(new Piecemeal(json(TEXT), "text_delta", "text", text));
            } else {
                Json.Obj fields = Json.object()
                        .put("command", "echo \"" + random.nextInt() + "\" \u00e4\u2028\n")
                        .put("timeout", random.nextInt(1000))
                        .build();
                calls.add(new ToolCall("t" + i, "Bash", fields));
                Json.Obj start = json(TOOL.replace("t1", "t" + i));
                blocks.add(new Piecemeal(start, "input_json_delta", "partial_json", fields.print()));
            }
        }
        Set<Reply> replies = new HashSet<>();
        for (int round = 0; round < 5; round++) {
            List<String> data = new ArrayList<>();
            for (int i = 0; i < blocks.size(); i++) {
                data.addAll(blocks.get(i).events(i, random));
            }
            StringBuilder heard = new StringBuilder();
            String stream = stream(calls.isEmpty() ? "end_turn" : "tool_use", data.toArray(String[]::new));
            Reply reply =
                    play(wire.incoming(NEW, heard::append), events(stream)).reply();

            assertThat(reply.calls()).isEqualTo(calls);
            assertThat(reply.text()).isEqualTo(words.toString()).isEqualTo(heard.toString());
            replies.add(reply);
        }
        assertThat(replies).hasSize(1);
    }

    /** A block that comes in pieces of one member. */
    private record Piecemeal(Json.Obj begun, String kind, String member, String whole) {
        List<String> events(int index, Random random) {
            List<String> events = new ArrayList<>(List.of(start(index, begun.print())));
            for (String piece : Talks.pieces(whole, random)) {
                events.add(delta(
                        index,
                        Json.object()
                                .put("type", kind)
                                .put(member, piece)
                                .build()
                                .print()));
            }
            events.add(stop(index));
            return events;
        }
    }

    // ---- trouble in a stream

    static Stream<Arguments> errors() {
        return Stream.of(
                arguments("overloaded_error", "Overloaded", Trouble.BUSY),
                arguments("api_error", "Internal server error", Trouble.BUSY),
                arguments("rate_limit_error", "Slow down", Trouble.BUSY),
                arguments("timeout_error", "Too slow", Trouble.BUSY),
                arguments("authentication_error", "invalid x-api-key", Trouble.KEY),
                arguments("permission_error", "not yours", Trouble.KEY),
                arguments("billing_error", "pay", Trouble.QUOTA),
                arguments("not_found_error", "model: x", Trouble.UNKNOWN_MODEL),
                arguments("request_too_large", "too large", Trouble.TOO_LONG),
                arguments("invalid_request_error", "prompt is too long: 2 > 1", Trouble.TOO_LONG),
                arguments("invalid_request_error", "messages.1: bad", Trouble.REFUSED),
                arguments("later_error", "?", Trouble.BROKEN));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void an_error_inside_of_a_stream_is_told_by_its_type(String type, String words, Trouble expected) throws Exception {
        List<Event> begun = events(RECORDED).subList(0, 4);
        Wire.Incoming incoming = play(wire.incoming(NEW, piece -> {}), begun);
        String error = json("{'type':'error','error':{'type':'" + type + "','message':'" + words + "'}}")
                .print();

        WireException met = trouble(() -> incoming.event("error", error));

        assertThat(met.trouble()).isEqualTo(expected);
        assertThat(met).hasMessage("the provider broke off " + type + ": " + words);
        assertThat(incoming.whole()).isFalse();
        assertThat(trouble(incoming::reply)).isSameAs(met);
        assertThat(trouble(() -> incoming.event("ping", "{}"))).isSameAs(met);
    }

    static Stream<Arguments> nonsense() {
        String begin = "{'type':'message_start','message':{'usage':{'input_tokens':1}}}";
        String end = "{'type':'message_stop'}";
        return Stream.of(
                arguments("no json", new String[] {"{'type':'message_start',"}),
                arguments("a list", new String[] {"[]".repeat(40)}),
                arguments("too deep", new String[] {"[".repeat(100_000)}),
                arguments("no message", new String[] {"{'type':'message_start','message':7}"}),
                arguments("no beginning", new String[] {start(0, TEXT)}),
                arguments("two beginnings", new String[] {begin, begin}),
                arguments("only an end", new String[] {end}),
                arguments("usage of another kind", new String[] {begin.replace("{'input_tokens':1}", "[1]")}),
                arguments("a count that is text", new String[] {begin.replace(":1}", ":'1'}")}),
                arguments("half a token", new String[] {begin.replace(":1}", ":0.5}")}),
                arguments("tokens below nothing", new String[] {begin.replace(":1}", ":-1}")}),
                arguments("more tokens than there are", new String[] {begin.replace(":1}", ":1e300}")}),
                arguments("a block that is not next", new String[] {begin, start(1, TEXT)}),
                arguments("a block twice", new String[] {begin, start(0, TEXT), start(0, TEXT)}),
                arguments("a block of text", new String[] {begin, start(0, "'text'")}),
                arguments("a block of no kind", new String[] {begin, start(0, "{'text':''}")}),
                arguments("a text that is none", new String[] {begin, start(0, "{'type':'text','text':7}")}),
                arguments("no index", new String[] {begin, "{'type':'content_block_start','content_block':" + TEXT + "}"
                }),
                arguments(
                        "an index of text", new String[] {begin, start(0, TEXT).replace(":0,", ":'0',")}),
                arguments(
                        "an index without end",
                        new String[] {begin, start(0, TEXT), say(0, "x").replace(":0,", ":1e99,")}),
                arguments("an index below all", new String[] {begin, start(0, TEXT), say(-1, "x")}),
                arguments("a piece of no block", new String[] {begin, say(0, "x")}),
                arguments("a piece of a later block", new String[] {begin, start(0, TEXT), say(7, "x")}),
                arguments("a piece after the end", new String[] {begin, start(0, TEXT), stop(0), say(0, "x")}),
                arguments("a piece of another kind", new String[] {begin, start(0, TEXT), fill(0, "{}")}),
                arguments("a piece of text for a hidden thought", new String[] {begin, start(0, HIDDEN), say(0, "x")}),
                arguments("a piece without text", new String[] {begin, start(0, TEXT), delta(0, "{'type':'text_delta'}")
                }),
                arguments("a piece that is none", new String[] {begin, start(0, TEXT), delta(0, "'x'")}),
                arguments("fields that are no text", new String[] {
                    begin, start(0, TOOL), delta(0, "{'type':'input_json_delta','partial_json':{}}")
                }),
                arguments("an end of no block", new String[] {begin, stop(0)}),
                arguments("two ends of a block", new String[] {begin, start(0, TEXT), stop(0), stop(0)}),
                arguments("an end inside of a block", new String[] {begin, start(0, TEXT), end}),
                arguments("a call without an id", new String[] {begin, start(0, TOOL.replace("t1", ""))}),
                arguments("a call without a name", new String[] {begin, start(0, TOOL.replace("'name'", "'title'"))}),
                arguments("two calls of one id", new String[] {begin, start(0, TOOL), stop(0), start(1, TOOL)}),
                arguments("no reason", new String[] {begin, end}),
                arguments("no count of what it read", new String[] {
                    begin.replace("input", "other"),
                    "{'type':'message_delta','delta':{'stop_reason':'end_turn'},'usage':{'output_tokens':2}}",
                    end
                }),
                arguments(
                        "no count of what it made",
                        new String[] {begin, "{'type':'message_delta','delta':{'stop_reason':'end_turn'}}", end}),
                arguments("more after the end", new String[] {begin, end, say(0, "x")}),
                arguments("two ends", new String[] {begin, end, end}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("nonsense")
    void a_stream_that_makes_no_sense_is_broken(String what, String[] data) {
        Wire.Incoming incoming = wire.incoming(NEW, piece -> {});

        WireException met = trouble(() -> {
            for (String line : data) {
                incoming.event("", line.replace('\'', '"'));
            }
            incoming.reply();
        });

        assertThat(met.trouble()).as(what).isEqualTo(Trouble.BROKEN);
        assertThat(met).hasMessageStartingWith("the provider's answer makes no sense: ");
        assertThat(trouble(incoming::reply).trouble()).isEqualTo(Trouble.BROKEN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "message_start",
                "content_block_start",
                "content_block_delta",
                "content_block_stop",
                "message_delta",
                "message_stop"
            })
    void nothing_but_signs_of_life_comes_after_the_end(String type) throws Exception {
        Wire.Incoming incoming = play(wire.incoming(NEW, piece -> {}), events(RECORDED));
        Event again = events(RECORDED).stream()
                .filter(event -> event.type().equals(type))
                .findFirst()
                .orElseThrow();
        incoming.event("ping", "{\"type\":\"ping\"}");
        assertThat(incoming.whole()).isTrue();

        WireException met = trouble(() -> incoming.event(again.type(), again.data()));

        assertThat(met).hasMessageEndingWith("it goes on after its end");
        assertThat(incoming.whole()).isFalse();
        assertThat(trouble(incoming::reply)).isSameAs(met);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "thinking", "tool_use", "server_tool_use"})
    void an_answer_without_end_is_broken_before_it_fills_the_memory(String kind) {
        Wire.Incoming incoming = wire.incoming(NEW, piece -> {});
        String megabyte = "x".repeat(1 << 20);
        int[] taken = {0};

        WireException met = trouble(() -> {
            incoming.event("", "{\"type\":\"message_start\",\"message\":{}}");
            for (int i = 0; i < 100; i++) {
                String block = "{'type':'" + kind + "','id':'i" + i + "','name':'n','text':'','thinking':'"
                        + (kind.equals("server_tool_use") ? megabyte : "") + "','input':{}}";
                incoming.event("", start(i, block).replace('\'', '"'));
                switch (kind) {
                    case "text" -> incoming.event("", say(i, megabyte).replace('\'', '"'));
                    case "tool_use" -> incoming.event("", fill(i, megabyte).replace('\'', '"'));
                    case "thinking" ->
                        incoming.event(
                                "",
                                delta(i, "{'type':'thinking_delta','thinking':'" + megabyte + "'}")
                                        .replace('\'', '"'));
                    default -> {}
                }
                taken[0]++;
            }
        });

        assertThat(met.trouble()).isEqualTo(Trouble.BROKEN);
        assertThat(taken[0]).isBetween(30, 32);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void a_garbled_stream_is_read_or_broken_and_nothing_else(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            Wire.Incoming incoming = wire.incoming(NEW, piece -> {});
            try {
                for (Event event : Talks.garbled(events(RECORDED), random)) {
                    incoming.event(event.type(), event.data());
                }
                assertThat(incoming.reply().usage().tokensIn()).isNotNegative();
            } catch (WireException met) {
                assertThat(met.getMessage()).doesNotContain("\n").hasSizeLessThan(450);
            }
        }
    }
}
