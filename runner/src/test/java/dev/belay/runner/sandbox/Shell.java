package dev.belay.runner.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Commands in a sandbox whose first process is the stand-in hand. */
final class Shell {
    private static final int KEPT = 1 << 20;

    record Result(int code, String output, long bytes) {}

    private final DataInputStream in;
    private final DataOutputStream out;

    Shell(Sandbox sandbox) {
        in = new DataInputStream(sandbox.fromHand());
        out = new DataOutputStream(sandbox.toHand());
    }

    Result run(String command) throws IOException {
        begin(command);
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        long bytes = 0;
        while (true) {
            int type = in.readUnsignedByte();
            in.readInt();
            byte[] payload = in.readNBytes(in.readInt());
            switch (type) {
                case 'O' -> {
                    bytes += payload.length;
                    kept.write(payload, 0, Math.min(payload.length, KEPT - kept.size()));
                }
                case 'X' -> {
                    int code = Integer.parseInt(new String(payload, StandardCharsets.US_ASCII));
                    return new Result(code, kept.toString(StandardCharsets.UTF_8), bytes);
                }
                default -> throw new IOException("frame of type " + type);
            }
        }
    }

    /** Starts a command whose end nobody waits for. */
    void begin(String command) throws IOException {
        byte[] bytes = command.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
        out.flush();
    }

    String output(String command) throws IOException {
        return run(command).output().strip();
    }
}
