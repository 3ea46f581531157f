package dev.belay.runner.model.wire;

import static dev.belay.runner.model.wire.Talks.call;
import static dev.belay.runner.model.wire.Talks.events;
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
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers of the Gemini form, as they come. */
@Timeout(60)
class GeminiStreamTest {
    private static final String NEW = "gemini-3.8-flash";

    private static final String RECORDED = """
        data: {"candidates":[{"content":{"parts":[{"text":"**Looking**","thought":true}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":5000,"totalTokenCount":5010,"thoughtsTokenCount":10},"modelVersion":"gemini-3.8-flash","responseId":"aB-1_x"}

        data: {"candidates":[{"content":{"parts":[{"text":"I look "}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":5000,"candidatesTokenCount":2,"totalTokenCount":5012,"thoughtsTokenCount":10},"modelVersion":"gemini-3.8-flash","responseId":"aB-1_x"}

        data: {"candidates":[{"content":{"parts":[{"text":"around."}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":5000},"responseId":"aB-1_x"}

        data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"Bash","args":{"command":"ls"},"id":"f1"},"thoughtSignature":"EqQBCgIY"},{"functionCall":{"name":"Read","args":{"file_path":"a"}}}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":5000,"cachedContentTokenCount":4000,"candidatesTokenCount":40,"totalTokenCount":5060,"thoughtsTokenCount":20},"responseId":"aB-1_x"}

        data: {"candidates":[{"content":{"parts":[{"text":"","thoughtSignature":"c2ln"}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":5000,"cachedContentTokenCount":4000,"candidatesTokenCount":45,"totalTokenCount":5065,"thoughtsTokenCount":20},"responseId":"aB-1_x"}
        """;

    private final GeminiWire wire = new GeminiWire();

    private Reply read(String recorded) throws WireException {
        return play(wire.incoming(NEW, piece -> {}), events(recorded)).reply();
    }

    private static String chunk(String... parts) {
        return "data: {'candidates':[{'content':{'role':'model','parts':[" + String.join(",", parts)
                + "]}}],'usageMetadata':{'promptTokenCount':3}}\n";
    }

    private static String end(String reason) {
        return "data: {'candidates':[{'finishReason':'" + reason
                + "'}],'usageMetadata':{'promptTokenCount':3,'candidatesTokenCount':2}}\n";
    }

    private static String stream(String... lines) {
        return String.join("", lines).replace('\'', '"');
    }

    private static String content(Reply reply) {
        return reply.own().orElseThrow().content().print().replace('"', '\'');
    }

    private static final String WELL = "{'text':'Well'}";

    // ---- answers

    @Test
    void an_answer_is_read_as_it_comes() throws Exception {
        List<String> heard = new ArrayList<>();

        Wire.Incoming incoming = play(wire.incoming(NEW, heard::add), events(RECORDED));

        assertThat(incoming.whole()).isTrue();
        Reply reply = incoming.reply();
        assertThat(heard).containsExactly("I look ", "around.");
        assertThat(reply.text()).isEqualTo("I look around.");
        assertThat(reply.calls())
                .containsExactly(
                        call("f1", "Bash", "{'command':'ls'}"), call("call-aB-1_x-2", "Read", "{'file_path':'a'}"));
        assertThat(reply.cut()).isFalse();
        assertThat(reply.usage()).isEqualTo(new Reply.Usage(5000, 65, 4000, 0, 20, 0));
        assertThat(reply.own().orElseThrow().wire()).isEqualTo("gemini");
        assertThat(reply.own().orElseThrow().model()).isEqualTo(NEW);
        assertThat(content(reply))
                .isEqualTo("[{'text':'**Looking**','thought':true},{'text':'I look around.'},"
                        + "{'functionCall':{'name':'Bash','args':{'command':'ls'},'id':'f1'},'thoughtSignature':'EqQBCgIY'},"
                        + "{'functionCall':{'name':'Read','args':{'file_path':'a'}}},"
                        + "{'text':'','thoughtSignature':'c2ln'}]");
    }

    @Test
    void what_an_answer_brought_goes_back_byte_by_byte() throws Exception {
        Reply reply = read(RECORDED);

        Wire.Question next = question(
                NEW,
                prompt("Do it."),
                new Part.Answer(reply),
                result(reply.calls().get(0), "a"),
                result(reply.calls().get(1), "b"));

        assertThat(wire.request(next).body().print().replace('"', '\''))
                .contains("{'role':'model','parts':" + content(reply) + "}")
                .contains("{'functionResponse':{'id':'f1','name':'Bash','response':{'output':'a'}}},"
                        + "{'functionResponse':{'name':'Read','response':{'output':'b'}}}");
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
    void calls_without_ids_get_some_that_no_other_answer_has() throws Exception {
        String calls = "{'functionCall':{'name':'Bash','args':{}}},{'functionCall':{'name':'Bash','args':{}}}";
        String first = stream(chunk(calls), end("STOP"));
        String second = stream(chunk(calls), end("STOP").replace(":3", ":4"));
        String named = stream(chunk(calls).replace("{'cand", "{'responseId':'a/b c','cand"), end("STOP"));

        List<String> ids = new ArrayList<>();
        for (String stream : List.of(first, second, named)) {
            read(stream).calls().forEach(call -> ids.add(call.id()));
        }

        assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.matches("call-[a-zA-Z0-9_-]+-[12]"));
        assertThat(ids).endsWith("call-abc-1", "call-abc-2");
        assertThat(read(first)).isEqualTo(read(first));
    }

    @Test
    void plain_text_becomes_one_part_and_signed_text_stays_by_itself() throws Exception {
        Reply reply = read(stream(
                chunk("{'text':'a'}", "{'text':''}", "{'text':'b'}"),
                chunk("{'text':'c','thoughtSignature':'c2ln'}"),
                chunk("{'text':'d'}"),
                chunk("{'text':'e'}"),
                end("STOP")));

        assertThat(reply.text()).isEqualTo("abcde");
        assertThat(content(reply)).isEqualTo("[{'text':'ab'},{'text':'c','thoughtSignature':'c2ln'},{'text':'de'}]");
    }

    @Test
    void texts_between_which_something_else_came_do_not_run_together() throws Exception {
        List<String> heard = new ArrayList<>();
        String stream = stream(
                chunk("{'text':'First.'}", "{'text':'Hm.','thought':true}", "{'text':'Then.'}"),
                chunk("{'functionCall':{'name':'Bash'}}", "{'text':' And'}"),
                chunk("{'executableCode':{'code':'1'}}"),
                chunk("{'text':'so on'}"),
                end("STOP"));

        Reply reply = play(wire.incoming(NEW, heard::add), events(stream)).reply();

        assertThat(reply.text()).isEqualTo("First.\n\nThen. And\n\nso on").isEqualTo(String.join("", heard));
        assertThat(reply.calls())
                .hasSize(1)
                .allMatch(call -> call.input().members().isEmpty());
        assertThat(content(reply)).contains("{'executableCode':{'code':'1'}}");
    }

    @Test
    void what_is_not_known_yet_is_passed_over() throws Exception {
        Reply reply = read(stream(
                "data: {'later':[1]}\n",
                "data: {'candidates':[{'index':1,'content':{'parts':[{'text':'second choice'}]}}]}\n",
                "data: {'candidates':[{'index':0,'finishReason':'FINISH_REASON_UNSPECIFIED','safetyRatings':[{}]}]}\n",
                chunk(WELL),
                end("STOP"),
                "data: {'usageMetadata':{'promptTokenCount':9}}\n"));

        assertThat(reply.text()).isEqualTo("Well");
        assertThat(reply.usage().tokensIn()).isEqualTo(9);
    }

    static Stream<Arguments> stops() {
        return Stream.of(arguments("STOP", false), arguments("MAX_TOKENS", true));
    }

    @ParameterizedTest
    @MethodSource("stops")
    void an_answer_tells_whether_it_was_cut(String reason, boolean cut) throws Exception {
        Reply reply = read(stream(chunk(WELL), end(reason)));

        assertThat(reply.text()).isEqualTo("Well");
        assertThat(reply.cut()).isEqualTo(cut);
        assertThat(reply.usage()).isEqualTo(new Reply.Usage(3, 2, 0));
    }

    @Test
    void an_answer_that_was_cut_before_its_first_word_is_one() throws Exception {
        Reply reply = read(stream(end("MAX_TOKENS")));

        assertThat(reply).isEqualTo(new Reply("", List.of(), new Reply.Usage(3, 2, 0), Optional.empty(), true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SAFETY",
                "RECITATION",
                "LANGUAGE",
                "BLOCKLIST",
                "PROHIBITED_CONTENT",
                "SPII",
                "MODEL_ARMOR",
                "IMAGE_SAFETY"
            })
    void an_answer_that_was_held_back_is_declined(String reason) throws Exception {
        Wire.Incoming incoming = play(wire.incoming(NEW, piece -> {}), events(stream(chunk(WELL), end(reason))));

        assertThat(incoming.whole()).isTrue();
        WireException met = trouble(incoming::reply);
        assertThat(met.trouble()).isEqualTo(Trouble.DECLINED);
        assertThat(met).hasMessage("the model declined to answer: " + reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "MALFORMED_FUNCTION_CALL",
                "UNEXPECTED_TOOL_CALL",
                "TOO_MANY_TOOL_CALLS",
                "MISSING_THOUGHT_SIGNATURE",
                "MALFORMED_RESPONSE",
                "OTHER",
                "SOMETHING_NEW"
            })
    void an_answer_that_failed_is_broken(String reason) {
        String stream = stream(chunk(WELL), end(reason))
                .replace("\"finishReason\"", "\"finishMessage\":\"Malformed\\ncall\",\"finishReason\"");

        WireException met = trouble(() -> read(stream));

        assertThat(met.trouble()).isEqualTo(Trouble.BROKEN);
        assertThat(met).hasMessageEndingWith("it stopped for " + reason + ", Malformed call");
    }

    @Test
    void a_question_that_was_held_back_is_declined() {
        WireException met = trouble(() ->
                read(stream("data: {'promptFeedback':{'blockReason':'PROHIBITED_CONTENT'},'usageMetadata':{}}\n")));

        assertThat(met.trouble()).isEqualTo(Trouble.DECLINED);
        assertThat(met.getMessage()).contains("PROHIBITED_CONTENT");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void an_answer_is_the_same_however_it_was_cut_into_pieces(long seed) throws Exception {
        Random random = new Random(seed);
        StringBuilder words = new StringBuilder();
        List<ToolCall> calls = new ArrayList<>();
        List<Json> whole = new ArrayList<>();
        for (int i = 0; i < 1 + seed % 6; i++) {
            if (random.nextBoolean()) {
                String text = "\n%d \uD83D\uDE00 \"quoted\" \\ ".formatted(random.nextInt(1000));
                words.append(text);
                whole.add(Json.object().put("text", text).build());
            } else {
                Json.Obj fields = Json.object()
                        .put("command", "echo \u00e4\u2028\n" + random.nextInt())
                        .build();
                calls.add(new ToolCall("f" + i, "Bash", fields));
                Json function = Json.object()
                        .put("id", "f" + i)
                        .put("name", "Bash")
                        .put("args", fields)
                        .build();
                whole.add(Json.object()
                        .put("functionCall", function)
                        .put("thoughtSignature", "c2ln" + i)
                        .build());
            }
        }
        Set<Reply> replies = new HashSet<>();
        for (int round = 0; round < 5; round++) {
            StringBuilder stream = new StringBuilder();
            for (Json part : whole) {
                for (String piece : Talks.pieces(part.text("text"), random)) {
                    stream.append(chunk(Json.object().put("text", piece).build().print()));
                }
                if (part.get("text").isNull()) {
                    stream.append(chunk(part.print()));
                }
            }
            StringBuilder heard = new StringBuilder();
            Reply reply = play(wire.incoming(NEW, heard::append), events(stream(stream.toString(), end("STOP"))))
                    .reply();

            assertThat(reply.calls()).isEqualTo(calls);
            assertThat(reply.text()).isEqualTo(words.toString()).isEqualTo(heard.toString());
            replies.add(reply);
        }
        assertThat(replies).hasSize(1);
    }

    // ---- trouble in a stream

    static Stream<Arguments> errors() {
        return Stream.of(
                arguments("{'code':503,'status':'UNAVAILABLE','message':'The model is overloaded.'}", Trouble.BUSY),
                arguments("{'code':500,'status':'INTERNAL','message':'x'}", Trouble.BUSY),
                arguments("{'status':'RESOURCE_EXHAUSTED','message':'x'}", Trouble.BUSY),
                arguments("{'code':400,'status':'INVALID_ARGUMENT','message':'x'}", Trouble.REFUSED),
                arguments("{'code':400,'message':'API key not valid.'}", Trouble.KEY),
                arguments("{'code':1e99,'message':'x'}", Trouble.BROKEN),
                arguments("{'message':'x'}", Trouble.BROKEN),
                arguments("'x'", Trouble.BROKEN));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void an_error_inside_of_a_stream_is_told_by_its_status(String error, Trouble expected) throws Exception {
        Wire.Incoming incoming = play(wire.incoming(NEW, piece -> {}), events(stream(chunk(WELL))));

        WireException met = trouble(() -> incoming.event("", stream("{'error':" + error + "}")));

        assertThat(met.trouble()).isEqualTo(expected);
        assertThat(met.getMessage()).startsWith("the provider broke off");
        assertThat(incoming.whole()).isFalse();
        assertThat(trouble(incoming::reply)).isSameAs(met);
        assertThat(trouble(() -> incoming.event("", "{}"))).isSameAs(met);
    }

    static Stream<Arguments> nonsense() {
        String call = "{'functionCall':{'id':'f1','name':'Bash','args':{}}}";
        return Stream.of(
                arguments("no json", "data: {'candidates':[\n"),
                arguments("a list", "data: []\n"),
                arguments("text", "data: 'x'\n"),
                arguments("too deep", "data: " + "[".repeat(100_000) + "\n"),
                arguments("candidates that are no list", "data: {'candidates':{}}\n"),
                arguments("a candidate that is none", "data: {'candidates':['x']}\n"),
                arguments("a content that is none", "data: {'candidates':[{'content':'x'}]}\n"),
                arguments("parts that are no list", "data: {'candidates':[{'content':{'parts':{}}}]}\n"),
                arguments("a part that is none", chunk("'x'")),
                arguments("a text that is none", chunk("{'text':7}")),
                arguments("a call that is none", chunk("{'functionCall':'x'}")),
                arguments("a call without a name", chunk("{'functionCall':{'args':{}}}")),
                arguments("fields that are none", chunk("{'functionCall':{'name':'Bash','args':[1]}}")),
                arguments(
                        "fields that are too deep",
                        chunk("{'functionCall':{'name':'Bash','args':" + "{'a':".repeat(50) + "1" + "}".repeat(50)
                                + "}}")),
                arguments("two calls of one id", chunk(call, call)),
                arguments("usage that is none", "data: {'usageMetadata':[1]}\n"),
                arguments("a count that is text", "data: {'usageMetadata':{'promptTokenCount':'1'}}\n"),
                arguments("half a token", "data: {'usageMetadata':{'promptTokenCount':0.5}}\n"),
                arguments("tokens below nothing", "data: {'usageMetadata':{'thoughtsTokenCount':-1}}\n"),
                arguments("more tokens than there are", "data: {'usageMetadata':{'promptTokenCount':1e300}}\n"),
                arguments("nothing", end("STOP")),
                arguments("only a thought", chunk("{'text':'Hm.','thought':true}") + end("STOP")),
                arguments("no count of what it read", (chunk(WELL) + end("STOP")).replace("prompt", "other")),
                arguments("more after the end", chunk(WELL) + end("STOP") + chunk(WELL)),
                arguments("two ends", chunk(WELL) + end("STOP") + end("STOP")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("nonsense")
    void a_stream_that_makes_no_sense_is_broken(String what, String lines) {
        Wire.Incoming incoming = wire.incoming(NEW, piece -> {});

        WireException met = trouble(() -> play(incoming, events(stream(lines))).reply());

        assertThat(met.trouble()).as(what).isEqualTo(Trouble.BROKEN);
        assertThat(met).hasMessageStartingWith("the provider's answer makes no sense: ");
        assertThat(trouble(incoming::reply).trouble()).isEqualTo(Trouble.BROKEN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'text':'X'}",
                "{'text':'X','thought':true}",
                "{'functionCall':{'name':'n','args':{'a':'X'}}}",
                "{'unknown':'X'}"
            })
    void an_answer_without_end_is_broken_before_it_fills_the_memory(String part) {
        Wire.Incoming incoming = wire.incoming(NEW, piece -> {});
        String chunk = events(stream(chunk(part.replace("X", "x".repeat(1 << 20)))))
                .getFirst()
                .data();
        int[] taken = {0};

        WireException met = trouble(() -> {
            for (int i = 0; i < 100; i++) {
                incoming.event("", chunk);
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
