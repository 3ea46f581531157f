package dev.belay.runner.model.offline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import dev.belay.runner.model.offline.Judged.Wrong;
import dev.belay.runner.model.offline.TestWire.Heard;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Anthropic refuses, and that what stands beside it is taken. */
@Timeout(60)
class MessagesRefusalsTest {
    private final Judged client = new Judged(TestWire.MESSAGES);

    @AfterEach
    void end() {
        client.close();
    }

    private static final String USE = "{'type':'tool_use','id':'t1','name':'Bash','input':{}}";
    private static final String RESULT = "{'type':'tool_result','tool_use_id':'t1','content':'ok'}";
    private static final String TOOLS = "'tools':[{'name':'Bash','input_schema':{'type':'object'}}]";
    private static final String MARK = "'cache_control':{'type':'ephemeral'}";

    /** A conversation whose contents are given as blocks, the first one the user's. */
    private static String messages(String... contents) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < contents.length; i++) {
            all.append(i == 0 ? "" : ",")
                    .append("{'role':'")
                    .append(i % 2 == 0 ? "user" : "assistant")
                    .append("','content':[")
                    .append(contents[i])
                    .append("]}");
        }
        return "{'model':'m','max_tokens':4096," + TOOLS + ",'messages':[" + all + "]}";
    }

    private static String text(String text) {
        return "{'type':'text','text':'" + text + "'}";
    }

    private static String marked(String text) {
        return "{'type':'text','text':'" + text + "'," + MARK + "}";
    }

    static Stream<Wrong> wrongMessages() {
        String fine = messages(text("hi"));
        String thinking =
                fine.replace("'max_tokens'", "'thinking':{'type':'enabled','budget_tokens':2048},'max_tokens'");
        return Stream.of(
                Wrong.of("no JSON", "{'model':", "is no JSON"),
                Wrong.of("no object", "[]", "must be a JSON object"),
                Wrong.of("an unknown field", fine.replace("'model'", "'n':1,'model'"), "n: this field is not known"),
                Wrong.of(
                        "a field of a beta, not asked for",
                        fine.replace("'model'", "'mcp_servers':[],'model'"),
                        "mcp_servers: this field is not known without a beta header"),
                Wrong.of("no model", fine.replace("'model':'m',", ""), "model: "),
                new Wrong("an unknown model", fine.replace("'m'", "'no-such-model'"), 404, "model: no-such-model"),
                Wrong.of("no max_tokens", fine.replace("'max_tokens':4096,", ""), "max_tokens: "),
                Wrong.of("max_tokens of none", fine.replace("4096", "0"), "max_tokens: "),
                Wrong.of("no messages", "{'model':'m','max_tokens':1}", "messages: a list is required"),
                Wrong.of("an empty conversation", messages(), "messages: at least one"),
                Wrong.of("an empty message", messages(""), "messages.0.content: must not be empty"),
                Wrong.of("an empty text", messages(text("")), "messages.0.content.0.text: "),
                Wrong.of("a blank text", messages(text(" \\n")), "messages.0.content.0.text: "),
                Wrong.of("an empty string", fine.replace("[" + text("hi") + "]", "''"), "messages.0.content.0.text: "),
                Wrong.of(
                        "an empty system block",
                        fine.replace("'model'", "'system':[" + text("") + "],'model'"),
                        "system.0: a text block must not be empty"),
                Wrong.of("an unknown role", fine.replace("'user'", "'system'"), "messages.0.role: "),
                Wrong.of("an answer first", fine.replace("'user'", "'assistant'"), "must be the user's"),
                Wrong.of("an answer last", messages(text("hi"), text("so")), "must end with a user message"),
                Wrong.of("an unknown block", messages("{'type':'song'}"), "there is no block \"song\""),
                Wrong.of(
                        "an unknown field of a block",
                        messages("{'type':'text','text':'a','index':0}"),
                        "messages.0.content.0.text.index: this field is not known"),
                Wrong.of(
                        "an unknown field of a message",
                        fine.replace("'role'", "'id':'1','role'"),
                        "messages.0.id: this field is not known"),
                Wrong.of("a call by the user", messages(USE), "can only be in a message of the assistant"),
                Wrong.of(
                        "a result by the assistant",
                        messages(text("a"), RESULT, text("b")),
                        "can only be in a message of the user"),
                Wrong.of(
                        "a call without its result", messages(text("a"), USE, text("b")), "messages.1: no tool_result"),
                Wrong.of("a call at the end", messages(text("a"), USE), "must end with a user message"),
                Wrong.of(
                        "one result for two calls",
                        messages(text("a"), USE + "," + USE.replace("t1", "t2"), RESULT),
                        "for the tool_use t2"),
                Wrong.of(
                        "a late result",
                        messages(text("a"), USE, RESULT, text("b"), RESULT),
                        "has no tool_use in the message before"),
                Wrong.of(
                        "a result for nothing",
                        messages(text("a"), USE, RESULT + "," + RESULT.replace("t1", "t9")),
                        "the tool_result for t9 has no tool_use"),
                Wrong.of("two results for one", messages(text("a"), USE, RESULT + "," + RESULT), "two tool_result"),
                Wrong.of(
                        "a result behind a text",
                        messages(text("a"), USE, text("b") + "," + RESULT),
                        "must come first"),
                Wrong.of("two calls of one id", messages(text("a"), USE + "," + USE, RESULT), "two tool_use blocks t1"),
                Wrong.of(
                        "a wrong id",
                        messages(text("a"), USE.replace("t1", "t.1"), RESULT.replace("t1", "t.1")),
                        "messages.1.content.0.tool_use.id: must match"),
                Wrong.of(
                        "input that is no object",
                        messages(text("a"), USE.replace("{}", "'{}'"), RESULT),
                        "messages.1.content.0.tool_use.input: an object"),
                Wrong.of(
                        "an empty text in a result",
                        messages(text("a"), USE, RESULT.replace("'ok'", "[" + text("") + "]")),
                        "messages.2.content.0.tool_result.content.0.text: "),
                Wrong.of("calls without tools", messages(text("a"), USE, RESULT).replace(TOOLS + ",", ""), "tools: "),
                Wrong.of(
                        "five marks",
                        messages(String.join(",", marked("a"), marked("b"), marked("c"), marked("d"), marked("e"))),
                        "at most 4 blocks may have cache_control, and 5 have it"),
                Wrong.of(
                        "a mark of another type",
                        messages(marked("a").replace("ephemeral", "eternal")),
                        "cache_control: "),
                Wrong.of(
                        "a mark on a thought",
                        messages(
                                text("a"),
                                "{'type':'thinking','thinking':'x','signature':'y'," + MARK + "}",
                                text("b")),
                        "thinking.cache_control: this field is not known"),
                Wrong.of(
                        "a thought of another",
                        messages(text("a"), "{'type':'thinking','thinking':'x','signature':'y'}", text("b")),
                        "messages.1.content.0: invalid signature"),
                Wrong.of(
                        "a call without the thought before it",
                        messages(text("a"), USE, RESULT)
                                .replace(
                                        "'max_tokens'",
                                        "'thinking':{'type':'enabled','budget_tokens':2048},'max_tokens'"),
                        "messages.1.content.0: must be thinking"),
                Wrong.of("too small a budget", thinking.replace("2048", "1023"), "thinking.budget_tokens: "),
                Wrong.of("too large a budget", thinking.replace("2048", "4096"), "must be less than max_tokens"),
                Wrong.of(
                        "a thoughtful temperature",
                        thinking.replace("'model'", "'temperature':0.5,'model'"),
                        "temperature: "),
                Wrong.of(
                        "a forced tool",
                        thinking.replace("'model'", "'tool_choice':{'type':'any'},'model'"),
                        "tool_choice: "),
                Wrong.of("a tool without name", fine.replace("'name':'Bash',", ""), "tools.0.name: "),
                Wrong.of(
                        "a tool without schema", fine.replace(",'input_schema':{'type':'object'}", ""), "input_schema"),
                Wrong.of("a schema of no object", fine.replace("{'type':'object'}", "{}"), "input_schema"),
                Wrong.of(
                        "a tool in another wire's form",
                        fine.replace("'input_schema'", "'parameters'"),
                        "tools.0.parameters: this field is not known"),
                Wrong.of(
                        "a tool twice",
                        fine.replace("'tools':[", "'tools':[{'name':'Bash','input_schema':{'type':'object'}},"),
                        "there are two tools called \"Bash\""));
    }

    @ParameterizedTest
    @MethodSource("wrongMessages")
    void anthropic_refuses(Wrong wrong) throws Exception {
        Json error = client.refused(wrong);

        assertThat(error.text("type")).isEqualTo("error");
        assertThat(error.get("error").text("type"))
                .isEqualTo(wrong.status() == 404 ? "not_found_error" : "invalid_request_error");
        assertThat(error.text("request_id")).isNotEmpty();
    }

    @Test
    void anthropic_takes_what_stands_beside_that() throws Exception {
        String image = "{'type':'image','source':{'type':'base64','media_type':'image/png','data':'aa'}}";
        String result = RESULT.replace("'ok'", "[" + text("seen") + "," + image + "]," + MARK + ",'is_error':true");

        assertThat(client.status(messages(text("a"), USE, result + "," + text("and so on"))))
                .isEqualTo(200);
        assertThat(client.status(messages(marked("a") + "," + marked("b") + "," + marked("c") + "," + marked("d"))))
                .isEqualTo(200);
        assertThat(client.status(messages(text("a"), text("b"), text("c")).replace("assistant", "user")))
                .isEqualTo(200);
        assertThat(client.status(messages(text("a")).replace("'tools'", "'system':'be kind','tools'")))
                .isEqualTo(200);
    }

    @Test
    void anthropic_takes_a_beta_field_from_who_asks_for_it() throws Exception {
        Map<String, String> headers = new HashMap<>(TestWire.MESSAGES.headers());
        headers.put("anthropic-beta", "mcp-client-2025-04-04");
        String body = messages(text("a")).replace("'model'", "'mcp_servers':[],'model'");

        assertThat(client.post("/v1/messages", headers, body.replace('\'', '"')).statusCode())
                .isEqualTo(200);
        assertThat(client.post(
                                "/v1/messages",
                                headers,
                                body.replace("mcp_servers", "n").replace('\'', '"'))
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void anthropic_wants_to_know_the_version_that_is_spoken() throws Exception {
        HttpResponse<String> answer =
                client.post("/v1/messages", Map.of("x-api-key", "k", "content-type", "application/json"), "{}");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("anthropic-version");
    }

    @Test
    void a_thought_that_was_changed_is_refused() throws Exception {
        TestWire wire = TestWire.MESSAGES;
        Heard heard = client.hear(wire.question());

        String changed = wire.afterwards(heard).replace("The next step", "The last step");

        assertThat(client.post(changed).body()).contains("messages.1.content.0: invalid signature");
    }
}
