package dev.belay.controller.heads;

import dev.belay.controller.events.EventLog;
import dev.belay.controller.tasks.Caller;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.Snapshot;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the snapshots of a task by the names that people give them: {@code s4}, {@code head}, {@code base}. */
@Singleton
public final class Snapshots {
    private static final Pattern STEP = Pattern.compile("s(\\d{1,9})");

    private final EventLog log;

    public Snapshots(EventLog log) {
        this.log = log;
    }

    /** @throws BelayException E_NO_SUCH_SNAPSHOT, or E_USAGE when the name can be none */
    public Snapshot named(Caller caller, TaskRow task, String name) {
        Integer step = step(task, name.strip().toLowerCase(Locale.ROOT));
        return log.snapshot(caller, task.id(), step)
                .orElseThrow(() -> none(task, TaskRow.snapshotId(step) + " is not a snapshot of " + task.shortId()));
    }

    public List<Snapshot> all(Caller caller, TaskRow task) {
        return log.snapshots(caller, task.id()).stream()
                .map(snapshot -> snapshot.toBuilder()
                        .setHead(Integer.valueOf(snapshot.getStep()).equals(task.headStep()))
                        .build())
                .toList();
    }

    private static Integer step(TaskRow task, String name) {
        switch (name) {
            case "base" -> {
                return 0;
            }
            case "head" -> {
                if (task.headStep() == null) {
                    throw none(task, task.shortId() + " has no snapshot yet");
                }
                return task.headStep();
            }
            default -> {
                Matcher matcher = STEP.matcher(name);
                if (!matcher.matches()) {
                    throw BelayException.of(
                            ErrorCode.E_USAGE,
                            "this does not name a snapshot",
                            "the controller knows them as s4, base and head",
                            "belay snapshots " + task.shortId());
                }
                return Integer.parseInt(matcher.group(1));
            }
        }
    }

    private static BelayException none(TaskRow task, String what) {
        return BelayException.of(
                ErrorCode.E_NO_SUCH_SNAPSHOT,
                what,
                "the controller has no such snapshot",
                "belay snapshots " + task.shortId());
    }
}
