package dev.belay.cli.demo;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.local.ScratchSystem;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** Takes a person through the whole job on a sample project, offline, and leaves nothing behind. */
public final class DemoVerb extends Verb {
    @Option(names = "--keep", description = "Keep the sample project, and say where it is.")
    private boolean keep;

    @Override
    public int run(Cli cli) throws IOException, InterruptedException {
        Path material = Path.of(cli.env("BELAY_HOME")).resolve("share/demo");
        if (cli.env("BELAY_HOME").isEmpty() || !Files.isDirectory(material)) {
            throw BelayException.of(
                    ErrorCode.E_INTERNAL,
                    "this installation has no sample project",
                    "there is no " + material + " (layer: client)",
                    "start belay by the bin/belay of a distribution");
        }
        try (ScratchSystem scratch = ScratchSystem.make(cli, "belay-demo-", "shop", Map.of())) {
            if (keep) {
                scratch.keepProject();
            }
            try {
                return tour(cli, scratch, material);
            } finally {
                if (scratch.end()) {
                    cli.screen()
                            .line(new Line()
                                    .dim("Stopped all that was started"
                                            + (keep
                                                    ? "; the sample is in " + scratch.project()
                                                    : " and removed the sample")
                                            + "."));
                }
            }
        }
    }

    private static int tour(Cli cli, ScratchSystem scratch, Path material) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        cli.screen().line(new Line().bold("Belay, the tour").add(": an agent works alone, and you keep the rope."));
        Tour tour = new Tour(scratch.cli(), material, Sample.make(material.resolve("shop"), scratch.project()));
        try {
            if (!scratch.during(cli.interrupts(), tour::all)) {
                cli.screen().note("interrupted at the stage “" + tour.stage() + "”");
                return ErrorCode.Exit.DETACHED;
            }
        } catch (InterruptedException interrupted) {
            throw interrupted;
        } catch (Exception failed) {
            throw stageFailed(tour.stage(), failed);
        }
        long seconds = (System.nanoTime() - begun) / 1_000_000_000;
        cli.screen().line("");
        cli.screen()
                .line(new Line()
                        .add(Look.GREEN, "✓ ")
                        .add("Every stage was checked while it was shown (" + seconds + " s)."));
        return ErrorCode.Exit.DONE;
    }

    private static BelayException stageFailed(String stage, Exception failed) {
        ErrorCode code = failed instanceof BelayException named ? named.code() : ErrorCode.E_INTERNAL;
        String why =
                failed instanceof BelayException named ? named.why() : "the tour checks what it shows (layer: demo)";
        String next = failed instanceof BelayException named ? named.next() : "belay doctor";
        return BelayException.of(
                        code,
                        "the tour stopped at the stage “" + stage + "”: " + failed.getMessage(),
                        why,
                        "your own files were never part of it",
                        next)
                .causedBy(failed);
    }
}
