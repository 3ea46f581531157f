package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A database that the administrator runs, and its sudden death. */
class ExternalDatabaseIT {
    @Test
    void a_database_that_is_killed_loses_nothing_and_a_task_outlives_it() throws Exception {
        try (Postgres postgres = Postgres.started();
                Belay belay = Belay.fresh()
                        .with("BELAY_DATABASE_URL", postgres.url("postgres"))
                        .with("BELAY_DATABASE_PASSWORD", Postgres.PASSWORD)) {
            Repository shop = belay.repository("shop");
            String ended = belay.task(shop, new Script().write("a", "b\n"));
            assertThat(belay.run("status", "--json").well().json().text("database"))
                    .isEqualTo("external");
            assertThat(belay.state().resolve("controller/pg"))
                    .as("an embedded database")
                    .doesNotExist();
            String live = belay.handOver(
                    shop,
                    new Script()
                            .write("one", "1\n")
                            .bash("for i in $(seq 60); do sleep 0.2; done")
                            .write("two", "2\n"));
            try (Running watch = belay.start("attach", live)) {
                watch.untilItSays("sleep 0.2");

                postgres.kill();

                Result refused = belay.run("ps");
                assertThat(refused.refused("E_UNREACHABLE", 9).err()).contains("the database does not answer");
                postgres.up();
                belay.run("wait", "--timeout", "80s", live).well();
                assertThat(watch.end().exit()).isIn(0, 9);
            }
            assertThat(belay.run("show", "--json", ended).well().json().text("state"))
                    .isEqualTo("succeeded");
            assertThat(belay.run("exec", live, "--", "cat", "one", "two").well().out())
                    .isEqualTo("1\n2\n");
            assertThat(postgres.sql("select count(*) from (select task, seq - lag(seq, 1, 0) over"
                            + " (partition by task order by seq) as step from event) e where step <> 1"))
                    .as("gaps in a log")
                    .isEqualTo("0");
            assertNowhere(belay, Postgres.PASSWORD);
        }
    }

    /** Whoever asks next has the connection; a statement that was prepared on another one is not there. */
    @Test
    void behind_a_pooler_that_hands_connections_round_tasks_run_and_the_log_says_what_is_slower() throws IOException {
        try (Postgres postgres = Postgres.started();
                Pooler pooler = Pooler.before(postgres);
                Belay belay = Belay.fresh()
                        .with("BELAY_DATABASE_URL", postgres.url("postgres", pooler.port()))
                        .with("BELAY_DATABASE_PASSWORD", Postgres.PASSWORD)) {
            Repository shop = belay.repository("shop");
            Script script = new Script();
            for (int i = 0; i < 8; i++) {
                script.write("f" + i, i + "\n");
            }

            // The driver keeps a statement prepared from its fifth time on.
            List<String> tasks = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                tasks.add(belay.handOver(shop, script));
            }
            for (String task : tasks) {
                belay.run("wait", "--timeout", "80s", task).well();
            }
            belay.run("rollback", tasks.getFirst() + "@s3").well();

            assertThat(belay.run("exec", tasks.getFirst(), "--", "ls").well().out())
                    .contains("f2")
                    .doesNotContain("f3");
            Path log = belay.state().resolve("local/controller.log");
            LocalSystem.until(
                    "it says that it hears no hints", () -> said(log).contains("NOTIFY does not arrive here"));
            assertThat(said(log))
                    .contains("is a pooler: no statement is kept prepared")
                    .doesNotContain(" ERROR ", "prepared statement");
        }
    }

    private static String said(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Neither in a file nor in a command line; the environment of the controller is its owner's. */
    private static void assertNowhere(Belay belay, String secret) throws IOException {
        assertThat(StateSearch.filesHolding(belay.state(), secret))
                .as("files with the password")
                .isEmpty();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            assertThat(processes
                            .filter(process -> process.getFileName().toString().matches("[0-9]+"))
                            .filter(process -> contains(process.resolve("cmdline"), secret)))
                    .as("command lines with the password")
                    .isEmpty();
        }
        List<Long> ours = Leftovers.of(belay.state()).pids();
        assertThat(Leftovers.naming("BELAY_DATABASE_PASSWORD=").stream().filter(ours::contains))
                .as("processes of this system that have it: the controller and its supervisor alone")
                .containsExactlyInAnyOrder(
                        LocalSystem.of(belay).pid("controller"),
                        LocalSystem.of(belay).supervisor("controller"));
    }

    private static boolean contains(Path file, String text) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
        } catch (IOException gone) {
            return false;
        }
    }

    @Test
    void a_database_that_cannot_be_used_is_named_with_the_way_out_and_nothing_is_left_running() {
        try (Postgres postgres = Postgres.started();
                Belay belay = Belay.fresh().with("BELAY_DATABASE_PASSWORD", Postgres.PASSWORD)) {
            String url = postgres.url("postgres");

            refused(belay.with("BELAY_DATABASE_URL", "mysql://x:hidden@y/z"), "E_USAGE", 2, "BELAY_DATABASE_URL");
            refused(
                    belay.with("BELAY_DATABASE_URL", url).with("BELAY_DATABASE_PASSWORD", "wrong"),
                    "E_SETUP",
                    10,
                    "refuses the password of belay");
            refused(belay.with("BELAY_DATABASE_URL", postgres.url("nowhere")), "E_SETUP", 10, "no database nowhere");
            refused(
                    belay.with("BELAY_DATABASE_URL", "postgresql://belay@127.0.0.1:1/x")
                            .with("BELAY_DATABASE_WAIT", "1"),
                    "E_UNREACHABLE",
                    9,
                    "127.0.0.1:1 does not answer");
            Belay well = belay.with("BELAY_DATABASE_URL", url);
            well.run("up").well();
            well.run("down").well();
            postgres.sql("insert into flyway_schema_history (installed_rank, version, description, type, script,"
                    + " installed_by, execution_time, success)"
                    + " values (99, '4711', 'of tomorrow', 'SQL', 'V4711__of_tomorrow.sql', 'x', 1, true)");
            refused(well, "E_SETUP", 10, "newer version of Belay");
        }
    }

    private static void refused(Belay belay, String code, int exit, String what) {
        Result up = belay.run("up").refused(code, exit);
        assertThat(up.err()).contains(what).doesNotContain("hidden");
        assertThat(Leftovers.of(belay.state()).isEmpty()).as("%s", up).isTrue();
    }
}
