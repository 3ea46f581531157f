package dev.belay.runner.hands;

import dev.belay.runner.hands.Hand.Command;
import java.time.Duration;

/** Takes a file away. The hand has no request for it: one program does it, and no shell. */
final class Removal {
    private static final String UNLINK =
            "my ($gone, $mode, $heir) = @ARGV; if (defined $heir) { chmod(oct $mode, $heir) or exit($! + 0) }"
                    + " unlink($gone) or exit($! + 0)";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Removal() {}

    static void of(Hand hand, String path) throws HandException, InterruptedException {
        run(hand, Command.of("/usr/bin/perl", "-e", UNLINK, "--", path));
    }

    /** The file that takes its place gets what it was allowed first, such as being run. */
    static void of(Hand hand, String path, int mode, String heir) throws HandException, InterruptedException {
        run(hand, Command.of("/usr/bin/perl", "-e", UNLINK, "--", path, Integer.toOctalString(mode), heir));
    }

    private static void run(Hand hand, Command command) throws HandException, InterruptedException {
        Hand.Exit exit =
                hand.run(command.printingAtMost(1 << 16), Hand.Sink.NONE).await(PATIENCE);
        if (exit.code() != 0) {
            throw new HandException("it could not be taken away (error %d)".formatted(exit.code()), exit.code());
        }
    }
}
