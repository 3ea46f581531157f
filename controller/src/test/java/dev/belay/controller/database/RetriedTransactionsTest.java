package dev.belay.controller.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.controller.testing.Eventually;
import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.RenewResult;
import dev.belay.proto.v1.Task;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions that PostgreSQL undoes because of others, and connections that others keep. */
class RetriedTransactionsTest {
    private StartedController controller;

    @BeforeEach
    void start() {
        controller = StartedController.start();
    }

    @AfterEach
    void stop() {
        controller
                .jdbi()
                .useHandle(
                        handle -> handle.execute(
                                "drop trigger if exists undone on event; drop sequence if exists undoing; drop function if exists undo()"));
        controller.close();
    }

    /** The next so many transactions that append an event are undone; a sequence is counted though they are. */
    private void undo(String state, int times) {
        controller
                .jdbi()
                .useHandle(handle ->
                        handle.createScript("""
                        create sequence undoing;
                        create function undo() returns trigger language plpgsql as 'begin
                          if nextval(''undoing'') <= %d then raise exception ''injected'' using errcode = ''%s''; end if;
                          return new; end';
                        create trigger undone before insert on event for each row execute function undo();
                        """.formatted(times, state)).execute());
    }

    private long undone() {
        return controller
                .jdbi()
                .withHandle(handle -> handle.createQuery("select last_value from undoing")
                        .mapTo(Long.class)
                        .one());
    }

    @ParameterizedTest
    @ValueSource(strings = {"40001", "40P01"})
    void what_was_undone_is_done_again_and_once(String state) {
        try (ScriptedRunner runner = controller.runner("r", 4)) {
            undo(state, 3);
            Task task = controller.submit();
            Assignment assignment = runner.begin();
            controller.jdbi().useHandle(handle -> handle.execute("alter sequence undoing restart with 1"));

            runner.events(
                    assignment,
                    3,
                    ScriptedRunner.call(1, 1),
                    ScriptedRunner.result(1, 1),
                    ScriptedRunner.snapshot("step", 1),
                    ScriptedRunner.succeeded());

            assertThat(undone()).as("transactions that were undone").isGreaterThan(3);
            Task ended = controller.task(task.getId());
            assertThat(ended.getState().name()).isEqualTo("TASK_STATE_SUCCEEDED");
            assertThat(ended.getSteps()).isEqualTo(1);
            assertThat(controller.get("/v1/tasks?all=true").json().get("tasks").items())
                    .hasSize(1);
            assertThat(controller
                            .get("/v1/tasks/" + task.getId() + "/operations")
                            .json()
                            .get("operations")
                            .items())
                    .hasSize(1);
            List<Long> seqs = controller
                    .jdbi()
                    .withHandle(handle -> handle.createQuery("select seq from event where task = :id order by seq")
                            .bind("id", task.getId())
                            .mapTo(Long.class)
                            .list());
            assertThat(seqs)
                    .isEqualTo(java.util.stream.LongStream.rangeClosed(1, ended.getLastSeq())
                            .boxed()
                            .toList());
        }
    }

    @Test
    void what_is_undone_for_ever_is_an_error_and_leaves_nothing() {
        undo("40001", 1_000_000);

        assertThat(controller.trySubmit(controller.submission()).status()).isEqualTo(500);

        assertThat(undone()).as("it was tried again, and not for ever").isBetween(2L, 20L);
        assertThat(controller.get("/v1/tasks?all=true").json().get("tasks").items())
                .isEmpty();
    }

    @Test
    void what_fails_for_a_reason_of_its_own_is_not_tried_again() {
        undo("23514", 1_000_000);

        assertThat(controller.trySubmit(controller.submission()).status()).isEqualTo(500);

        assertThat(undone()).isEqualTo(1);
    }

    @Test
    void with_every_connection_taken_by_slow_questions_renewals_are_answered_at_once() throws Exception {
        try (ScriptedRunner runner = controller.runner("r", 4)) {
            controller.submit();
            Assignment assignment = runner.begin();
            List<Connection> taken = new ArrayList<>();
            Database database = controller.bean(Database.class);
            CompletableFuture<Integer> exhausted = CompletableFuture.supplyAsync(() -> {
                while (true) {
                    try {
                        taken.add(database.dataSource().getConnection());
                    } catch (SQLException none) {
                        return taken.size();
                    }
                }
            });
            try {
                Eventually.get("connections that are taken", Duration.ofSeconds(20), taken::size, count -> count >= 7);
                long begun = System.nanoTime();

                RenewResult renewed = runner.renew(ScriptedRunner.runs(assignment));

                assertThat(renewed.getHeldList()).hasSize(1);
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
                assertThat(exhausted.get()).as("all that the others have").isGreaterThanOrEqualTo(7);
                assertThat(runner.renew(ScriptedRunner.runs(assignment)).getHeldList())
                        .hasSize(1);
            } finally {
                for (Connection connection : taken) {
                    connection.close();
                }
            }
        }
    }
}
