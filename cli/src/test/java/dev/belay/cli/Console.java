package dev.belay.cli;

import dev.belay.cli.seam.Bindings;
import dev.belay.cli.seam.ProjectSource;
import dev.belay.cli.seam.ResultTarget;
import dev.belay.cli.terminal.Interrupts;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.terminal.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs verbs in this process: a state folder, streams that are kept, and a project that is made up. */
public final class Console {
    public static final Instant NOW = Instant.parse("2026-11-21T12:10:00Z");

    private final Map<String, String> env = new HashMap<>();
    private final Path cwd;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private InputStream in = InputStream.nullInputStream();
    private Terminal.Input input = Terminal.Input.OTHER;
    private Interrupts interrupts = Interrupts.none();
    private boolean live;
    private boolean colour;
    private int width = 80;
    private ProjectSource projects = (start, scope) -> new MadeUpProject(start);
    private ResultTarget results = (project, changes, pack, check) -> {
        throw new AssertionError("nothing was to be applied");
    };

    public record Outcome(int exit, String out, String err) {}

    public Console(Path folder) throws IOException {
        cwd = Files.createDirectories(folder.resolve("shop"));
        env.put("BELAY_STATE", folder.resolve("state").toString());
        env.put("HOME", folder.toString());
    }

    public Console server(FakeServer server) {
        return env("BELAY_SERVER", server.url()).env("BELAY_TOKEN", "secret");
    }

    public Console env(String name, String value) {
        env.put(name, value);
        return this;
    }

    public Console stdin(Terminal.Input kind, String text) {
        return stdin(kind, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    public Console stdin(Terminal.Input kind, InputStream stream) {
        input = kind;
        in = stream;
        return this;
    }

    public Console interrupts(Interrupts from) {
        interrupts = from;
        return this;
    }

    public Console width(int columns) {
        width = columns;
        return this;
    }

    public Console terminal() {
        live = true;
        return this;
    }

    public Console colour() {
        colour = true;
        return this;
    }

    public Console results(ResultTarget target) {
        results = target;
        return this;
    }

    public Console projects(ProjectSource source) {
        projects = source;
        return this;
    }

    public Path cwd() {
        return cwd;
    }

    public Path state() {
        return Path.of(env.getOrDefault("BELAY_STATE", ""));
    }

    public Path file(String name, String text) throws IOException {
        return Files.writeString(cwd.resolve(name), text);
    }

    public Cli cli() {
        Screen screen = new Screen(stream(out), stream(err), colour, colour, live, width);
        return new Cli(
                Map.copyOf(env),
                cwd,
                in,
                input,
                screen,
                Clock.fixed(NOW, ZoneOffset.UTC),
                interrupts,
                time -> {},
                new Bindings(projects, results, Bindings.ofThisBuild().scripts()));
    }

    public Outcome run(String... words) {
        out.reset();
        err.reset();
        int exit = new Belay(cli()).run(words);
        return new Outcome(exit, printed(), out(err));
    }

    /** What is on stdout so far. */
    public String printed() {
        return out(out);
    }

    public String complained() {
        return out(err);
    }

    private static String out(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static PrintStream stream(ByteArrayOutputStream to) {
        return new PrintStream(to, false, StandardCharsets.UTF_8);
    }

    private record MadeUpProject(Path root) implements ProjectSource.Project {
        @Override
        public String key() {
            return "k1";
        }

        @Override
        public String name() {
            return "shop";
        }

        @Override
        public String branch() {
            return "main";
        }

        @Override
        public String headCommit() {
            return "4c1f9aa000000000000000000000000000000000";
        }

        @Override
        public List<String> commits() {
            return List.of(headCommit());
        }

        @Override
        public List<String> notes() {
            return List.of();
        }

        @Override
        public boolean sends(String path) {
            return Files.exists(root.resolve(path));
        }

        @Override
        public ProjectSource.Packed pack(List<String> have, Path temporary, Optional<Long> mostBytes) {
            try {
                Path pack = Files.writeString(temporary.resolve("p.pack"), "PACK");
                return new ProjectSource.Packed("ba5e", Optional.of(pack), 4, 3, List.of("left out: .env"));
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
        }
    }
}
