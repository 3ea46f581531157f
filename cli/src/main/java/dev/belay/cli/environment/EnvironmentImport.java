package dev.belay.cli.environment;

import dev.belay.cli.Cli;
import dev.belay.cli.FirstFile;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Printable;
import dev.belay.policies.environment.Environment;
import dev.belay.policies.environment.foreign.EnvironmentTranslation;
import dev.belay.policies.environment.foreign.Fate;
import dev.belay.policies.environment.foreign.ForeignEnvironment;
import dev.belay.policies.language.Problem;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Shows what another tool's set-up would be here, part by part, and writes it where it is asked to. */
final class EnvironmentImport {
    private static final String LOCKFILES = "lockfiles";

    private final Cli cli;
    private final Path root;

    EnvironmentImport(Cli cli, Path root) {
        this.cli = cli;
        this.root = root;
    }

    /**
     * @param source what it was made of, in words
     * @param others what lies here and was not looked at
     */
    private record Imported(String source, String kind, EnvironmentTranslation translation, List<String> others) {}

    /** Of one file. */
    int file(Path folder, String named, boolean write, boolean strict, boolean json) throws IOException {
        ForeignEnvironment kind = ForeignEnvironment.of(named)
                .or(() -> ForeignEnvironment.of(
                        folder.resolve(named).toAbsolutePath().normalize().toString()))
                .orElseThrow(() -> EnvironmentVerb.usage(
                        "nobody can tell which tool reads " + Printable.line(named),
                        "it is known by its name: " + String.join(", ", known())));
        ForeignFile file = new ForeignFile(folder, named);
        if (kind == ForeignEnvironment.OPENHANDS
                && isAnother(folder.resolve(named), root.resolve(kind.files().getFirst()))) {
            throw EnvironmentVerb.usage(
                    Printable.line(named) + " is not this project's",
                    "a step can run " + kind.files().getFirst() + " of the project alone");
        }
        return finish(new Imported(named, kind.word(), kind.translate(file.read()), List.of()), write, strict, json);
    }

    /** What is not there at all is told where it is read. */
    private static boolean isAnother(Path file, Path wanted) throws IOException {
        return Files.exists(file) && !(Files.exists(wanted) && Files.isSameFile(file, wanted));
    }

    /** What other tools read in this project, in the order in which it would be taken. */
    static List<String> here(Path root) {
        return known().stream()
                .filter(name -> new ForeignFile(root, name).isThere())
                .toList();
    }

    /** Of the first that is found. */
    int found(boolean write, boolean strict, boolean json) throws IOException {
        List<String> here = here(root);
        Suggestion suggestion = Suggestion.of(root);
        if (here.isEmpty()) {
            if (suggestion.lines().isEmpty()) {
                throw BelayException.of(
                        ErrorCode.E_NOT_FOUND,
                        "nothing here says how this project is set up",
                        "looked for " + String.join(", ", known()) + " and lockfiles (layer: client)",
                        "write " + Environment.FILE + " yourself; belay help env");
            }
            return finish(
                    new Imported(String.join(", ", suggestion.seen()), LOCKFILES, suggestion.translation(), List.of()),
                    write,
                    strict,
                    json);
        }
        String first = here.getFirst();
        ForeignEnvironment kind = ForeignEnvironment.of(first).orElseThrow();
        List<String> others = new ArrayList<>(here.subList(1, here.size()));
        others.addAll(suggestion.seen());
        return finish(
                new Imported(first, kind.word(), kind.translate(new ForeignFile(root, first).read()), others),
                write,
                strict,
                json);
    }

    /** In the order in which they are looked for. */
    private static List<String> known() {
        return Arrays.stream(ForeignEnvironment.values())
                .flatMap(kind -> kind.files().stream())
                .toList();
    }

    private int finish(Imported imported, boolean write, boolean strict, boolean json) throws IOException {
        EnvironmentTranslation translation = imported.translation();
        if (!translation.problems().isEmpty()) {
            throw refusal(translation.problems());
        }
        FirstFile target = new FirstFile(root, Environment.FILE, "belay env show");
        if (write) {
            target.refuseIfThere();
        }
        translation.fates().forEach(fate -> cli.screen().note(line(fate)));
        if (!imported.others().isEmpty()) {
            cli.screen()
                    .note(new Line()
                            .dim("also here, and not looked at: "
                                    + Printable.line(String.join(", ", imported.others()))));
        }
        if (translation.text().isEmpty()) {
            throw BelayException.of(
                    ErrorCode.E_ENVIRONMENT,
                    "nothing of " + Printable.line(imported.source()) + " can be taken",
                    "it says nothing that an environment could (layer: client)",
                    "write " + Environment.FILE + " yourself; belay env show tells what lockfiles suggest");
        }
        boolean refused = strict && !translation.isWhole();
        boolean written = write && !refused;
        if (written) {
            target.write(translation.text());
        } else if (write) {
            cli.screen().note("nothing was written: --strict takes a whole translation, or none");
        }
        show(imported, written ? target.target().toString() : "", json);
        return refused ? ErrorCode.Exit.DENIED : ErrorCode.Exit.DONE;
    }

    private static BelayException refusal(List<Problem> problems) {
        Problem first = problems.getFirst();
        String others = problems.stream()
                .skip(1)
                .limit(5)
                .map(problem -> "; also " + problem.spot() + ": " + problem.what())
                .collect(Collectors.joining());
        return BelayException.of(
                ErrorCode.E_ENVIRONMENT,
                Printable.line(first.spot() + ": " + first.what()),
                Printable.line("what is not understood is not translated (layer: client)" + others),
                first.fix());
    }

    private static Line line(Fate fate) {
        String part = Printable.line(fate.spot() + (fate.spot().file().equals(fate.part()) ? "" : ": " + fate.part()));
        return switch (fate) {
            case Fate.Taken taken -> new Line().add(Look.GREEN, "✓ ").add(part).dim("   " + taken.became());
            case Fate.NotNeeded not -> new Line().dim("· " + part + "   not needed: " + not.why());
            case Fate.Refused refused ->
                new Line().add(Look.YELLOW, "! ").add(part).dim("   " + refused.why() + "; " + refused.instead());
        };
    }

    private void show(Imported imported, String written, boolean json) {
        if (json) {
            cli.screen()
                    .machine(EnvironmentDocument.imported(
                                    imported.source(),
                                    imported.kind(),
                                    imported.translation(),
                                    imported.others(),
                                    written)
                            .print());
        } else if (written.isEmpty()) {
            cli.screen().out().print(imported.translation().text());
            cli.screen().out().flush();
        } else {
            cli.screen()
                    .line(new Line().add("wrote ").bold(Environment.FILE).dim("   belay env check · belay env test"));
        }
    }
}
