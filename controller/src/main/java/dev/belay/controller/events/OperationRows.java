package dev.belay.controller.events;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.belay.controller.tasks.TaskView;
import dev.belay.proto.v1.Operation;
import java.sql.Types;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/** The operation log of tasks: append-only. */
public final class OperationRows {
    private OperationRows() {}

    static void insert(Handle handle, String tenant, String task, @Nullable Integer from, int to, Operation operation) {
        Update insert = handle.createUpdate("""
                        insert into operation (task, number, tenant, actor, kind, from_step, to_step, at, body)
                        values (:task, :number, :tenant, :actor, :kind, :from, :to, :at, :body)
                        """)
                .bind("task", task)
                .bind("number", operation.getNumber())
                .bind("tenant", tenant)
                .bind("actor", Plain.text(operation.getActor(), 200))
                .bind("kind", operation.getKind())
                .bind("to", to)
                .bind("at", TaskView.time(operation.getAt()))
                .bind("body", operation.toByteArray());
        if (from == null) {
            insert.bindNull("from", Types.INTEGER);
        } else {
            insert.bind("from", from);
        }
        insert.execute();
    }

    public static List<Operation> all(Handle handle, String tenant, String task) {
        return handle.createQuery("select body from operation where tenant = :tenant and task = :task order by number")
                .bind("tenant", tenant)
                .bind("task", task)
                .map((row, context) -> operation(row.getBytes("body")))
                .list();
    }

    private static Operation operation(byte[] body) {
        try {
            return Operation.parseFrom(body);
        } catch (InvalidProtocolBufferException damaged) {
            throw new IllegalStateException("an operation in the database is damaged", damaged);
        }
    }
}
