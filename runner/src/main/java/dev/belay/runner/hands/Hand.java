package dev.belay.runner.hands;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The long-lived process inside a sandbox that does what the runner asks: it runs commands and touches files there, under
 * the whole confinement. Its answers are hostile input; a frame that breaks the protocol ends the hand.
 *
 * <p>Safe for use by several threads; commands run side by side. Paths are absolute; see {@link SandboxPath} for names that
 * are not UTF-8.
 */
public interface Hand extends AutoCloseable {
    /** Where commands run when nothing else is said. */
    String HOME = "/workspace";

    /** Starts a command; its output arrives at {@code sink} on a thread of its own, in order per stream. */
    Running run(Command command, Sink sink) throws HandException;

    /** A command with open input and nothing else: what a person's {@code exec} needs. */
    default Running run(String[] argv, String directory, Map<String, String> environment, Sink sink)
            throws HandException {
        return run(Command.of(argv).in(directory).environment(environment).with(Trait.INPUT), sink);
    }

    /**
     * At most {@code limit} bytes of the regular file from {@code offset}. Follows symlinks, as a program inside would.
     *
     * @param limit at most {@link #MAX_CONTENT}
     */
    FileContent read(String path, long offset, int limit) throws HandException;

    /**
     * Replaces or makes the file in one step (temporary file, rename), with the parents that are missing. An existing file
     * keeps its mode; a symlink is written through; what may not be written stays as it is.
     *
     * @param content at most {@link #MAX_CONTENT} bytes
     */
    void write(String path, byte[] content) throws HandException;

    FileStatus status(String path) throws HandException;

    /** The beginning of a file below the project as text; empty where there is no plain file. */
    default String readText(String path, int most) throws HandException {
        String whole = SandboxPath.resolve(HOME, path);
        if (!SandboxPath.within(HOME, whole) || !status(whole).kind().equals("file")) {
            return "";
        }
        return new String(read(whole, 0, most).bytes(), java.nio.charset.StandardCharsets.UTF_8);
    }

    /** Round trip of an empty frame. */
    Duration ping() throws HandException;

    @Override
    void close();

    /** The largest content of one read or write. */
    int MAX_CONTENT = (8 << 20) - 8192;

    /** What a command asks for besides running. */
    enum Trait {
        /** Its standard input is open, for {@link Running#input}; otherwise it is {@code /dev/null}. */
        INPUT,
        /** Descriptor 3 is open for the path that becomes {@link Exit#directory}. */
        DIRECTORY,
        /** What it started may outlive its main process; it has ended when nothing of it is left. */
        BACKGROUND,
        /** Its output goes to its keep-file only. */
        QUIET
    }

    /**
     * A command.
     *
     * @param argv found by {@code PATH}
     * @param environment added to the hand's own
     * @param keepFile where the hand keeps the whole output, up to 64 MiB of it; empty for nowhere
     * @param keepAbove the file is made when more bytes than this were printed; 0: at once
     * @param outputLimit the command is killed when it prints more
     */
    record Command(
            List<String> argv,
            String directory,
            Map<String, String> environment,
            Set<Trait> traits,
            String keepFile,
            int keepAbove,
            long outputLimit) {
        public static final long OUTPUT_LIMIT = 5L << 30;

        public Command {
            argv = List.copyOf(argv);
            environment = Map.copyOf(environment);
            traits = Set.copyOf(traits);
        }

        public static Command of(String... argv) {
            return new Command(List.of(argv), HOME, Map.of(), Set.of(), "", 0, OUTPUT_LIMIT);
        }

        public Command in(String place) {
            return new Command(argv, place, environment, traits, keepFile, keepAbove, outputLimit);
        }

        public Command environment(Map<String, String> added) {
            return new Command(argv, directory, added, traits, keepFile, keepAbove, outputLimit);
        }

        public Command with(Trait... wanted) {
            return new Command(argv, directory, environment, Set.of(wanted), keepFile, keepAbove, outputLimit);
        }

        public Command keeping(String file, int above) {
            return new Command(argv, directory, environment, traits, file, above, outputLimit);
        }

        public Command printingAtMost(long bytes) {
            return new Command(argv, directory, environment, traits, keepFile, keepAbove, bytes);
        }
    }

    /** A command that was started. */
    interface Running {
        /**
         * Waits for the main process to end, or kills the whole tree at the deadline; an interrupt kills it too. When it
         * returns, nothing of a foreground command is left, and the sink has had everything.
         *
         * @throws HandException with the errno when the command could not be started
         */
        Exit await(Duration deadline) throws HandException, InterruptedException;

        /** Waits while more than 1 MiB is not yet taken; what a command that ended would have read is lost. */
        void input(byte[] bytes) throws HandException, InterruptedException;

        void endInput() throws HandException;

        /** Kills the command and everything it started. */
        void kill() throws HandException;
    }

    /**
     * How a command ended.
     *
     * @param code its own, or 128 + the signal
     * @param timedOut killed at the deadline of {@link Running#await}
     * @param overLimit killed because it printed more than its limit
     * @param kept its keep-file exists
     * @param directory where the command's shell stood at its end, when it was asked for; otherwise empty
     */
    record Exit(
            int code,
            boolean timedOut,
            boolean overLimit,
            boolean kept,
            Duration took,
            long outputBytes,
            String directory) {}

    interface Sink {
        void stdout(byte[] bytes);

        void stderr(byte[] bytes);

        /** Forgets everything. */
        Sink NONE = new Sink() {
            @Override
            public void stdout(byte[] bytes) {}

            @Override
            public void stderr(byte[] bytes) {}
        };
    }

    record FileContent(byte[] bytes, long size) {}

    /** @param kind {@code file}, {@code directory}, {@code other} or {@code absent}, symlinks followed */
    record FileStatus(String kind, long size, int mode, long mtimeNanos) {}
}
