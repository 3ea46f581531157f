package dev.belay.runner.hands;

import dev.belay.policies.ToolName;
import dev.belay.runner.agent.ToolOutcome;
import dev.belay.runner.hands.Hand.Command;
import dev.belay.runner.hands.Hand.Exit;
import dev.belay.runner.hands.Hand.Trait;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A shell command. Its directory is kept between calls while it is inside the project; its environment is not. */
final class BashTool implements Tool {
    static final List<Field> FIELDS = List.of(
            Field.required("command", Kind.STRING, "The command line, for bash."),
            Field.optional(
                    "timeout",
                    Kind.INTEGER,
                    "Milliseconds until it is killed with all that it started: 120000 unless given, at most 600000."),
            Field.optional("description", Kind.STRING, "What it does, in five to ten words."),
            Field.optional(
                    "run_in_background",
                    Kind.BOOLEAN,
                    "Start it and return at once; the result names a file that its output goes to."));

    static final int INLINE = 30_000;
    private static final int LEAST = 10_000;
    private static final int MEBIBYTE = 1 << 20;
    private static final int KEPT = 64 * MEBIBYTE;

    private static final Map<String, String> ENVIRONMENT =
            Map.of("TERM", "dumb", "PAGER", "cat", "GIT_PAGER", "cat", "NO_COLOR", "1");

    /** Descriptor 3 is the hand's; the command itself does not get it. */
    private static final String FOREGROUND = "trap 'pwd -P >&3' EXIT; eval \"$1\" 3>&-";

    private static final String IN_BACKGROUND = "mkdir -p " + TaskMemory.SCRATCH + "; echo $$ >\"$2\"; eval \"$1\"";

    /** Commands whose exit 1 is an answer. */
    private static final Pattern ANSWERS_BY_CODE =
            Pattern.compile("\\s*(grep|egrep|fgrep|rg|find|diff|cmp|test|\\[|git\\s+diff|git\\s+grep)\\s[^;&|\\n]*");

    private static final Pattern CAT = Pattern.compile("\\s*cat\\s+([\\p{L}\\p{N}_./+@%,=-]+)\\s*");

    private final Hand hand;
    private final TaskMemory memory;
    private volatile @Nullable String shell;

    BashTool(Hand hand, TaskMemory memory) {
        this.hand = hand;
        this.memory = memory;
    }

    @Override
    public String name() {
        return right().word();
    }

    @Override
    public ToolName right() {
        return ToolName.BASH;
    }

    @Override
    public String description() {
        return "Runs a command line in the sandbox and gives its exit code and output. It starts in the folder "
                + "where the last command ended, if that is in the project; variables do not last. Nothing can be "
                + "typed in while it runs. Long output is cut in the middle, and all of it kept in a file that the "
                + "result names.";
    }

    @Override
    public List<Field> fields() {
        return FIELDS;
    }

    @Override
    public String subject() {
        return "command";
    }

    @Override
    public List<Intent> intents(Arguments arguments) throws BadCallException {
        return List.of(new Intent.Command(arguments.text("command")));
    }

    @Override
    public ToolOutcome call(Arguments arguments) throws BadCallException, HandException, InterruptedException {
        String command = arguments.text("command");
        if (command.isBlank()) {
            throw new BadCallException("Bash: the field \"command\" is empty.");
        }
        Duration deadline = Duration.ofMillis(arguments.number("timeout", 120_000, 1, 600_000));
        return arguments.flag("run_in_background", false) ? background(command) : foreground(command, deadline);
    }

    private ToolOutcome background(String command) throws HandException {
        String name = "bg-" + memory.nextBackground();
        String output = TaskMemory.SCRATCH + "/" + name + ".txt";
        String pid = TaskMemory.SCRATCH + "/" + name + ".pid";
        hand.run(
                Command.of(shell(), "-c", IN_BACKGROUND, shell(), command, pid)
                        .in(memory.directory())
                        .environment(ENVIRONMENT)
                        .with(Trait.BACKGROUND, Trait.QUIET)
                        .keeping(output, 0),
                Hand.Sink.NONE);
        String text = """
                started in the background as %s
                output: %s (open it with Read)
                to stop it: kill -- -$(cat %s)
                It lives until it ends or the sandbox does.""".formatted(name, output, pid);
        return ToolOutcome.done(text, "started " + name);
    }

    private ToolOutcome foreground(String command, Duration deadline) throws HandException, InterruptedException {
        HeadTail out = new HeadTail();
        HeadTail err = new HeadTail();
        Hand.Sink sink = new Hand.Sink() {
            @Override
            public void stdout(byte[] bytes) {
                out.add(bytes);
            }

            @Override
            public void stderr(byte[] bytes) {
                err.add(bytes);
            }
        };
        String kept = memory.nextOutput();
        StringBuilder notes = new StringBuilder();
        Exit exit;
        try {
            exit = run(command, deadline, kept, sink);
        } catch (HandException refused) {
            if (refused.lost() || memory.directory().equals(Hand.HOME)) {
                throw refused;
            }
            notes.append("[the directory %s cannot be entered any more (%s); the command ran in %s]\n"
                    .formatted(SandboxPath.display(memory.directory()), refused.getMessage(), Hand.HOME));
            memory.standIn(Hand.HOME);
            exit = run(command, deadline, kept, sink);
        }
        if (exit.timedOut()) {
            notes.append(
                    "[timed out after %s: the command and everything it started were killed; it was not moved to the"
                                    .formatted(spoken(deadline))
                            + " background. Give a longer timeout (at most 600000 ms) or use run_in_background.]\n");
        } else if (exit.overLimit()) {
            notes.append("[killed: it had printed more than %,d bytes]\n".formatted(Command.OUTPUT_LIMIT));
        }
        moveTo(exit.directory(), notes);
        String shown = shown(out, err);
        noteKept(exit, kept, notes);
        noteCat(command, exit);
        String text = "exit code: " + exit.code() + "\n" + notes + (shown.isEmpty() ? "(no output)" : shown);
        boolean answer = exit.code() == 1 && ANSWERS_BY_CODE.matcher(command).matches();
        String summary = exit.timedOut() ? "timed out after " + spoken(deadline) : "exit " + exit.code();
        return new ToolOutcome(
                exit.timedOut() || (exit.code() != 0 && !answer),
                OptionalInt.of(exit.code()),
                text,
                summary,
                exit.outputBytes(),
                exit.timedOut());
    }

    private Exit run(String command, Duration deadline, String kept, Hand.Sink sink)
            throws HandException, InterruptedException {
        return hand.run(
                        Command.of(shell(), "-c", FOREGROUND, shell(), command)
                                .in(memory.directory())
                                .environment(ENVIRONMENT)
                                .with(Trait.DIRECTORY)
                                .keeping(kept, INLINE),
                        sink)
                .await(deadline);
    }

    private void moveTo(String directory, StringBuilder notes) {
        if (directory.isEmpty() || SandboxPath.within(Hand.HOME, directory)) {
            memory.standIn(directory.isEmpty() ? memory.directory() : directory);
            return;
        }
        memory.standIn(Hand.HOME);
        notes.append("[the shell ended in %s, outside the project; the next command starts in %s]\n"
                .formatted(SandboxPath.display(directory), Hand.HOME));
    }

    private static String shown(HeadTail out, HeadTail err) {
        int forErr = (int) Math.max(LEAST, INLINE - Math.min(INLINE, out.total()));
        String stderr = err.text(forErr);
        String stdout = out.text(Math.max(INLINE - Math.min(stderr.length(), forErr), LEAST));
        if (stderr.isEmpty()) {
            return stdout;
        }
        return stdout.isEmpty()
                ? "stderr:\n" + stderr
                : "stdout:\n" + stdout + (stdout.endsWith("\n") ? "" : "\n") + "stderr:\n" + stderr;
    }

    private static void noteKept(Exit exit, String kept, StringBuilder notes) {
        if (exit.outputBytes() <= INLINE) {
            return;
        }
        if (!exit.kept()) {
            notes.append("[it printed %,d bytes; they could not be kept in a file]\n".formatted(exit.outputBytes()));
        } else if (exit.outputBytes() <= KEPT) {
            notes.append("[it printed %,d bytes, all of them in %s: open it with Read]\n"
                    .formatted(exit.outputBytes(), kept));
        } else {
            notes.append("[it printed %,d bytes, the first %,d of them in %s: open it with Read]\n"
                    .formatted(exit.outputBytes(), KEPT, kept));
        }
    }

    /** Who has printed all of a file with cat has seen it as well as by Read. */
    private void noteCat(String command, Exit exit) throws HandException {
        Matcher cat = CAT.matcher(command);
        if (exit.code() == 0 && exit.outputBytes() <= INLINE && cat.matches()) {
            String path = SandboxPath.resolve(memory.directory(), cat.group(1));
            Hand.FileStatus status = hand.status(path);
            if (status.kind().equals("file") && status.size() == exit.outputBytes()) {
                memory.sawWhole(path, status);
            }
        }
    }

    private String shell() throws HandException {
        String known = shell;
        if (known == null) {
            known = hand.status("/bin/bash").kind().equals("file") ? "/bin/bash" : "/bin/sh";
            shell = known;
        }
        return known;
    }

    private static String spoken(Duration deadline) {
        return deadline.toMillis() % 1000 == 0 ? deadline.toSeconds() + " s" : deadline.toMillis() + " ms";
    }
}
