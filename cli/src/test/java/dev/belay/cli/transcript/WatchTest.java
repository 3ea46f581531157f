package dev.belay.cli.transcript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.cli.FakeServer;
import dev.belay.cli.Samples;
import dev.belay.cli.http.Address;
import dev.belay.cli.http.Http;
import dev.belay.cli.server.Server;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WatchTest {
    private static final String EVENTS = "GET /v1/tasks/" + Samples.ID + "/events";

    private static Watch watch(FakeServer server) {
        Http http = new Http(new Address(false, "127.0.0.1", server.port()), "secret", time -> {});
        return new Watch(new Server(http), Samples.ID, 0, time -> {});
    }

    private static List<Json> follow(FakeServer server) throws InterruptedException {
        List<Json> seen = new ArrayList<>();
        try (Watch watch = watch(server)) {
            assertThat(watch.follow(seen::add)).isTrue();
        }
        return seen;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void connections_cut_at_any_byte_lose_nothing_and_repeat_nothing(long seed) throws Exception {
        Random random = new Random(seed);
        List<Json> log = Samples.log();
        try (FakeServer server = new FakeServer()) {
            server.on(EVENTS, request -> {
                long after = request.after();
                FakeServer.Reply whole =
                        FakeServer.chunked("text/event-stream", Samples.stream(log, after), 1 + random.nextInt(200));
                return random.nextInt(4) == 0 ? whole : whole.cutAfter(random.nextInt(whole.bytes().length));
            });

            assertThat(follow(server)).isEqualTo(log);
        }
    }

    @Test
    void what_is_just_being_said_is_asked_for_only_by_who_hears_it_and_is_no_event() throws Exception {
        List<Json> log = Samples.log();
        List<String> asked = new ArrayList<>();
        List<String> heard = new ArrayList<>();
        try (FakeServer server = new FakeServer();
                Watch deaf = watch(server);
                Watch listening = watch(server).hearing(saying -> heard.add(saying.text("text")))) {
            server.on(EVENTS, request -> {
                asked.add(request.target());
                return FakeServer.chunked(
                        "text/event-stream",
                        "event: saying\ndata: {\"turn\":1,\"reset\":true,\"text\":\"Once\"}\n\n"
                                + Samples.stream(log, 0),
                        100);
            });
            List<Json> seen = new ArrayList<>();

            assertThat(listening.follow(seen::add)).isTrue();
            assertThat(deaf.follow(seen::add)).isTrue();

            assertThat(heard).containsExactly("Once");
            assertThat(seen).hasSize(2 * log.size());
            assertThat(asked.get(0)).contains("&saying=true");
            assertThat(asked.get(1)).doesNotContain("saying");
        }
    }

    @Test
    void a_server_that_begins_again_from_the_first_event_repeats_nothing() throws Exception {
        List<Json> log = Samples.log();
        int[] connection = {0};
        try (FakeServer server = new FakeServer()) {
            server.on(EVENTS, _ -> {
                FakeServer.Reply whole = FakeServer.chunked("text/event-stream", Samples.stream(log, 0), 100);
                return connection[0]++ == 0 ? whole.cutAfter(whole.bytes().length / 2) : whole;
            });

            assertThat(follow(server)).isEqualTo(log);
            assertThat(connection[0]).isEqualTo(2);
        }
    }

    @Test
    void a_gap_is_asked_for_again_and_not_passed_over() throws Exception {
        List<Json> log = Samples.log();
        int[] connection = {0};
        try (FakeServer server = new FakeServer()) {
            server.on(EVENTS, request -> {
                long after = request.after();
                List<Json> sent = new ArrayList<>(log);
                if (connection[0]++ == 0) {
                    sent.remove(5);
                }
                return FakeServer.chunked("text/event-stream", Samples.stream(sent, after), 100);
            });

            assertThat(follow(server)).isEqualTo(log);
        }
    }

    @Test
    void what_the_task_is_in_the_end_is_asked_for_until_the_controller_is_back() throws Exception {
        int[] asked = {0};
        try (FakeServer server = new FakeServer();
                Watch watch = watch(server)) {
            server.on(
                    "GET /v1/tasks/" + Samples.ID,
                    _ -> asked[0]++ < 5
                            ? FakeServer.reply(503, "application/problem+json", "{\"code\":\"E_UNREACHABLE\"}")
                            : FakeServer.reply(200, "application/json", "{\"state\":\"succeeded\"}"));

            assertThat(watch.task().text("state")).isEqualTo("succeeded");
        }
    }

    @Test
    void a_controller_that_restarts_is_waited_for() throws Exception {
        List<Json> log = Samples.log();
        int[] connection = {0};
        try (FakeServer server = new FakeServer()) {
            server.on(
                    EVENTS,
                    _ -> connection[0]++ < 3
                            ? FakeServer.reply(503, "application/problem+json", "{\"code\":\"E_UNREACHABLE\"}")
                            : FakeServer.chunked("text/event-stream", Samples.stream(log, 0), 100));

            assertThat(follow(server)).isEqualTo(log);
        }
    }

    @Test
    void a_controller_that_stays_away_is_an_error_and_says_that_the_task_goes_on() throws Exception {
        try (FakeServer server = new FakeServer()) {
            server.on(EVENTS, _ -> FakeServer.raw(""));

            assertThatThrownBy(() -> follow(server)).isInstanceOfSatisfying(BelayException.class, error -> {
                assertThat(error.code()).isEqualTo(ErrorCode.E_UNREACHABLE);
                assertThat(error.work()).contains("the task goes on");
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"true,30", "false,5"})
    void a_controller_that_nobody_brings_back_is_given_up_sooner(boolean comesBack, int seconds) throws Exception {
        List<Duration> pauses = new ArrayList<>();
        try (FakeServer server = new FakeServer()) {
            server.on(EVENTS, _ -> FakeServer.raw(""));
            Http http = new Http(new Address(false, "127.0.0.1", server.port()), "secret", time -> {});
            try (Watch watch = new Watch(new Server(http, () -> comesBack), Samples.ID, 0, pauses::add)) {
                assertThatThrownBy(() -> watch.follow(_ -> true)).isInstanceOf(BelayException.class);
            }
        }

        assertThat(pauses.stream().reduce(Duration.ZERO, Duration::plus))
                .isBetween(Duration.ofSeconds(seconds), Duration.ofSeconds(seconds + 2));
    }
}
