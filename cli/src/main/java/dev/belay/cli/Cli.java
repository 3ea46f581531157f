package dev.belay.cli;

import dev.belay.cli.http.Pause;
import dev.belay.cli.seam.Bindings;
import dev.belay.cli.terminal.Interrupts;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.terminal.Terminal;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/** Everything that a verb may touch outside itself. */
public record Cli(
        Map<String, String> env,
        Path cwd,
        InputStream in,
        Terminal.Input input,
        Screen screen,
        Clock clock,
        Interrupts interrupts,
        Pause pause,
        Bindings bindings) {

    public static Cli ofProcess(boolean colour) {
        Map<String, String> env = System.getenv();
        boolean outIsTerminal = Terminal.isTerminal(1);
        boolean errIsTerminal = Terminal.isTerminal(2);
        boolean mayColour = colour && env.getOrDefault("NO_COLOR", "").isEmpty() && !"dumb".equals(env.get("TERM"));
        Screen screen = new Screen(
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                mayColour && outIsTerminal,
                mayColour && errIsTerminal,
                outIsTerminal && !"dumb".equals(env.get("TERM")),
                Terminal.width(env, outIsTerminal));
        return new Cli(
                env,
                Path.of("").toAbsolutePath(),
                System.in,
                Terminal.input(),
                screen,
                Clock.systemUTC(),
                Interrupts.ofProcess(),
                Pause.real(),
                Bindings.ofThisBuild());
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(
                new BufferedOutputStream(new FileOutputStream(descriptor), 8192), false, StandardCharsets.UTF_8);
    }

    /** The variable, or the empty string. */
    public String env(String name) {
        return env.getOrDefault(name, "");
    }

    public StateFolder state() {
        return StateFolder.of(env);
    }

    public Cli with(Screen other) {
        return new Cli(env, cwd, in, input, other, clock, interrupts, pause, bindings);
    }

    public Cli with(Interrupts other) {
        return new Cli(env, cwd, in, input, screen, clock, other, pause, bindings);
    }

    /** As if started in another folder with other variables; an empty value removes one. */
    public Cli in(Path folder, Map<String, String> changes) {
        Map<String, String> all = new HashMap<>(env);
        changes.forEach((name, value) -> {
            if (value.isEmpty()) {
                all.remove(name);
            } else {
                all.put(name, value);
            }
        });
        return new Cli(all, folder, in, input, screen, clock, interrupts, pause, bindings);
    }
}
