package dev.belay.cli.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cli.Console;
import dev.belay.cli.FakeServer;
import dev.belay.cli.WrittenLog;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptVerbTest {
    private static final String MODEL = "anthropic/m-1";

    @TempDir
    Path folder;

    private FakeServer server;
    private Console console;

    @BeforeEach
    void start() throws IOException {
        server = new FakeServer();
        console = new Console(folder).server(server);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static WrittenLog log(String model) {
        return new WrittenLog()
                .briefed(MODEL, "You are\nan agent.", "[{\"name\":\"Bash\"},{\"name\":\"Read\"}]", "")
                .turn(1, model)
                .says(1, "I'll look.")
                .step(1, 1, "Bash", "{\"command\":\"ls\"}", "a\u001b[2Jb\nsecond")
                .ends(1, model.equals(MODEL) ? 100 : 0, 0)
                .turn(2, model)
                .says(2, "Done.")
                .ends(2, model.equals(MODEL) ? 1200 : 0, model.equals(MODEL) ? 100 : 0);
    }

    @Test
    void the_parts_are_a_table_and_what_they_cost_stands_below() {
        log(MODEL).at(server, "succeeded");

        Console.Outcome outcome = console.run("prompt", "t-7fq2");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out()).isEqualTo("""
            t-7fq2  turn 2  anthropic/m-1

            KIND    TURN  TOKENS  SHARE   TEXT
            system  –        182   15.2%  You are\\nan agent.
            tools   –        354   29.5%  Bash, Read
            prompt  –        193   16.1%  Make the test pass
            answer  1        107    8.9%  I'll look.
            call    1/s1     225   18.8%  Bash {"command":"ls"}
            result  1/s1     139   11.6%  a\\e[2Jb\\nsecond

            turn 2 read 1,200 tokens, 100 of them from a cache; the shares are by characters
            the task read 1,300 tokens in 2 turns to tell the model 1,200 new ones: 1.1 times; 100 came from a cache
            """);
    }

    @Test
    void a_long_text_is_cut_to_the_terminal() {
        new WrittenLog()
                .briefed(MODEL, "word ".repeat(500), "", "")
                .turn(1, MODEL)
                .at(server, "running");

        assertThat(console.width(60).run("prompt", "t-7fq2").out().lines())
                .filteredOn(line -> line.startsWith("system"))
                .singleElement()
                .asString()
                .hasSizeLessThanOrEqualTo(60)
                .endsWith("…");
    }

    @Test
    void full_shows_every_text_whole_and_harmless() {
        log(MODEL).at(server, "succeeded");

        assertThat(console.run("prompt", "t-7fq2", "--full", "--turn", "2").out())
                .contains("── system  182 tokens, 15.2%\nYou are\nan agent.\n")
                .contains("── result 1/s1  139 tokens, 11.6%\na\\e[2Jb\nsecond\n")
                .contains("\"name\": \"Bash\"");
    }

    @Test
    void json_is_one_document_whose_parts_have_all_tokens() {
        log(MODEL).at(server, "succeeded");

        Json document = Json.parse(console.run("prompt", "t-7fq2", "--json").out());

        assertThat(document.get("parts").items().stream().mapToLong(part -> part.number("tokens")))
                .containsExactly(182L, 354L, 193L, 107L, 225L, 139L);
        assertThat(document.get("parts").items().getLast())
                .isEqualTo(Json.parse(
                        "{\"kind\":\"result\",\"turn\":1,\"step\":1,\"tokens\":139,\"chars\":13,\"text\":\"a\\u001b[2Jb\\n"
                                + "second\"}"));
        assertThat(document.print())
                .startsWith("{\"task\":\"t-7fq2abcdefghijklmnop\",\"turn\":2,\"model\":\"anthropic/m-1\",\"parts\":[{")
                .endsWith("],\"tokens_in\":1200,\"cache_read\":100,\"estimated\":false,\"turns\":2,"
                        + "\"billed_tokens_in\":1300,\"billed_cache_read\":100,\"multiplier\":1.08}");
    }

    @Test
    void what_was_not_counted_is_an_estimate_and_says_so() {
        new WrittenLog().briefed(MODEL, "12345678", "", "").turn(1, MODEL).at(server, "running");

        assertThat(console.run("prompt", "t-7fq2").out())
                .endsWith("an estimate by characters alone: the log does not say what turn 1 read\n");
        assertThat(console.run("prompt", "t-7fq2", "--json").out())
                .contains("\"tokens_in\":null,\"cache_read\":null,\"estimated\":true")
                .contains("\"multiplier\":null");
    }

    @Test
    void a_script_is_sent_nothing_and_its_conversation_is_shown() {
        log("script").at(server, "succeeded");

        assertThat(console.run("prompt", "t-7fq2").out())
                .contains("The script model is sent nothing, it plays what is written; a model would be sent this:")
                .contains("I'll look.")
                .doesNotContain("system")
                .endsWith("an estimate by characters alone: a script counts no tokens\n");
    }

    @Test
    void a_log_without_a_briefing_says_so() {
        new WrittenLog().turn(1, MODEL).at(server, "running");

        assertThat(console.run("prompt", "t-7fq2").out())
                .contains("The log does not hold what the model was told before the conversation.");
    }

    @ParameterizedTest
    @CsvSource({
        "prompt t-7fq2 --turn 9, 2, 'error[E_USAGE] t-7fq2 has no turn 9', it has turns 1 to 2",
        "prompt t-7fq2 --turn 0, 2, 'error[E_USAGE] t-7fq2 has no turn 0', it has turns 1 to 2",
        "prompt t-7fq2 --turn x, 2, 'error[E_USAGE] Invalid value', --turn",
        "prompt t-0000, 8, 'error[E_NOT_FOUND]', exit 8",
        "prompt, 2, 'error[E_USAGE] belay prompt needs TASK', exit 2",
    })
    void what_is_wrong_is_named(String words, int exit, String what, String why) {
        log(MODEL).at(server, "succeeded");

        Console.Outcome outcome = console.run(words.split(" "));

        assertThat(outcome.exit()).isEqualTo(exit);
        assertThat(outcome.err()).startsWith(what).contains(why);
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void a_task_that_has_begun_no_turn_is_not_found() {
        new WrittenLog().at(server, "queued");

        assertThat(console.run("prompt", "t-7fq2"))
                .satisfies(outcome -> assertThat(outcome.exit()).isEqualTo(8))
                .satisfies(outcome -> assertThat(outcome.err()).contains("t-7fq2 has begun no turn yet"));
    }
}
