package dev.belay.controller.runners;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.belay.controller.peers.Presence;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.proto.v1.Command;
import dev.belay.proto.v1.CommandOutput;
import dev.belay.proto.v1.CommandResult;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** What runners are asked and what they answer, written down: by this it passes from one controller to another. */
@Singleton
final class CommandRows {
    private final Jdbi jdbi;
    private final Presence presence;

    CommandRows(Jdbi jdbi, Presence presence) {
        this.jdbi = jdbi;
        this.presence = presence;
    }

    /** Part of what a command printed. */
    record Output(long number, CommandOutput body) {}

    /** A question of another controller's. */
    record Asked(String id, String runner, String bootId, Command body) {}

    /** False when something else is asked for the task, by any controller. */
    boolean insert(TaskRow task, String runner, String bootId, Command command) {
        return jdbi.withHandle(handle -> handle.createUpdate("""
                        insert into command (id, tenant, actor, task, epoch, runner, kind, controller, boot_id, body)
                        values (:id, :tenant, :actor, :task, :epoch, :runner, :kind, :me, :boot, :body)
                        on conflict (task) where answered_at is null do nothing
                        """)
                        .bind("id", command.getId())
                        .bind("tenant", task.tenant())
                        .bind("actor", command.getActor())
                        .bind("task", task.id())
                        .bind("epoch", command.getEpoch())
                        .bind("runner", runner)
                        .bind("kind", command.hasRun() ? "run" : "move_head")
                        .bind("me", presence.id())
                        .bind("boot", bootId)
                        .bind("body", command.toByteArray())
                        .execute()
                == 1);
    }

    /** Nobody waits for it any more. */
    void answered(String id, String outcome) {
        jdbi.useTransaction(handle -> {
            handle.createUpdate("""
                            update command set answered_at = clock_timestamp(), outcome = :outcome, body = null,
                              answer = null
                            where id = :id
                            """).bind("id", id).bind("outcome", outcome).execute();
            handle.createUpdate("delete from command_output where command = :id")
                    .bind("id", id)
                    .execute();
        });
    }

    boolean open(String task, String runner) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select exists (select 1 from command where task = :task and epoch = 0 and answered_at is null
                                       and (:runner = '' or runner = :runner))
                        """)
                .bind("task", task)
                .bind("runner", runner)
                .mapTo(Boolean.class)
                .one());
    }

    /** What this controller asked before this start of it, and what one asked that lives no more, has lost its asker. */
    void lose() {
        lose("controller = :me or not exists (select 1 from controller c where c.id = command.controller and "
                + Presence.LIVES + ")");
    }

    /** The same for the other controllers' alone. */
    void loseOthers() {
        lose("controller <> :me and not exists (select 1 from controller c where c.id = command.controller and "
                + Presence.LIVES + ")");
    }

    private void lose(String which) {
        jdbi.useTransaction(handle -> {
            handle.createUpdate("""
                            update command set answered_at = clock_timestamp(), outcome = 'lost', body = null,
                              answer = null
                            where answered_at is null and (""" + which + ")")
                    .bind("me", presence.id())
                    .bind("lives", presence.livesSeconds())
                    .execute();
            handle.execute(
                    "delete from command_output o using command c where c.id = o.command and c.answered_at is not null");
        });
    }

    /** What other controllers ask of these runners, as far as their newest session is here, and is not answered. */
    List<Asked> asked(List<String> runners) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select id, runner, boot_id, body from command
                        where answered_at is null and answer is null and body is not null and controller <> :me
                          and runner = any(:runners)
                          and exists (select 1 from runner r where r.id = command.runner and r.controller = :me)
                        """)
                .bind("me", presence.id())
                .bind("runners", runners.toArray(String[]::new))
                .map((row, context) -> new Asked(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        parsed(row.getBytes(4), Command.parser())))
                .list());
    }

    /** False when nobody waits for it. */
    boolean answer(String runner, CommandResult answer) {
        return jdbi.withHandle(handle -> handle.createUpdate("""
                        update command set answer = :answer
                        where id = :id and runner = :runner and answered_at is null and answer is null
                        """)
                        .bind("id", answer.getCommand())
                        .bind("runner", runner)
                        .bind("answer", answer.toByteArray())
                        .execute()
                == 1);
    }

    /** False when nobody waits for it. */
    boolean print(String runner, CommandOutput output) {
        return jdbi.withHandle(handle -> handle.createUpdate("""
                        insert into command_output (command, tenant, actor, body)
                        select id, tenant, actor, :body from command
                        where id = :id and runner = :runner and answered_at is null
                        """)
                        .bind("id", output.getCommand())
                        .bind("runner", runner)
                        .bind("body", output.toByteArray())
                        .execute()
                == 1);
    }

    Optional<CommandResult> answer(String id) {
        return jdbi.withHandle(
                handle -> handle.createQuery("select answer from command where id = :id and answer is not null")
                        .bind("id", id)
                        .map((row, context) -> parsed(row.getBytes(1), CommandResult.parser()))
                        .findOne());
    }

    List<Output> output(String id, long after) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select number, body from command_output where command = :id and number > :after
                        order by number limit 64
                        """)
                .bind("id", id)
                .bind("after", after)
                .map((row, context) -> new Output(row.getLong(1), parsed(row.getBytes(2), CommandOutput.parser())))
                .list());
    }

    /** What was passed on is kept no longer. */
    void forget(String id, long upTo) {
        jdbi.useHandle(
                handle -> handle.createUpdate("delete from command_output where command = :id and number <= :upTo")
                        .bind("id", id)
                        .bind("upTo", upTo)
                        .execute());
    }

    private static <T> T parsed(byte[] bytes, com.google.protobuf.Parser<T> parser) {
        try {
            return parser.parseFrom(bytes);
        } catch (InvalidProtocolBufferException malformed) {
            throw new IllegalStateException("a row that Belay wrote cannot be read", malformed);
        }
    }
}
