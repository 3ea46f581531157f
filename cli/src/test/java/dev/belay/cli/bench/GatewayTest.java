package dev.belay.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.belay.cli.Console;
import dev.belay.cli.bench.GatewayThroughput.Rates;
import dev.belay.cli.bench.Row.Verdict;
import dev.belay.cli.bench.WebClient.Way;
import dev.belay.cli.local.ScratchSystem;
import dev.belay.cli.local.StandIns;
import dev.belay.cli.policy.ProjectPolicy;
import dev.belay.policies.Policy;
import dev.belay.policies.language.Clause;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The server, the client and the arithmetic of the rows on the gateway. The ways are made up, or lead there directly. */
class GatewayTest {
    @TempDir
    Path folder;

    private Origin origin;
    private WebClient client;

    @BeforeEach
    void serve() throws IOException {
        origin = new Origin();
        client = new WebClient(origin.address());
    }

    @AfterEach
    void end() throws IOException {
        origin.close();
    }

    private static Way saying(String json) {
        return (mode, words) -> Json.parse(json);
    }

    /** Each time that it is asked, the next. */
    private static Way turns(String... times) {
        Iterator<String> next = List.of(times).iterator();
        return (mode, words) -> Json.parse("{\"ms\":" + next.next() + "}");
    }

    private static Sample sample(double value) {
        return Sample.of(List.of(value));
    }

    private static Row row(Figure figure, Reading reading) {
        return Row.measured(figure, reading);
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.indexOf(':') + 1));
    }

    @Test
    void the_client_times_each_request_that_counts() throws Exception {
        Sample sample = Crowd.millis(client.directly().ask("latency", 7));

        assertThat(sample.size()).isEqualTo(7);
        assertThat(sample.min()).isPositive();
    }

    @Test
    void the_server_can_be_called_by_a_name_that_has_to_be_looked_up() throws Exception {
        WebClient named = new WebClient(origin.named());

        assertThat(Crowd.millis(named.directly().ask("latency", 3)).size()).isEqualTo(3);
        assertThat(named.policy().understood().compiled().requests())
                .extracting(Clause::pattern)
                .containsExactly(origin.named());
    }

    @Test
    void the_client_takes_a_large_answer_to_its_last_byte() throws Exception {
        Json said = client.directly().ask("fetch", 3_000_001);

        assertThat(said.number("bytes")).isEqualTo(3_000_001);
        assertThat(said.decimal("ms")).isPositive();
    }

    @Test
    void connections_that_are_kept_at_once_are_counted_at_both_ends() throws Exception {
        Json said = client.directly().ask("together", 5, "some");

        assertThat(said.number("answered")).isEqualTo(5);
        assertThat(origin.mostTogether("some")).isEqualTo(5);
        assertThat(origin.mostTogether("others")).isZero();
    }

    @Test
    void an_answer_that_is_not_the_servers_is_no_measurement() throws Exception {
        try (Origin noProxy = new Origin()) {
            Way wrong = client.by(noProxy.address());

            assertThatThrownBy(() -> wrong.ask("latency", 5))
                    .isInstanceOf(IOException.class)
                    .hasMessage("the bench's client said: status '' from " + noProxy.address());
        }
    }

    @Test
    void in_a_sandbox_the_same_program_is_one_command_of_a_shell() throws Exception {
        Process shell = new ProcessBuilder("/bin/sh", "-c", client.command("dance", 1))
                .redirectErrorStream(true)
                .start();

        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(shell.waitFor()).isNotZero();
        assertThat(said).isEqualTo("no mode dance\n");
    }

    @Test
    void what_a_tool_says_around_the_clients_line_is_passed_over() throws IOException {
        assertThat(WebClient.understood("exit code: 0\n{\"answered\":3}\n").number("answered"))
                .isEqualTo(3);
        assertThatThrownBy(() -> WebClient.understood("exit code: 2\nno mode\n"))
                .isInstanceOf(IOException.class)
                .hasMessage("the bench's client said: exit code: 2 no mode");
    }

    @Test
    void a_sandbox_of_the_bench_may_reach_the_server_and_nothing_else() {
        ProjectPolicy policy = client.policy();
        Policy rights = policy.understood().compiled().policy();
        int port = port(origin.address());

        assertThat(policy.compiled().requests()).hasSize(1);
        assertThat(rights.network("127.0.0.1", port).allowed()).isTrue();
        assertThat(rights.network("127.0.0.1", port == 65_535 ? 1 : port + 1).allowed())
                .isFalse();
        assertThat(rights.network("127.0.0.2", port).allowed()).isFalse();
    }

    @Test
    void what_a_way_adds_is_what_is_beyond_the_direct_median_of_its_own_round() throws Exception {
        Added added = Added.of(
                2,
                turns("[9]", "[0.5,0.5,7]", "[2]"),
                List.of(turns("[9]", "[1.5,2]", "[3,2.5]"), turns("[9]", "[0.75]", "[2.25]")));

        assertThat(added.direct().sorted()).containsExactly(0.5, 0.5, 2.0, 7.0);
        assertThat(added.beyond())
                .extracting(Sample::sorted)
                .containsExactly(List.of(0.5, 1.0, 1.0, 1.5), List.of(0.25, 0.25));
    }

    @ParameterizedTest
    @CsvSource({"1,MET", "0.9,MET", "1.01,MISSED"})
    void a_request_by_name_is_held_against_the_target(double added, Verdict verdict) {
        Added named = new Added(sample(0.5), List.of(sample(added)));
        Reading reading = Gateway.latency(named, new Added(sample(0.5), List.of(sample(0.25))));

        Row row = row(Gateway.LATENCY, reading);
        assertThat(row.verdict()).isEqualTo(verdict);
        assertThat(row.ratio()).hasValue(added / 0.5);
        assertThat(reading.note()).contains("by its address 0.25 ms").endsWith("; tinyproxy is not installed");
    }

    @Test
    void what_an_established_proxy_adds_is_told_where_there_is_one() {
        Added named = new Added(sample(0.5), List.of(sample(0.75), sample(0.3)));

        assertThat(Gateway.latency(named, named).note()).endsWith("; tinyproxy adds 0.30 ms, 99 of 100 within 0.30 ms");
    }

    @Test
    void connections_that_the_server_never_saw_at_once_do_not_count() throws Exception {
        Reading reading = Gateway.connections(origin, client.directly(), saying("{\"answered\":200}"));

        Row row = row(Gateway.CONNECTIONS, reading);
        assertThat(reading.yardstick().orElseThrow().sample().median()).isEqualTo(200);
        assertThat(reading.sample().max()).isZero();
        assertThat(row.verdict()).isEqualTo(Verdict.MISSED);
    }

    @ParameterizedTest
    @CsvSource({"800,MET", "1200,MET", "799,MISSED"})
    void throughput_is_held_against_an_established_proxys(double gateway, Verdict verdict) {
        Reading reading = GatewayThroughput.reading(List.of(
                new Rates(2000, gateway, 1000), new Rates(1000, gateway / 2, 500), new Rates(2000, gateway, 1000)));

        Row row = row(GatewayThroughput.FIGURE, reading);
        assertThat(row.verdict()).isEqualTo(verdict);
        assertThat(reading.sample().median()).isCloseTo(gateway / 10, within(1e-9));
        assertThat(reading.yardstick().orElseThrow().sample().median()).isCloseTo(200, within(1e-9));
        assertThat(reading.note())
                .isEqualTo("MB/s of one answer of 128 MiB: gateway " + (int) gateway
                        + ", tinyproxy 1000, without any proxy 2000");
    }

    @Test
    void a_yardstick_that_is_started_is_ended() throws Exception {
        Path program = folder.resolve("bin/tinyproxy");
        StandIns.executable(program, """
                #!/usr/bin/perl
                use IO::Socket::INET;
                open my $file, '<', $ARGV[2] or die;
                my ($port) = join('', <$file>) =~ /^Port (\\d+)$/m;
                my $listener = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1:$port") or die;
                while (my $client = $listener->accept) {
                    sysread $client, my $request, 4096 or next;
                    syswrite $client, "HTTP/1.0 200 OK\\r\\n\\r\\n";
                }
                """);

        try (ScratchSystem scratch = scratch()) {
            Site site = new Site(scratch);
            String address;
            try (Tinyproxy proxy = Tinyproxy.start(Tinyproxy.found(site).orElseThrow(), site)) {
                address = proxy.address();
                assertThat(Crowd.millis(client.by(address).ask("latency", 5)).size())
                        .isEqualTo(5);
            }

            Way gone = client.by(address);
            assertThatThrownBy(() -> gone.ask("latency", 5)).hasMessageContaining("connect to " + address);
        }
    }

    @Test
    void a_yardstick_that_does_not_start_is_said() throws Exception {
        StandIns.executable(folder.resolve("bin/tinyproxy"), "#!/bin/sh\nexit 70\n");

        try (ScratchSystem scratch = scratch()) {
            Site site = new Site(scratch);

            assertThatThrownBy(() -> Tinyproxy.start(Tinyproxy.needed(site), site))
                    .isInstanceOf(IOException.class)
                    .hasMessage("tinyproxy does not start");
        }
    }

    private ScratchSystem scratch() throws IOException {
        Path home = Files.createDirectories(folder.resolve("home"));
        Console console = new Console(folder)
                .env("BELAY_HOME", home.toString())
                .env("PATH", folder.resolve("bin").toString());
        return ScratchSystem.make(console.cli(), "belay-bench-test-", "project", Map.of());
    }
}
