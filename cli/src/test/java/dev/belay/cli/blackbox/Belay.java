package dev.belay.cli.blackbox;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The built distribution, its state folder and its person: an empty home and an environment with nothing but canaries in
 * it. Every command is a process of its own, as a shell would start it.
 */
final class Belay implements AutoCloseable {
    /** Secrets of the caller's, which nothing inside may ever see. */
    static final String CANARY = "canary-7b1f0c55";

    private static final Path DISTRIBUTION = Path.of(System.getProperty("basedir", "."))
            .toAbsolutePath()
            .normalize()
            .resolve("target/belay");

    private final Path place;
    private final Map<String, String> env;
    private final List<String> before;
    private final Path cwd;
    private final @Nullable String input;
    private final boolean acceptsWeaker;

    private Belay(
            Path place,
            Map<String, String> env,
            List<String> before,
            Path cwd,
            @Nullable String input,
            boolean acceptsWeaker) {
        this.place = place;
        this.env = env;
        this.before = before;
        this.cwd = cwd;
        this.input = input;
        this.acceptsWeaker = acceptsWeaker;
    }

    /** The running system that the tests share; it is stopped when they have ended. */
    static Belay started() {
        return Shared.SYSTEM;
    }

    private static final class Shared {
        static final Belay SYSTEM = fresh();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(SYSTEM::close, "stop the shared system"));
            SYSTEM.run("up").well();
        }
    }

    /** A state folder where nothing was started yet. */
    static Belay fresh() {
        return in(folder(), List.of());
    }

    /** The same as an ordinary user of this machine, who owns nothing else. */
    static Belay ofAnOrdinaryUser() {
        Path place = folder();
        Belay belay = in(
                place,
                List.of(
                        "setpriv",
                        "--reuid=" + OrdinaryUser.UID,
                        "--regid=" + OrdinaryUser.UID,
                        "--clear-groups",
                        "--"));
        Sh.run("chown", "-R", OrdinaryUser.UID + ":" + OrdinaryUser.UID, place.toString());
        return belay;
    }

    private static Path folder() {
        try {
            // Others pass through it: the runner lives below it under a uid of its own.
            Path place = Files.createTempDirectory("belay-bb-");
            Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwx--x--x"));
            return place;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Belay in(Path place, List<String> before) {
        if (!Files.isExecutable(DISTRIBUTION.resolve("bin/belay"))) {
            throw new IllegalStateException("there is no distribution in " + DISTRIBUTION + "; package all modules");
        }
        try {
            Files.createDirectories(place.resolve("home"));
            Files.createDirectories(place.resolve("work"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        Map<String, String> env = new TreeMap<>();
        env.put("PATH", Sh.PATH);
        env.put("HOME", place.resolve("home").toString());
        env.put("BELAY_STATE", place.resolve("state").toString());
        env.put("BELAY_JAVA_HOME", System.getProperty("java.home"));
        env.put("AWS_SECRET_ACCESS_KEY", CANARY);
        env.put("ANTHROPIC_API_KEY", CANARY);
        // An ordinary user's sandboxes have no cgroups; what that means is OrdinaryUserIT's to show.
        boolean ordinary = !before.isEmpty() || !OrdinaryUser.isRoot();
        return new Belay(place, env, before, place.resolve("work"), null, ordinary);
    }

    /** As env(1) takes it. */
    String environment() {
        StringBuilder words = new StringBuilder();
        env.forEach(
                (name, value) -> words.append(name).append("='").append(value).append("' "));
        return words.toString();
    }

    static Path distribution() {
        return DISTRIBUTION;
    }

    Path home() {
        return place.resolve("home");
    }

    Path state() {
        return place.resolve("state");
    }

    /** Where this person keeps projects and scripts. */
    Path work() {
        return place.resolve("work");
    }

    Belay with(String name, String value) {
        Map<String, String> more = new TreeMap<>(env);
        more.put(name, value);
        return new Belay(place, more, before, cwd, input, acceptsWeaker);
    }

    Belay without(String name) {
        Map<String, String> fewer = new TreeMap<>(env);
        fewer.remove(name);
        return new Belay(place, fewer, before, cwd, input, acceptsWeaker);
    }

    Belay at(Path folder) {
        return new Belay(place, env, before, folder, input, acceptsWeaker);
    }

    Belay at(Repository repository) {
        return at(repository.root());
    }

    /** Through this command, which ends in the one that it is given. */
    Belay through(String... command) {
        List<String> more = new ArrayList<>(before);
        more.addAll(List.of(command));
        return new Belay(place, env, more, cwd, input, acceptsWeaker);
    }

    /** Where isolation is weaker than the table says, `run` is not told that this is accepted. */
    Belay acceptingNothingWeaker() {
        return new Belay(place, env, before, cwd, input, false);
    }

    /** As a person who has said once and for all what they accept. */
    Belay acceptingWeaker() {
        return new Belay(place, env, before, cwd, input, true);
    }

    /** A pipe on stdin that carries this. Without it stdin is /dev/null. */
    Belay fed(String text) {
        return new Belay(place, env, before, cwd, text, acceptsWeaker);
    }

    Result run(String... arguments) {
        return start(arguments).end();
    }

    /** On a terminal of this width, by script(1); what was printed is all in {@code out}. */
    Result onTerminal(int columns, String... arguments) {
        StringBuilder line = new StringBuilder("stty cols " + columns + " rows 40; exec");
        for (String word : command(arguments)) {
            line.append(" '").append(word.replace("'", "'\\''")).append("'");
        }
        return start(List.of("script", "-qec", line.toString(), "/dev/null")).end();
    }

    Running start(String... arguments) {
        return start(command(arguments));
    }

    private List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(before);
        command.add(DISTRIBUTION.resolve("bin/belay").toString());
        command.addAll(List.of(arguments));
        boolean isTask = arguments.length > 0 && arguments[0].equals("run")
                || arguments.length > 1 && arguments[0].equals("env") && arguments[1].equals("test");
        if (acceptsWeaker && isTask) {
            command.add(command.size() - arguments.length + 1, "--accept-weaker");
        }
        return command;
    }

    private Running start(List<String> command) {
        try {
            // Whoever starts the build in the background ignores SIGINT, and that is inherited.
            List<String> whole = new ArrayList<>(List.of("env", "--default-signal=INT"));
            whole.addAll(command);
            ProcessBuilder builder = new ProcessBuilder(whole).directory(cwd.toFile());
            builder.environment().clear();
            builder.environment().putAll(env);
            if (input == null) {
                builder.redirectInput(new java.io.File("/dev/null"));
            }
            Process process = builder.start();
            Running running = new Running(String.join(" ", command), process);
            if (input != null) {
                try (OutputStream stdin = process.getOutputStream()) {
                    stdin.write(input.getBytes(StandardCharsets.UTF_8));
                } catch (IOException unread) {
                    // A command that needs no input may have ended; its own words say the rest.
                }
            }
            return running;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    Repository repository(String name) {
        Repository made = Repository.in(work(), name);
        mine(made.root());
        return made;
    }

    /** A written conversation, in a file of its own. */
    Path script(String name, String yaml) {
        try {
            Path folder = Files.createDirectories(place.resolve("scripts"));
            Path file = Files.writeString(folder.resolve(name + ".yaml"), yaml);
            mine(folder);
            return file;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void mine(Path path) {
        if (before.contains("setpriv")) {
            Sh.run("chown", "-R", OrdinaryUser.UID + ":" + OrdinaryUser.UID, path.toString());
        }
    }

    /** The id of a task that plays this script to its end in this project. */
    String task(Repository project, Script script) {
        String id = handOver(project, script);
        run("wait", id).well();
        return id;
    }

    /** What `--accept-policy` takes to grant what this project asks for. */
    String policyHash(Repository project) {
        return at(project).run("policy", "show", "--json").well().json().text("hash");
    }

    /** What a task did that plays this script to its end with all that its project asks for. */
    TaskLog granted(Repository project, Script script) {
        return TaskLog.of(at(project)
                .run("run", "--json", "--accept-policy", policyHash(project), "--model", script.in(this), "do it")
                .well()
                .lines());
    }

    /** The id of a task that was only just handed over. */
    String handOver(Repository project, Script script) {
        return at(project)
                .run("run", "-d", "--model", script.in(this), "do it")
                .well()
                .said();
    }

    /** Stops what runs, and removes all; nothing of it may be left. */
    @Override
    public void close() {
        Result down = run("down");
        Leftovers left = Leftovers.afterTheEndOf(state());
        left.end();
        Sh.run("rm", "-rf", place.toString());
        down.well();
        if (!left.isEmpty()) {
            throw new AssertionError("belay down left behind: " + left);
        }
    }
}
