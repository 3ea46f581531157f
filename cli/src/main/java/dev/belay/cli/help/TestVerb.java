package dev.belay.cli.help;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.proto.error.ErrorCode;
import java.util.List;
import picocli.CommandLine.Parameters;

/** Belay's own tests live in its sources, not in the distribution. */
public final class TestVerb extends Verb {
    @Parameters(arity = "0..*", hidden = true)
    private List<String> ignored = List.of();

    @Override
    public int run(Cli cli) {
        cli.screen().line("Belay's tests are part of its sources, not of this distribution. From a checkout:");
        cli.screen().line("  ./belay test          every test of every module, long suites on a sample");
        cli.screen().line("  ./belay test --full   everything; --everyone: as root also as an ordinary user");
        cli.screen().line("To check this installation instead: belay doctor, then belay demo.");
        return ignored.isEmpty() ? ErrorCode.Exit.DONE : ErrorCode.Exit.USAGE;
    }
}
