package dev.belay.policies;

import dev.belay.policies.commands.CommandRules;
import dev.belay.policies.files.FileRules;
import dev.belay.policies.git.Remote;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Settings;
import dev.belay.policies.language.Subject;
import dev.belay.policies.network.HostRules;
import dev.belay.policies.network.RequestRules;
import dev.belay.policies.secrets.SecretPattern;
import dev.belay.policies.secrets.SecretRequests;
import dev.belay.policies.secrets.SecretUse;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The rights of one task. Pure: the same question has the same answer everywhere, and asking changes nothing.
 *
 * <p>What nobody said: the project's copy is readable and writable, commands run inside the sandbox, there is no network.
 */
public final class Policy {
    private static final Policy STANDARD = standardOnes();

    private final HostRules hosts;
    private final RequestRules requests;
    private final CommandRules commands;
    private final FileRules files;
    private final List<Clause> tools;
    private final List<SecretUse> secrets;
    private final SecretRequests secretRequests;
    private final List<Remote> remotes;
    private final Settings settings;
    private final RightsInWords words;
    private final boolean boundsReads;

    private Policy(List<Clause> clauses, Settings settings) throws PatternException {
        this.hosts = new HostRules(clauses.stream()
                .filter(clause -> clause.subject() == Subject.HOST || clause.subject() == Subject.REQUEST)
                .toList());
        this.requests = new RequestRules(hosts, of(clauses, Subject.REQUEST));
        this.commands = new CommandRules(of(clauses, Subject.COMMAND));
        this.files = new FileRules(clauses.stream()
                .filter(clause -> clause.subject() == Subject.READ || clause.subject() == Subject.EDIT)
                .toList());
        this.tools = of(clauses, Subject.TOOL);
        this.secrets = secrets(of(clauses, Subject.SECRET));
        this.secretRequests = new SecretRequests(secrets, requests);
        this.remotes = remotes(of(clauses, Subject.REMOTE));
        for (Clause tool : tools) {
            if (ToolName.named(tool.pattern()).isEmpty()) {
                throw new PatternException(
                        0,
                        "there is no tool `" + tool.pattern() + "`" + ToolName.hint(tool.pattern()),
                        "tools are " + String.join(", ", ToolName.words()));
            }
        }
        this.settings = settings;
        this.words = new RightsInWords(clauses, secrets, remotes);
        this.boundsReads = clauses.stream()
                .anyMatch(clause -> clause.subject() == Subject.READ && clause.effect() != Effect.ALLOW);
    }

    public static Policy standard() {
        return STANDARD;
    }

    static Policy of(List<Clause> clauses, Settings settings) throws PatternException {
        return clauses.isEmpty() && settings.equals(Settings.NONE) ? STANDARD : new Policy(clauses, settings);
    }

    private static Policy standardOnes() {
        try {
            return new Policy(List.of(), Settings.NONE);
        } catch (PatternException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static List<SecretUse> secrets(List<Clause> clauses) throws PatternException {
        Map<String, SecretUse> byName = new LinkedHashMap<>();
        for (Clause clause : clauses) {
            SecretPattern way = SecretPattern.parse(clause.pattern());
            byName.merge(
                    way.name(),
                    new SecretUse(way.name(), way.variable(), List.of(way.host())),
                    (one, other) -> new SecretUse(
                            one.name(),
                            one.variable().or(other::variable),
                            Stream.concat(one.hosts().stream(), other.hosts().stream())
                                    .distinct()
                                    .toList()));
        }
        return List.copyOf(byName.values());
    }

    private static List<Remote> remotes(List<Clause> clauses) throws PatternException {
        List<Remote> remotes = new ArrayList<>();
        for (Clause clause : clauses) {
            remotes.add(Remote.parse(clause.pattern()));
        }
        return List.copyOf(remotes);
    }

    private static List<Clause> of(List<Clause> clauses, Subject subject) {
        return clauses.stream().filter(clause -> clause.subject() == subject).toList();
    }

    /**
     * May the sandbox speak to {@code host:port}? What it resolves to is another question, and so is what it asks for there,
     * where the policy {@link #inspects} that.
     */
    public Verdict network(String host, int port) {
        return hosts.judge(host, port);
    }

    /** Whether there is a host of which each request has to be looked at. */
    public boolean inspectsAnything() {
        return requests.judgesAny() || !secrets.isEmpty();
    }

    /** Whether each request to {@code host:port} has to be looked at, so that {@link #request} can be asked about it. */
    public boolean inspects(String host, int port) {
        return requests.inspects(host, port) || secretRequests.concern(host, port);
    }

    /**
     * May the sandbox send this request to {@code host:port}? Where a secret goes, nothing is let through that would bring a
     * key back.
     *
     * @param method as it was sent
     * @param target the path and the query, as they were sent
     */
    public Verdict request(String host, int port, String method, String target) {
        return secretRequests.judge(host, port, method, target);
    }

    /** What a task may use and never holds. */
    public List<SecretUse> secrets() {
        return secrets;
    }

    /** The repositories that it may fetch from; the first is its {@code origin}. */
    public List<Remote> remotes() {
        return remotes;
    }

    /** May the agent run this command line? */
    public Verdict command(String line) {
        Verdict verdict = commands.judge(line);
        if (!verdict.allowed() || settings.otherCommands() == Effect.ALLOW || commands.everyCommandListed(line)) {
            return verdict;
        }
        String rule = "commands.others: " + settings.otherCommands().name().toLowerCase(Locale.ROOT);
        String reason = "no rule names this command, and the policy lets only named ones run";
        String instead = "use a command that the policy names, or ask a person to name this one under allowed";
        return settings.otherCommands() == Effect.DENY
                ? new Verdict.Denied("tool", rule, "policy", reason, instead)
                : new Verdict.Asks("tool", rule, "policy", reason, instead);
    }

    /** May the agent change this file of the project, and may its change be delivered? */
    public Verdict edit(String path) {
        return files.edit(path);
    }

    /** May the agent's tools read this file of the project? */
    public Verdict read(String path) {
        return files.read(path);
    }

    /** Whether there is a file that the agent's tools may not read. */
    public boolean boundsReads() {
        return boundsReads;
    }

    /** Whether changes are wanted in named places alone. */
    public boolean boundsEdits() {
        return files.boundsEdits();
    }

    /** The tools that a model may be given. */
    public Set<ToolName> tools() {
        Set<ToolName> given = tools.stream().anyMatch(clause -> clause.effect() == Effect.ALLOW)
                ? EnumSet.noneOf(ToolName.class)
                : EnumSet.allOf(ToolName.class);
        tools.stream().filter(clause -> clause.effect() == Effect.ALLOW).forEach(clause -> given.add(named(clause)));
        tools.stream().filter(clause -> clause.effect() != Effect.ALLOW).forEach(clause -> given.remove(named(clause)));
        return given;
    }

    private static ToolName named(Clause clause) {
        return ToolName.named(clause.pattern()).orElseThrow();
    }

    /** Why a task may not run in this mode; nothing when it may. */
    public Optional<String> refuses(Mode mode) {
        return settings.modes().isEmpty() || settings.modes().contains(mode)
                ? Optional.empty()
                : Optional.of("the policy has modes: "
                        + String.join(
                                ", ", settings.modes().stream().map(Mode::word).toList()));
    }

    /** For who works under it, a sentence for each thing that is not so in every sandbox. */
    public List<String> inWords() {
        return words.sentences();
    }

    /** The hosts that can be reached, in words; empty where there is no network. */
    public String hostsInWords() {
        return words.hosts();
    }

    public Settings settings() {
        return settings;
    }

    /** May a task run although this cell of the isolation table is weaker here? The sum of disk is capped only where root started the runner. */
    public boolean acceptsWeaker(String cell) {
        return cell.equals("disk-cap");
    }
}
