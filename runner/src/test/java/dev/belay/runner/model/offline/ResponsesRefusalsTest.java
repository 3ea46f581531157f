package dev.belay.runner.model.offline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.runner.model.offline.Judged.Wrong;
import dev.belay.runner.model.offline.TestWire.Heard;
import java.net.http.HttpResponse;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What OpenAI refuses to respond to. */
@Timeout(60)
class ResponsesRefusalsTest {
    private final Judged client = new Judged(TestWire.RESPONSES);

    @AfterEach
    void end() {
        client.close();
    }

    private static final String CALL = "{'type':'function_call','call_id':'c1','name':'Bash','arguments':'{}'}";
    private static final String OUTPUT = "{'type':'function_call_output','call_id':'c1','output':'ok'}";
    private static final String HI = "{'role':'user','content':'hi'}";
    private static final String FUNCTION = "{'type':'function','name':'Bash','parameters':{'type':'object'}}";

    private static String input(String... items) {
        return "{'model':'m','tools':[" + FUNCTION + "],'input':[" + String.join(",", items) + "]}";
    }

    static Stream<Wrong> wrongResponses() {
        String fine = input(HI);
        return Stream.of(
                Wrong.of("no JSON", "{", "is no JSON"),
                Wrong.of(
                        "an unknown field",
                        fine.replace("'model'", "'messages':[],'model'"),
                        "'messages' is not known"),
                Wrong.of("no model", fine.replace("'model':'m',", ""), "'model' is required"),
                new Wrong("an unknown model", fine.replace("'m'", "'no-such'"), 404, "`no-such` does not exist"),
                Wrong.of("no input", "{'model':'m'}", "'input' is required"),
                Wrong.of("an empty input", input(), "'input' is wrong"),
                Wrong.of("too small an output", fine.replace("'model'", "'max_output_tokens':15,'model'"), "from 16"),
                Wrong.of(
                        "an earlier response",
                        fine.replace("'model'", "'previous_response_id':'r','model'"),
                        "stores no"),
                Wrong.of("an unknown inclusion", fine.replace("'model'", "'include':['all'],'model'"), "no \"all\""),
                Wrong.of("an unknown item", input("{'type':'song'}"), "no item of the type \"song\""),
                Wrong.of("an unknown role", input(HI.replace("user", "tool")), "no role \"tool\""),
                Wrong.of("no content", input("{'role':'user'}"), "'input[0].content' is required"),
                Wrong.of(
                        "an empty text",
                        input("{'role':'user','content':[{'type':'input_text','text':''}]}"),
                        "input[0].content[0].text"),
                Wrong.of(
                        "a user that puts out",
                        input("{'role':'user','content':[{'type':'output_text','text':'a'}]}"),
                        "the user says no \"output_text\""),
                Wrong.of(
                        "an assistant that puts in",
                        input(HI, "{'role':'assistant','content':[{'type':'input_text','text':'a'}]}"),
                        "the assistant says no \"input_text\""),
                Wrong.of("a call without output", input(HI, CALL), "the function call c1 has no output"),
                Wrong.of("an output without call", input(HI, OUTPUT), "for c1 has no open call"),
                Wrong.of("an output before its call", input(HI, OUTPUT, CALL), "for c1 has no open call"),
                Wrong.of("two outputs", input(HI, CALL, OUTPUT, OUTPUT), "for c1 has no open call"),
                Wrong.of("two calls of one id", input(HI, CALL, OUTPUT, CALL, OUTPUT), "two calls c1"),
                Wrong.of("a call without id", input(HI, CALL.replace("'call_id':'c1',", "")), "call_id' is required"),
                Wrong.of("a call without name", input(HI, CALL.replace("'name':'Bash',", "")), "name' is required"),
                Wrong.of(
                        "arguments that are no text",
                        input(HI, CALL.replace("'{}'", "{}"), OUTPUT),
                        "'input[1].arguments' is required"),
                Wrong.of(
                        "an output of nothing",
                        input(HI, CALL, OUTPUT.replace(",'output':'ok'", "")),
                        "output' is req"),
                Wrong.of(
                        "an id of another kind",
                        input(HI, CALL.replace("'call_id'", "'id':'c1','call_id'"), OUTPUT),
                        "begins with 'fc'"),
                Wrong.of(
                        "reasoning of another",
                        input(HI, "{'type':'reasoning','summary':[],'encrypted_content':'abc'}", CALL, OUTPUT),
                        "could not be verified"),
                Wrong.of(
                        "reasoning without summary",
                        input(HI, "{'type':'reasoning','encrypted_content':'abc'}", CALL, OUTPUT),
                        "summary' is required"),
                new Wrong(
                        "reasoning without content",
                        input(HI, "{'type':'reasoning','id':'rs_1','summary':[]}", CALL, OUTPUT),
                        404,
                        "'rs_1' is not stored"),
                Wrong.of("a tool without type", fine.replace("'type':'function',", ""), "tools[0].type"),
                Wrong.of("a tool without name", fine.replace("'name':'Bash',", ""), "tools[0].name"),
                Wrong.of(
                        "a tool without schema", fine.replace(",'parameters':{'type':'object'}", ""), "tools[0].param"),
                Wrong.of(
                        "a tool in the form of chats",
                        fine.replace(FUNCTION, "{'type':'function','function':" + FUNCTION + "}"),
                        "tools[0].name"),
                Wrong.of("a tool with a strange name", fine.replace("'Bash'", "'Ba sh'"), "tools[0].name"));
    }

    @ParameterizedTest
    @MethodSource("wrongResponses")
    void openai_refuses_to_respond(Wrong wrong) throws Exception {
        assertThat(client.refused(wrong).get("error").text("type")).isEqualTo("invalid_request_error");
    }

    @Test
    void reasoning_that_is_not_its_own_or_stands_alone_is_refused() throws Exception {
        TestWire wire = TestWire.RESPONSES;
        Heard heard = client.hear(wire.question());
        String reasoning = heard.own().substring(0, heard.own().indexOf("},{") + 1);

        HttpResponse<String> renamed = client.post(wire.afterwards(heard).replaceFirst("rs_", "rs_0"));
        HttpResponse<String> alone = client.post(wire.question(reasoning, HI.replace('\'', '"')));
        HttpResponse<String> nameless = client.post(wire.afterwards(heard).replaceFirst("\"id\":\"rs_[^\"]*\",", ""));

        assertThat(renamed.body()).contains("invalid_encrypted_content");
        assertThat(alone.body()).contains("lacks the item after it");
        assertThat(nameless.statusCode()).isEqualTo(200);
    }
}
