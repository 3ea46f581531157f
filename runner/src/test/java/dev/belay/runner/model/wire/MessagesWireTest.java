package dev.belay.runner.model.wire;

import static dev.belay.runner.model.wire.Talks.answer;
import static dev.belay.runner.model.wire.Talks.call;
import static dev.belay.runner.model.wire.Talks.failed;
import static dev.belay.runner.model.wire.Talks.json;
import static dev.belay.runner.model.wire.Talks.message;
import static dev.belay.runner.model.wire.Talks.note;
import static dev.belay.runner.model.wire.Talks.prompt;
import static dev.belay.runner.model.wire.Talks.question;
import static dev.belay.runner.model.wire.Talks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.Briefing;
import dev.belay.runner.agent.Conversation;
import dev.belay.runner.agent.Conversation.Part;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.agent.ToolCall;
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

/** Questions and answers of the Messages form. */
@Timeout(60)
class MessagesWireTest {
    private static final String NEW = "claude-opus-5-5";
    private static final String OLD = "claude-sonnet-4-5-20250929";

    private static final ToolCall LS = call("toolu_1", "Bash", "{'command':'ls'}");
    private static final ToolCall CAT = call("toolu_2", "Read", "{'file_path':'a'}");

    private static final String THOUGHT = "{'type':'thinking','thinking':'Hm.','signature':'c2ln'}";
    private static final String HIDDEN = "{'type':'redacted_thinking','data':'b3BhcXVl'}";
    private static final String USE = "{'type':'tool_use','id':'toolu_1','name':'Bash','input':{'command':'ls'}}";

    private final MessagesWire wire = new MessagesWire();

    private Json.Obj body(Wire.Question question) {
        return wire.request(question).body();
    }

    /** The messages without the marks for the cache. */
    private String messages(Part... parts) {
        return bare(body(question(NEW, parts)).get("messages")).replace('"', '\'');
    }

    private static String bare(Json value) {
        return value.print().replace(",\"cache_control\":{\"type\":\"ephemeral\"}", "");
    }

    private static String user(String... blocks) {
        return "{'role':'user','content':[" + String.join(",", blocks) + "]}";
    }

    private static String assistant(String... blocks) {
        return "{'role':'assistant','content':[" + String.join(",", blocks) + "]}";
    }

    private static String text(String text) {
        return "{'type':'text','text':'" + text + "'}";
    }

    private static String output(String id, String output) {
        return "{'type':'tool_result','tool_use_id':'" + id + "','content':'" + output + "'}";
    }

    private static String error(String id, String output) {
        return output(id, output).replace("'}", "','is_error':true}");
    }

    // ---- questions

    @Test
    void a_question_is_written_as_the_provider_documents_it() {
        Wire.Outgoing outgoing = wire.request(question(NEW, prompt("Do it.")));

        assertThat(wire.name()).isEqualTo("messages");
        assertThat(outgoing.path()).isEqualTo("/v1/messages");
        assertThat(outgoing.headers()).containsExactly(entry("anthropic-version", "2023-06-01"));
        assertThat(wire.keyHeaders("k")).containsExactly(entry("x-api-key", "k"));
        assertThat(outgoing.body()).isEqualTo(json("""
            {'model':'claude-opus-5-5','max_tokens':8000,'stream':true,
             'tools':[
              {'name':'Bash','description':'Runs a command.','input_schema':{'type':'object','properties':{}}},
              {'name':'Read','description':'Reads a file.',
               'input_schema':{'type':'object','additionalProperties':false},
               'cache_control':{'type':'ephemeral'}}],
             'system':[{'type':'text','text':'You work in /workspace.','cache_control':{'type':'ephemeral'}}],
             'messages':[{'role':'user','content':[
              {'type':'text','text':'Do it.','cache_control':{'type':'ephemeral'}}]}]}\
            """));
    }

    @Test
    void what_is_empty_is_left_out() {
        Wire.Question bare = new Wire.Question(NEW, new Briefing(" ", List.of()), new Conversation("Do it."), 8000, "");

        assertThat(body(bare).members()).containsOnlyKeys("model", "max_tokens", "stream", "messages");
    }

    static Stream<Arguments> conversations() {
        return Stream.of(
                arguments(
                        "results first and together, in the order of the calls, then what was said",
                        new Part[] {
                            prompt("Do it."),
                            answer("I look.", LS, CAT),
                            note("A file changed."),
                            failed(CAT, "no such file"),
                            message("Hurry."),
                            result(LS, "a b")
                        },
                        List.of(
                                user(text("Do it.")),
                                assistant(
                                        text("I look."),
                                        USE,
                                        "{'type':'tool_use','id':'toolu_2','name':'Read','input':{'file_path':'a'}}"),
                                user(
                                        output("toolu_1", "a b"),
                                        error("toolu_2", "no such file"),
                                        text("A file changed."),
                                        text("Hurry.")))),
                arguments(
                        "a call without a result was not made",
                        new Part[] {prompt("Do it."), answer("", LS), message("Well?")},
                        List.of(
                                user(text("Do it.")),
                                assistant(USE),
                                user(error("toolu_1", "This call was not made."), text("Well?")))),
                arguments(
                        "an output of nothing",
                        new Part[] {prompt("Do it."), answer("", LS), result(LS, " \n")},
                        List.of(user(text("Do it.")), assistant(USE), user(output("toolu_1", "(no output)")))),
                arguments(
                        "answers in a row, and one at the end",
                        new Part[] {prompt("Do it."), answer("One."), answer("Two.")},
                        List.of(
                                user(text("Do it.")),
                                assistant(text("One.")),
                                user(text("Go on.")),
                                assistant(text("Two.")),
                                user(text("Go on.")))),
                arguments(
                        "an answer of nothing, and blank words",
                        new Part[] {prompt("Do it."), message(" "), answer(" \n"), note(""), message("Well?")},
                        List.of(user(text("Do it."), text("Well?")))),
                arguments("nothing at all", new Part[] {prompt("")}, List.of(user(text("Go on.")))),
                arguments(
                        "ids that the provider would refuse, and twice the same",
                        new Part[] {
                            prompt("Do it."),
                            answer(
                                    "",
                                    call("a:b", "Bash", "{}"),
                                    call("a/b", "Bash", "{}"),
                                    call("", "no tool!", "{}")),
                            result(call("a/b", "Bash", "{}"), "2"),
                            answer("", call("a:b", "", "{}"))
                        },
                        List.of(
                                user(text("Do it.")),
                                assistant(
                                        "{'type':'tool_use','id':'a_b','name':'Bash','input':{}}",
                                        "{'type':'tool_use','id':'a_b-2','name':'Bash','input':{}}",
                                        "{'type':'tool_use','id':'call','name':'no_tool_','input':{}}"),
                                user(
                                        error("a_b", "This call was not made."),
                                        output("a_b-2", "2"),
                                        error("call", "This call was not made.")),
                                assistant("{'type':'tool_use','id':'a_b-3','name':'_','input':{}}"),
                                user(error("a_b-3", "This call was not made.")))),
                arguments(
                        "an id that the model's own content has already",
                        new Part[] {
                            prompt("Do it."),
                            answer("messages", NEW, "[" + USE + "]", "", LS),
                            result(LS, "a"),
                            answer("", LS),
                            result(LS, "b")
                        },
                        List.of(
                                user(text("Do it.")),
                                assistant(USE),
                                user(output("toolu_1", "a")),
                                assistant(USE.replace("toolu_1", "toolu_1-2")),
                                user(output("toolu_1-2", "b")))),
                arguments(
                        "the model's own content, as it came",
                        new Part[] {
                            prompt("Do it."),
                            answer("messages", NEW, "[" + THOUGHT + "," + HIDDEN + "," + USE + "]", "", LS),
                            result(LS, "a")
                        },
                        List.of(user(text("Do it.")), assistant(THOUGHT, HIDDEN, USE), user(output("toolu_1", "a")))),
                arguments(
                        "the content of another model, of another form, and of other calls",
                        new Part[] {
                            prompt("Do it."),
                            answer("messages", OLD, "[" + THOUGHT + "," + text("Old.") + "]", "Old."),
                            answer("gemini", NEW, "[{'text':'Other.'}]", "Other."),
                            answer("messages", NEW, "[" + THOUGHT + "," + USE + "]", "Cut."),
                        },
                        List.of(
                                user(text("Do it.")),
                                assistant(text("Old.")),
                                user(text("Go on.")),
                                assistant(text("Other.")),
                                user(text("Go on.")),
                                assistant(text("Cut.")),
                                user(text("Go on.")))));
    }

    static Stream<Arguments> movedOn() {
        return Stream.of(
                arguments(NEW, "[" + THOUGHT + "," + HIDDEN + "," + USE + "]", List.of(USE)),
                arguments(NEW, "[" + THOUGHT + "]", List.of(text("I see."), USE)),
                arguments(OLD, "[" + THOUGHT + "," + USE + "]", List.of(THOUGHT, USE)));
    }

    @ParameterizedTest
    @MethodSource("movedOn")
    void a_thought_does_not_go_back_where_what_it_was_thought_of_is_no_longer_shown(
            String model, String content, List<String> blocks) {
        Json own = Json.parse(content.replace('\'', '"'));
        Reply moved = new Reply(
                "I see.",
                List.of(LS),
                Reply.Usage.NONE,
                Optional.of(new Reply.Own("messages", model, own, true)),
                false);

        Json messages = body(question(model, prompt("Do it."), new Part.Answer(moved), result(LS, "a")))
                .get("messages");

        assertThat(bare(messages.items().get(1)).replace('"', '\''))
                .isEqualTo(assistant(blocks.toArray(String[]::new)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("conversations")
    void a_conversation_is_written_in_turns(String what, Part[] parts, List<String> expected) {
        assertThat(messages(parts)).as(what).isEqualTo("[" + String.join(",", expected) + "]");
    }

    static Stream<Arguments> efforts() {
        String adaptive = "{'thinking':{'type':'adaptive'},'output_config':{'effort':'%s'}}";
        String budget = "{'thinking':{'type':'enabled','budget_tokens':%d}}";
        return Stream.of(
                arguments(NEW, "", 8000, "{}"),
                arguments(NEW, "low", 8000, adaptive.formatted("low")),
                arguments("claude-opus-4-6", "medium", 8000, adaptive.formatted("medium")),
                arguments("claude-sonnet-4-10", "high", 8000, adaptive.formatted("high")),
                arguments("claude-sonnet-5", "high", 500, adaptive.formatted("high")),
                arguments("some-proxy-name", "high", 8000, adaptive.formatted("high")),
                arguments(OLD, "", 64000, "{}"),
                arguments(OLD, "low", 64000, budget.formatted(2048)),
                arguments("claude-haiku-4-5", "medium", 64000, budget.formatted(8192)),
                arguments("anthropic/claude-opus-4.5", "high", 64000, budget.formatted(24576)),
                arguments("claude-opus-4-20250514", "high", 64000, budget.formatted(24576)),
                arguments("claude-opus-4-1-20250805", "high", 64000, budget.formatted(24576)),
                arguments("claude-3-7-sonnet-20250219", "high", 64000, budget.formatted(24576)),
                arguments(OLD, "high", 8000, budget.formatted(4000)),
                arguments(OLD, "high", 2048, budget.formatted(1024)),
                arguments(OLD, "high", 2047, "{}"),
                arguments(OLD, "ultra", 64000, "{}"));
    }

    @ParameterizedTest
    @MethodSource("efforts")
    void effort_is_told_as_the_model_takes_it(String model, String effort, int maxOutput, String expected) {
        Json.Obj body = body(question(model, effort, maxOutput, List.of(prompt("Do it."))));

        Json.ObjectBuilder told = Json.object();
        Stream.of("thinking", "output_config")
                .filter(name -> body.members().containsKey(name))
                .forEach(name -> told.put(name, body.get(name)));
        assertThat(told.build()).isEqualTo(json(expected));
        assertThat(body.get("thinking").number("budget_tokens")).isLessThan(body.number("max_tokens"));
    }

    static Stream<Arguments> turns() {
        Part asked = prompt("Do it.");
        Part thought = answer("messages", OLD, "[" + THOUGHT + "," + USE + "]", "", LS);
        Part hidden = answer("messages", OLD, "[" + HIDDEN + "," + USE + "]", "", LS);
        Part thoughtless = answer("messages", OLD, "[" + USE + "]", "", LS);
        Part foreign = answer("", LS);
        Part came = result(LS, "a");
        return Stream.of(
                arguments("a new turn", List.of(asked), true),
                arguments("its own thought", List.of(asked, thought, came), true),
                arguments("its own hidden thought", List.of(asked, hidden, came), true),
                arguments(
                        "only the first call of a turn is thought about",
                        List.of(asked, thought, came, thoughtless, came),
                        true),
                arguments("nobody's thought", List.of(asked, foreign, came), false),
                arguments("a thought of before, then none", List.of(asked, thought, came, foreign, came), false),
                arguments("a turn that began without", List.of(asked, thoughtless, came, thought, came), false),
                arguments(
                        "words beside results begin no turn", List.of(asked, foreign, came, message("Hurry.")), false),
                arguments(
                        "another model's",
                        List.of(asked, answer("messages", NEW, "[" + THOUGHT + "," + USE + "]", "", LS), came),
                        false),
                arguments("the turn is over", List.of(asked, foreign, came, answer("Done."), message("More.")), true));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("turns")
    void a_budget_is_not_asked_for_where_the_provider_would_miss_the_thought(
            String what, List<Part> parts, boolean thinks) {
        assertThat(body(question(OLD, "high", 64000, parts)).get("thinking").isNull())
                .as(what)
                .isEqualTo(!thinks);
        assertThat(body(question(NEW, "high", 64000, parts)).get("thinking").text("type"))
                .isEqualTo("adaptive");
    }

    // ---- caches

    private static Reply.Own own(String text, List<ToolCall> calls) {
        List<String> blocks = new ArrayList<>(List.of(THOUGHT));
        if (!text.isBlank()) {
            blocks.add(text(text));
        }
        for (ToolCall call : calls) {
            blocks.add("{'type':'tool_use','id':'%s','name':'%s','input':%s}"
                    .formatted(call.id(), call.tool(), call.input().print()));
        }
        return new Reply.Own("messages", NEW, Json.parse(("[" + String.join(",", blocks) + "]").replace('\'', '"')));
    }

    /** The places of the marked blocks, counted over all messages. */
    private static List<Integer> marks(Json.Obj body) {
        List<Integer> marks = new ArrayList<>();
        int place = 0;
        for (Json message : body.get("messages").items()) {
            for (Json block : message.get("content").items()) {
                if (!block.get("cache_control").isNull()) {
                    assertThat(message.text("role")).isEqualTo("user");
                    marks.add(place);
                }
                place++;
            }
        }
        return marks;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void a_longer_conversation_begins_with_the_shorter_one_and_its_marks_only_move_on(long seed) {
        List<Part> all = Talks.random(new Random(seed), MessagesWireTest::own);
        String before = "";
        List<Integer> marksBefore = List.of();
        for (int n = 1; n <= all.size(); n++) {
            if (n < all.size() && !(all.get(n) instanceof Part.Answer)) {
                continue;
            }
            Wire.Question question = question(NEW, "high", 8000, all.subList(0, n));
            String now = bare(body(question));
            List<Integer> marks = marks(body(question));

            assertThat(body(question).print()).isEqualTo(body(question).print());
            assertThat(now).startsWith(before);
            assertThat(marks).hasSizeBetween(1, 2).isSorted();
            assertThat(marks.size()).isGreaterThanOrEqualTo(marksBefore.size());
            assertThat(marks.getLast()).isGreaterThanOrEqualTo(marksBefore.isEmpty() ? 0 : marksBefore.getLast());
            assertThat(marks.getFirst()).isGreaterThanOrEqualTo(marksBefore.isEmpty() ? 0 : marksBefore.getFirst());

            // All but the brackets that close the last content, the list and the whole.
            before = now.substring(0, now.length() - "]}]}".length());
            marksBefore = marks;
        }
    }

    @Test
    void the_end_of_this_question_and_of_the_one_before_are_marked() {
        Part[] parts = {prompt("Do it."), answer("", LS), result(LS, "a"), note("n"), answer("", CAT), result(CAT, "b")
        };

        assertThat(marks(body(question(NEW, parts)))).containsExactly(3, 5);
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40})
    void whatever_was_said_the_provider_takes_it(long seed) {
        List<Part> parts = Talks.random(new Random(seed), MessagesWireTest::own);

        List<Json> messages =
                body(question(NEW, "high", 8000, parts)).get("messages").items();

        Set<String> ids = new HashSet<>();
        List<String> open = List.of();
        for (int i = 0; i < messages.size(); i++) {
            assertThat(messages.get(i).text("role")).isEqualTo(i % 2 == 0 ? "user" : "assistant");
            List<Json> blocks = messages.get(i).get("content").items();
            assertThat(blocks).isNotEmpty();
            assertThat(blocks).allSatisfy(block -> {
                if (block.text("type").equals("text")) {
                    assertThat(block.text("text")).isNotBlank();
                }
            });
            assertThat(blocks.stream()
                            .takeWhile(block -> block.text("type").equals("tool_result"))
                            .map(block -> block.text("tool_use_id")))
                    .containsExactlyElementsOf(open);
            assertThat(blocks.stream().filter(block -> block.text("type").equals("tool_result")))
                    .hasSameSizeAs(open);
            open = blocks.stream()
                    .filter(block -> block.text("type").equals("tool_use"))
                    .map(block -> block.text("id"))
                    .toList();
            assertThat(open).allMatch(id -> id.matches("[a-zA-Z0-9_-]+")).allMatch(ids::add);
        }
        assertThat(messages.size() % 2).isOne();
    }

    // ---- refusals

    private static String anError(String type, String message) {
        return json("{'type':'error','error':{'type':'" + type + "','message':'" + message + "'},'request_id':'r'}")
                .print();
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                arguments(400, anError("invalid_request_error", "max_tokens: bad"), Trouble.REFUSED),
                arguments(
                        400,
                        anError("invalid_request_error", "prompt is too long: 3 tokens > 2 maximum"),
                        Trouble.TOO_LONG),
                arguments(
                        400,
                        anError(
                                "invalid_request_error",
                                "input length and `max_tokens` exceed context limit: 1 + 2 > 2"),
                        Trouble.TOO_LONG),
                arguments(400, anError("invalid_request_error", "Your credit balance is too low"), Trouble.QUOTA),
                arguments(
                        400,
                        anError("invalid_request_error", "You have reached your specified API usage limits."),
                        Trouble.QUOTA),
                arguments(401, anError("authentication_error", "invalid x-api-key"), Trouble.KEY),
                arguments(402, anError("billing_error", "pay"), Trouble.QUOTA),
                arguments(403, anError("permission_error", "not allowed"), Trouble.KEY),
                arguments(404, anError("not_found_error", "model: claude-x"), Trouble.UNKNOWN_MODEL),
                arguments(404, anError("not_found_error", "Not Found"), Trouble.REFUSED),
                arguments(404, "<html>404</html>", Trouble.REFUSED),
                arguments(408, "", Trouble.BUSY),
                arguments(409, "", Trouble.BUSY),
                arguments(413, anError("request_too_large", "Request exceeds the maximum size"), Trouble.TOO_LONG),
                arguments(413, "", Trouble.TOO_LONG),
                arguments(422, "", Trouble.REFUSED),
                arguments(429, anError("rate_limit_error", "slow down"), Trouble.BUSY),
                arguments(429, anError("rate_limit_error", "over the monthly spend limit"), Trouble.QUOTA),
                arguments(500, anError("api_error", "Internal"), Trouble.BUSY),
                arguments(502, "<html>Bad Gateway</html>", Trouble.BUSY),
                arguments(503, "", Trouble.BUSY),
                arguments(504, "{", Trouble.BUSY),
                arguments(529, anError("overloaded_error", "Overloaded"), Trouble.BUSY),
                arguments(400, anError("overloaded_error", "a proxy gave the status"), Trouble.BUSY),
                arguments(301, "", Trouble.REFUSED),
                arguments(200, "[]", Trouble.REFUSED),
                arguments(401, "{'error':'no key'}".replace('\'', '"'), Trouble.KEY),
                arguments(500, "{'error':[[]]}".replace('\'', '"'), Trouble.BUSY));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void a_refusal_is_told_by_its_type_and_status(int status, String body, Trouble expected) {
        WireException refused = wire.refused(status, body);

        assertThat(refused.trouble()).isEqualTo(expected);
        assertThat(refused.getMessage()).startsWith("the provider answered " + status);
    }

    @Test
    void a_refusal_is_one_bounded_line_of_the_providers_words() {
        String hostile = "\u001b]0;x\u0007Bad\r\n\t\u202eline\u0000 " + "y".repeat(10_000);

        String body = anError("invalid_request_error", "WORDS")
                .replace("\"WORDS\"", Json.of(hostile).print());

        String told = String.valueOf(wire.refused(400, body).getMessage());

        assertThat(told).startsWith("the provider answered 400 invalid_request_error: ]0;xBad line yyy");
        assertThat(told.substring(told.indexOf(": ") + 2)).hasSize(300).endsWith("y…");
        assertThat(wire.refused(500, "{\"message\":\"from a gateway\"}"))
                .hasMessage("the provider answered 500: from a gateway");
        assertThat(wire.refused(500, "{\"error\":\"a word\"}")).hasMessage("the provider answered 500: a word");
        assertThat(wire.refused(500, "no json")).hasMessage("the provider answered 500: no json");
        assertThat(wire.refused(500, "")).hasMessage("the provider answered 500");
    }
}
