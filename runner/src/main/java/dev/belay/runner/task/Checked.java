package dev.belay.runner.task;

import dev.belay.proto.v1.Check;
import dev.belay.runner.agent.Proof;
import java.util.Locale;

/** What a check came to, for the task's record. */
final class Checked {
    private static final int OUTPUT = 2000;

    private Checked() {}

    static Check of(Proof.Result result) {
        String output = result.output();
        return Check.newBuilder()
                .setCommand(result.check().command())
                .setDetected(result.check().detected())
                .setOutcome(result.outcome().name().toLowerCase(Locale.ROOT))
                .setExitCode(result.exitCode().orElse(0))
                .setOutput(output.substring(Math.max(0, output.length() - OUTPUT)))
                .setStep(result.step())
                .build();
    }
}
