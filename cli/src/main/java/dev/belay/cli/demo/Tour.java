package dev.belay.cli.demo;

import dev.belay.cli.Belay;
import dev.belay.cli.Cli;
import dev.belay.cli.doctor.Check;
import dev.belay.cli.doctor.DoctorVerb;
import dev.belay.cli.doctor.Isolation;
import dev.belay.cli.server.Server;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.transcript.Watch;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The stages of the tour. Each says one sentence, runs the verb that a person would type, and then checks by the
 * server's own records that what was shown is so.
 */
final class Tour {
    private static final String[] TEST = {"sh", "tests/cart_test.sh"};
    private static final List<String> EXPECTED = List.of("NOTES.md", "src/cart.sh");

    private final Cli cli;
    private final Screen screen;
    private final Path material;
    private final Sample sample;
    private volatile String stage = "start";
    private String task = "";
    private int number;

    /** @param cli stands in the sample project, with a state folder of the tour's own */
    Tour(Cli cli, Path material, Sample sample) {
        this.cli = cli;
        this.screen = cli.screen();
        this.material = material;
        this.sample = sample;
    }

    /** The stage that was begun last. */
    String stage() {
        return stage;
    }

    void all() throws TourFailed, IOException, InterruptedException {
        handOver();
        look();
        rollBack();
        undo();
        apply();
        weaker();
    }

    private void handOver() throws TourFailed, InterruptedException {
        begin("hand over", "A shop's cart adds up wrongly and its test fails. Hand the work to an agent.");
        screen.line(
                new Line().dim("  The model is a written conversation here: no key, no network. Everything it calls"));
        screen.line(new Line().dim("  runs for real, in a sandbox that sees this project and nothing else."));
        Path script = material.resolve("fix-the-cart.yaml");
        int exit = run(script, false);
        if (exit == ErrorCode.Exit.DENIED) {
            said("This machine isolates less than Belay promises, so it asks for your word first. Here it is:");
            exit = run(script, true);
        }
        check(exit == 0, "the task ended with exit code " + exit);
        task = server().task(cli.state().lastTask().orElse("")).text("short_id");
        List<Integer> tests = new ArrayList<>();
        boolean refused = false;
        for (Json event : events()) {
            Json result = event.get("tool_result");
            if (result.text("tool").equals("Bash") && result.text("output").contains("cart test")) {
                tests.add((int) result.number("exit_code"));
            }
            refused |= event.get("policy_denied").text("target").contains("packages.example");
        }
        check(tests.size() >= 2, "the test ran " + tests.size() + " times");
        check(tests.getFirst() != 0, "the test passed before anything was mended");
        check(tests.getLast() == 0, "the test still fails at the end");
        check(refused, "nothing refused the network call");
        said("The test failed, then passed; the call to the network was refused, and reported.");
    }

    private int run(Path script, boolean acceptWeaker) {
        String prompt = "Make the cart's test pass";
        String word = acceptWeaker ? "--accept-weaker " : "";
        shown("belay run " + word + "--model script:" + script.getFileName() + " \"" + prompt + "\"");
        return acceptWeaker
                ? new Belay(cli).run("run", "--accept-weaker", "--model", "script:" + script, prompt)
                : new Belay(cli).run("run", "--model", "script:" + script, prompt);
    }

    private void look() throws TourFailed {
        begin("snapshots", "Every step left a snapshot, whatever changed the files.");
        belay("snapshots", task);
        check(server().snapshots(task).items().size() > 5, "there are too few snapshots");
    }

    private void rollBack() throws TourFailed {
        List<Json> snapshots = server().snapshots(task).items();
        String before = "";
        String last = "";
        for (Json snapshot : snapshots) {
            if (snapshot.text("tool").equals("Edit")) {
                before = last;
            }
            last = snapshot.text("id");
        }
        check(!before.isEmpty(), "no snapshot precedes the last edit");
        begin("rollback", "Take the result back to " + before + ", before the last edit. The test fails again:");
        belay("rollback", task, before);
        check(server().task(task).text("head").equals(before), "the result is not " + before);
        check(runTest() == 1, "the test does not fail at " + before);
        said("The files are those of " + before + ", in the same sandbox as before. Nothing was erased.");
    }

    private void undo() throws TourFailed {
        begin("undo", "A rollback is a step like any other: take it back too.");
        belay("undo", task);
        check(runTest() == 0, "the test does not pass after undo");
    }

    private void apply() throws TourFailed, IOException, InterruptedException {
        String commit = sample.git("rev-parse", "HEAD");
        check(sample.git("status", "--porcelain").isEmpty(), "the sample was changed before anything was applied");
        begin("apply", "Until now your folder was untouched. Stage the result there; nothing is committed.");
        belay("apply", task);
        shown("git diff --cached --stat");
        print(sample.git("diff", "--cached", "--stat"), false);
        shown("git diff --cached src/cart.sh");
        print(sample.git("diff", "--cached", "src/cart.sh"), true);
        List<String> staged =
                sample.git("diff", "--cached", "--name-only").lines().sorted().toList();
        check(staged.equals(EXPECTED), "staged is " + staged + " and not " + EXPECTED);
        check(sample.git("diff", "--name-only").isEmpty(), "work tree and index differ");
        check(sample.git("rev-parse", "HEAD").equals(commit), "something was committed");
    }

    private void weaker() throws TourFailed, InterruptedException {
        begin("isolation", "What isolates a task on this machine is tried, not assumed:");
        shown("belay doctor");
        int holds = 0;
        List<String> failed = new ArrayList<>();
        for (Check check : Isolation.probe(cli)) {
            switch (check.verdict()) {
                case OK -> holds++;
                case NOTE -> DoctorVerb.tell(screen, check, true);
                case PROBLEM -> {
                    DoctorVerb.tell(screen, check, true);
                    failed.add(check.name());
                }
            }
        }
        screen.line(new Line().add(Look.GREEN, "✓ ").add(holds + " probes hold as the table says"));
        check(failed.isEmpty(), "isolation fails: " + String.join(", ", failed));
    }

    private int runTest() {
        shown("belay exec " + task + " -- " + String.join(" ", TEST));
        return new Belay(cli).run("exec", task, "--", TEST[0], TEST[1]);
    }

    private void belay(String... words) throws TourFailed {
        shown("belay " + String.join(" ", words));
        int exit = new Belay(cli).run(words);
        check(exit == 0, "belay " + words[0] + " ended with exit code " + exit);
    }

    private List<Json> events() throws InterruptedException {
        List<Json> all = new ArrayList<>();
        try (Watch watch = new Watch(server(), task, 0, cli.pause())) {
            watch.follow(all::add);
        }
        return all;
    }

    private Server server() {
        return ServerAccess.open(cli);
    }

    private void begin(String name, String sentence) {
        stage = name;
        screen.line("");
        screen.line(new Line().add(Look.CYAN, ++number + " ").bold(sentence));
    }

    private void shown(String command) {
        screen.line(new Line().add(Look.GREEN, "$ ").bold(command));
    }

    private void said(String sentence) {
        screen.line(new Line().dim(sentence));
    }

    private void print(String text, boolean diff) {
        for (String line : text.stripTrailing().split("\n", -1)) {
            Look look = !diff || line.isEmpty() || line.startsWith("+++") || line.startsWith("---")
                    ? Look.PLAIN
                    : line.charAt(0) == '+' ? Look.GREEN : line.charAt(0) == '-' ? Look.RED : Look.PLAIN;
            screen.line(new Line().verbatim(look, line));
        }
    }

    private void check(boolean so, String otherwise) throws TourFailed {
        if (!so) {
            throw new TourFailed(otherwise);
        }
    }
}
