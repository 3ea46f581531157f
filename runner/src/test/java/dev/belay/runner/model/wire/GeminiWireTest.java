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
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Questions of the Gemini form, and refusals of them. */
class GeminiWireTest {
    private static final String NEW = "gemini-3.8-flash";
    private static final String OLD = "gemini-2.5-pro";

    private static final ToolCall LS = call("f1", "Bash", "{'command':'ls'}");
    private static final ToolCall CAT = call("f2", "Read", "{'file_path':'a'}");

    private static final String CALL = "{'functionCall':{'id':'f1','name':'Bash','args':{'command':'ls'}}}";
    private static final String SIGNED =
            "{'functionCall':{'id':'f1','name':'Bash','args':{'command':'ls'}},'thoughtSignature':'c2ln'}";

    private final GeminiWire wire = new GeminiWire();

    private Json.Obj body(Wire.Question question) {
        return wire.request(question).body();
    }

    private String contents(String model, Part... parts) {
        return body(question(model, parts)).get("contents").print().replace('"', '\'');
    }

    private static String user(String... parts) {
        return "{'role':'user','parts':[" + String.join(",", parts) + "]}";
    }

    private static String model(String... parts) {
        return "{'role':'model','parts':[" + String.join(",", parts) + "]}";
    }

    private static String text(String text) {
        return "{'text':'" + text + "'}";
    }

    private static String output(String called, String output) {
        return "{'functionResponse':{" + called + ",'response':{'output':'" + output + "'}}}";
    }

    private static String error(String called, String error) {
        return output(called, error).replace("'output'", "'error'");
    }

    // ---- questions

    @Test
    void a_question_is_written_as_the_provider_documents_it() {
        Wire.Outgoing outgoing = wire.request(question(NEW, prompt("Do it.")));

        assertThat(wire.name()).isEqualTo("gemini");
        assertThat(outgoing.path()).isEqualTo("/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse");
        assertThat(outgoing.headers()).isEmpty();
        assertThat(wire.keyHeaders("k")).containsExactly(entry("x-goog-api-key", "k"));
        assertThat(outgoing.body()).isEqualTo(json("""
            {'generationConfig':{'maxOutputTokens':8000},
             'systemInstruction':{'parts':[{'text':'You work in /workspace.'}]},
             'tools':[{'functionDeclarations':[
              {'name':'Bash','description':'Runs a command.',
               'parametersJsonSchema':{'type':'object','properties':{}}},
              {'name':'Read','description':'Reads a file.',
               'parametersJsonSchema':{'type':'object','additionalProperties':false}}]}],
             'contents':[{'role':'user','parts':[{'text':'Do it.'}]}]}"""));
    }

    @Test
    void what_is_empty_is_left_out() {
        Wire.Question bare = new Wire.Question(NEW, new Briefing("", List.of()), new Conversation("Do it."), 8000, "");

        assertThat(body(bare).members()).containsOnlyKeys("generationConfig", "contents");
    }

    @ParameterizedTest
    @ValueSource(strings = {"models/gemini-2.5-pro", "gemini-2.5-pro"})
    void the_path_names_the_model_once(String model) {
        assertThat(wire.request(question(model, prompt("x"))).path())
                .isEqualTo("/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse");
    }

    @Test
    void no_name_of_a_model_leaves_its_place_in_the_path() {
        assertThat(wire.request(question("../x?key=1 #ä", prompt("x"))).path())
                .isEqualTo("/v1beta/models/..%2Fx%3Fkey%3D1%20%23%C3%A4:streamGenerateContent?alt=sse");
    }

    static Stream<Arguments> conversations() {
        String f1 = "'id':'f1','name':'Bash'";
        String f2 = "'id':'f2','name':'Read'";
        return Stream.of(
                arguments(
                        "results first and together, in the order of the calls, then what was said",
                        OLD,
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
                                model(text("I look."), CALL, "{'functionCall':{" + f2 + ",'args':{'file_path':'a'}}}"),
                                user(
                                        output(f1, "a b"),
                                        error(f2, "no such file"),
                                        text("A file changed."),
                                        text("Hurry.")))),
                arguments(
                        "a call without a result was not made, an output of nothing is told",
                        OLD,
                        new Part[] {prompt("Do it."), answer("", LS, CAT), result(LS, "\n"), message("Well?")},
                        List.of(
                                user(text("Do it.")),
                                model(CALL, "{'functionCall':{" + f2 + ",'args':{'file_path':'a'}}}"),
                                user(output(f1, "(no output)"), error(f2, "This call was not made."), text("Well?")))),
                arguments(
                        "answers in a row, of nothing, and at the end",
                        NEW,
                        new Part[] {prompt(" "), answer("One."), answer(""), answer("Two.")},
                        List.of(
                                user(text("Go on.")),
                                model(text("One.")),
                                user(text("Go on.")),
                                model(text("Two.")),
                                user(text("Go on.")))),
                arguments(
                        "calls that another model made have no signature, which the first must have",
                        NEW,
                        new Part[] {prompt("Do it."), answer("I look.", LS, CAT), result(LS, "a"), result(CAT, "b")},
                        List.of(
                                user(text("Do it.")),
                                model(
                                        text("I look."),
                                        SIGNED.replace("c2ln", "skip_thought_signature_validator"),
                                        "{'functionCall':{" + f2 + ",'args':{'file_path':'a'}}}"),
                                user(output(f1, "a"), output(f2, "b")))),
                arguments(
                        "names that the provider would refuse, and ids twice",
                        OLD,
                        new Part[] {
                            prompt("Do it."),
                            answer("", call("a:1", "9 lives", "{}"), call("a:1", "Bash", "{}")),
                            result(call("a:1", "Bash", "{}"), "first"),
                            result(call("a:1", "Bash", "{}"), "second")
                        },
                        List.of(
                                user(text("Do it.")),
                                model(
                                        "{'functionCall':{'id':'a_1','name':'_9_lives','args':{}}}",
                                        "{'functionCall':{'id':'a_1-2','name':'Bash','args':{}}}"),
                                user(
                                        output("'id':'a_1','name':'_9_lives'", "first"),
                                        output("'id':'a_1-2','name':'Bash'", "second")))),
                arguments(
                        "an id that the model's own content has already",
                        OLD,
                        new Part[] {
                            prompt("Do it."),
                            answer("gemini", OLD, "[" + SIGNED + "]", "", LS),
                            result(LS, "a"),
                            answer("", LS),
                            result(LS, "b")
                        },
                        List.of(
                                user(text("Do it.")),
                                model(SIGNED),
                                user(output(f1, "a")),
                                model(CALL.replace("f1", "f1-2")),
                                user(output(f1.replace("f1", "f1-2"), "b")))),
                arguments(
                        "the model's own content, as it came",
                        NEW,
                        new Part[] {
                            prompt("Do it."),
                            answer("gemini", NEW, "[{'text':'Hm.','thought':true}," + SIGNED + "]", "", LS),
                            result(LS, "a")
                        },
                        List.of(
                                user(text("Do it.")),
                                model("{'text':'Hm.','thought':true}", SIGNED),
                                user(output(f1, "a")))),
                arguments(
                        "a call to which the model gave no id is answered without one",
                        NEW,
                        new Part[] {
                            prompt("Do it."),
                            answer(
                                    "gemini",
                                    NEW,
                                    "[{'functionCall':{'name':'Bash'},'thoughtSignature':'c2ln'}]",
                                    "",
                                    call("call-r-1", "Bash", "{}")),
                            result(call("call-r-1", "Bash", "{}"), "a")
                        },
                        List.of(
                                user(text("Do it.")),
                                model("{'functionCall':{'name':'Bash'},'thoughtSignature':'c2ln'}"),
                                user(output("'name':'Bash'", "a")))),
                arguments(
                        "the content of another model, of another form, and of other calls",
                        OLD,
                        new Part[] {
                            prompt("Do it."),
                            answer("gemini", NEW, "[{'text':'New.','thoughtSignature':'c2ln'}]", "New."),
                            answer("messages", OLD, "[" + text("Other.") + "]", "Other."),
                            answer("gemini", OLD, "[" + SIGNED + "]", "Cut.")
                        },
                        List.of(
                                user(text("Do it.")),
                                model(text("New.")),
                                user(text("Go on.")),
                                model(text("Other.")),
                                user(text("Go on.")),
                                model(text("Cut.")),
                                user(text("Go on.")))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("conversations")
    void a_conversation_is_written_in_turns(String what, String model, Part[] parts, List<String> expected) {
        assertThat(contents(model, parts)).as(what).isEqualTo("[" + String.join(",", expected) + "]");
    }

    static Stream<Arguments> efforts() {
        return Stream.of(
                arguments(NEW, "", 64000, "{}"),
                arguments(NEW, "low", 64000, "{'thinkingLevel':'LOW'}"),
                arguments("models/gemini-3-flash-preview", "medium", 64000, "{'thinkingLevel':'MEDIUM'}"),
                arguments("gemini-3.1-pro-preview", "medium", 100, "{'thinkingLevel':'MEDIUM'}"),
                arguments("gemini-3-pro-preview", "low", 64000, "{'thinkingLevel':'LOW'}"),
                arguments("gemini-3-pro-preview", "medium", 64000, "{'thinkingLevel':'HIGH'}"),
                arguments("gemini-4-hydrogen", "high", 64000, "{'thinkingLevel':'HIGH'}"),
                arguments("gemini-12", "high", 64000, "{'thinkingLevel':'HIGH'}"),
                arguments("gemini-flash-latest", "high", 64000, "{'thinkingLevel':'HIGH'}"),
                arguments(OLD, "", 64000, "{}"),
                arguments(OLD, "low", 64000, "{'thinkingBudget':2048}"),
                arguments("gemini-2.5-flash-lite", "medium", 64000, "{'thinkingBudget':8192}"),
                arguments(OLD, "high", 64000, "{'thinkingBudget':24576}"),
                arguments(OLD, "high", 8000, "{'thinkingBudget':4000}"),
                arguments(OLD, "high", 100, "{'thinkingBudget':512}"),
                arguments("gemini-2.0-flash", "high", 64000, "{}"),
                arguments("gemini-1.5-pro", "high", 64000, "{}"),
                arguments(NEW, "ultra", 64000, "{}"));
    }

    @ParameterizedTest
    @MethodSource("efforts")
    void effort_is_told_as_the_model_takes_it(String model, String effort, int maxOutput, String expected) {
        Json generation =
                body(question(model, effort, maxOutput, List.of(prompt("x")))).get("generationConfig");

        Json told = generation.get("thinkingConfig");
        assertThat(told.isNull() ? json("{}") : told).isEqualTo(json(expected));
        assertThat(generation.number("maxOutputTokens")).isEqualTo(maxOutput);
    }

    private static Reply.Own own(String text, List<ToolCall> calls) {
        List<Json> parts = new ArrayList<>(List.of(json("{'text':'Hm.','thought':true}")));
        if (!text.isBlank()) {
            parts.add(Json.object().put("text", text).build());
        }
        for (ToolCall call : calls) {
            parts.add(Json.object()
                    .put(
                            "functionCall",
                            Json.object()
                                    .put("name", call.tool())
                                    .put("args", call.input())
                                    .build())
                    .put("thoughtSignature", "c2ln")
                    .build());
        }
        return new Reply.Own("gemini", NEW, new Json.Arr(parts));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void a_longer_conversation_begins_with_the_shorter_one(long seed) {
        List<Part> all = Talks.random(new Random(seed), GeminiWireTest::own);
        String before = "";
        for (int n = 1; n <= all.size(); n++) {
            if (n < all.size() && !(all.get(n) instanceof Part.Answer)) {
                continue;
            }
            Wire.Question question = question(NEW, "high", 8000, all.subList(0, n));
            String now = body(question).print();

            assertThat(body(question).print()).isEqualTo(now);
            assertThat(now).startsWith(before);

            // All but the brackets that close the last parts, the list and the whole.
            before = now.substring(0, now.length() - "]}]}".length());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40})
    void whatever_was_said_the_provider_takes_it(long seed) {
        List<Part> parts = Talks.random(new Random(seed), GeminiWireTest::own);

        List<Json> contents =
                body(question(NEW, "high", 8000, parts)).get("contents").items();

        Set<String> ids = new HashSet<>();
        List<Json> open = List.of();
        for (int i = 0; i < contents.size(); i++) {
            assertThat(contents.get(i).text("role")).isEqualTo(i % 2 == 0 ? "user" : "model");
            List<Json> came = contents.get(i).get("parts").items();
            assertThat(came).isNotEmpty();
            assertThat(came)
                    .allMatch(part ->
                            part.get("text").isNull() || !part.text("text").isBlank());
            List<Json> responses = came.stream()
                    .map(part -> part.get("functionResponse"))
                    .takeWhile(response -> !response.isNull())
                    .toList();
            assertThat(responses.stream().map(response -> response.get("id")))
                    .containsExactlyElementsOf(
                            open.stream().map(call -> call.get("id")).toList());
            assertThat(responses.stream().map(response -> response.get("name")))
                    .containsExactlyElementsOf(
                            open.stream().map(call -> call.get("name")).toList());
            assertThat(came.stream()
                            .filter(part -> !part.get("functionResponse").isNull()))
                    .hasSameSizeAs(responses);
            List<Json> calls = came.stream()
                    .filter(part -> !part.get("functionCall").isNull())
                    .toList();
            assertThat(calls.isEmpty()
                            || !calls.getFirst().text("thoughtSignature").isEmpty())
                    .isTrue();
            open = calls.stream().map(part -> part.get("functionCall")).toList();
            assertThat(open).allMatch(call -> call.get("id").isNull() || ids.add(call.text("id")));
        }
        assertThat(contents.size() % 2).isOne();
    }

    // ---- refusals

    private static String anError(int code, String status, String message) {
        return json("{'error':{'code':" + code + ",'message':'" + message + "','status':'" + status + "'}}")
                .print();
    }

    private static String exhausted(String message, String quota) {
        return json("{'error':{'code':429,'message':'" + message + "','status':'RESOURCE_EXHAUSTED','details':["
                        + "{'@type':'type.googleapis.com/google.rpc.Help'},"
                        + "{'@type':'type.googleapis.com/google.rpc.QuotaFailure','violations':[{'quotaId':'" + quota
                        + "'}]}]}}")
                .print();
    }

    static Stream<Arguments> refusals() {
        String slow = "You exceeded your current quota, please check your plan and billing details. limit: 20";
        return Stream.of(
                arguments(
                        400,
                        anError(400, "INVALID_ARGUMENT", "Request contains an invalid argument."),
                        Trouble.REFUSED),
                arguments(
                        400,
                        anError(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
                        Trouble.KEY),
                arguments(
                        400,
                        anError(400, "INVALID_ARGUMENT", "API key expired. Please renew the API key."),
                        Trouble.KEY),
                arguments(
                        400,
                        anError(
                                400,
                                "INVALID_ARGUMENT",
                                "The input token count (2) exceeds the maximum number of tokens allowed (1)."),
                        Trouble.TOO_LONG),
                arguments(
                        400,
                        anError(400, "INVALID_ARGUMENT", "GenerateContentRequest.model: unexpected model name format"),
                        Trouble.UNKNOWN_MODEL),
                arguments(
                        400,
                        anError(400, "FAILED_PRECONDITION", "User location is not supported for the API use."),
                        Trouble.REFUSED),
                arguments(
                        400, anError(400, "FAILED_PRECONDITION", "Please enable billing on project 1"), Trouble.QUOTA),
                arguments(401, anError(401, "UNAUTHENTICATED", "no credentials"), Trouble.KEY),
                arguments(402, "", Trouble.QUOTA),
                arguments(403, anError(403, "PERMISSION_DENIED", "Your API key was reported as leaked."), Trouble.KEY),
                arguments(
                        403,
                        anError(403, "PERMISSION_DENIED", "This method requires billing to be enabled."),
                        Trouble.QUOTA),
                arguments(
                        404,
                        anError(404, "NOT_FOUND", "models/x is not found for API version v1beta"),
                        Trouble.UNKNOWN_MODEL),
                arguments(404, "", Trouble.REFUSED),
                arguments(408, "", Trouble.BUSY),
                arguments(409, anError(409, "ABORTED", ""), Trouble.BUSY),
                arguments(413, "", Trouble.TOO_LONG),
                arguments(429, anError(429, "RESOURCE_EXHAUSTED", slow), Trouble.BUSY),
                arguments(429, exhausted(slow, "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"), Trouble.BUSY),
                arguments(429, exhausted(slow, "GenerateRequestsPerDayPerProjectPerModel-FreeTier"), Trouble.QUOTA),
                arguments(429, exhausted("Quota exceeded, limit: 0, model: x", "PerMinute"), Trouble.QUOTA),
                arguments(429, exhausted("Quota exceeded, limit: 0.5", "PerMinute"), Trouble.BUSY),
                arguments(
                        429,
                        anError(429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted."),
                        Trouble.QUOTA),
                arguments(499, anError(499, "CANCELLED", ""), Trouble.BUSY),
                arguments(500, "[" + anError(500, "INTERNAL", "An internal error has occurred.") + "]", Trouble.BUSY),
                arguments(502, "<html>", Trouble.BUSY),
                arguments(503, anError(503, "UNAVAILABLE", "The model is overloaded."), Trouble.BUSY),
                arguments(504, anError(504, "DEADLINE_EXCEEDED", ""), Trouble.BUSY),
                arguments(529, "", Trouble.BUSY),
                arguments(418, "[[[", Trouble.REFUSED),
                arguments(200, "[]", Trouble.REFUSED));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void a_refusal_is_told_by_its_status_and_words(int status, String body, Trouble expected) {
        WireException refused = wire.refused(status, body);

        assertThat(refused.trouble()).isEqualTo(expected);
        assertThat(refused.getMessage()).startsWith("the provider answered " + status);
    }

    @Test
    void a_refusal_in_a_list_is_told_as_one_bounded_line() {
        String body =
                "[" + anError(400, "INVALID_ARGUMENT", "WORDS").replace("WORDS", "Bad\\r\\n\\u0007" + "y".repeat(1000))
                        + "]";

        String told = String.valueOf(wire.refused(400, body).getMessage());

        assertThat(told).startsWith("the provider answered 400 INVALID_ARGUMENT: Bad yyy");
        assertThat(told.substring(told.indexOf(": ") + 2)).hasSize(300).endsWith("y…");
    }
}
