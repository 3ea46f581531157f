package dev.belay.cli.terminal;

import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** What nobody may read over a shoulder or in a list of processes: typed without an echo, or piped in. */
public final class Hidden {
    private Hidden() {}

    /**
     * Without the blanks around it.
     *
     * @param prompt on a terminal, behind which it says that nothing shows
     * @param most bytes that are read of a pipe, and one more, so that too much is seen to be so
     */
    public static String read(Terminal.Input input, InputStream in, Screen screen, String prompt, int most)
            throws IOException {
        if (input != Terminal.Input.TERMINAL) {
            return new String(in.readNBytes(most + 1), StandardCharsets.UTF_8).strip();
        }
        screen.err().print(prompt + ", not shown: ");
        screen.err().flush();
        Console console = System.console();
        char[] typed = console == null ? null : console.readPassword();
        return typed == null ? "" : new String(typed).strip();
    }
}
