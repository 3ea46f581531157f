package dev.belay.cli.task;

import dev.belay.cli.Cli;
import dev.belay.cli.terminal.Terminal;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Where the prompt comes from. Stdin is read for `-`, or when it is a pipe and there is no other prompt. */
final class Prompt {
    private static final int MOST_BYTES = 1 << 20;

    private Prompt() {}

    static String of(Cli cli, List<String> words) throws IOException {
        boolean dash = words.size() == 1 && words.getFirst().equals("-");
        if (!dash && !words.isEmpty()) {
            return checked(String.join(" ", words));
        }
        if (!dash && cli.input() != Terminal.Input.PIPE) {
            throw none("no prompt was given");
        }
        cli.screen().note("reading the prompt from standard input, up to its end");
        byte[] bytes = cli.in().readNBytes(MOST_BYTES + 1);
        if (bytes.length > MOST_BYTES) {
            throw none("the prompt is larger than 1 MiB");
        }
        return checked(new String(bytes, StandardCharsets.UTF_8));
    }

    private static String checked(String text) {
        if (text.isBlank()) {
            throw none("the prompt is empty");
        }
        return text.strip();
    }

    private static BelayException none(String what) {
        return BelayException.of(
                ErrorCode.E_NO_PROMPT,
                what,
                "a task begins with what you want done (layer: client)",
                "belay run \"fix the failing test\"   or   belay run - < FILE");
    }
}
