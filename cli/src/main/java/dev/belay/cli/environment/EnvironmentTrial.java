package dev.belay.cli.environment;

import dev.belay.cli.Belay;
import dev.belay.cli.Cli;
import dev.belay.cli.policy.ProjectPolicy;
import dev.belay.cli.seam.ProjectSource;
import dev.belay.cli.server.Server;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Printable;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.terminal.Words;
import dev.belay.cli.transcript.Attachment;
import dev.belay.cli.transcript.Watch;
import dev.belay.policies.environment.Check;
import dev.belay.policies.environment.Environment;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tries a project's environment: a task like any other, handed over as a person hands one over, whose model is a written
 * conversation that does nothing for the project.
 */
final class EnvironmentTrial {
    private static final String PROMPT = "env test";

    private final Cli cli;
    private final Path start;
    private final ProjectSource.Project project;

    EnvironmentTrial(Cli cli, Path start, ProjectSource.Project project) {
        this.cli = cli;
        this.start = start;
        this.project = project;
    }

    /**
     * @param check empty for the environment's own
     * @param acceptPolicy empty where nothing is granted on the command line
     */
    record Wanted(String check, boolean acceptWeaker, String acceptPolicy) {}

    int run(Wanted wanted, boolean json) throws IOException, InterruptedException {
        Environment environment = environment(wanted);
        Optional<String> check =
                wanted.check().isEmpty() ? environment.check().map(Check::command) : Optional.of(wanted.check());
        Optional<TrialScript> checked = check.flatMap(_ -> TrialScript.withChange(
                ProjectPolicy.of(project.root()).understood().compiled().policy(), TrialScript.freeName()));
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int handed = handOver(wanted, checked.orElseGet(TrialScript::withNothing), json, printed);
        String said = printed.toString(StandardCharsets.UTF_8);
        if (handed != ErrorCode.Exit.DONE) {
            cli.screen().out().print(said);
            return handed;
        }
        String id = json ? Json.parse(said).text("id") : said.strip();
        // Whatever fails from here on, the task goes on.
        cli.screen().note(new Line().dim("task " + Printable.line(id) + "   belay attach " + Printable.line(id)));
        Server server = ServerAccess.open(cli);
        int exit;
        Json now;
        try (Watch watch = new Watch(server, id, 0, cli.pause())) {
            exit = new Attachment(cli, server, json).follow(watch.task(), 0);
            if (exit == ErrorCode.Exit.DETACHED) {
                return exit;
            }
            now = watch.task();
        }
        if (exit == ErrorCode.Exit.DONE && check.isPresent() && !isChecked(now)) {
            String why = checked.isEmpty() ? ": the policy lets a task change nothing, and then none is" : "";
            tell(json, new Line().add(Look.YELLOW, "! ").add(ready(environment) + "; the check was not run" + why));
            return ErrorCode.Exit.DENIED;
        }
        if (now.flag("terminal") && exit != ErrorCode.Exit.SETUP) {
            verdict(environment, now).ifPresent(line -> tell(json, line));
        }
        return exit;
    }

    /** Only these two are the word of a check that was run. */
    private static boolean isChecked(Json task) {
        String outcome = task.get("check").isNull() ? "" : task.get("check").text("outcome");
        return outcome.equals("passed") || outcome.equals("failed");
    }

    private static String ready(Environment environment) {
        return environment.setup().isEmpty()
                ? "nothing to set up"
                : "set up in " + Words.count(environment.setup().size(), "step");
    }

    private void tell(boolean json, Line line) {
        Screen people = json ? cli.screen().withResultsOnStderr() : cli.screen();
        people.line(line);
    }

    /** One that would be tried: nothing else is worth a sandbox. */
    private Environment environment(Wanted wanted) {
        ProjectEnvironment there = ProjectEnvironment.of(project.root());
        Environment environment = there.understood();
        if (!there.isThere() && wanted.check().isEmpty()) {
            throw BelayException.of(
                    ErrorCode.E_NOT_FOUND,
                    "there is no " + Environment.FILE + ": nothing is to be tried",
                    "nothing is set up before a task of this folder (layer: client)",
                    "belay env import   or   belay env test --check CMD");
        }
        if (there.isThere() && !project.sends(Environment.FILE)) {
            throw BelayException.of(
                    ErrorCode.E_ENVIRONMENT,
                    Environment.FILE + " does not go along: it is ignored by git",
                    "a task gets what is sent, and would set nothing up (layer: client)",
                    "take it out of .gitignore");
        }
        return environment;
    }

    /** By the verb that a person would type, so that it is accepted, packed, sent and kept as that does it. */
    private int handOver(Wanted wanted, TrialScript script, boolean json, ByteArrayOutputStream printed)
            throws IOException {
        try (TrialFile file = TrialFile.in(cli.state().make(), script);
                PrintStream hands = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            List<String> words = new ArrayList<>(List.of(
                    "run", "--detach", "-C", start.toAbsolutePath().toString(), "--model", "script:" + file.path()));
            if (!wanted.check().isEmpty()) {
                words.addAll(List.of("--check", wanted.check()));
            }
            if (wanted.acceptWeaker()) {
                words.add("--accept-weaker");
            }
            if (!wanted.acceptPolicy().isEmpty()) {
                words.addAll(List.of("--accept-policy", wanted.acceptPolicy()));
            }
            if (json) {
                words.add("--json");
            }
            words.add(PROMPT);
            return new Belay(cli.with(cli.screen().withResultsIn(hands))).run(words.toArray(String[]::new));
        }
    }

    /** Nothing where the task did not come to its check, which its own last line says. */
    private static Optional<Line> verdict(Environment environment, Json task) {
        String ready = ready(environment);
        Json check = task.get("check");
        String command = check.isNull() ? "" : Printable.line(check.text("command"));
        return switch (check.isNull() ? "" : check.text("outcome")) {
            case "passed" ->
                Optional.of(new Line()
                        .add(Look.GREEN, "✓ ")
                        .add(ready + "; the check passes: ")
                        .bold(command));
            case "failed" ->
                Optional.of(new Line()
                        .add(Look.RED, "✗ ")
                        .add(ready + "; the check fails, exit " + check.number("exit_code") + ": ")
                        .bold(command));
            default ->
                task.text("state").equals("succeeded")
                        ? Optional.of(new Line().add(Look.GREEN, "✓ ").add(ready + "; no check is named"))
                        : Optional.empty();
        };
    }
}
