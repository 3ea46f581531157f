package dev.belay.policies;

import dev.belay.policies.claude.ClaudeSettings;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Reading;
import dev.belay.policies.language.Settings;
import dev.belay.policies.language.Source;
import dev.belay.policies.language.Spot;
import dev.belay.policies.prose.ProsePolicy;
import dev.belay.policies.yaml.PolicyFile;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Makes one policy of everything that a project says of what an agent may do. */
public final class PolicyCompiler {
    /** In the order in which they are read and told of; the order decides nothing. */
    public static final List<String> FILES =
            List.of(".belay/policy.yaml", "CLAUDE.md", "AGENTS.md", ".claude/CLAUDE.md", ".claude/settings.json");

    public static final int MAX_SOURCE_CHARACTERS = 256 << 10;

    private static final String LINE = "\n";

    private PolicyCompiler() {}

    /** The sources of a project; files that are none of {@link #FILES} are a problem, never passed over. */
    public static Compiled compile(List<Source> sources) {
        return compile(sources, List.of(), Optional.empty());
    }

    /**
     * The rights of one task.
     *
     * @param granted what people let it do beside
     * @param ceiling what whoever runs the controller lets anybody grant, in the language of a policy file
     */
    public static Compiled compile(List<Source> sources, List<Granted> granted, Optional<Source> ceiling) {
        List<String> files = new ArrayList<>();
        List<Line> lines = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        List<Settings> settings = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Source source : sources) {
            Reading reading = seen.add(source.file())
                    ? read(source)
                    : refused(source, "the file was sent twice", "send each file once");
            if (reading.saysAnything()) {
                files.add(source.file());
            }
            lines.addAll(reading.lines());
            problems.addAll(reading.problems());
            settings.add(reading.settings());
        }
        String hash = hash(clauses(lines), settings.stream().reduce(Settings.NONE, Narrower::of));
        granted.forEach(grant -> lines.add(grant.line()));
        ceiling.map(Ceiling::read).ifPresent(above -> {
            problems.addAll(above.refused(
                    clauses(lines).stream().filter(Compiled::isRequest).toList()));
            problems.addAll(above.problems());
            lines.addAll(above.denials());
            settings.add(above.settings());
        });
        clauses(lines).forEach(clause -> check(clause, problems));
        if (problems.isEmpty()) {
            problems.addAll(SecretProblems.of(clauses(lines)));
        }
        if (Narrower.leavesNoMode(settings)) {
            problems.add(new Problem(
                    new Spot(ceiling.map(Source::file).orElse("policy"), 0, 0),
                    "its modes and those of the project have none in common",
                    "name one of them in both, or take modes out of the project's"));
        }
        if (!problems.isEmpty()) {
            return new Compiled(files, Policy.standard(), lines, problems, "");
        }
        try {
            return new Compiled(
                    files,
                    Policy.of(clauses(lines), settings.stream().reduce(Settings.NONE, Narrower::of)),
                    lines,
                    List.of(),
                    hash);
        } catch (PatternException impossible) {
            throw new AssertionError("every clause was read by itself before", impossible);
        }
    }

    private static List<Clause> clauses(List<Line> lines) {
        return lines.stream()
                .filter(Line.Rules.class::isInstance)
                .flatMap(line -> ((Line.Rules) line).clauses().stream())
                .toList();
    }

    private static Reading read(Source source) {
        if (source.text().length() > MAX_SOURCE_CHARACTERS) {
            return refused(
                    source,
                    "it is larger than " + (MAX_SOURCE_CHARACTERS >> 10) + " KiB",
                    "move what says nothing of rights to another file");
        }
        return switch (source.file()) {
            case ".belay/policy.yaml" -> PolicyFile.read(source);
            case ".claude/settings.json" -> ClaudeSettings.read(source);
            case "CLAUDE.md", "AGENTS.md", ".claude/CLAUDE.md" -> ProsePolicy.read(source);
            default -> refused(source, "no policy is read from a file of this name", "send one of " + FILES);
        };
    }

    private static Reading refused(Source source, String what, String fix) {
        return new Reading(List.of(), Settings.NONE, List.of(new Problem(new Spot(source.file(), 0, 0), what, fix)));
    }

    /** Each clause by itself, so that what is wrong with it is told at its own place. */
    private static void check(Clause clause, List<Problem> problems) {
        try {
            Policy.of(List.of(clause), Settings.NONE);
        } catch (PatternException wrong) {
            problems.add(new Problem(clause.origin().spot(), String.valueOf(wrong.getMessage()), wrong.fix()));
        }
    }

    /**
     * People have accepted policies by their hashes, and other versions compute them too: what was said once is spelled as it
     * was then for ever, and what could not be said then adds to it only where it is said.
     */
    private static String spelled(Settings settings) {
        return "Settings[memoryMib=" + settings.memoryMib() + ", processes=" + settings.processes() + ", maxTurns="
                + settings.maxTurns() + ", maxUsd=" + settings.maxUsd() + ", timeoutSeconds="
                + settings.timeoutSeconds() + ", modes=" + settings.modes() + ", otherCommands="
                + settings.otherCommands() + "]"
                + (settings.diskMib().isPresent()
                        ? LINE + "disk_mib " + settings.diskMib().getAsInt()
                        : "");
    }

    private static String hash(List<Clause> clauses, Settings settings) {
        if (clauses.isEmpty() && settings.equals(Settings.NONE)) {
            return "";
        }
        String meaning = clauses.stream()
                        .map(clause -> clause.effect() + " " + clause.subject() + " " + clause.pattern())
                        .sorted()
                        .distinct()
                        .collect(Collectors.joining(LINE))
                + LINE
                + spelled(settings);
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(meaning.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
