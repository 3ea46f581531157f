package dev.belay.controller.tasks;

import com.google.protobuf.Timestamp;
import dev.belay.proto.v1.Mode;
import dev.belay.proto.v1.Task;
import dev.belay.proto.v1.WaitingFor;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A task as people see it. */
@Singleton
public final class TaskView {
    private final QueueReason.Source queueReasons;

    public TaskView(QueueReason.Source queueReasons) {
        this.queueReasons = queueReasons;
    }

    public Task of(TaskRow row) {
        Stage stage = row.stage();
        Task.Builder task = Task.newBuilder()
                .setId(row.id())
                .setShortId(row.shortId())
                .setTenant(row.tenant())
                .setActor(row.actor())
                .setProject(row.project())
                .setProjectName(row.projectName())
                .setName(row.name())
                .setPrompt(row.prompt())
                .setState(stage.shown())
                .setTerminal(stage.terminal())
                .setWaitingFor(waitingFor(row.waitingFor()))
                .setStopReason(row.stopReason())
                .setStopDetail(row.stopDetail())
                .setMode(mode(row.mode()))
                .setModel(row.model())
                .setBaseCommit(row.baseCommit())
                .setHeadCommit(row.headCommit())
                .setBranch(row.branch())
                .setRunner(row.runner())
                .setSandbox(row.sandbox())
                .setCreatedAt(time(row.createdAt()))
                .setUpdatedAt(time(row.updatedAt()))
                .setTurns(row.turns())
                .setSteps(row.steps())
                .setEffort(row.effort())
                .setCostUsd(Microusd.usd(row.costMicrousd()))
                .setCostUnknown(row.costUnknown())
                .setBudgetUsd(Microusd.usd(row.maxMicrousd()))
                .setTokensIn(row.tokensIn())
                .setTokensOut(row.tokensOut())
                .setHead(TaskRow.snapshotId(row.headStep()))
                .setLastSnapshot(TaskRow.snapshotId(row.lastSnapshot()))
                .setFilesChanged(row.filesChanged())
                .setLinesAdded(row.linesAdded())
                .setLinesRemoved(row.linesRemoved())
                .setLastSeq(row.lastSeq())
                .setEpoch(row.epoch())
                .setParent(row.parent())
                .setParentSnapshot(TaskRow.snapshotId(row.parentStep()))
                .setUnread(row.unread())
                .addAllWeaker(row.weaker());
        if (row.checkResult() != null) {
            task.setCheck(CheckResult.read(row.checkResult()));
        }
        if (row.startedAt() != null) {
            task.setStartedAt(time(row.startedAt()));
        }
        if (row.finishedAt() != null) {
            task.setFinishedAt(time(row.finishedAt()));
        }
        if (row.heartbeatAt() != null) {
            task.setHeartbeatAt(time(row.heartbeatAt()));
        }
        if (stage.terminal()) {
            task.setExitCode(ExitCodes.of(stage, row.stopReason()));
        }
        if (stage.live() && row.pauseRequestedAt() != null) {
            task.setStopReason("pausing")
                    .setStopDetail(row.pauseActor() + " paused it; its runner stops "
                            + (row.pauseNow() ? "its present call" : "when its present call has ended"));
        }
        if (stage.live() && row.stalledAt() != null) {
            task.setStopReason("stalled")
                    .setStopDetail("the controller has heard nothing of its work since " + row.stalledAt()
                            + "; it takes the task from " + row.runner() + " when that goes on");
        }
        if (stage == Stage.QUEUED) {
            QueueReason why = queueReasons.of(row);
            task.setStopReason(why.reason()).setStopDetail(why.detail());
        }
        return task.build();
    }

    public static Timestamp time(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    public static Instant time(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }

    public static Mode mode(String word) {
        return Mode.valueOf("MODE_" + word.toUpperCase(Locale.ROOT));
    }

    public static WaitingFor waitingFor(@Nullable String word) {
        return word == null || word.isEmpty()
                ? WaitingFor.WAITING_FOR_UNSPECIFIED
                : WaitingFor.valueOf("WAITING_FOR_" + word.toUpperCase(Locale.ROOT));
    }
}
