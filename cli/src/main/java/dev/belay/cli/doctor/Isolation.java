package dev.belay.cli.doctor;

import dev.belay.cli.Cli;
import dev.belay.cli.local.Launch;
import dev.belay.cli.local.SpokenError;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the runner's own probes find: it makes a sandbox here and tries, from inside, what must not work. */
public final class Isolation {
    private static final String DOCKER = "docker";
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private Isolation() {}

    /** A check per invariant; one that fails is a problem, one that is weaker is a note. */
    public static List<Check> probe(Cli cli) throws InterruptedException {
        try {
            return probe(Launch.of(cli));
        } catch (BelayException notADistribution) {
            return List.of(Check.problem("isolation", notADistribution.what(), notADistribution.next()));
        }
    }

    /**
     * What Docker's engine would be worth, in one line; nothing where there is none, or where it is the chosen one and was
     * told whole. That it cannot be used is no problem of who uses another.
     */
    public static Optional<Check> docker(Cli cli) throws InterruptedException {
        try {
            Launch launch = Launch.of(cli);
            if (launch.isOnDocker() || !Files.exists(launch.dockerSocket())) {
                return Optional.empty();
            }
            List<Check> checks = probe(launch.withDocker());
            List<Check> wrong = checks.stream()
                    .filter(check -> check.verdict() == Check.Verdict.PROBLEM)
                    .toList();
            if (!wrong.isEmpty()) {
                Check first = wrong.getFirst();
                return Optional.of(
                        Check.note(DOCKER, "cannot be used: " + first.name() + ": " + first.detail(), first.fix()));
            }
            String weaker = checks.stream()
                    .filter(check -> check.verdict() == Check.Verdict.NOTE)
                    .map(Check::name)
                    .collect(Collectors.joining(", "));
            return Optional.of(Check.ok(
                    DOCKER,
                    "can be used (BELAY_ENGINE=docker): " + checks.size() + " probes"
                            + (weaker.isEmpty() ? "" : ", weaker: " + weaker)));
        } catch (BelayException unusable) {
            return Optional.of(Check.note(DOCKER, unusable.what(), unusable.next()));
        }
    }

    private static List<Check> probe(Launch launch) throws InterruptedException {
        List<String> command = launch.probeCommand();
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
