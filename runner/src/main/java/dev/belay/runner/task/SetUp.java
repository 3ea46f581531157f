package dev.belay.runner.task;

import dev.belay.policies.environment.Step;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.SetupEnded;
import dev.belay.proto.v1.SetupStarted;
import dev.belay.proto.v1.Snapshot;
import dev.belay.runner.hands.HandException;
import dev.belay.runner.hands.HeadTail;
import dev.belay.runner.sandbox.SandboxException;
import dev.belay.runner.task.Place.Ran;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Makes a place ready as its project says, one command after the other: before the first snapshot, and again wherever the
 * sandbox is a new one, whose home is empty and which may lack what no snapshot holds.
 */
final class SetUp {
    private static final int COMMAND = 4 << 10;
    private static final int OUTPUT = 4_000;

    /** Where its events go. */
    interface Log {
        void tell(Event.Builder event);
    }

    private final Place place;
    private final Log log;

    SetUp(Place place, Log log) {
        this.place = place;
        this.log = log;
    }

    boolean isNeeded() {
        return !place.environment().setup().isEmpty();
    }

    /** Up to the first step that fails. */
    Optional<FailedSetUp> carryOut() throws IOException, InterruptedException {
        return steps(false);
    }

    /**
     * The same in a place that holds a snapshot. Whatever comes of it, the place holds exactly that afterwards.
     *
     * @param held none where the task has no snapshot
     */
    Optional<FailedSetUp> again(Optional<Snapshot> held) throws IOException, InterruptedException {
        Optional<FailedSetUp> failed = steps(true);
        if (held.isPresent()) {
            place.settle(held.get());
        }
        return failed;
    }

    private Optional<FailedSetUp> steps(boolean again) throws IOException, InterruptedException {
        List<Step> steps = place.environment().setup();
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            log.tell(Event.newBuilder()
                    .setSetupStart(SetupStarted.newBuilder()
                            .setNumber(i + 1)
                            .setOf(steps.size())
                            .setName(step.name())
                            .setCommand(beginning(step.run()))
                            .setAgain(again)));
            Printed printed = new Printed();
            Ran ran = ran(step, printed);
            String output = end(printed.all.text(3 * OUTPUT).strip());
            log.tell(Event.newBuilder()
                    .setSetupEnd(SetupEnded.newBuilder()
                            .setNumber(i + 1)
                            .setName(step.name())
                            .setExitCode(ran.exitCode())
                            .setDurationMs(ran.took().toMillis())
                            .setTimedOut(ran.timedOut())
                            .setOutput(output)
                            .setBytesPrinted(printed.all.total())));
            if (ran.exitCode() != 0) {
                return Optional.of(new FailedSetUp(step, ran, output));
            }
        }
        return Optional.empty();
    }

    private Ran ran(Step step, Printed printed) throws IOException, InterruptedException {
        try {
            return place.run(List.of("/bin/sh", "-c", step.run()), step.timeout(), printed);
        } catch (HandException gone) {
            throw new SandboxException("the sandbox ended in the set-up step " + step.name(), gone);
        }
    }

    private static String beginning(String command) {
        return command.codePointCount(0, command.length()) <= COMMAND
                ? command
                : command.substring(0, command.offsetByCodePoints(0, COMMAND));
    }

    private static String end(String text) {
        int from = Math.max(0, text.length() - OUTPUT);
        boolean halved = from > 0 && Character.isLowSurrogate(text.charAt(from));
        return text.substring(halved ? from + 1 : from);
    }

    private static final class Printed implements Place.Output {
        private final HeadTail all = new HeadTail();

        @Override
        public void stdout(byte[] bytes) {
            all.add(bytes);
        }

        @Override
        public void stderr(byte[] bytes) {
            all.add(bytes);
        }
    }
}
