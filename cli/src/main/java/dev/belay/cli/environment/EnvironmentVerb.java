package dev.belay.cli.environment;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.problem.Problems;
import dev.belay.cli.seam.ProjectSource;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Printable;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.terminal.Words;
import dev.belay.policies.environment.Environment;
import dev.belay.policies.environment.Parsed;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.error.Nearest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows how a project's sandbox would be made ready, makes it of other tools' files, and tries it in a real one. */
public final class EnvironmentVerb extends Verb {
    /** In the order of the help. */
    public static final List<String> ACTIONS = List.of("show", "check", "import", "test");

    private static final int NAMES = 9;

    @Parameters(
            arity = "1..*",
            paramLabel = "ACTION",
            description =
                    "show what is done before a task of this folder, check .belay/environment.yaml, import [FILE],"
                            + " what another tool reads (the first that is here), or test it in a sandbox, without a model.")
    private List<String> words = List.of();

    @Option(names = "-C", paramLabel = "DIR", description = "As if started in DIR.")
    private String folder = "";

    @Option(names = "--write", description = "import: write .belay/environment.yaml, where there is none.")
    private boolean write;

    @Option(names = "--strict", description = "import: exit 6 and write nothing unless all of it is translated.")
    private boolean strict;

    @Option(names = "--check", paramLabel = "CMD", description = "test: run this check, and not the project's.")
    private String check = "";

    @Option(names = "--accept-weaker", description = "test: also where this machine isolates less than the table says.")
    private boolean acceptWeaker;

    @Option(
            names = "--accept-policy",
            paramLabel = "HASH",
            description = "test: grant what the project's policy asks for; belay policy show prints the hash.")
    private String acceptPolicy = "";

    @Override
    public int run(Cli cli) throws IOException, InterruptedException {
        String action = words.getFirst();
        if (!ACTIONS.contains(action)) {
            throw usage("env cannot " + action + Nearest.hint(action, ACTIONS), "it can " + String.join(", ", ACTIONS));
        }
        if (words.size() > (action.equals("import") ? 2 : 1)) {
            throw usage(
                    "env " + action + " takes " + (action.equals("import") ? "one file" : "no word more"),
                    "there are " + (words.size() - 1) + " words after it");
        }
        refuseOptionsOfOthers(action);
        Path start = cli.cwd().resolve(folder);
        ProjectSource.Project project = cli.bindings().projects().open(start, Optional.empty());
        return switch (action) {
            case "show" -> show(cli.screen(), project.root(), ProjectEnvironment.of(project.root()));
            case "check" -> check(cli.screen(), ProjectEnvironment.of(project.root()));
            case "import" -> imported(new EnvironmentImport(cli, project.root()), start);
            default -> new EnvironmentTrial(cli, start, project).run(wanted(), json);
        };
    }

    static BelayException usage(String what, String why) {
        return BelayException.of(ErrorCode.E_USAGE, what, why + " (layer: client)", "belay env --help");
    }

    /** What would change nothing is no wish that somebody has. */
    private void refuseOptionsOfOthers(String action) {
        boolean imports = action.equals("import");
        boolean tests = action.equals("test");
        refuse(write && !imports, action, "--write", "import");
        refuse(strict && !imports, action, "--strict", "import");
        refuse(!check.isEmpty() && !tests, action, "--check", "test");
        refuse(acceptWeaker && !tests, action, "--accept-weaker", "test");
        refuse(!acceptPolicy.isEmpty() && !tests, action, "--accept-policy", "test");
    }

    private static void refuse(boolean foreign, String action, String option, String other) {
        if (foreign) {
            throw usage("env " + action + " has no " + option, "it is an option of env " + other);
        }
    }

    private int imported(EnvironmentImport imports, Path start) throws IOException {
        return words.size() == 1
                ? imports.found(write, strict, json)
                : imports.file(start, words.get(1), write, strict, json);
    }

    private EnvironmentTrial.Wanted wanted() {
        return new EnvironmentTrial.Wanted(check, acceptWeaker, acceptPolicy);
    }

    private int show(Screen screen, Path root, ProjectEnvironment project) {
        Environment environment = project.understood();
        Suggestion suggestion = project.isThere() ? new Suggestion(List.of(), List.of()) : Suggestion.of(root);
        if (json) {
            screen.machine(EnvironmentDocument.of(project.isThere(), environment, suggestion)
                    .print());
            return ErrorCode.Exit.DONE;
        }
        if (!project.isThere()) {
            screen.line("there is no " + Environment.FILE + ": nothing is set up before a task");
            foreign(screen, EnvironmentImport.here(root));
            suggest(screen, suggestion);
        }
        environment
                .setup()
                .forEach(step -> screen.line(new Line()
                        .add("setup")
                        .to(NAMES)
                        .bold(Printable.line(step.name()))
                        .add(step.run().strip().equals(step.name()) ? "" : "  " + Printable.line(step.run()))
                        .dim("   at most " + Words.duration(step.timeout()) + "   "
                                + step.spot().lineOnly())));
        environment
                .variables()
                .forEach(variable -> screen.line(new Line()
                        .add("env")
                        .to(NAMES)
                        .bold(variable.name())
                        .dim("   " + variable.spot().lineOnly())));
        screen.line(environment
                .check()
                .map(check -> new Line()
                        .add("check")
                        .to(NAMES)
                        .bold(Printable.line(check.command()))
                        .dim("   " + check.spot().lineOnly() + "; belay run --check names another"))
                .orElseGet(() -> new Line()
                        .add("check")
                        .to(NAMES)
                        .dim("what the project's own files show, if anything; belay run --check names one")));
        return ErrorCode.Exit.DONE;
    }

    private static void foreign(Screen screen, List<String> here) {
        if (!here.isEmpty()) {
            screen.line(new Line()
                    .add("what other tools read is here: " + Printable.line(String.join(", ", here)))
                    .dim("   belay env import"));
        }
    }

    private static void suggest(Screen screen, Suggestion suggestion) {
        if (suggestion.lines().isEmpty()) {
            return;
        }
        screen.line("what lies here (" + String.join(", ", suggestion.seen()) + ") suggests, for that file:");
        suggestion.lines().forEach(line -> screen.line(new Line().add("    ").bold(line)));
        screen.line(new Line().dim("the hosts that it fetches from must be allowed: belay policy show"));
    }

    private int check(Screen screen, ProjectEnvironment project) {
        Problems problems =
                new Problems(project.parsed() instanceof Parsed.Refused refused ? refused.problems() : List.of());
        if (json) {
            screen.machine(problems.document().print());
        } else {
            problems.print(screen);
            if (problems.none()) {
                screen.line(
                        project.isThere()
                                ? new Line().add(Look.GREEN, "✓ ").add("understood")
                                : new Line().add("there is no " + Environment.FILE));
            }
        }
        return problems.exit();
    }
}
