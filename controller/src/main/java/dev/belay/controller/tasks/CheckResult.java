package dev.belay.controller.tasks;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.belay.proto.v1.Check;

/** What a task's check came to, as it is stored: bounded, whatever the runner sent. */
public final class CheckResult {
    private static final int COMMAND = 4096;
    private static final int OUTPUT = 2000;

    private CheckResult() {}

    public static byte[] write(Check said) {
        return said.toBuilder()
                .setCommand(end(said.getCommand(), COMMAND))
                .setOutcome(end(said.getOutcome(), 100))
                .setOutput(end(said.getOutput(), OUTPUT))
                .build()
                .toByteArray();
    }

    static Check read(byte[] stored) {
        try {
            return Check.parseFrom(stored);
        } catch (InvalidProtocolBufferException malformed) {
            throw new IllegalStateException("a row that Belay wrote cannot be read", malformed);
        }
    }

    private static String end(String text, int most) {
        return text.length() <= most ? text : text.substring(text.length() - most);
    }
}
