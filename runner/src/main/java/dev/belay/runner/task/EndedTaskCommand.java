package dev.belay.runner.task;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.Command;
import dev.belay.proto.v1.CommandResult;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.ExecResult;
import dev.belay.proto.v1.PolicyDenied;
import dev.belay.proto.v1.RunCommand;
import dev.belay.proto.v1.SnapshotCreated;
import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.task.Place.Moment;
import dev.belay.runner.task.Place.Ran;
import dev.belay.runner.task.Place.Taken;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * A person's command in a task that has ended: its place is opened again at the task's head, and closed after. The events
 * travel with the answer, because the task has no epoch in which a runner could write.
 */
final class EndedTaskCommand {
    private final Command command;
    private final Replies replies;
    private final Places places;
    private final Packs packs;
    private final InstantSource clock;
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private boolean unsent;

    EndedTaskCommand(Command command, Replies replies, Places places, Packs packs, InstantSource clock) {
        this.command = command;
        this.replies = replies;
        this.places = places;
        this.packs = packs;
        this.clock = clock;
    }

    /** @param opened given the place when its sandbox is up; it closes with the command */
    void carryOut(Consumer<Place> opened) throws InterruptedException {
        try {
            if (!command.hasRun()) {
                throw BelayException.of(
                        ErrorCode.E_TASK_ENDED,
                        "the task has ended",
                        "runner: only exec works on it here",
                        "belay show TASK");
            }
            replies.result(CommandResult.newBuilder().setExec(run(command.getRun(), opened)));
        } catch (IOException | RuntimeException failure) {
            forgetWhatIsHere(failure);
            replies.result(CommandResult.newBuilder().setFailed(Problems.of(failure)));
        }
    }

    /**
     * A snapshot that was taken here and did not get to the controller must not come before the next one, which would be
     * refused for that; so the next command begins with what the controller has.
     */
    private void forgetWhatIsHere(Exception failure) {
        if (!unsent) {
            return;
        }
        try {
            places.discard(command.getTask());
        } catch (IOException stays) {
            failure.addSuppressed(stays);
        }
    }

    private ExecResult run(RunCommand run, Consumer<Place> opened) throws IOException, InterruptedException {
        replies.waiting("opening the task's workspace again");
        int step = run.getStep();
        Optional<dev.belay.proto.v1.Snapshot> head = run.hasHead() ? Optional.of(run.getHead()) : Optional.empty();
        try (Place place = places.reopen(run.getAssignment(), head, this::denied)) {
            setUp(place, head);
            opened.accept(place);
            if (!place.missing().isEmpty()) {
                replies.waiting(NotRebuilt.words(place.missing()));
            }
            place.stepIs(0, step);
            ToolCall call = TaskRecord.personsCommand(command.getId(), run.getArgvList());
            add(TaskRecord.called(call, String.join(" ", run.getArgvList()), ""), step);
            PersonsCommand.Heard heard = new PersonsCommand.Heard(replies);
            Ran ran = place.run(run.getArgvList(), Duration.ofSeconds(run.getTimeoutSeconds()), heard);
            add(TaskRecord.returned(call, heard.outcome(ran), ran.took()), step);
            Taken taken = place.capture(new Moment(step, 0, "exec", "exec"));
            if (taken.pack().isPresent()) {
                unsent = true;
                packs.store(
                        command.getTask(),
                        0,
                        taken.snapshot().getPackSha256(),
                        taken.pack().get());
                unsent = false;
            }
            add(
                    Event.newBuilder()
                            .setSnapshotCreated(SnapshotCreated.newBuilder().setSnapshot(taken.snapshot())),
                    step);
            return ExecResult.newBuilder()
                    .setEnded(PersonsCommand.ended(ran, taken.snapshot()))
                    .addAllEvents(events)
                    .build();
        }
    }

    /** Without what fails of it, too: a person may have come to see why. */
    private void setUp(Place place, Optional<dev.belay.proto.v1.Snapshot> head)
            throws IOException, InterruptedException {
        SetUp setUp = new SetUp(place, event -> add(event, 0));
        if (setUp.isNeeded()) {
            replies.waiting("doing the project's set-up again");
            setUp.again(head).ifPresent(failed -> replies.waiting(failed.missed()));
        }
    }

    private void denied(int turn, int step, PolicyDenied denied) {
        add(Event.newBuilder().setPolicyDenied(denied), step);
    }

    private void add(Event.Builder event, int step) {
        Instant now = clock.instant();
        events.add(event.setAt(com.google.protobuf.Timestamp.newBuilder()
                        .setSeconds(now.getEpochSecond())
                        .setNanos(now.getNano()))
                .setStep(step)
                .setActor(command.getActor())
                .build());
    }
}
