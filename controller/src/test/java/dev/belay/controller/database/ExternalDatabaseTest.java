package dev.belay.controller.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.belay.controller.postgres.InstalledPostgres;
import dev.belay.controller.testing.Eventually;
import dev.belay.controller.testing.LogLines;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.Task;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A database that an administrator runs: the distribution's PostgreSQL, another major version than the embedded one. */
class ExternalDatabaseTest {
    private static final Duration SOON = Duration.ofSeconds(1);
    private static InstalledPostgres server;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        server = InstalledPostgres.start();
        server.execute("postgres", "create role plain login password 'plain'");
        server.execute("postgres", "create database others");
        server.execute("others", "revoke create on schema public from public");
        server.execute("postgres", "create database latin encoding 'LATIN1' template template0");
        server.execute("postgres", "create database standby");
        server.execute("postgres", "alter database standby set default_transaction_read_only = on");
        server.execute("postgres", "create database closed");
        server.execute("postgres", "revoke connect on database closed from public");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://ada:p%40ss@db.example:5433/belay,          db.example:5433, belay, p@ss",
        "postgres://ada:a+b@db/belay,                            db,              belay, a+b",
        "jdbc:postgresql://db:5432/belay?user=ada&password=x%26y, db:5432,        belay, x&y",
        "'jdbc:postgresql://one,two:5433/belay?user=ada',        'one,two:5433',  belay, ",
        "postgresql://ada@[::1]:5432/be%20lay,                   [::1]:5432,      be lay, ",
    })
    void every_usual_form_of_an_address_is_read(String url, String where, String database, String password) {
        DatabaseAddress address = DatabaseAddress.parse(url, Optional.empty());

        assertThat(address.where()).isEqualTo(where);
        assertThat(address.database()).isEqualTo(database);
        assertThat(address.user()).isEqualTo("ada");
        assertThat(address.password()).isEqualTo(Optional.ofNullable(password));
    }

    @Test
    void options_go_to_the_driver_by_its_own_names_and_the_password_is_in_no_text() {
        DatabaseAddress address = DatabaseAddress.parse(
                "postgresql://ada:hidden@db/belay?sslmode=require&connect_timeout=3&target_session_attrs=read-write",
                Optional.empty());

        assertThat(address.jdbcUrl())
                .isEqualTo("jdbc:postgresql://db/belay?connectTimeout=3&sslmode=require&targetServerType=primary");
        assertThat(address.toString() + address.jdbcUrl()).doesNotContain("hidden");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://ada:hidden@db/belay",
                "postgresql://ada:hidden@/belay",
                "postgresql://ada:hidden@db",
                "postgresql://:hidden@db/belay",
                "postgresql://ada:hidden%@db/belay",
                "postgresql://ada:hidden@db/belay?sslmode",
                "postgresql://ada:hid/den@db/belay",
                "postgresql://ada:hidden@d b/belay",
            })
    void what_is_no_address_is_refused_without_repeating_it(String url) {
        BelayException refused = catchThrowableOfType(
                BelayException.class, () -> DatabaseAddress.from(Map.of("BELAY_DATABASE_URL", url)));

        assertThat(refused.code()).isEqualTo(ErrorCode.E_USAGE);
        assertThat(refused.what()).contains("BELAY_DATABASE_URL");
        assertThat(refused.what() + refused.why() + refused.next()).doesNotContain("hid");
    }

    @Test
    void the_password_may_be_apart_in_a_file_of_the_owners() throws Exception {
        Path file = Files.writeString(folder.resolve("password"), "of the file\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Map<String, String> environment = Map.of(
                "BELAY_DATABASE_URL", "postgresql://ada:of-the-address@db/belay",
                "BELAY_DATABASE_PASSWORD", "of the variable",
                "BELAY_DATABASE_PASSWORD_FILE", file.toString());

        assertThat(DatabaseAddress.from(environment).orElseThrow().password()).contains("of the file");

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> DatabaseAddress.from(environment))
                .isInstanceOfSatisfying(BelayException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.E_USAGE);
                    assertThat(error.what()).contains("BELAY_DATABASE_PASSWORD_FILE");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "plain:wrong@127.0.0.1:PORT/others,                    E_SETUP,       refuses the password of plain",
        "plain@127.0.0.1:PORT/others,                          E_SETUP,       'wants a password of plain'",
        "nobody:x@127.0.0.1:PORT/others,                       E_SETUP,       refuses the password of nobody",
        "plain:plain@127.0.0.1:PORT/nowhere,                   E_SETUP,       there is no database nowhere",
        "plain:plain@127.0.0.1:PORT/closed,                    E_SETUP,       may not do",
        "plain:plain@127.0.0.1:PORT/others?sslmode=require,    E_SETUP,       cannot be encrypted",
        "plain:plain@127.0.0.1:PORT/latin,                     E_SETUP,       cannot hold every text",
        "plain:plain@127.0.0.1:PORT/standby,                   E_SETUP,       takes no writes",
        "plain:plain@127.0.0.1:1/others,                       E_UNREACHABLE, 127.0.0.1:1 does not answer",
        "plain:plain@no.such.host.invalid/others,              E_UNREACHABLE, no.such.host.invalid does not answer",
    })
    void a_database_that_cannot_be_used_is_named_with_the_reason(String given, ErrorCode code, String what) {
        String url = "postgresql://" + given.replace("PORT", "" + server.port());

        assertThatThrownBy(() -> PooledDatabase.external(
                        DatabaseAddress.parse(url, Optional.empty()).patient(SOON)))
                .isInstanceOfSatisfying(BelayException.class, error -> {
                    assertThat(error.code()).as(error.why()).isEqualTo(code);
                    assertThat(error.what()).contains(what);
                    assertThat(error.why()).startsWith(code == ErrorCode.E_SETUP ? "PostgreSQL: " : "network: ");
                    assertThat(error.work()).isEqualTo(BelayException.NOTHING_CHANGED);
                    assertThat(error.next()).isNotEmpty();
                });
    }

    @Test
    void a_server_that_is_too_old_is_refused() {
        DatabaseAddress address = DatabaseAddress.parse("postgresql://ada@db/belay", Optional.empty());

        assertThat(new DatabaseServer(120_022, "12.22", false, "UTF8", false)
                        .unfit(address)
                        .orElseThrow()
                        .what())
                .isEqualTo("the database at db is PostgreSQL 12.22");
        assertThat(new DatabaseServer(130_000, "13.0", false, "UTF8", false).unfit(address))
                .isEmpty();
    }

    @Test
    void a_user_who_may_make_no_tables_is_told_so() {
        try (Database database = PooledDatabase.external(DatabaseAddress.parse(
                "postgresql://plain:plain@127.0.0.1:" + server.port() + "/others", Optional.empty()))) {
            assertThatThrownBy(() -> Schema.prepare(database, "local", "ada"))
                    .isInstanceOfSatisfying(BelayException.class, error -> {
                        assertThat(error.code()).isEqualTo(ErrorCode.E_SETUP);
                        assertThat(error.what()).contains("may not do");
                        assertThat(error.why()).contains("may make no tables");
                    });
        }
    }

    @Test
    void the_tables_of_a_newer_version_are_refused_and_left_as_they_are() throws Exception {
        try (Database database = fresh("newer")) {
            Schema.prepare(database, "local", "ada");
            server.execute("newer", """
                    insert into flyway_schema_history
                      (installed_rank, version, description, type, script, installed_by, execution_time, success)
                    values (99, '4711', 'of tomorrow', 'SQL', 'V4711__of_tomorrow.sql', 'x', 1, true)
                    """);

            assertThatThrownBy(() -> Schema.prepare(database, "local", "eve"))
                    .isInstanceOfSatisfying(BelayException.class, error -> {
                        assertThat(error.code().exitCode()).isEqualTo(10);
                        assertThat(error.what()).contains("newer version of Belay");
                        assertThat(error.why()).contains("4711", "of tomorrow");
                        assertThat(error.work()).isEqualTo(BelayException.NOTHING_CHANGED);
                    });
            assertThat(one(database, "select count(*) from actor where actor = 'eve'"))
                    .isEqualTo(0);
        }
    }

    @Test
    void controllers_that_start_together_make_the_tables_once() throws Exception {
        try (Database database = fresh("together")) {
            List<CompletableFuture<Void>> all = java.util.stream.IntStream.range(0, 6)
                    .mapToObj(i -> CompletableFuture.runAsync(
                            () -> Schema.prepare(database, "local", "ada"), Thread::startVirtualThread))
                    .toList();
            all.forEach(CompletableFuture::join);

            assertThat(one(database, "select count(*) from flyway_schema_history where version = '1'"))
                    .isEqualTo(1);
            assertThat(one(database, "select count(*) from tenant")).isEqualTo(1);
        }
    }

    @Test
    void a_server_that_comes_up_while_it_is_waited_for_is_found() throws Exception {
        try (InstalledPostgres late = InstalledPostgres.made();
                LogLines log = LogLines.listen()) {
            CompletableFuture<Database> reached = CompletableFuture.supplyAsync(
                    () -> PooledDatabase.external(DatabaseAddress.parse(late.url("postgres"), Optional.empty())),
                    Thread::startVirtualThread);
            Eventually.get("the log", SOON.multipliedBy(10), () -> log.atLeast("WARN"), lines -> !lines.isEmpty());

            late.up();

            try (Database database = reached.join()) {
                assertThat(one(database, "select 1")).isEqualTo(1);
            }
            assertThat(log.atLeast("WARN")).noneMatch(line -> line.contains(InstalledPostgres.PASSWORD));
        }
    }

    @Test
    void a_database_that_goes_away_while_it_is_used_is_said_and_found_again_with_all_that_was_acknowledged() {
        try (InstalledPostgres away = InstalledPostgres.start();
                StartedController controller = StartedController.onDatabase(away.url("postgres"))) {
            Task task = controller.submit();
            assertThat(controller.get("/health/ready").status()).isEqualTo(200);

            away.kill();

            StartedController.Answer refused = controller.trySubmit(controller.submission());
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.code()).isEqualTo("E_UNREACHABLE");
            assertThat(refused.json().text("title")).isEqualTo("the database does not answer");
            assertThat(refused.json().text("work")).contains("everything that was acknowledged is kept");
            assertThat(controller.get("/health/ready").status()).isEqualTo(503);
            assertThat(controller.get("/health/live").status()).isEqualTo(200);

            away.up();

            Eventually.get(
                    "readiness",
                    SOON.multipliedBy(20),
                    () -> controller.get("/health/ready").status(),
                    now -> now == 200);
            assertThat(controller.task(task.getId()).getId()).isEqualTo(task.getId());
            assertThat(controller.submit().getId()).isNotEmpty();
        }
    }

    private static Database fresh(String name) {
        server.execute("postgres", "create database " + name);
        return PooledDatabase.external(DatabaseAddress.parse(server.url(name), Optional.empty()));
    }

    private static int one(Database database, String sql) throws Exception {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        }
    }
}
