package dev.belay.controller.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.controller.testing.Eventually;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptPostgresTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final KeptPostgres.Pace QUICK =
            new KeptPostgres.Pace(Duration.ofMillis(20), Duration.ofMillis(100), Duration.ofMinutes(5), 3);

    @TempDir
    static Path temp;

    private static int databases;
    private Path data;

    @BeforeAll
    static void open() throws IOException {
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwx--x--x"));
    }

    @BeforeEach
    void place() {
        data = temp.resolve("state/controller/pg-" + ++databases);
    }

    @Test
    void a_server_that_is_killed_comes_back_on_its_port_with_everything_committed_and_is_counted() throws Exception {
        try (KeptPostgres kept = KeptPostgres.start(data, QUICK, () -> true)) {
            int port = kept.port();
            ask(kept, "create table t (n int)");
            ask(kept, "insert into t values (7)");

            for (int death = 1; death <= 2; death++) {
                long pid = pid();
                ProcessHandle.of(pid).orElseThrow().destroyForcibly();
                awaitDeaths(kept, death);

                assertThat(pid()).isNotEqualTo(pid);
                assertThat(ask(kept, "select n from t")).isEqualTo("7");
                assertThat(kept.port()).isEqualTo(port);
                assertThat(kept.lastEnd()).isEqualTo("killed by signal 9");
            }
            assertThat(kept.lost()).isNotDone();
        }
        assertThat(ProcessHandle.of(lastPid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void one_that_lost_its_port_to_another_comes_back_on_another() throws Exception {
        AtomicBoolean room = new AtomicBoolean(true);
        try (KeptPostgres kept = KeptPostgres.start(data, QUICK, room::get)) {
            int port = kept.port();
            ask(kept, "create table t (n int)");
            room.set(false);
            ProcessHandle server = ProcessHandle.of(pid()).orElseThrow();
            server.destroyForcibly();
            server.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            ServerSocket thief = Eventually.get("the port", PATIENCE, () -> bound(port), Optional::isPresent)
                    .orElseThrow();
            try (thief) {
                room.set(true);
                awaitDeaths(kept, 1);

                assertThat(kept.port()).isNotEqualTo(port);
                assertThat(ask(kept, "select count(*) from t")).isEqualTo("0");
            }
        }
    }

    private static Optional<ServerSocket> bound(int port) {
        try {
            return Optional.of(new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1")));
        } catch (IOException taken) {
            return Optional.empty();
        }
    }

    @Test
    void without_space_on_the_disk_it_waits_and_counts_no_death_for_it() throws Exception {
        AtomicBoolean room = new AtomicBoolean(true);
        try (KeptPostgres kept = KeptPostgres.start(data, QUICK, room::get)) {
            ask(kept, "create table t (n int)");
            room.set(false);
            ProcessHandle server = ProcessHandle.of(pid()).orElseThrow();
            server.destroyForcibly();
            server.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            Eventually.get("its end", PATIENCE, kept::lastEnd, end -> !end.isEmpty());

            assertThat(kept.deaths()).isZero();
            assertThat(kept.lost()).isNotDone();
            room.set(true);

            awaitDeaths(kept, 1);
            assertThat(ask(kept, "select count(*) from t")).isEqualTo("0");
        }
    }

    @Test
    void one_that_does_not_come_back_is_given_up_with_what_it_said() throws Exception {
        try (KeptPostgres kept = KeptPostgres.start(data, QUICK, () -> true)) {
            Files.writeString(data.resolve("postgresql.auto.conf"), "no_such_setting = 1\n");

            ProcessHandle.of(pid()).orElseThrow().destroyForcibly();

            assertThat(kept.lost().get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).satisfies(lost -> {
                assertThat(lost.code()).isEqualTo(ErrorCode.E_SETUP);
                assertThat(lost.what()).isEqualTo("the embedded PostgreSQL died 3 times in a row");
                assertThat(lost.why()).contains("no_such_setting");
                assertThat(lost.next()).contains("belay up");
            });
            assertThat(kept.deaths()).isZero();
        }
    }

    private void awaitDeaths(KeptPostgres kept, int count) {
        Eventually.get("deaths", PATIENCE, kept::deaths, deaths -> deaths == count);
    }

    private long lastPid;

    private long pid() throws IOException {
        lastPid = Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).getFirst().strip());
        return lastPid;
    }

    private static String ask(KeptPostgres kept, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + kept.port() + "/postgres", kept.user(), kept.password());
                Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "";
            }
            try (ResultSet row = statement.getResultSet()) {
                row.next();
                return row.getString(1);
            }
        }
    }
}
