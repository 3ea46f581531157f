package dev.belay.cli.blackbox;

import java.util.ArrayList;
import java.util.List;

/** The rows of a fleet's database, and what must hold of them when all its tasks have ended, whoever died meanwhile. */
record Ledger(Postgres postgres) {
    private enum Rule {
        A_SEQUENCE_HAS_NO_GAP("""
            select task || ' has ' || coalesce(before, 0) || ' and then ' || seq
            from (select task, seq, lag(seq) over (partition by task order by seq) as before from event) e
            where seq <> coalesce(before, 0) + 1"""),
        THE_LAST_NUMBER_IS_THE_TASKS("""
            select t.id || ' counts to ' || t.last_seq || ' and has ' || count(e.seq)
            from task t left join event e on e.task = t.id group by t.id having count(e.seq) <> t.last_seq"""),
        NO_EPOCH_WRITES_AFTER_THE_NEXT_ONE("""
            select task || ': epoch ' || epoch || ' writes after ' || before
            from (select task, epoch, lag(epoch) over (partition by task order by seq) as before from event) e
            where epoch < before"""),
        ONE_EPOCH_ENDS_BEFORE_THE_NEXT_BEGINS("""
            select a.task || ': epoch ' || a.epoch || ' lived until ' || coalesce(a.ended_at::text, 'now')
                || ', epoch ' || b.epoch || ' from ' || b.assigned_at
            from attempt a join attempt b on b.task = a.task and b.epoch > a.epoch
            where a.ended_at is null or a.ended_at > b.assigned_at"""),
        WHAT_A_RUNNER_SAID_IS_THERE_ONCE("""
            select task || ': ' || epoch || '/' || runner_seq || ' ' || count(*) || ' times'
            from event where runner_seq is not null group by task, epoch, runner_seq having count(*) > 1"""),
        EVERY_TASK_HAS_ENDED("select id || ' is ' || state from task where finished_at is null"),
        NOBODY_HOLDS_WHAT_HAS_ENDED("""
            select a.task || ': epoch ' || a.epoch || ' has no end'
            from attempt a join task t on t.id = a.task where a.ended_at is null and t.finished_at is not null"""),
        THERE_IS_ONE_END("""
            select t.id || ': its state is ' || t.state || ' and its log says '
                || coalesce(string_agg(a.outcome, ', '), 'nothing')
            from task t left join attempt a on a.task = t.id and a.outcome in ('succeeded', 'failed', 'cancelled')
            where t.finished_at is not null group by t.id having count(a.epoch) > 1""");

        private final String sql;

        Rule(String sql) {
            this.sql = sql;
        }
    }

    /** A line each; the first ones of each kind. */
    List<String> violations() {
        List<String> violations = new ArrayList<>();
        for (Rule rule : Rule.values()) {
            postgres.sql(rule.sql + " limit 3").lines().forEach(line -> violations.add(rule + ": " + line));
        }
        return violations;
    }

    long tasks() {
        return Long.parseLong(postgres.sql("select count(*) from task"));
    }

    long live() {
        return Long.parseLong(postgres.sql("select count(*) from task where finished_at is null"));
    }
}
