package dev.belay.cli.terminal;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What the three standard streams are connected to. */
public final class Terminal {
    private static final int USUAL_WIDTH = 100;
    private static final int LEAST_WIDTH = 20;
    private static final int MOST_WIDTH = 400;

    /** What stdin is: only a pipe is ever read without being asked to. */
    public enum Input {
        TERMINAL,
        PIPE,
        OTHER
    }

    private Terminal() {}

    public static boolean isTerminal(int descriptor) {
        String target = target(descriptor);
        return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
    }

    public static Input input() {
        if (isTerminal(0)) {
            return Input.TERMINAL;
        }
        return target(0).startsWith("pipe:") ? Input.PIPE : Input.OTHER;
    }

    private static String target(int descriptor) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
        } catch (IOException closedOrNoProc) {
            return "";
        }
    }

    /** {@code COLUMNS}, else what the terminal says, else {@value #USUAL_WIDTH}. */
    public static int width(Map<String, String> env, boolean terminal) {
        int width = number(env.getOrDefault("COLUMNS", ""));
        if (width <= 0 && terminal) {
            width = askTerminal();
        }
        return width <= 0 ? USUAL_WIDTH : Math.clamp(width, LEAST_WIDTH, MOST_WIDTH);
    }

    private static int askTerminal() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (InputStream answer = stty.getInputStream()) {
                String text = new String(answer.readNBytes(64), StandardCharsets.US_ASCII).strip();
                return stty.waitFor(1, TimeUnit.SECONDS) ? number(text.substring(text.indexOf(' ') + 1)) : 0;
            } finally {
                stty.destroy();
            }
        } catch (IOException noSttyNoWidth) {
            return 0;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private static int number(String text) {
        try {
            return text.length() > 5 ? 0 : Integer.parseInt(text);
        } catch (NumberFormatException notSet) {
            return 0;
        }
    }
}
