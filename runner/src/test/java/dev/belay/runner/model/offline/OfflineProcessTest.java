package dev.belay.runner.model.offline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server as a process of its own. */
@Timeout(60)
class OfflineProcessTest {
    @TempDir
    private Path folder;

    private Path script;

    @BeforeEach
    void write() throws Exception {
        script = Files.writeString(
                folder.resolve("script.yaml"),
                "model: script/1\nturns:\n  - say: \"Here.\"\n    calls:\n      - Bash: {command: \"make\"}\n");
    }

    private Process start(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                OfflineServer.class.getName()));
        command.addAll(List.of(options));
        return new ProcessBuilder(command).start();
    }

    @Test
    void it_says_where_it_is_and_ends_with_its_input() throws Exception {
        Path seen = folder.resolve("seen.jsonl");
        Process process = start("--script", script.toString(), "--fault", "2=status:503", "--seen", seen.toString());
        try (BufferedReader out = process.inputReader();
                HttpClient http = HttpClient.newHttpClient()) {
            long port = Json.parse(out.readLine()).number("port");
            TestWire wire = TestWire.MESSAGES;
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + wire.path));
            wire.headers().forEach(request::header);
            request.POST(HttpRequest.BodyPublishers.ofString(wire.question()));

            HttpResponse<String> first = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            HttpResponse<String> second = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            process.getOutputStream().close();

            assertThat(wire.hear(Asking.events(first.body())).text()).isEqualTo("Here.");
            assertThat(second.statusCode()).isEqualTo(503);
            assertThat(process.waitFor()).isZero();
            assertThat(out.readLine()).isNull();
            assertThat(Files.readAllLines(seen)).hasSize(2).allSatisfy(line -> {
                assertThat(Json.parse(line).text("path")).isEqualTo("/v1/messages");
                assertThat(Json.parse(line).get("headers").text("x-api-key")).isEqualTo("k");
                assertThat(Json.parse(line).text("body")).isEqualTo(wire.question());
                assertThat(Json.parse(line).text("arrival")).contains("T");
            });
        } finally {
            process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--port 0",
                "--script",
                "--script {}/nothing.yaml",
                "--script {}/script.yaml --fault noise",
                "--script {}/script.yaml --port 65536",
                "--script {}/script.yaml --seen {}/nowhere/seen",
                "--script {}/script.yaml --colour red"
            })
    void what_it_cannot_do_is_said_in_one_line(String options) throws Exception {
        Process process = start(options.replace("{}", folder.toString()).split(" ", -1));

        String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).isEqualTo(2);
        assertThat(said.lines()).hasSize(1);
        assertThat(said).startsWith("offline model server: ");
    }
}
