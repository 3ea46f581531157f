package dev.belay.runner.model.offline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.runner.model.offline.Judged.Wrong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What OpenAI refuses to complete. */
@Timeout(60)
class ChatRefusalsTest {
    private final Judged client = new Judged(TestWire.CHAT);

    @AfterEach
    void end() {
        client.close();
    }

    private static final String HI = "{'role':'user','content':'hi'}";
    private static final String FUNCTION = "{'type':'function','name':'Bash','parameters':{'type':'object'}}";
    private static final String ASKED = "{'role':'assistant','content':null,'tool_calls':"
            + "[{'id':'c1','type':'function','function':{'name':'Bash','arguments':'{}'}}]}";
    private static final String TOLD = "{'role':'tool','tool_call_id':'c1','content':'ok'}";

    private static String chat(String... messages) {
        return "{'model':'m','tools':[{'type':'function','function':{'name':'Bash','parameters':{'type':'object'}}}],"
                + "'messages':[" + String.join(",", messages) + "]}";
    }

    static Stream<Wrong> wrongChats() {
        String fine = chat(HI);
        return Stream.of(
                Wrong.of("no JSON", "", "is no JSON"),
                Wrong.of("an unknown field", fine.replace("'model'", "'input':[],'model'"), "'input' is not known"),
                Wrong.of("no model", fine.replace("'model':'m',", ""), "'model' is required"),
                new Wrong("an unknown model", fine.replace("'m'", "'no-such'"), 404, "`no-such` does not exist"),
                Wrong.of("no messages", "{'model':'m'}", "'messages' is required"),
                Wrong.of("an empty conversation", chat(), "messages must be a list that is not empty"),
                Wrong.of("an unknown role", chat(HI.replace("user", "model")), "no role \"model\""),
                Wrong.of("no content", chat("{'role':'user'}"), "messages[0].content"),
                Wrong.of("no part", chat("{'role':'user','content':[]}"), "messages[0].content"),
                Wrong.of(
                        "an empty text",
                        chat("{'role':'user','content':[{'type':'text','text':''}]}"),
                        "messages[0].content[0].text"),
                Wrong.of(
                        "an answer of nothing", chat(HI, "{'role':'assistant','content':null}"), "messages[1].content"),
                Wrong.of("a result for nothing", chat(HI, TOLD), "for c1 answers no open call"),
                Wrong.of(
                        "a result without id",
                        chat(HI, ASKED, TOLD.replace("'tool_call_id':'c1',", "")),
                        "tool_call_id"),
                Wrong.of(
                        "a result of another",
                        chat(HI, ASKED, TOLD.replace("c1", "c2")),
                        "for c2 answers no open call"),
                Wrong.of("two results", chat(HI, ASKED, TOLD, TOLD), "for c1 answers no open call"),
                Wrong.of("a call without result", chat(HI, ASKED), "no tool message follows for the tool_calls c1"),
                Wrong.of("a word before the result", chat(HI, ASKED, HI, TOLD), "no tool message follows"),
                Wrong.of(
                        "a call by the user",
                        chat(ASKED.replace("assistant", "user").replace("null", "'a'")),
                        "only the"),
                Wrong.of(
                        "no call at all",
                        chat(HI, "{'role':'assistant','content':'a','tool_calls':[]}"),
                        "must not be"),
                Wrong.of("a call without id", chat(HI, ASKED.replace("'id':'c1',", ""), TOLD), "tool_calls[0].id"),
                Wrong.of(
                        "a call of no function",
                        chat(HI, ASKED.replace("'function','f", "'song','f"), TOLD),
                        "[0].type"),
                Wrong.of(
                        "arguments that are no text",
                        chat(HI, ASKED.replace("'{}'", "{}"), TOLD),
                        "function.arguments"),
                Wrong.of(
                        "usage without a stream",
                        fine.replace("'model'", "'stream_options':{},'model'"),
                        "stream_options"),
                Wrong.of("several answers", fine.replace("'model'", "'n':2,'model'"), "'n' is wrong"),
                Wrong.of(
                        "an empty list of tools",
                        "{'model':'m','tools':[],'messages':[" + HI + "]}",
                        "'tools' is wrong"),
                Wrong.of(
                        "a tool in the form of responses",
                        fine.replaceAll("'tools':\\[.*?\\]", "'tools':[" + FUNCTION + "]"),
                        "tools[0].function.name"),
                Wrong.of("a tool without name", fine.replace("'name':'Bash',", ""), "tools[0].function.name"),
                Wrong.of(
                        "a tool without schema",
                        fine.replace(",'parameters':{'type':'object'}", ""),
                        "function.parameters"));
    }

    @ParameterizedTest
    @MethodSource("wrongChats")
    void openai_refuses_to_chat(Wrong wrong) throws Exception {
        assertThat(client.refused(wrong).get("error").text("type")).isEqualTo("invalid_request_error");
    }
}
