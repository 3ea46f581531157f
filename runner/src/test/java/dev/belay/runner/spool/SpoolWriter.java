package dev.belay.runner.spool;

import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.ModelMessage;
import java.nio.file.Path;
import java.util.Optional;

/** Writes to a spool, hands out for sending what is in it, says how much that was, and dies. */
final class SpoolWriter {
    private SpoolWriter() {}

    public static void main(String[] arguments) throws Exception {
        Spool spool = Spool.open(Path.of(arguments[0]));
        for (int i = 0; i < 3; i++) {
            spool.append(
                    Event.newBuilder()
                            .setModelMessage(ModelMessage.newBuilder().setText("word " + i))
                            .build(),
                    Optional.empty());
        }
        int handedOut = spool.after(0, 100).size();
        spool.append(Event.getDefaultInstance(), Optional.empty());
        System.out.println("handed out: " + handedOut);
        System.out.flush();
        Runtime.getRuntime().halt(137);
    }
}
