package dev.belay.cli.policy;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.problem.Problems;
import dev.belay.cli.seam.ProjectSource;
import dev.belay.cli.server.Server;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.server.TaskReference;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Printable;
import dev.belay.cli.terminal.Screen;
import dev.belay.policies.Compiled;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Source;
import dev.belay.policies.shipped.ShippedPolicy;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.error.Nearest;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a project lets an agent do, line by line, and answers questions about it without running anything. */
public final class PolicyVerb extends Verb {
    /** In the order of the help. */
    public static final List<String> ACTIONS = List.of("show", "explain", "lint", "test", "allow", "init", "import");

    @Parameters(
            arity = "1..*",
            paramLabel = "ACTION",
            description = "show or explain (of this folder, or of a TASK), lint, init, import FILE, test -- COMMAND,"
                    + " and allow TASK.")
    private List<String> words = List.of();

    @Option(names = "-C", paramLabel = "DIR", description = "As if started in DIR.")
    private String folder = "";

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description = "This file alone: policy.yaml, CLAUDE.md, AGENTS.md or settings.json, by its name; "
                    + "init: what to begin with, standard, read-only or locked.")
    private String file = "";

    @Option(
            names = "--shipped",
            paramLabel = "NAME",
            description = "A policy that comes with belay: standard, read-only or locked.")
    private String shipped = "";

    @Option(names = "--from", paramLabel = "KIND", description = "import: whose policy it is: srt, codex or claude.")
    private String from = "";

    @Option(names = "--write", description = "import: write .belay/policy.yaml, where there is none.")
    private boolean write;

    @Option(names = "--strict", description = "import: exit 6 and write nothing unless all of it is translated.")
    private boolean strict;

    @Option(
            names = "--host",
            paramLabel = "HOST[:PORT]",
            description = "test: may it be reached? allow: it may from now on.")
    private List<String> hosts = List.of();

    @Option(
            names = "--push",
            paramLabel = "PATH@VERSION",
            description = "allow: a protected file that may be pushed in this content, as the refusal names it.")
    private List<String> pushes = List.of();

    @Option(
            names = "--request",
            paramLabel = "REQUEST",
            description = "test: may it be sent? \"GET https://a.example/b\"")
    private List<String> requests = List.of();

    @Option(names = "--path", paramLabel = "PATH", description = "test: may it be changed?")
    private List<String> paths = List.of();

    @Option(names = "--read", paramLabel = "PATH", description = "test: may a tool read it?")
    private List<String> reads = List.of();

    @Option(
            names = "--batch",
            paramLabel = "FILE",
            description = "test: a question a line, {\"command\": …, \"expect\": \"deny\"}; - reads standard input.")
    private String batch = "";

    @Override
    protected boolean keepsWhatFollowsDashes() {
        return true;
    }

    @Override
    public int run(Cli cli) throws IOException {
        String action = words.getFirst();
        if (!ACTIONS.contains(action)) {
            throw usage(
                    "policy cannot " + action + Nearest.hint(action, ACTIONS), "it can " + String.join(", ", ACTIONS));
        }
        if (action.equals("import")) {
            return imported(cli);
        }
        int most = List.of("show", "explain", "allow").contains(action) ? 2 : 1;
        if (words.size() > most) {
            throw usage(
                    "policy " + action + " takes " + (most == 1 ? "no word" : "one task") + " more",
                    "there are " + (words.size() - 1) + " words after it");
        }
        return switch (action) {
            case "show" -> show(cli);
            case "explain" -> explain(cli);
            case "lint" -> lint(cli);
            case "test" -> test(cli);
            case "allow" -> allow(cli);
            default -> init(cli);
        };
    }

    static BelayException usage(String what, String why) {
        return BelayException.of(ErrorCode.E_USAGE, what, why + " (layer: client)", "belay policy --help");
    }

    private ProjectSource.Project project(Cli cli) {
        return cli.bindings().projects().open(cli.cwd().resolve(folder), Optional.empty());
    }

    private int imported(Cli cli) throws IOException {
        if (words.size() != 2) {
            throw usage("policy import takes one file", "there are " + (words.size() - 1) + " words after it");
        }
        Path named = cli.cwd().resolve(folder).resolve(words.get(1));
        return new PolicyImport(cli, project(cli).root()).run(named, words.get(1), from, write, strict, json);
    }

    private static Source shipped(String name) {
        if (!ShippedPolicy.names().contains(name)) {
            throw usage(
                    "there is no policy " + Printable.line(name) + Nearest.hint(name, ShippedPolicy.names()),
                    "belay comes with " + String.join(", ", ShippedPolicy.names()));
        }
        return ShippedPolicy.source(name);
    }

    private ProjectPolicy policy(Cli cli) {
        if (!shipped.isEmpty()) {
            return ProjectPolicy.of(List.of(shipped(shipped)));
        }
        if (file.isEmpty()) {
            return ProjectPolicy.of(project(cli).root());
        }
        Path named = cli.cwd().resolve(folder).resolve(file);
        String name = String.valueOf(named.getFileName());
        String known = switch (name) {
            case "CLAUDE.md", "AGENTS.md" -> name;
            case "settings.json" -> ".claude/settings.json";
            default -> ".belay/policy.yaml";
        };
        if (!Files.isRegularFile(named)) {
            throw usage("there is no file " + file, "--policy names a file");
        }
        return ProjectPolicy.of(List.of(ProjectPolicy.read(named, known)));
    }

    private Compiled compiled(Cli cli) {
        if (words.size() < 2) {
            return policy(cli).understood().compiled();
        }
        Server server = ServerAccess.open(cli);
        return TaskRights.compiled(
                server, TaskReference.parse(cli, words.get(1)).id());
    }

    private int show(Cli cli) {
        Compiled compiled = compiled(cli);
        Screen screen = cli.screen();
        boolean here = words.size() < 2 && file.isEmpty() && shipped.isEmpty();
        boolean accepted = !here
                || new Acceptance(cli, project(cli).key()).isGiven(new ProjectPolicy(List.<Source>of(), compiled));
        if (json) {
            screen.machine(PolicyDocument.of(compiled, accepted).print());
            return ErrorCode.Exit.DONE;
        }
        if (compiled.lines().isEmpty() && compiled.hash().isEmpty()) {
            screen.line("the standard policy: the project's copy, commands inside the sandbox, no network");
            return ErrorCode.Exit.DONE;
        }
        for (Clause clause : compiled.clauses()) {
            screen.line(new Line()
                    .add(clause.effect().key())
                    .to(12)
                    .add(PolicyDocument.subject(clause))
                    .to(21)
                    .bold(Printable.line(clause.pattern()))
                    .dim("   " + clause.origin().spot().lineOnly()));
        }
        compiled.notEnforced()
                .forEach(line -> screen.line(new Line()
                        .add(Look.YELLOW, "! ")
                        .add("not enforced: " + Printable.line(line.origin().text()))
                        .dim("   " + line.origin().spot().lineOnly())));
        if (!compiled.hash().isEmpty()) {
            screen.line(new Line()
                    .dim("policy " + Acceptance.shown(compiled.hash())
                            + (compiled.requests().isEmpty()
                                    ? "; it asks for nothing that a person must grant"
                                    : accepted ? "; accepted" : "; not accepted yet: belay run asks")));
        }
        return ErrorCode.Exit.DONE;
    }

    private int explain(Cli cli) {
        Compiled compiled = compiled(cli);
        if (json) {
            cli.screen().machine(PolicyDocument.lines(compiled).print());
            return ErrorCode.Exit.DONE;
        }
        new Explanation(cli.screen()).print(compiled);
        return ErrorCode.Exit.DONE;
    }

    private int lint(Cli cli) {
        ProjectPolicy policy = policy(cli);
        Problems problems = new Problems(policy.compiled().problems());
        if (json) {
            cli.screen().machine(problems.document().print());
        } else {
            problems.print(cli.screen());
            policy.compiled()
                    .notEnforced()
                    .forEach(line -> cli.screen()
                            .line(new Line()
                                    .add(Look.YELLOW, "! ")
                                    .add(line.origin().spot() + ": not enforced: "
                                            + Printable.line(line.origin().text()))
                                    .dim("   " + Printable.line(line.why()))));
            if (problems.none()) {
                cli.screen()
                        .line(
                                policy.isStandard()
                                        ? "no file here says anything of rights: the standard policy holds"
                                        : new Line()
                                                .add(Look.GREEN, "✓ ")
                                                .add("understood")
                                                .toString());
            }
        }
        return problems.exit();
    }

    private int test(Cli cli) throws IOException {
        ProjectPolicy policy = policy(cli).understood();
        List<Question> asked = new ArrayList<>();
        if (!afterDashes().isEmpty()) {
            asked.add(Question.Command.of(afterDashes()));
        }
        hosts.forEach(host -> asked.add(Question.Host.parse(host)));
        requests.forEach(request -> asked.add(Question.Request.parse(request)));
        paths.forEach(path -> asked.add(new Question.Edit(path)));
        reads.forEach(path -> asked.add(new Question.Read(path)));
        return new PolicyTrial(cli, policy, batch).run(asked, json);
    }

    private int allow(Cli cli) {
        if (words.size() < 2 || hosts.isEmpty() && pushes.isEmpty()) {
            throw usage(
                    words.size() < 2 ? "policy allow names no task" : "policy allow names no host and no push",
                    "it takes a task, and --host HOST[:PORT] or --push PATH@VERSION");
        }
        String task = TaskReference.task(cli, words.get(1));
        Json stored =
                ServerAccess.open(cli).allow(task, UUID.randomUUID().toString().replace("-", ""), hosts, pushes);
        if (json) {
            cli.screen().machine(stored.print());
        } else {
            cli.screen()
                    .line(new Line()
                            .add(Look.GREEN, "✓ ")
                            .bold(Printable.line(stored.get("task").text("short_id")))
                            .add(rights())
                            .dim("   belay policy show "
                                    + Printable.line(stored.get("task").text("short_id"))));
        }
        return ErrorCode.Exit.DONE;
    }

    private String rights() {
        List<String> rights = new ArrayList<>();
        if (!hosts.isEmpty()) {
            rights.add(" can reach " + Printable.line(String.join(", ", hosts)));
        }
        if (!pushes.isEmpty()) {
            rights.add(" can push " + Printable.line(String.join(", ", pushes)));
        }
        return String.join(", and", rights);
    }

    private int init(Cli cli) throws IOException {
        Path root = project(cli).root();
        NewPolicy target = new NewPolicy(root);
        String name = shipped.isEmpty() ? file : shipped;
        target.write(
                name.isEmpty() ? new StarterPolicy(root).text() : shipped(name).text());
        if (json) {
            cli.screen().machine(target.document().build().print());
        } else {
            target.tell(cli);
        }
        return ErrorCode.Exit.DONE;
    }
}
