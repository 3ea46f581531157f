package dev.belay.cli.doctor;

import dev.belay.cli.Cli;
import dev.belay.cli.local.Launch;
import dev.belay.cli.local.SpokenError;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the runner's own probes find: it makes a sandbox here and tries, from inside, what must not work. */
public final class Isolation {
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private Isolation() {}

    /** A check per invariant; one that fails is a problem, one that is weaker is a note. */
    public static List<Check> probe(Cli cli) throws InterruptedException {
        List<String> command;
        Launch launch;
        try {
            launch = Launch.of(cli);
            command = launch.probeCommand();
        } catch (BelayException notADistribution) {
            return List.of(Check.problem("isolation", notADistribution.what(), notADistribution.next()));
        }
        Trial trial = Trial.of(LONGEST, command, launch::environment);
        try {
            Json report = Json.parse(trial.output());
            List<Check> checks = new ArrayList<>();
            for (Json finding : report.get("findings").items()) {
                checks.add(check(finding));
            }
            if (!checks.isEmpty()) {
                return checks;
            }
        } catch (JsonException noReport) {
            return List.of(SpokenError.in(trial.errors())
                    .map(error -> Check.problem("isolation", error.what() + "; " + error.why(), error.next()))
                    .orElseGet(() -> Check.problem(
                            "isolation",
                            "the runner's probe failed: " + lastLine(trial),
                            "mend what the lines above name, then belay doctor")));
        }
        return List.of(Check.problem("isolation", "the runner's probe found nothing to say", "reinstall belay"));
    }

    private static Check check(Json finding) {
        String name = finding.text("name");
        String mechanism = finding.text("mechanism");
        return switch (finding.text("grade").toLowerCase(java.util.Locale.ROOT)) {
            case "holds" -> Check.ok(name, mechanism);
            case "weaker" -> Check.note(name, "weaker: " + mechanism, finding.text("fix"));
            default -> Check.problem(name, mechanism, finding.text("fix"));
        };
    }

    private static String lastLine(Trial trial) {
        String text = trial.errors().isEmpty() ? trial.output() : trial.errors();
        return text.isEmpty()
                ? "it said nothing (exit " + trial.exit() + ")"
                : text.substring(text.lastIndexOf('\n') + 1);
    }
}
