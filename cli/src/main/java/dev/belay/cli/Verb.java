package dev.belay.cli;

import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Option;

/** One thing that a person can ask for. The fields are filled from the command line, then it is run once. */
public abstract class Verb {
    @Option(
            names = "--json",
            description = "One JSON document on stdout (a line per item where it is a stream); text goes to stderr.")
    protected boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    /** Looked for before the verb is known; here so that it is accepted and explained. */
    @SuppressWarnings("unused")
    @Option(names = "--no-color", description = "No colours, as with NO_COLOR=1.")
    private boolean noColor;

    /** Looked for before the verb is known, as above. */
    @SuppressWarnings("unused")
    @Option(
            names = "--context",
            paramLabel = "NAME",
            description = "The server of this context (belay context list; or BELAY_CONTEXT).")
    private String context = "";

    private List<String> afterDashes = List.of();

    /** The exit code. */
    public abstract int run(Cli cli) throws IOException, InterruptedException;

    /** The exit code of an error; exec keeps Belay's own failures apart from the command's. */
    protected int exitCode(int usual) {
        return usual;
    }

    /** Whether what follows {@code --} belongs to the verb as it stands. */
    protected boolean keepsWhatFollowsDashes() {
        return false;
    }

    /** The words after {@code --}. */
    protected final List<String> afterDashes() {
        return afterDashes;
    }

    final void afterDashes(List<String> words) {
        this.afterDashes = List.copyOf(words);
    }

    final boolean wantsHelp() {
        return help;
    }

    final boolean wantsJson() {
        return json;
    }
}
