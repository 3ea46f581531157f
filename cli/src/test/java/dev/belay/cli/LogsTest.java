package dev.belay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogsTest {
    @TempDir
    Path folder;

    private FakeServer server;
    private Console console;

    @BeforeEach
    void start() throws IOException {
        server = new FakeServer();
        console = new Console(folder).server(server);
        server.task("succeeded", 23);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static List<Long> numbers(Console.Outcome outcome) {
        return outcome.out().lines().map(line -> Json.parse(line).number("seq")).toList();
    }

    private List<String> follows() {
        return server.received().stream()
                .map(FakeServer.Received::target)
                .filter(target -> target.contains("/events"))
                .map(target -> target.substring(target.indexOf('?')))
                .toList();
    }

    @Test
    void every_event_is_a_line_of_when_which_where_what() {
        Console.Outcome outcome = console.run("logs", "t-7fq2");

        assertThat(outcome.exit()).isZero();
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out().lines().toList())
                .hasSize(23)
                .contains(
                        "2026-11-21T12:00:00.000Z      1  –        task.state        queued",
                        "2026-11-21T12:00:00.000Z      2  –        task.state        queued → preparing on local-1",
                        "2026-11-21T12:00:00.000Z      4  1        turn.start        script",
                        "2026-11-21T12:00:00.000Z      6  1/s1     tool.call         bash sh tests/cart_test.sh",
                        "2026-11-21T12:00:00.000Z      7  1/s1     tool.result       bash exit 1 · 3.1s",
                        "2026-11-21T12:00:00.000Z      8  1/s1     snapshot.created  s1 · no change",
                        "2026-11-21T12:00:00.000Z     12  2/s2     policy.denied     egress packages.example:443 · "
                                + "network: none · layer: gateway",
                        "2026-11-21T12:00:00.000Z     17  2/s3     snapshot.created  s3 · 1 file +1 −1",
                        "2026-11-21T12:00:00.000Z     22  3        model.message     Done. Grüße 🎉");
    }

    @Test
    void json_is_what_the_server_gave() {
        assertThat(console.run("logs", "--json", "t-7fq2").out().lines().map(Json::parse))
                .isEqualTo(Samples.log());
        assertThat(follows()).containsExactly("?after=0&follow=false");
    }

    @ParameterizedTest
    @CsvSource({"1,23", "8,16", "23,1", "24,0", "999999,0"})
    void it_begins_with_the_event_that_was_asked_for(long from, int events) {
        Console.Outcome outcome = console.run("logs", "--json", "--from-seq", Long.toString(from), "t-7fq2");

        assertThat(outcome.exit()).isZero();
        assertThat(numbers(outcome))
                .isEqualTo(java.util.stream.LongStream.range(from, from + events)
                        .boxed()
                        .toList());
        assertThat(outcome.err()).isEqualTo(events == 0 ? "t-7fq2 has 23 events\n" : "");
    }

    @ParameterizedTest
    @CsvSource({"--kind tool.call, 4", "'--kind=tool.call,policy.denied', 5", "--kind warning, 0"})
    void kinds_choose(String options, int events) {
        String[] words = ("logs --json " + options + " t-7fq2").split(" ");

        assertThat(console.run(words).out().lines()).hasSize(events);
    }

    @Test
    void without_follow_it_ends_with_what_is_recorded_though_the_task_goes_on() {
        server.task("running", 9);

        assertThat(numbers(console.run("logs", "--json", "t-7fq2"))).hasSize(9).endsWith(9L);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void followed_over_a_connection_that_breaks_it_repeats_nothing_and_leaves_nothing_out(long seed) {
        server.task("running", 3);
        Random random = new Random(seed);
        server.on("GET /v1/tasks/" + Samples.ID + "/events", request -> {
            FakeServer.Reply whole =
                    FakeServer.chunked("text/event-stream", Samples.stream(Samples.log(), request.after()), 50);
            return random.nextInt(4) == 0 ? whole : whole.cutAfter(random.nextInt(whole.bytes().length));
        });

        Console.Outcome outcome = console.run("logs", "-f", "--json", "--from-seq", "2", "t-7fq2");

        assertThat(outcome.exit()).isZero();
        assertThat(numbers(outcome))
                .isEqualTo(
                        java.util.stream.LongStream.rangeClosed(2, 23).boxed().toList());
    }

    @Test
    void a_number_to_come_is_waited_for_and_the_end_before_it_is_the_end() {
        server.task("running", 3);

        assertThat(numbers(console.run("logs", "-f", "--json", "--from-seq", "22", "t-7fq2")))
                .containsExactly(22L, 23L);
        assertThat(console.run("logs", "-f", "--json", "--from-seq", "99", "t-7fq2"))
                .isEqualTo(new Console.Outcome(0, "", ""));
    }

    @Test
    void what_came_after_the_end_is_recorded_too() {
        server.task("succeeded", 24);
        List<Json> more = new ArrayList<>(Samples.log());
        more.add(Samples.event(24, "operation", 0, 0, "operation", """
            {"operation":{"id":"o9","number":9,"kind":"rollback","from":"s4","to":"s1","actor":"ann","at":null,"files":[],"files_changed":1,"not_restored":[]}}"""));
        server.on(
                "GET /v1/tasks/" + Samples.ID + "/events",
                request -> FakeServer.chunked("text/event-stream", Samples.stream(more, request.after()), 64));

        assertThat(console.run("logs", "-f", "t-7fq2").out())
                .endsWith("operation         rollback by ann · s4 → s1 · 1 file\n");
    }

    @Test
    void ctrl_c_leaves_the_task_alone() {
        server.task("running", 3);
        Runnable[] pressed = {() -> {}};
        console.interrupts(action -> {
            pressed[0] = action;
            return () -> {};
        });
        server.on("GET /v1/tasks/" + Samples.ID + "/events", request -> {
            pressed[0].run();
            return FakeServer.raw("");
        });

        Console.Outcome outcome = console.run("logs", "-f", "t-7fq2");

        assertThat(outcome.exit()).isEqualTo(130);
        assertThat(outcome.err()).contains("the task goes on.  belay logs -f --from-seq 1 t-7fq2");
        assertThat(server.received()).noneMatch(request -> request.method().equals("POST"));
    }

    @Test
    void text_of_others_cannot_act_on_the_terminal() {
        server.task("succeeded", 1);
        server.on(
                "GET /v1/tasks/" + Samples.ID + "/events",
                _ -> FakeServer.chunked(
                        "text/event-stream",
                        Samples.stream(
                                List.of(Samples.event(
                                        1, "model.message", 1, 0, "model_message", "{\"text\":\"a\\u001b[2J\\nb\"}")),
                                0),
                        64));

        assertThat(console.run("logs", "t-7fq2").out())
                .endsWith("a\\e[2J\\nb\n")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({
        "logs t-7fq2 --from-seq 0, --from-seq must be 1 or more",
        "logs t-7fq2 --from-seq -4, --from-seq must be 1 or more",
        "logs t-7fq2 --from-seq many, Invalid value for option '--from-seq'",
        "logs t-7fq2 --from-seq 99999999999999999999, Invalid value for option '--from-seq'",
        "logs t-7fq2 --kind tool.cal, --kind knows no kind tool.cal; did you mean tool.call?",
        "logs, belay logs needs TASK",
        "logs t-7fq2@s4, t-7fq2@s4 names a snapshot",
    })
    void bad_words_are_usage(String words, String what) {
        Console.Outcome outcome = console.run(words.split(" "));

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err()).startsWith("error[E_USAGE] ").contains(what);
        assertThat(follows()).isEmpty();
    }
}
