package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A test of the tests: faults that the random deaths look for are put into a system's rows, and each is seen. Its
 * tables are left as no working controller would leave them, so nothing else uses them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlantedFaultsIT {
    private Postgres postgres;
    private Belay belay;

    @BeforeAll
    void a_task_has_ended_well() {
        postgres = Postgres.started();
        belay = Belay.fresh()
                .with("BELAY_DATABASE_URL", postgres.url("postgres"))
                .with("BELAY_DATABASE_PASSWORD", Postgres.PASSWORD);
        belay.run("up").well();
        belay.task(belay.repository("shop"), Script.of("echo 1 >>log", "echo 2 >>log"));
        assertThat(new Ledger(postgres).violations()).isEmpty();
    }

    @AfterAll
    void end() {
        belay.close();
        postgres.close();
    }

    /** As an epoch's check that is not made, a number that is counted twice, a constraint that is not there, … */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        A_SEQUENCE_HAS_NO_GAP                 | update event e set seq = seq + 1000 where seq = (select last_seq from task t where t.id = e.task)
        THE_LAST_NUMBER_IS_THE_TASKS          | update task set last_seq = last_seq + 1
        NO_EPOCH_WRITES_AFTER_THE_NEXT_ONE    | update event set epoch = 2 where seq = 4
        ONE_EPOCH_ENDS_BEFORE_THE_NEXT_BEGINS | insert into attempt (task, epoch, tenant, actor, runner, assigned_at, ended_at, outcome) select task, 2, tenant, actor, 'other', assigned_at, now(), 'lost' from attempt where epoch = 1
        WHAT_A_RUNNER_SAID_IS_THERE_ONCE      | do $$ begin alter table event drop constraint event_task_epoch_runner_seq_key; update event set runner_seq = 5 where runner_seq = 6; end $$
        THERE_IS_ONE_END                      | insert into attempt (task, epoch, tenant, actor, runner, ended_at, outcome) select task, 3, tenant, actor, 'other', now(), 'failed' from attempt where epoch = 1
        NOBODY_HOLDS_WHAT_HAS_ENDED           | insert into attempt (task, epoch, tenant, actor, runner) select task, 4, tenant, actor, 'other' from attempt where epoch = 1
        EVERY_TASK_HAS_ENDED                  | update task set state = 'queued', finished_at = null
        """)
    void a_fault_in_the_rows_is_seen(String rule, String fault) {
        Ledger ledger = new Ledger(postgres);
        assertThat(ledger.violations()).noneMatch(each -> each.startsWith(rule + ": "));

        postgres.sql(fault);

        assertThat(ledger.violations()).anyMatch(each -> each.startsWith(rule + ": "));
    }
}
