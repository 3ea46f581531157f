package dev.belay.cli;

import dev.belay.cli.bench.BenchVerb;
import dev.belay.cli.context.ContextVerb;
import dev.belay.cli.demo.DemoVerb;
import dev.belay.cli.doctor.DoctorVerb;
import dev.belay.cli.environment.EnvironmentVerb;
import dev.belay.cli.help.CompletionVerb;
import dev.belay.cli.help.HelpVerb;
import dev.belay.cli.help.TestVerb;
import dev.belay.cli.help.VersionVerb;
import dev.belay.cli.history.ApplyVerb;
import dev.belay.cli.history.DiffVerb;
import dev.belay.cli.history.ExecVerb;
import dev.belay.cli.history.RedoVerb;
import dev.belay.cli.history.RevertVerb;
import dev.belay.cli.history.RollbackVerb;
import dev.belay.cli.history.SnapshotsVerb;
import dev.belay.cli.history.UndoVerb;
import dev.belay.cli.local.DownVerb;
import dev.belay.cli.local.StatusVerb;
import dev.belay.cli.local.UpVerb;
import dev.belay.cli.models.LoginVerb;
import dev.belay.cli.models.ModelsVerb;
import dev.belay.cli.policy.PolicyVerb;
import dev.belay.cli.ports.PortsVerb;
import dev.belay.cli.prompt.PromptVerb;
import dev.belay.cli.record.RecordVerb;
import dev.belay.cli.secret.SecretVerb;
import dev.belay.cli.task.AttachVerb;
import dev.belay.cli.task.CancelVerb;
import dev.belay.cli.task.ForkVerb;
import dev.belay.cli.task.LogsVerb;
import dev.belay.cli.task.PauseVerb;
import dev.belay.cli.task.PsVerb;
import dev.belay.cli.task.ResumeVerb;
import dev.belay.cli.task.RetryVerb;
import dev.belay.cli.task.RunVerb;
import dev.belay.cli.task.SendVerb;
import dev.belay.cli.task.ShowVerb;
import dev.belay.cli.task.WaitVerb;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Every verb by its name. Only the one that is asked for is loaded. */
public enum Verbs {
    run("Hand a task to an agent, and watch it", "T", RunVerb::new),
    ps("List tasks", "", PsVerb::new),
    show("Everything known about a task", "T", ShowVerb::new),
    attach("Watch a task from its beginning", "T", AttachVerb::new),
    logs("The events of a task, a line each", "T", LogsVerb::new),
    prompt("What a model was sent with a turn", "T", PromptVerb::new),
    record("A task's run as a script, to play again", "T", RecordVerb::new),
    send("Tell a task something, for its next turn", "T", SendVerb::new),
    pause("Stop a task where it is, to go on later", "T", PauseVerb::new),
    resume("Let a task go on that is paused or at a limit", "T", ResumeVerb::new),
    fork("Begin a new task at a snapshot of another", "T", ForkVerb::new),
    wait("Wait for tasks to end, or to get somewhere", "T", WaitVerb::new),
    cancel("End a task now", "T", CancelVerb::new),
    retry("Send again what was not acknowledged", "", RetryVerb::new),
    snapshots("The steps of a task, each with its snapshot", "T", SnapshotsVerb::new),
    diff("What a task changed, or a stretch of its steps", "T", DiffVerb::new),
    rollback("Take the result back to a step", "T", RollbackVerb::new),
    revert("Undo one step, and keep later ones", "T", RevertVerb::new),
    undo("Take back the last move of the result", "T", UndoVerb::new),
    redo("Do again what undo took back", "T", RedoVerb::new),
    exec("Run a command in a task's sandbox", "T", ExecVerb::new),
    ports("Reach what listens in a task's sandbox", "T", PortsVerb::new),
    apply("Stage a task's result in your work tree", "T", ApplyVerb::new),
    policy("What an agent may do here, and why", "", PolicyVerb::new),
    env("How a sandbox is made ready here", "", EnvironmentVerb::new),
    models("Whose models can be asked", "", ModelsVerb::new),
    login("Give the local runner a key", "", LoginVerb::new),
    secret("What tasks may use and never see", "", SecretVerb::new),
    up("Start the local controller and runner", "", UpVerb::new),
    down("Stop them", "", DownVerb::new),
    status("The controller and its runners", "", StatusVerb::new),
    context("Names for several servers", "", ContextVerb::new),
    doctor("Check this machine, by trying", "", DoctorVerb::new),
    demo("The tour: the whole job on a sample, offline", "", DemoVerb::new),
    bench("Measure this installation, beside yardsticks", "", BenchVerb::new),
    test("How to run Belay's own tests", "", TestVerb::new),
    version("The version of the client and the server", "", VersionVerb::new),
    completion("Completion for bash, zsh or fish", "", CompletionVerb::new),
    help("This list, a verb, exit-codes or json", "", HelpVerb::new);

    private final String summary;
    private final boolean namesTask;
    private final Supplier<Verb> maker;

    Verbs(String summary, String argument, Supplier<Verb> maker) {
        this.summary = summary;
        this.namesTask = argument.equals("T");
        this.maker = maker;
    }

    public String summary() {
        return summary;
    }

    public boolean namesTask() {
        return namesTask && this != run;
    }

    public Verb make() {
        return maker.get();
    }

    public static Optional<Verbs> named(String name) {
        for (Verbs verb : values()) {
            if (verb.name().equals(name)) {
                return Optional.of(verb);
            }
        }
        return Optional.empty();
    }

    public static List<String> names() {
        List<String> names = new ArrayList<>();
        for (Verbs verb : values()) {
            names.add(verb.name());
        }
        return names;
    }
}
