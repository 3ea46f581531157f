package dev.belay.controller.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.controller.testing.Eventually;
import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.json.Json;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.Task;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FollowTest {
    private StartedController controller;
    private ScriptedRunner runner;

    @BeforeEach
    void start() {
        controller = StartedController.with(timings -> timings.withKeepAlive(Duration.ofMillis(300)));
        runner = controller.runner("r", 4);
    }

    @AfterEach
    void stop() {
        runner.close();
        controller.close();
    }

    private static List<Long> ids(String stream) {
        return stream.lines()
                .filter(line -> line.startsWith("id: "))
                .map(line -> Long.parseLong(line.substring(4)))
                .toList();
    }

    @Test
    void a_stream_resumed_anywhere_gives_exactly_the_log() {
        Task task = controller.submit();
        Assignment assignment = runner.begin();
        Event[] turns = LongStream.rangeClosed(1, 500)
                .mapToObj(turn -> ScriptedRunner.turn((int) turn))
                .toArray(Event[]::new);
        runner.events(assignment, 3, turns);
        runner.events(assignment, 503, ScriptedRunner.succeeded());
        String path = "/v1/tasks/" + task.getId() + "/events?follow=true";
        long last = controller.task(task.getId()).getLastSeq();

        assertThat(ids(controller.get(path).body()))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, last).boxed().toList());
        assertThat(ids(controller.get(path + "&after=250").body()))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(251, last).boxed().toList());
        assertThat(ids(controller
                        .send(controller.request(path + "&after=3").header("Last-Event-ID", "" + (last - 1)))
                        .body()))
                .containsExactly(last);
        assertThat(controller.get(path + "&after=" + last).body()).isEmpty();
        assertThat(controller
                        .send(controller.request(path).header("Last-Event-ID", "x"))
                        .code())
                .isEqualTo("E_BAD_REQUEST");
    }

    @Test
    void a_follower_sees_each_event_when_it_is_committed_and_the_end_at_the_end() throws IOException {
        Task task = controller.submit();
        Assignment assignment = runner.begin();
        try (InputStream stream = controller.stream(
                        controller.request("/v1/tasks/" + task.getId() + "/events?follow=true&after=4"));
                BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (int turn = 1; turn <= 3; turn++) {
                runner.events(assignment, 2 + turn, ScriptedRunner.turn(turn));

                List<String> event = next(lines);
                assertThat(event.get(0)).isEqualTo("id: " + (4 + turn));
                assertThat(event.get(1)).isEqualTo("event: turn.start");
                Json data = Json.parse(event.get(2).substring("data: ".length()));
                assertThat(data.number("turn")).isEqualTo(turn);
                assertThat(data.text("kind")).isEqualTo("turn.start");
            }
            runner.events(assignment, 6, ScriptedRunner.succeeded());
            assertThat(next(lines).get(2)).contains("\"to\":\"succeeded\"");
            assertThat(lines.readLine()).isNull();
        }
    }

    /** The next event, past what keeps the connection alive. */
    private static List<String> next(BufferedReader lines) throws IOException {
        List<String> event = new ArrayList<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isEmpty() && !event.isEmpty()) {
                return event;
            }
            if (!line.isEmpty() && !line.startsWith(":")) {
                event.add(line);
            }
        }
        throw new AssertionError("the stream ended with " + event);
    }

    @Test
    void a_quiet_stream_is_kept_alive() throws IOException {
        Task task = controller.submit();
        try (InputStream stream = controller.stream(
                        controller.request("/v1/tasks/" + task.getId() + "/events?follow=true&after=9"));
                BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).isEqualTo(": keep-alive");
        }
    }

    @Test
    void without_follow_it_ends_at_the_present_end() {
        Task task = controller.submit();

        assertThat(ids(controller
                        .get("/v1/tasks/" + task.getId() + "/events?follow=false")
                        .body()))
                .contains(1L);
    }

    @Test
    void a_follower_that_goes_away_leaves_nothing_behind() throws IOException {
        Task task = controller.submit();
        String request = "GET /v1/tasks/" + task.getId() + "/events?follow=true HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                + "Authorization: Bearer " + controller.token() + "\r\n\r\n";
        try (Socket socket = new Socket("127.0.0.1", controller.httpPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            assertThat(socket.getInputStream().read()).isEqualTo('H');
            assertThat(watching()).isEqualTo(1);
        }

        assertThat(Eventually.get("the watch", Duration.ofSeconds(10), this::watching, count -> count == 0))
                .isZero();
    }

    private int watching() {
        return controller.bean(Feed.class).watching();
    }

    @Test
    void a_follower_that_does_not_read_holds_up_nobody() throws IOException {
        Task task = controller.submit();
        Assignment assignment = runner.begin();
        String request = "GET /v1/tasks/" + task.getId() + "/events?follow=true HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                + "Authorization: Bearer " + controller.token() + "\r\n\r\n";
        try (Socket socket = new Socket("127.0.0.1", controller.httpPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            Event large = Event.newBuilder()
                    .setModelMessage(
                            dev.belay.proto.v1.ModelMessage.newBuilder().setText("x".repeat(500_000)))
                    .build();
            for (int i = 0; i < 60; i++) {
                assertThat(runner.events(assignment, 3 + i, large).getDurableRunnerSeq())
                        .isEqualTo(3 + i);
            }
            runner.events(assignment, 63, ScriptedRunner.succeeded());
            assertThat(controller.task(task.getId()).getTerminal()).isTrue();
        }
    }
}
