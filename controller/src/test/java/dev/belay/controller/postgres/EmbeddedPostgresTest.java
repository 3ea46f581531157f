package dev.belay.controller.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class EmbeddedPostgresTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Shared, so that the programs are unpacked once. */
    @TempDir
    static Path temp;

    private static int databases;

    Path data;
    private final List<Process> started = new ArrayList<>();

    @BeforeAll
    static void open() throws IOException {
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwx--x--x"));
    }

    @BeforeEach
    void place(TestInfo test) {
        data = temp.resolve("state/controller/pg-" + ++databases);
    }

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void it_is_durable_by_its_settings_and_reached_by_password_on_loopback_alone() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
            assertThat(postgres.serverVersion()).startsWith("18.");
            assertThat(postgres.jdbcUrl()).isEqualTo("jdbc:postgresql://127.0.0.1:" + postgres.port() + "/postgres");
            for (String[] setting : new String[][] {
                {"fsync", "on"},
                {"synchronous_commit", "on"},
                {"full_page_writes", "on"},
                {"jit", "off"},
                {"max_connections", "40"},
                {"shared_buffers", "32MB"},
                {"listen_addresses", "127.0.0.1"},
                {"unix_socket_directories", ""},
                {"password_encryption", "scram-sha-256"},
                {"server_encoding", "UTF8"}
            }) {
                assertThat(one(postgres, "show " + setting[0])).as(setting[0]).isEqualTo(setting[1]);
            }
            assertThat(postgres.password()).hasSize(48);
            assertThatThrownBy(() -> DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), "guess"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password");
            assertThat(Files.getPosixFilePermissions(data.resolve("belay.password")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            assertThat(Files.getPosixFilePermissions(data)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void the_server_is_never_root() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
            String status = Files.readString(Path.of("/proc", Long.toString(serverPid()), "status"));

            assertThat(postgres.port()).isPositive();
            assertThat(status).containsPattern("(?m)^Uid:\\s+[1-9]").containsPattern("(?m)^CapEff:\\s+0+$");
        }
    }

    @Test
    void what_was_written_is_there_after_a_restart_and_a_warm_start_is_quick() throws Exception {
        String password;
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
            run(postgres, "create table t (n int)", "insert into t values (42)");
            password = postgres.password();
        }

        long before = System.nanoTime();
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
            Duration took = Duration.ofNanos(System.nanoTime() - before);

            assertThat(one(postgres, "select n from t")).isEqualTo("42");
            assertThat(postgres.password()).isEqualTo(password);
            assertThat(took).isLessThan(Duration.ofSeconds(10));
        }
        assertThat(log()).contains("database system is shut down").doesNotContain("not properly shut down");
    }

    @Test
    void closing_ends_the_server_and_a_second_close_does_nothing() throws Exception {
        EmbeddedPostgres postgres = EmbeddedPostgres.start(data);
        long pid = serverPid();

        postgres.close();
        postgres.close();

        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(postgres.ended().get(5, TimeUnit.SECONDS)).isNull();
        assertThat(data.resolve("postmaster.pid")).doesNotExist();
    }

    @Test
    void a_killed_controller_takes_the_server_with_it_by_a_clean_shutdown() throws Exception {
        Process child = child(List.of(), classPath(), data);
        ProcessHandle server = ProcessHandle.of(serverPid()).orElseThrow();

        child.destroyForcibly().waitFor();

        server.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
            assertThat(one(postgres, "select count(*) from t")).isEqualTo("1");
        }
        assertThat(log()).doesNotContain("not properly shut down");
    }

    @Test
    void a_killed_server_is_noticed_and_the_next_one_recovers_what_was_committed() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
            run(postgres, "create table t (n int)", "insert into t values (7)");

            ProcessHandle.of(serverPid()).orElseThrow().destroyForcibly();

            assertThat(postgres.ended().get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isNull();
        }
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
            assertThat(one(postgres, "select n from t")).isEqualTo("7");
        }
        assertThat(log()).contains("not properly shut down");
    }

    @Test
    void a_server_that_was_left_running_is_stopped_and_replaced() throws Exception {
        Process child = child(List.of(), classPath(), data);
        ProcessHandle server = ProcessHandle.of(serverPid()).orElseThrow();
        // Without its shell, nothing tells the server that the controller has gone.
        server.parent().orElseThrow().destroyForcibly();
        child.destroyForcibly().waitFor();
        assertThat(server.isAlive()).isTrue();

        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
            assertThat(server.isAlive()).isFalse();
            assertThat(one(postgres, "select count(*) from t")).isEqualTo("1");
        }
        assertThat(log()).doesNotContain("not properly shut down");
    }

    @Test
    void a_stranger_with_the_process_id_of_an_old_server_is_left_alone() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
            run(postgres, "create table t (n int)");
        }
        Process stranger = new ProcessBuilder("sleep", "600").start();
        started.add(stranger);
        pidFile(stranger.pid());

        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
            assertThat(one(postgres, "select count(*) from t")).isEqualTo("0");
        }
        assertThat(stranger.isAlive()).isTrue();
    }

    @Test
    void the_process_id_file_of_a_dead_server_is_no_obstacle() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
            run(postgres, "create table t (n int)");
        }
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        pidFile(dead.pid());

        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
            assertThat(one(postgres, "select count(*) from t")).isEqualTo("0");
        }
    }

    @Test
    void two_controllers_cannot_share_a_database() throws Exception {
        Process child = child(List.of(), classPath(), data);
        long server = serverPid();

        assertThatThrownBy(() -> EmbeddedPostgres.start(data)).isInstanceOfSatisfying(BelayException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.E_BUSY);
            assertThat(e.what()).contains(data.toString());
        });
        assertThat(child.isAlive()).isTrue();
        assertThat(ProcessHandle.of(server).orElseThrow().isAlive()).isTrue();
    }

    @Test
    void two_servers_of_one_process_cannot_share_a_database_either() throws Exception {
        try (EmbeddedPostgres first = EmbeddedPostgres.start(data)) {
            assertThatThrownBy(() -> EmbeddedPostgres.start(data))
                    .isInstanceOfSatisfying(
                            BelayException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.E_BUSY));
            assertThat(one(first, "select 1")).isEqualTo("1");
        }
        try (EmbeddedPostgres again = EmbeddedPostgres.start(data)) {
            assertThat(one(again, "select 1")).isEqualTo("1");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PG_VERSION, 17, PostgreSQL 17",
        "PG_VERSION, 18, not one that Belay made",
        "notes.txt, mine, PG_VERSION"
    })
    void a_directory_that_is_not_ours_is_left_untouched(String file, String content, String said) throws IOException {
        Files.createDirectories(data);
        Files.writeString(data.resolve(file), content + "\n");
        Set<String> before = manifest(data);

        assertThatThrownBy(() -> EmbeddedPostgres.start(data)).isInstanceOfSatisfying(BelayException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.E_SETUP);
            assertThat(e.what() + e.why()).contains(said).contains("untouched");
            assertThat(e.next()).isNotEmpty();
        });
        assertThat(manifest(data)).isEqualTo(before);
    }

    @Test
    void a_directory_that_the_server_may_not_reach_is_named() throws IOException {
        Path closed = Files.createDirectory(
                temp.resolve("closed"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        if (me() != 0) {
            // The server is this very user then, who may enter, and nobody else is let in for it.
            EmbeddedPostgres.start(closed.resolve("a/b/pg")).close();
            assertThat(Files.getPosixFilePermissions(closed)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
            return;
        }

        assertThatThrownBy(() -> EmbeddedPostgres.start(closed.resolve("a/b/pg")))
                .isInstanceOfSatisfying(BelayException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.E_SETUP);
                    assertThat(e.why()).contains(closed.toString());
                    assertThat(e.next()).contains("chmod o+x " + closed);
                });
    }

    @Test
    void a_start_that_was_cut_off_leaves_nothing_that_stops_the_next_one() throws Exception {
        Path halfMade = data.resolveSibling(".new-" + data.getFileName() + "-1");
        Files.createDirectories(halfMade.resolve("pg/base"));
        Files.writeString(halfMade.resolve("pg/PG_VERSION"), "18\n");
        Files.createDirectories(data);

        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
            assertThat(one(postgres, "select 1")).isEqualTo("1");
        }
        assertThat(halfMade).doesNotExist();
    }

    @Test
    void a_server_that_cannot_start_is_reported_with_what_it_said() throws Exception {
        EmbeddedPostgres.start(data).close();
        Files.writeString(data.resolve("postgresql.auto.conf"), "no_such_setting = 1\n");

        long before = System.nanoTime();

        assertThatThrownBy(() -> EmbeddedPostgres.start(data)).isInstanceOfSatisfying(BelayException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.E_SETUP);
            assertThat(e.why()).contains("no_such_setting");
            assertThat(e.next()).contains(".log");
        });
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
    }

    /** As root two others: 1 has a name in /etc/passwd, 12345 has none. */
    static IntStream ordinaryUsers() throws IOException {
        return me() == 0 ? IntStream.of(1, 12345) : IntStream.of(me());
    }

    private static int me() throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    @ParameterizedTest
    @MethodSource("ordinaryUsers")
    void it_works_for_an_ordinary_user_too(int uid) throws Exception {
        Path home = Files.createDirectory(temp.resolve("home-" + uid));
        if (uid != me()) {
            Files.setAttribute(home, "unix:uid", uid);
        }
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
        Path library = readableClassPath(temp.resolve("library-" + uid));
        String paths;
        try (Stream<Path> jars = Files.list(library)) {
            paths = jars.map(Path::toString).collect(Collectors.joining(":"));
        }
        data = home.resolve("state/controller/pg");
        List<String> prefix = uid == me()
                ? List.of()
                : List.of("setpriv", "--reuid=" + uid, "--regid=" + uid, "--clear-groups", "--bounding-set=-all");

        Process child = child(prefix, paths, data);
        ProcessHandle server = ProcessHandle.of(serverPid()).orElseThrow();

        assertThat(Files.getAttribute(Path.of("/proc", Long.toString(server.pid())), "unix:uid"))
                .isEqualTo(uid);
        assertThat(Files.getAttribute(data, "unix:uid")).isEqualTo(uid);
        child.destroyForcibly().waitFor();
        server.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        Process again = child(prefix, paths, data);
        again.getOutputStream().close();
        assertThat(again.inputReader().readLine()).isEqualTo("closed");
        assertThat(again.waitFor()).isZero();
    }

    @Test
    void an_occupied_port_is_nobody_elses_problem() throws Exception {
        try (ServerSocket occupied = new ServerSocket();
                EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
            occupied.bind(new InetSocketAddress("127.0.0.1", 0));
            assertThat(postgres.port()).isNotEqualTo(occupied.getLocalPort());
            assertThat(one(postgres, "select 1")).isEqualTo("1");
        }
    }

    private Process child(List<String> prefix, String classPath, Path database) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                classPath,
                PostgresChild.class.getName(),
                database.toString()));
        Path errors = Files.createTempFile(temp, "child", ".err");
        Process child = new ProcessBuilder(command)
                .directory(temp.toFile())
                .redirectError(errors.toFile())
                .start();
        started.add(child);
        BufferedReader out = child.inputReader(StandardCharsets.UTF_8);
        assertThat(out.readLine()).as(() -> "child said: " + read(errors)).isEqualTo("ready");
        return child;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** The checkout and ~/.m2 are not for every user to read. */
    private static Path readableClassPath(Path target) throws Exception {
        Set<URI> places = new LinkedHashSet<>();
        for (Class<?> one : List.of(
                EmbeddedPostgres.class, PostgresChild.class, BelayException.class, org.postgresql.Driver.class)) {
            places.add(one.getProtectionDomain().getCodeSource().getLocation().toURI());
        }
        String archive = EmbeddedPostgres.class
                .getClassLoader()
                .getResource("postgres-linux-x86_64.txz")
                .toString();
        places.add(URI.create(archive.substring("jar:".length(), archive.indexOf("!/"))));
        Files.createDirectory(target);
        int n = 0;
        for (URI place : places) {
            Path from = Path.of(place);
            Path to = target.resolve(++n + "-" + from.getFileName());
            try (Stream<Path> files = Files.walk(from, FileVisitOption.FOLLOW_LINKS)) {
                for (Path file : files.toList()) {
                    Files.copy(
                            file, to.resolve(from.relativize(file).toString()).normalize());
                }
            }
        }
        return target;
    }

    private long serverPid() throws IOException {
        return Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).getFirst().strip());
    }

    private void pidFile(long pid) throws IOException {
        Files.writeString(
                data.resolve("postmaster.pid"), pid + "\n" + data + "\n1700000000\n5432\n\n127.0.0.1\n0 0\nready\n");
        if (me() == 0) {
            Files.setAttribute(data.resolve("postmaster.pid"), "unix:uid", 65534);
        }
    }

    private String log() throws IOException {
        return Files.readString(data.resolveSibling(data.getFileName() + ".log"));
    }

    private static Set<String> manifest(Path directory) throws IOException {
        TreeMap<String, String> entries = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                entries.put(
                        file.toString(),
                        Files.readAttributes(file, "unix:mode,uid,gid,size,lastModifiedTime", LinkOption.NOFOLLOW_LINKS)
                                .toString());
            }
        }
        return entries.entrySet().stream().map(Object::toString).collect(Collectors.toSet());
    }

    private static void run(EmbeddedPostgres postgres, String... statements) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static String one(EmbeddedPostgres postgres, String query) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
