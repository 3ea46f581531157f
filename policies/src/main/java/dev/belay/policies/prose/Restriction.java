package dev.belay.policies.prose;

import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Subject;
import dev.belay.policies.prose.Section.Topic;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a sentence takes away, or what has to be asked for. Words that are not known do no harm here: a restriction may
 * become wider than it was said, never narrower, and it never grants anything.
 */
final class Restriction {
    private static final Set<Verb> OF_FILES = EnumSet.of(Verb.READ, Verb.EDIT, Verb.DELETE, Verb.CREATE);

    private static final Set<String> PUSHED = Set.of(
            "force",
            "origin",
            "main",
            "master",
            "code",
            "commits",
            "changes",
            "branches",
            "branch",
            "directly",
            "anything",
            "remote",
            "remotes",
            "upstream",
            "tags",
            "ever",
            "force-push",
            "repo",
            "repository",
            "github",
            "gitlab",
            "protected",
            "release",
            "work",
            "develop",
            "production",
            "default",
            "straight",
            "feature",
            "circumstances");

    private static final Set<String> COMMITTED = Set.of(
            "main",
            "master",
            "direct",
            "directly",
            "anything",
            "changes",
            "branch",
            "branches",
            "origin",
            "ever",
            "straight",
            "default",
            "protected",
            "develop",
            "work");

    /** Who forgets, skips or blocks something does not do it: to forbid that restricts nothing. */
    private static final Set<String> TURNING = Set.of(
            "forget",
            "skip",
            "skipping",
            "hesitate",
            "block",
            "refuse",
            "fail",
            "stop",
            "ignore",
            "ignoring",
            "omit",
            "disable",
            "disabling",
            "prevent",
            "neglect",
            "restrict",
            "limit",
            "miss",
            "bypass",
            "bypassing",
            "restrictions",
            "restriction",
            "limits",
            "limitations",
            "need",
            "worry",
            "problem",
            "matter",
            "deny",
            "forbid");

    /** How what is installed by a program is named. */
    private static final Map<String, List<String>> INSTALLERS = Map.of(
            "npm", List.of("npm install", "npm i", "npm add"),
            "yarn", List.of("yarn add"),
            "pnpm", List.of("pnpm add", "pnpm install", "pnpm i"),
            "pip", List.of("pip install", "pip3 install", "python -m pip install", "python3 -m pip install"),
            "cargo", List.of("cargo add", "cargo install"),
            "brew", List.of("brew install"),
            "apt", List.of("apt install", "apt-get install"));

    private static final Set<String> MANY = Set.of("everything", "all", "both");

    private Restriction() {}

    static void find(List<Token> tokens, Topic topic, Effect effect, Set<Verb> inherited, Findings findings) {
        int end = Exceptions.begin(tokens);
        List<Token> core = tokens.subList(0, end);
        List<Token> tail = tokens.subList(end, tokens.size());
        Effect meant = effect == Effect.DENY && !tail.isEmpty() && Exceptions.approval(tail) ? Effect.ASK : effect;
        Findings found = findings.another();
        if (core.stream().anyMatch(token -> Lexicon.negates(token.word()) || TURNING.contains(token.word()))) {
            findings.notEnforced("it takes back what it takes away, so nothing definite is restricted");
            return;
        }
        if (!Anyway.outside(tokens, found)) {
            for (Phrase phrase : Phrase.of(core, topic, inherited)) {
                Findings one = findings.another();
                phrase(phrase, core, tail, topic, meant, one);
                found.take(one);
            }
        } else {
            tail = List.of();
        }
        if (!found.any()) {
            findings.notEnforced(found.lines().isEmpty() ? "no command, path, host or tool is named" : why(found));
            return;
        }
        findings.take(found);
        boolean kept = tail.isEmpty()
                || meant != effect
                || Exceptions.harmless(tail)
                || found.inherentOnly() && Exceptions.toList(tail);
        if (!kept) {
            findings.notEnforced("`" + Token.said(tail) + "` is not granted: what stands before it holds without it");
        }
    }

    private static String why(Findings found) {
        return found.lines().getFirst() instanceof Line.NotEnforced line ? line.why() : "";
    }

    private static void phrase(
            Phrase phrase, List<Token> core, List<Token> tail, Topic topic, Effect effect, Findings found) {
        for (Thing thing : phrase.things()) {
            switch (thing) {
                case Thing.Rule(String text) -> found.ruleString(effect, text);
                case Thing.Tool(String word) -> found.rule(effect, Subject.TOOL, word);
                case Thing.Commands(List<String> lines) -> lines.forEach(line -> commands(line, effect, found));
                case Thing.Named named -> named(named, phrase, topic, effect, found);
            }
        }
        boolean ofFiles = phrase.verbs().stream().anyMatch(OF_FILES::contains);
        if (!ofFiles && !found.names(Subject.HOST) && Anyway.network(core, topic)) {
            network(effect, found);
        }
        if (phrase.verbs().contains(Verb.INSTALL)) {
            install(core, effect, found);
        }
        if (phrase.verbs().contains(Verb.PUSH)) {
            push(phrase, effect, found);
        } else if (phrase.verbs().contains(Verb.COMMIT)) {
            commit(phrase, effect, found);
        } else if (found.any() || !found.lines().isEmpty()) {
            return;
        } else if (Anyway.home(core)) {
            found.inherent(Findings.MOUNT);
        } else if (ofFiles || phrase.verbs().contains(Verb.ACCESS)) {
            files(phrase, core, tail, effect, found);
        } else if (phrase.verbs().contains(Verb.INSTALL)) {
            found.notEnforced(
                    "no package manager is named, so a command that installs is not refused; it reaches no host"
                            + " that is not listed");
        } else if (phrase.verbs().contains(Verb.NET) || topic == Topic.NETWORK) {
            found.notEnforced("no host is named; no host is reachable that is not listed");
        } else if (phrase.verbs().contains(Verb.RUN)) {
            found.notEnforced("no command is named; write it in backticks");
        }
    }

    private static void named(Thing.Named named, Phrase phrase, Topic topic, Effect effect, Findings found) {
        String text = named.text();
        Set<Verb> verbs = phrase.verbs();
        boolean net = topic == Topic.NETWORK || verbs.contains(Verb.NET) || Patterns.url(text);
        boolean ofFiles = verbs.stream().anyMatch(OF_FILES::contains);
        if ((!ofFiles || Patterns.url(text))
                && (topic == Topic.NETWORK || Patterns.plainlyHost(text) || Patterns.url(text))
                && Patterns.host(text).isPresent()) {
            host(text, effect, found);
        } else if (topic == Topic.NETWORK && Patterns.meansHost(text)) {
            found.problem(
                    "`" + text + "` is no host", "write it as api.example.com, *.example.com or api.example.com:443");
        } else if (named.quoted() && command(text, verbs, topic)) {
            commands(text, effect, found);
        } else if (!net
                && !verbs.contains(Verb.RUN)
                && !verbs.contains(Verb.USE)
                && !verbs.contains(Verb.PUSH)
                && !verbs.contains(Verb.COMMIT)
                && !verbs.contains(Verb.INSTALL)
                && phrase.things().stream().noneMatch(Thing.Commands.class::isInstance)
                && (Patterns.looksLikePath(text, named.quoted())
                        || ofFiles && named.quoted() && text.matches("[\\w.-]+"))) {
            path(text, phrase, effect, found);
        }
    }

    private static boolean command(String text, Set<Verb> verbs, Topic topic) {
        if (verbs.stream().anyMatch(OF_FILES::contains)) {
            return false;
        }
        boolean any = verbs.contains(Verb.RUN) || topic == Topic.COMMANDS;
        return any && !text.isBlank() || Programs.command(text);
    }

    private static void commands(String line, Effect effect, Findings found) {
        if (!Programs.single(line)) {
            found.notEnforced("`" + line + "` is more than one command; write each as one of its own");
        } else if (line.equals("rm -rf") || line.equals("rm -fr")) {
            List.of("rm -rf", "rm -fr", "rm -r -f", "rm -f -r").forEach(form -> found.command(effect, form));
        } else if (line.equals(installers(line).getFirst())) {
            installers(line).forEach(form -> found.command(effect, form));
        } else {
            found.command(effect, line);
        }
    }

    private static void host(String text, Effect effect, Findings found) {
        Optional<Patterns.Reach> reach = Patterns.host(text);
        reach.ifPresent(one -> found.rule(effect, Subject.HOST, one.host()));
        if (reach.isPresent() && reach.get().path()) {
            found.notEnforced(
                    "the path of `" + text + "` is not told from the rest of its host, which is restricted whole");
        }
    }

    private static void path(String text, Phrase phrase, Effect effect, Findings found) {
        if (Patterns.outside(text)) {
            found.inherent(Findings.MOUNT);
            return;
        }
        String fix = Patterns.malformed(text);
        if (!fix.isEmpty()) {
            found.problem("`" + text + "` is no path pattern", fix);
            return;
        }
        Set<Verb> verbs = phrase.verbs();
        boolean unsaid = verbs.isEmpty() || verbs.contains(Verb.ACCESS);
        if (!unsaid && EnumSet.of(Verb.CREATE).containsAll(verbs)) {
            found.notEnforced("creating a file is not told from changing one; write `Do not edit " + text + "`");
            return;
        }
        String pattern = Patterns.denied(text);
        if (unsaid || verbs.contains(Verb.READ)) {
            found.rule(effect, Subject.READ, pattern);
        }
        // What must not be read must not come out in another file's place, either.
        if (unsaid || verbs.contains(Verb.EDIT) || verbs.contains(Verb.DELETE) || verbs.contains(Verb.READ)) {
            found.rule(effect, Subject.EDIT, pattern);
        }
    }

    private static List<String> installers(String line) {
        return INSTALLERS.getOrDefault(line.split(" ", 2)[0], List.of(""));
    }

    private static void install(List<Token> core, Effect effect, Findings found) {
        if (!found.any()) {
            core.stream()
                    .map(token -> INSTALLERS.getOrDefault(token.word(), List.of()))
                    .forEach(lines -> lines.forEach(line -> found.command(effect, line)));
        }
    }

    private static void push(Phrase phrase, Effect effect, Findings found) {
        if (phrase.unknown().isEmpty() || phrase.unknown().stream().allMatch(PUSHED::contains)) {
            found.command(effect, "git push");
        } else {
            found.notEnforced("it does not say that nothing may be pushed; write `Do not push`");
        }
    }

    private static void commit(Phrase phrase, Effect effect, Findings found) {
        if (phrase.things().isEmpty() && phrase.unknown().isEmpty()) {
            found.command(effect, "git commit");
        } else if (effect == Effect.DENY
                && phrase.unknown().stream().allMatch(COMMITTED::contains)
                && phrase.things().stream()
                        .allMatch(thing -> thing instanceof Thing.Named named && COMMITTED.contains(named.text()))) {
            found.inherent(Findings.DELIVERY);
        } else {
            found.notEnforced("what a commit contains is not checked");
        }
    }

    /** Only what says all files: what says which ones, in words, is no pattern. */
    private static void files(Phrase phrase, List<Token> core, List<Token> tail, Effect effect, Findings found) {
        Set<Verb> verbs = phrase.verbs();
        boolean vague = core.stream().anyMatch(token -> MANY.contains(token.word()));
        boolean all = phrase.things().isEmpty()
                && phrase.unknown().isEmpty()
                && !vague
                && (tail.isEmpty()
                        || Exceptions.takes(tail)
                        || Exceptions.harmless(tail) && tail.getFirst().mark("-"))
                && core.stream()
                        .anyMatch(token -> token.word().matches("files?|anything|changes|edits|writes|modifications"));
        if (!all || !verbs.contains(Verb.EDIT)) {
            found.notEnforced(
                    phrase.things().isEmpty() ? "no path is named" : "what it names is no path of the project");
            return;
        }
        found.rule(effect, Subject.EDIT, "./**");
        if (verbs.contains(Verb.READ)) {
            found.rule(effect, Subject.READ, "./**");
        }
    }

    private static void network(Effect effect, Findings found) {
        if (effect == Effect.DENY) {
            found.inherent(Findings.GATEWAY);
        } else {
            found.notEnforced("nobody is asked: no host is reachable that is not listed");
        }
    }
}
