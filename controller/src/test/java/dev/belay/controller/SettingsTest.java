package dev.belay.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.controller.database.PooledDatabase;
import dev.belay.controller.testing.MemoryPacks;
import dev.belay.controller.testing.StartedController;
import dev.belay.controller.testing.TestPostgres;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    @TempDir
    Path folder;

    @Test
    void nothing_listens_beyond_this_machine_without_a_token_that_somebody_chose() {
        assertThatThrownBy(() -> Settings.from(Map.of("BELAY_BIND", "0.0.0.0"), Instant.now()))
                .isInstanceOfSatisfying(BelayException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.E_USAGE);
                    assertThat(error.code().exitCode()).isEqualTo(2);
                    assertThat(error.next()).contains("BELAY_TOKEN_FILE");
                });
        assertThat(Settings.from(Map.of("BELAY_BIND", "0.0.0.0", "BELAY_TOKEN_FILE", "/x"), Instant.now())
                        .bind()
                        .isAnyLocalAddress())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({"BELAY_HTTP_PORT, 70000", "BELAY_GRPC_PORT, many", "BELAY_BIND, no.such.host.invalid"})
    void what_cannot_be_used_is_named(String variable, String value) {
        assertThatThrownBy(() -> Settings.from(Map.of(variable, value), Instant.now()))
                .isInstanceOfSatisfying(
                        BelayException.class, error -> assertThat(error.what()).startsWith(variable + "="));
    }

    @Test
    void a_token_that_others_can_read_is_refused() throws IOException {
        Path token = Files.writeString(folder.resolve("token"), "s".repeat(40));
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r--r--"));

        assertThatThrownBy(() -> start(Map.of("BELAY_TOKEN_FILE", token.toString())))
                .isInstanceOfSatisfying(BelayException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.E_USAGE);
                    assertThat(error.why()).contains("rw-r--r--");
                });
    }

    @Test
    void a_port_in_use_is_named_and_nothing_is_left_running() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int grpc = free.getLocalPort();
            free.close();

            assertThatThrownBy(() -> start(Map.of(
                            "BELAY_HTTP_PORT", String.valueOf(taken.getLocalPort()),
                            "BELAY_GRPC_PORT", String.valueOf(grpc))))
                    .isInstanceOfSatisfying(BelayException.class, error -> {
                        assertThat(error.code()).isEqualTo(ErrorCode.E_PORT_IN_USE);
                        assertThat(error.code().exitCode()).isEqualTo(9);
                        assertThat(error.what()).contains(String.valueOf(taken.getLocalPort()));
                        assertThat(error.next()).contains("BELAY_HTTP_PORT");
                    });
            assertThatThrownBy(() -> new Socket("127.0.0.1", grpc).close()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void a_restart_keeps_tasks_and_tokens() throws IOException {
        String token;
        String id;
        StartedController first = StartedController.start();
        token = first.token();
        id = first.submit().getId();
        // On the same ports: what was stopped listens no more.
        try (StartedController second = first.restarted()) {
            assertThat(second.token()).isEqualTo(token);
            assertThat(second.task(id).getId()).isEqualTo(id);
        }
    }

    private void start(Map<String, String> environment) throws IOException {
        Map<String, String> all = new java.util.HashMap<>(environment);
        all.put("BELAY_STATE", folder.toString());
        MemoryPacks packs = new MemoryPacks();
        RunningController.start(
                        Settings.from(all, Instant.now()),
                        new Parts(
                                PooledDatabase.external(TestPostgres.address(TestPostgres.freshDatabase())),
                                packs,
                                packs,
                                (name, text) -> 1,
                                Timings.standard()))
                .close();
    }
}
