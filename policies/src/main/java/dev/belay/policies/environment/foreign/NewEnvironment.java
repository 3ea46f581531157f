package dev.belay.policies.environment.foreign;

import dev.belay.policies.environment.Environment;
import dev.belay.policies.environment.foreign.EnvironmentText.Command;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.language.Spot;
import dev.belay.policies.yaml.Problems;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The environment that another tool's file becomes, part by part. Whether a part can be said here is asked of the reader
 * that will read it, and of nobody who might think differently; so what is handed out is understood.
 */
final class NewEnvironment {
    private static final Comparator<Fate> DOWN =
            Comparator.comparing(Fate::spot, Comparator.comparingInt(Spot::line).thenComparingInt(Spot::column));
    private static final int LONGEST_NAME = 60;
    /** Each is tried by itself, and nobody reads more of them. */
    private static final int MOST_PARTS = 500;

    private final String file;
    private final String title;
    private final Problems problems;
    private final List<Command> steps = new ArrayList<>();
    private final Map<String, Variable> variables = new LinkedHashMap<>();
    private final List<Fate> fates = new ArrayList<>();
    private int parts;

    private record Variable(Fate.Taken fate, String value) {}

    NewEnvironment(String file, String title) {
        this.file = file;
        this.title = title;
        this.problems = new Problems(file);
    }

    Problems problems() {
        return problems;
    }

    void notNeeded(Spot spot, String part, String why) {
        if (hasRoom(spot)) {
            fates.add(new Fate.NotNeeded(spot, shown(part), why));
        }
    }

    /** A problem for the first part that is one too many; the others are passed over. */
    private boolean hasRoom(Spot spot) {
        parts++;
        if (parts == MOST_PARTS + 1) {
            problems.add(
                    spot, "there are more than " + MOST_PARTS + " parts", "put commands into a script of the project");
        }
        return parts <= MOST_PARTS;
    }

    void refused(Spot spot, String part, String why, String instead) {
        if (hasRoom(spot)) {
            fates.add(new Fate.Refused(spot, shown(part), why, instead));
        }
    }

    /** @param remark what is different here; empty where nothing is */
    void step(Spot spot, String part, Command wanted, String remark) {
        step(spot, part, wanted, wanted.run().strip(), remark);
    }

    /** @param body what was asked for, where the command begins with something else */
    void step(Spot spot, String part, Command wanted, String body, String remark) {
        String run = wanted.run().strip();
        if (run.isEmpty()) {
            notNeeded(spot, part, "it runs nothing");
            return;
        }
        if (!hasRoom(spot)) {
            return;
        }
        Command step = new Command(isName(wanted.name()) ? wanted.name() : "", run, wanted.minutes());
        Optional<Problem> wrong = new Draft(List.of(step), Map.of()).wrong(file, List.of());
        if (wrong.isPresent()) {
            fates.add(new Fate.Refused(
                    spot, shown(part), wrong.get().what(), wrong.get().fix()));
            return;
        }
        steps.add(step);
        fates.add(new Fate.Taken(
                spot, shown(part), "a step: " + told(body) + (remark.isEmpty() ? "" : "; " + remark) + root(run)));
    }

    /** Nobody takes a command for its first line where there are more. */
    private static String told(String body) {
        long more = body.lines().count() - 1;
        String rest = more < 1 ? "" : " … " + more + " more line" + (more == 1 ? "" : "s");
        return shown(firstLine(body)) + rest;
    }

    static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    private static boolean isName(String name) {
        return name.codePointCount(0, name.length()) <= LONGEST_NAME
                && name.length() <= LONGEST_NAME
                && name.codePoints().allMatch(c -> Quoted.visible(c) == c);
    }

    private static String root(String run) {
        return (" " + run.replace('\n', ' ')).contains(" sudo ")
                ? "; it asks for root by sudo, which no sandbox has: what it installs belongs into an image"
                : "";
    }

    /**
     * One that is set twice has its later value.
     *
     * @param value as it is written in an environment
     */
    void variable(Spot spot, String part, String name, String value) {
        if (!hasRoom(spot)) {
            return;
        }
        Optional<Problem> wrong = wrongVariable(name, value);
        if (wrong.isPresent()) {
            fates.add(new Fate.Refused(
                    spot, shown(part), wrong.get().what(), wrong.get().fix()));
            return;
        }
        Variable before = variables.put(
                name, new Variable(new Fate.Taken(spot, shown(part), "a variable of every command"), value));
        if (before != null) {
            fates.add(new Fate.NotNeeded(
                    before.fate().spot(), before.fate().part(), "another one of its name holds, at " + spot));
        }
    }

    /** Why an environment could not have it. */
    Optional<Problem> wrongVariable(String name, String value) {
        if (parts > MOST_PARTS) {
            return Optional.empty();
        }
        return new Draft(List.of(), Map.of(name, value)).wrong(file, List.of());
    }

    EnvironmentTranslation done() {
        if (problems.any()) {
            return new EnvironmentTranslation("", List.of(), problems.inOrder());
        }
        variables.values().forEach(variable -> fates.add(variable.fate()));
        fates.sort(DOWN);
        if (steps.isEmpty() && variables.isEmpty()) {
            return new EnvironmentTranslation("", fates, List.of());
        }
        Map<String, String> values = new LinkedHashMap<>();
        variables.forEach((name, variable) -> values.put(name, variable.value()));
        Draft all = new Draft(steps, values);
        List<String> heading = heading();
        return all.wrong(Environment.FILE, heading)
                .map(wrong -> new EnvironmentTranslation(
                        "",
                        List.of(),
                        List.of(new Problem(
                                new Spot(file, 0, 0),
                                "it becomes no environment that is understood: " + wrong.what(),
                                wrong.fix()))))
                .orElseGet(() -> new EnvironmentTranslation(all.text(heading), fates, List.of()));
    }

    private List<String> heading() {
        List<String> lines = new ArrayList<>(List.of(
                "Translated from " + file + " (" + title + ") by belay env import. Read it before it is used.",
                "The hosts that it fetches from must be allowed: belay policy show."));
        List<String> refused = fates.stream()
                .filter(Fate.Refused.class::isInstance)
                .map(Fate.Refused.class::cast)
                .map(fate -> "  " + fate.spot() + " " + fate.part() + ": " + fate.why())
                .toList();
        if (!refused.isEmpty()) {
            lines.addAll(List.of("", "Not taken:"));
            lines.addAll(refused);
        }
        return lines;
    }

    /** Text of others, in a line of our own. */
    static String shown(String text) {
        String quoted = Quoted.of(text);
        return quoted.substring(1, quoted.length() - 1);
    }
}
