package dev.belay.runner.model.offline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import dev.belay.runner.model.offline.Judged.Wrong;
import dev.belay.runner.model.offline.TestWire.Heard;
import java.net.http.HttpResponse;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Gemini refuses, and that what stands beside it is taken. */
@Timeout(60)
class GeminiRefusalsTest {
    private final Judged client = new Judged(TestWire.GEMINI);

    @AfterEach
    void end() {
        client.close();
    }

    private static final String SAID = "{'role':'user','parts':[{'text':'hi'}]}";
    private static final String DECLARED =
            "'tools':[{'functionDeclarations':[{'name':'Bash','parameters':{'type':'object'}}]}]";
    private static final String RESPONSE =
            "{'role':'user','parts':[{'functionResponse':{'name':'Bash','response':{'output':'ok'}}}]}";

    private static String called(String more) {
        return "{'role':'model','parts':[{'functionCall':{'name':'Bash','args':{}}" + more + "}]}";
    }

    private static final String SIGNED = called(",'thoughtSignature':'skip_thought_signature_validator'");

    private static String contents(String... contents) {
        return "{" + DECLARED + ",'contents':[" + String.join(",", contents) + "]}";
    }

    static Stream<Wrong> wrongContents() {
        String fine = contents(SAID);
        return Stream.of(
                Wrong.of("no JSON", "{]", "is no JSON"),
                Wrong.of(
                        "an unknown field",
                        fine.replace("'tools'", "'model':'m','tools'"),
                        "the name \"model\" is not known"),
                Wrong.of("no contents", "{}", "at least one content is required"),
                Wrong.of("empty contents", contents(), "at least one content is required"),
                Wrong.of(
                        "an unknown role",
                        contents(SAID.replace("user", "assistant")),
                        "a valid role is user or model"),
                Wrong.of("no parts", contents("{'role':'user','parts':[]}"), "must not be empty"),
                Wrong.of("an empty text", contents("{'role':'user','parts':[{'text':''}]}"), "must not be empty"),
                Wrong.of("a part of nothing", contents("{'role':'user','parts':[{}]}"), "oneof field 'data'"),
                Wrong.of(
                        "a part of two",
                        contents("{'role':'user','parts':[{'text':'a','inlineData':{}}]}"),
                        "and has 2"),
                Wrong.of("a call at the end", contents(SAID, SIGNED), "must be equal"),
                Wrong.of("a call without response", contents(SAID, SIGNED, SAID), "must be equal"),
                Wrong.of("a response without call", contents(SAID, RESPONSE), "must be equal"),
                Wrong.of(
                        "a response of another",
                        contents(SAID, SIGNED, RESPONSE.replace("Bash", "Read")),
                        "no function call Read"),
                Wrong.of(
                        "a response of another id",
                        contents(SAID, SIGNED, RESPONSE.replace("'name'", "'id':'x','name'")),
                        "with the id"),
                Wrong.of("a call first", contents(SIGNED, RESPONSE), "must come right after a turn of the user"),
                Wrong.of(
                        "a call behind another answer",
                        contents(SAID, "{'role':'model','parts':[{'text':'a'}]}", SIGNED, RESPONSE),
                        "must come right after a turn of the user"),
                Wrong.of(
                        "a call by the user",
                        contents(SIGNED.replace("'model'", "'user'"), RESPONSE),
                        "only the model calls"),
                Wrong.of(
                        "a response by the model",
                        contents(SAID, SIGNED, RESPONSE.replace("'user'", "'model'")),
                        "only the user answers"),
                Wrong.of(
                        "a response that is no object",
                        contents(SAID, SIGNED, RESPONSE.replace("{'output':'ok'}", "'ok'")),
                        "must be an object"),
                Wrong.of(
                        "a call without signature",
                        contents(SAID, called(""), RESPONSE),
                        "lacks its thought_signature"),
                Wrong.of(
                        "a signature of another",
                        contents(SAID, called(",'thoughtSignature':'abc'"), RESPONSE),
                        "was not given for this part"),
                Wrong.of("a tool without name", fine.replace("'name':'Bash',", ""), "invalid function name"),
                Wrong.of("a tool with a strange name", fine.replace("'Bash'", "'1 Bash'"), "invalid function name"),
                Wrong.of(
                        "a tool without schema",
                        fine.replace(",'parameters':{'type':'object'}", ""),
                        "one schema is required"),
                Wrong.of(
                        "a JSON schema in the wrong field",
                        fine.replace("{'type':'object'}", "{'type':'object','additionalProperties':false}"),
                        "the name \"additionalProperties\" is not known"),
                Wrong.of(
                        "a JSON schema deep in the wrong field",
                        fine.replace("{'type':'object'}", "{'type':'object','properties':{'a':{'items':{'const':1}}}}"),
                        "parameters.properties.a.items"),
                Wrong.of(
                        "a type of two",
                        fine.replace("{'type':'object'}", "{'type':['object','null']}"),
                        "must be one word"));
    }

    @ParameterizedTest
    @MethodSource("wrongContents")
    void gemini_refuses(Wrong wrong) throws Exception {
        Json error = client.refused(wrong).get("error");

        assertThat(error.text("status")).isEqualTo("INVALID_ARGUMENT");
        assertThat(error.number("code")).isEqualTo(400);
    }

    @Test
    void gemini_does_not_know_every_model() throws Exception {
        HttpResponse<String> answer =
                client.post("/v1beta/models/no-such:streamGenerateContent?alt=sse", TestWire.GEMINI.headers(), "{}");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("\"NOT_FOUND\"", "models/no-such");
    }

    @Test
    void gemini_wants_a_call_back_as_it_was() throws Exception {
        TestWire wire = TestWire.GEMINI;
        Heard heard = client.hear(wire.question());

        String changed = wire.afterwards(heard).replace("make test", "make all");
        String reordered = wire.afterwards(heard)
                .replace("{\"command\":\"make test\",\"timeout\":120}", "{\"timeout\":120,\"command\":\"make test\"}");

        assertThat(client.post(changed).body()).contains("was not given for this part");
        assertThat(client.post(reordered).statusCode()).isEqualTo(200);
    }

    @Test
    void gemini_takes_a_signature_in_either_alphabet() throws Exception {
        TestWire wire = TestWire.GEMINI;
        Heard heard = client.hear(wire.question());
        String signature = Pattern.compile("\"thoughtSignature\":\"([^\"]*)\"")
                .matcher(heard.own())
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);

        String other = signature.replace('+', '-').replace('/', '_').replace("=", "");

        assertThat(other).isNotEqualTo(signature);
        assertThat(client.post(wire.afterwards(heard).replace(signature, other)).statusCode())
                .isEqualTo(200);
    }

    @Test
    void gemini_wants_signatures_only_for_the_turn_that_goes_on_and_from_models_that_sign() throws Exception {
        String past = contents(SAID, called(""), RESPONSE, "{'role':'model','parts':[{'text':'a'}]}", SAID);
        String present = contents(SAID, called(""), RESPONSE);

        assertThat(client.status(past)).isEqualTo(200);
        assertThat(client.post(
                                "/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse",
                                TestWire.GEMINI.headers(),
                                present.replace('\'', '"'))
                        .statusCode())
                .isEqualTo(200);
    }
}
