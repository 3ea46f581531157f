package dev.belay.cli.task;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.environment.EnvironmentLines;
import dev.belay.cli.environment.ProjectEnvironment;
import dev.belay.cli.policy.Acceptance;
import dev.belay.cli.policy.PolicyLines;
import dev.belay.cli.policy.ProjectPolicy;
import dev.belay.cli.record.RunRecord;
import dev.belay.cli.seam.ProjectSource;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.transcript.Attachment;
import dev.belay.policies.ToolName;
import dev.belay.policies.environment.Environment;
import dev.belay.proto.bounds.LimitRange;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.error.Nearest;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Hands a task over: everything is checked before anything is started, and written down before it is sent. */
public final class RunVerb extends Verb {
    private static final List<String> EFFORTS = List.of("low", "medium", "high");
    private static final List<String> MODES = List.of("approve", "edits", "auto", "full");

    @Option(
            names = {"-d", "--detach"},
            description = "Print only the task's id, and return.")
    private boolean detach;

    @Option(names = "-C", paramLabel = "DIR", description = "As if started in DIR.")
    private String folder = "";

    @Option(names = "--path", paramLabel = "DIR", description = "Only this folder of the project goes along.")
    private String scope = "";

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description = "PROVIDER/MODEL (belay models), or script:FILE, a written conversation (or BELAY_MODEL).")
    private String model = "";

    @Option(names = "--mode", paramLabel = "MODE", description = "approve, edits, auto or full.")
    private String mode = "";

    @Option(names = "--max-turns", paramLabel = "N", description = "Stop after N turns.")
    private int maxTurns;

    @Option(names = "--timeout", paramLabel = "TIME", description = "Stop the task after this time: 1h, 90s.")
    private String timeout = "";

    @Option(names = "--max-usd", paramLabel = "USD", description = "Stop when the model has cost so much: 2.50.")
    private String maxUsd = "";

    @Option(names = "--memory", paramLabel = "SIZE", description = "What its processes may take together: 8G.")
    private String memory = "";

    @Option(names = "--disk", paramLabel = "SIZE", description = "What its files may take on the runner's disk: 20G.")
    private String disk = "";

    @Option(names = "--effort", paramLabel = "E", description = "How hard the model is to think: low, medium or high.")
    private String effort = "";

    @Option(
            names = "--check",
            paramLabel = "CMD",
            description = "What says whether the work is done: run after the last change, and the end follows it.")
    private String check = "";

    @Option(names = "--no-check", description = "Check nothing at the end, not what the project shows either.")
    private boolean noCheck;

    @Option(
            names = "--allowed-tools",
            paramLabel = "NAMES",
            split = ",",
            description = "The model is given these alone: Read,Grep,Glob.")
    private List<String> allowedTools = List.of();

    @Option(
            names = "--disallowed-tools",
            paramLabel = "NAMES",
            split = ",",
            description = "The model is not given these: Bash.")
    private List<String> disallowedTools = List.of();

    @Option(names = "--accept-weaker", description = "Run although this machine isolates less than the table says.")
    private boolean acceptWeaker;

    @Option(
            names = "--accept-policy",
            paramLabel = "HASH",
            description = "Grant what the project's policy asks for; belay policy show prints the hash.")
    private String acceptPolicy = "";

    @Option(names = "--strict", description = "Start nothing while a line of the policy is enforced by nothing.")
    private boolean strict;

    @Option(names = "--max-file", paramLabel = "SIZE", description = "Files up to this size go along: 200M.")
    private String maxFile = "";

    @Option(
            names = "--name",
            paramLabel = "TEXT",
            description = "What to call the project; its folder's name otherwise.")
    private String name = "";

    @Option(
            names = "--draft",
            paramLabel = "D",
            description = "Send a kept request to the server in use, and watch it (belay retry sends all).")
    private String draftName = "";

    @Option(
            names = "--record",
            paramLabel = "FILE",
            description = "When the task has ended, write its run to FILE as a script (belay record does it later).")
    private String recordName = "";

    @Parameters(
            arity = "0..*",
            paramLabel = "PROMPT",
            description = "What is to be done; - reads it from standard input.")
    private List<String> words = List.of();

    @Override
    public int run(Cli cli) throws IOException, InterruptedException {
        Path start = cli.cwd().resolve(folder);
        long mostBytes = maxFile.isEmpty() ? 0 : Amounts.bytes("--max-file", maxFile);
        Optional<RunRecord> record =
                recordName.isEmpty() ? Optional.empty() : Optional.of(RunRecord.checked(start, recordName, detach));
        Screen people = json || detach ? cli.screen().withResultsOnStderr() : cli.screen();
        Draft draft;
        Optional<ProjectSource.Project> project;
        if (draftName.isEmpty()) {
            Json.Obj wish = wish(cli, start);
            ProjectSource.Project opened = cli.bindings()
                    .projects()
                    .open(start, scope.isEmpty() ? Optional.empty() : Optional.of(Path.of(scope)));
            project = Optional.of(opened);
            people.note(heading(opened));
            draft = Draft.begin(
                    cli.state(),
                    withPolicy(cli, wish, opened, people),
                    Submission.project(opened, start, scope, name, mostBytes),
                    ServerAccess.place(cli),
                    cli.clock().instant());
        } else {
            draft = Draft.open(cli.state(), draftName).mine();
            project = Submission.open(cli, draft);
            project.ifPresent(one -> people.note(heading(one)));
        }
        Optional<Submission.Sent> sent = send(new Submission(cli, people), draft, project, people);
        if (sent.isEmpty()) {
            return ErrorCode.Exit.DETACHED;
        }
        Json task = sent.get().task();
        if (detach) {
            cli.screen().machine(json ? task.print() : task.text("id"));
            return ErrorCode.Exit.DONE;
        }
        int exit = new Attachment(cli, sent.get().server(), json).follow(task, 0);
        return record.isPresent()
                ? record.get().write(cli, people, sent.get().server(), task.text("short_id"), exit)
                : exit;
    }

    static Optional<Submission.Sent> send(
            Submission submission, Draft draft, Optional<ProjectSource.Project> project, Screen people)
            throws IOException, InterruptedException {
        try {
            return submission.send(draft, project);
        } catch (BelayException failed) {
            if (Submission.mayBeSentAgain(failed)) {
                throw Submission.kept(failed, draft);
            }
            draft.discard();
            throw failed;
        } catch (IOException | RuntimeException unforeseen) {
            people.note("your request is kept: belay retry (" + draft.name() + ")");
            throw unforeseen;
        }
    }

    static void checkMode(String mode) {
        if (!mode.isEmpty() && !MODES.contains(mode)) {
            throw BelayException.of(
                    ErrorCode.E_UNKNOWN_MODE,
                    "there is no mode " + mode + Nearest.hint(mode, MODES),
                    "modes are " + String.join(", ", MODES) + " (layer: client)",
                    "belay run --mode full \"…\"");
        }
    }

    private static String checkEffort(String effort) {
        if (!effort.isEmpty() && !EFFORTS.contains(effort)) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "there is no effort " + effort + Nearest.hint(effort, EFFORTS),
                    "it is one of " + String.join(", ", EFFORTS) + " (layer: client)",
                    "belay run --effort high \"…\"");
        }
        return effort;
    }

    /** A SubmitTask without key and project; whatever is wrong with it is said here. */
    private Json.Obj wish(Cli cli, Path start) throws IOException {
        checkMode(mode);
        if (maxTurns < 0) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "--max-turns must be 1 or more",
                    "it was " + maxTurns + " (layer: client)",
                    "--max-turns 40");
        }
        long seconds =
                timeout.isEmpty() ? 0 : Amounts.duration("--timeout", timeout).toSeconds();
        double dollars = maxUsd.isEmpty() ? 0 : Amounts.dollars("--max-usd", maxUsd);
        ModelChoice chosen = ModelChoice.of(
                model.isEmpty() ? cli.env("BELAY_MODEL") : model,
                start,
                cli.bindings().scripts());
        String prompt = Prompt.of(cli, words);
        Json.ObjectBuilder wish = Json.object()
                .put("prompt", prompt)
                .put("mode", mode.isEmpty() ? Json.NULL : Json.of(mode))
                .put("model", chosen.model())
                .put("script", chosen.script())
                .put("script_name", chosen.scriptName())
                .put("limits", limits(seconds, dollars))
                .put("accept_weaker", acceptWeaker)
                .put("effort", checkEffort(effort));
        return bounds(wish).build();
    }

    private Json limits(long seconds, double dollars) {
        Json.ObjectBuilder limits = Json.object()
                .put("max_turns", maxTurns)
                .put("timeout_seconds", seconds)
                .put("memory_mib", mib("--memory", memory, LimitRange.MEMORY_MIB))
                .put("processes", 0)
                .put("max_usd", Json.of(dollars));
        // As the bounds below.
        if (!disk.isEmpty()) {
            limits.put("disk_mib", mib("--disk", disk, LimitRange.DISK_MIB));
        }
        return limits.build();
    }

    private static long mib(String option, String size, LimitRange range) {
        if (size.isEmpty()) {
            return 0;
        }
        long mib = Amounts.bytes(option, size) >> 20;
        if (!range.holds(mib)) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    option + " must be from " + range.least() + "M to " + (range.most() >> 10) + "G",
                    "it was " + size + " (layer: client)",
                    "belay run " + option + " " + (range.most() >> 14) + "G \"…\"");
        }
        return mib;
    }

    /** Only what was asked for: an older server refuses what it does not know. */
    private Json.ObjectBuilder bounds(Json.ObjectBuilder wish) {
        if (noCheck && !check.isEmpty()) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "--check and --no-check contradict each other",
                    "the command line has both (layer: client)",
                    "belay run --check \"make test\" \"…\"");
        }
        if (!check.isEmpty()) {
            wish.put("check", check);
        }
        if (noCheck) {
            wish.put("no_check", true);
        }
        if (!allowedTools.isEmpty()) {
            wish.put("allowed_tools", Json.array(named("--allowed-tools", allowedTools)));
        }
        if (!disallowedTools.isEmpty()) {
            wish.put("disallowed_tools", Json.array(named("--disallowed-tools", disallowedTools)));
        }
        return wish;
    }

    /** Said and granted before anything is written down or sent. */
    private Json.Obj withPolicy(Cli cli, Json.Obj wish, ProjectSource.Project project, Screen people)
            throws IOException {
        Environment environment = ProjectEnvironment.of(project.root()).understood();
        ProjectPolicy policy = ProjectPolicy.of(project.root()).understood();
        if (!environment.equals(Environment.NONE)) {
            EnvironmentLines.print(environment, project.sends(Environment.FILE), people);
        }
        PolicyLines.print(policy, people);
        if (strict && !policy.compiled().notEnforced().isEmpty()) {
            throw BelayException.of(
                    ErrorCode.E_NOT_ENFORCED,
                    "the policy has lines that nothing enforces",
                    "--strict starts no task with them (layer: policy)",
                    "nothing was started",
                    "belay policy explain");
        }
        String accepted = new Acceptance(cli, project.key()).obtain(policy, acceptPolicy, people);
        if (policy.isStandard()) {
            return wish;
        }
        Json.ObjectBuilder all = Json.object();
        wish.members().forEach(all::put);
        return all.put("policy", policy.wire()).put("accepted_policy", accepted).build();
    }

    private static List<String> named(String option, List<String> names) {
        return names.stream()
                .map(name -> ToolName.named(name)
                        .orElseThrow(() -> BelayException.of(
                                ErrorCode.E_USAGE,
                                "there is no tool " + name + ToolName.hint(name),
                                option + " takes of " + String.join(", ", ToolName.words()) + " (layer: client)",
                                "belay run " + option + " Read,Grep,Glob \"…\""))
                        .word())
                .toList();
    }

    private static Line heading(ProjectSource.Project project) {
        Line line = new Line().bold(project.name());
        String commit = project.headCommit();
        if (!commit.isEmpty()) {
            line.add("  " + (project.branch().isEmpty() ? "" : project.branch() + " @ ")
                    + commit.substring(0, Math.min(7, commit.length())));
        }
        return line;
    }
}
