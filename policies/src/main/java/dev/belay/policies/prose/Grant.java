package dev.belay.policies.prose;

import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Subject;
import dev.belay.policies.prose.Section.Topic;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a sentence allows, if every word of it is understood. One that is not makes that it allows nothing. */
final class Grant {
    private static final Set<Verb> OF_FILES = EnumSet.of(Verb.READ, Verb.EDIT, Verb.DELETE, Verb.CREATE);
    private static final String DOUBT = "it is not sure what it allows, so it allows nothing";

    private final Topic topic;
    private final boolean alone;
    private final Findings found;
    private boolean doubt;
    private boolean only;

    private Grant(Topic topic, boolean alone, Findings found) {
        this.topic = topic;
        this.alone = alone;
        this.found = found;
    }

    /** @param alone whether no other sentence stands beside it that could take it back */
    static void find(List<Token> said, Topic topic, boolean alone, Findings findings) {
        Grant grant = new Grant(topic, alone, findings.another());
        List<Token> tokens = grant.withoutRemarks(said);
        int end = Exceptions.begin(tokens);
        List<Token> core = tokens.subList(0, end);
        List<Token> tail = tokens.subList(end, tokens.size());
        if (!tail.isEmpty() && with(tail)) {
            Restriction.find(core, topic, Effect.ASK, EnumSet.noneOf(Verb.class), findings);
            return;
        }
        List<Phrase> phrases = Phrase.of(core, topic, EnumSet.noneOf(Verb.class));
        grant.phrases(phrases);
        grant.tail(tail, phrases);
        if (grant.doubt || !grant.found.any()) {
            findings.notEnforced(grant.why());
        } else {
            findings.take(grant.found);
        }
    }

    private String why() {
        return found.lines().stream()
                .filter(Line.NotEnforced.class::isInstance)
                .map(line -> ((Line.NotEnforced) line).why())
                .findFirst()
                .orElse(DOUBT);
    }

    /** Takes out {@code only}, and what stands in parentheses or behind a dash and names nothing and takes nothing back. */
    private List<Token> withoutRemarks(List<Token> said) {
        List<Token> left = new ArrayList<>();
        int i = 0;
        while (i < said.size()) {
            Token token = said.get(i);
            int end = token.mark("(") ? closes(said, i) : token.mark("-") && i > 0 ? said.size() - 1 : -1;
            if (end > i && remark(said, i, end)) {
                i = end + 1;
            } else if (token.word().equals("only") && !conditional(said, i)) {
                only = true;
                i++;
            } else {
                left.add(token);
                i++;
            }
        }
        return left;
    }

    private static boolean conditional(List<Token> said, int i) {
        String next = i + 1 < said.size() ? said.get(i + 1).word() : "";
        return Set.of("if", "when", "after", "once", "with", "before", "for", "as", "during", "while")
                .contains(next);
    }

    private boolean remark(List<Token> said, int from, int to) {
        boolean names = false;
        boolean wary = false;
        for (int i = from; i <= to; i++) {
            names |= said.get(i).kind() != Token.Kind.MARK && Phrase.names(said, i);
            wary |= Lexicon.wary(said.get(i).word()) || said.get(i).mark("x") || !plain(said.get(i));
        }
        doubt |= wary;
        return !names;
    }

    private static boolean plain(Token token) {
        return token.kind() != Token.Kind.WORD || token.text().matches("[A-Za-z'\u2019-]+");
    }

    private static int closes(List<Token> said, int from) {
        for (int i = from + 1; i < said.size(); i++) {
            if (said.get(i).mark(")")) {
                return i;
            }
        }
        return -1;
    }

    private void phrases(List<Phrase> phrases) {
        for (Phrase phrase : phrases) {
            if (!phrase.unknown().isEmpty()) {
                doubt = true;
                if (topic == Topic.NETWORK) {
                    found.notEnforced("no host is named; write it under network.allow");
                }
            }
            for (Thing thing : phrase.things()) {
                thing(thing, phrase);
            }
            if (phrase.things().isEmpty()) {
                nothing(phrase);
            }
        }
    }

    private void thing(Thing thing, Phrase phrase) {
        switch (thing) {
            case Thing.Rule(String text) -> found.ruleString(Effect.ALLOW, text);
            case Thing.Tool(String word) -> doubt("the tools are given with the task; write `" + word + "` there");
            case Thing.Commands(List<String> lines) -> {
                boolean runs = EnumSet.of(Verb.RUN, Verb.USE).containsAll(phrase.verbs());
                doubt |= !runs || topic == Topic.NETWORK;
                lines.forEach(line -> found.command(Effect.ALLOW, line));
                onlyCommands();
            }
            case Thing.Named named -> named(named, phrase);
        }
    }

    private void named(Thing.Named named, Phrase phrase) {
        String text = named.text();
        Set<Verb> verbs = phrase.verbs();
        if (topic == Topic.NETWORK || verbs.contains(Verb.NET)) {
            host(text, verbs);
        } else if (verbs.isEmpty() ? topic == Topic.FILES : OF_FILES.containsAll(verbs)) {
            path(text, named.quoted(), verbs);
        } else if (named.quoted() && (verbs.contains(Verb.RUN) || topic == Topic.COMMANDS || Programs.command(text))) {
            doubt |= !EnumSet.of(Verb.RUN, Verb.USE).containsAll(verbs);
            if (!Programs.single(text)) {
                doubt("`" + text + "` is more than one command; write each as one of its own");
            }
            found.command(Effect.ALLOW, text);
            onlyCommands();
        } else if (verbs.isEmpty() && Patterns.plainlyHost(text)) {
            doubt("it does not say that the host may be reached; write `Allowed hosts: " + text + "`");
        } else {
            doubt("it does not say what may be done with `" + text + "`");
        }
    }

    private void host(String text, Set<Verb> verbs) {
        boolean reaches = EnumSet.of(Verb.NET, Verb.ACCESS, Verb.USE).containsAll(verbs);
        Optional<Patterns.Reach> reach = Patterns.host(text);
        if (!reaches || !alone) {
            doubt(DOUBT);
        } else if (reach.isPresent() && (topic == Topic.NETWORK || Patterns.plainlyHost(text))) {
            found.rule(Effect.ALLOW, Subject.HOST, reach.get().host());
            if (reach.get().path()) {
                found.notEnforced("the path of `" + text + "` is not told from the rest of its host");
            }
        } else if (topic == Topic.NETWORK && Patterns.meansHost(text)) {
            found.problem(
                    "`" + text + "` is no host", "write it as api.example.com, *.example.com or api.example.com:443");
        } else {
            doubt("no host is named; write it under network.allow");
        }
    }

    private void path(String text, boolean quoted, Set<Verb> verbs) {
        if (!Patterns.looksLikePath(text, quoted)) {
            doubt("`" + text + "` does not look like a path");
        } else if (Patterns.outside(text) || text.startsWith("/")) {
            doubt("`" + text + "` is not in the project, and nothing else is in the sandbox");
        } else if (!Patterns.malformed(text).isEmpty()) {
            found.problem("`" + text + "` is no path pattern", Patterns.malformed(text));
        } else if (verbs.equals(EnumSet.of(Verb.READ))) {
            if (only) {
                doubt("that nothing else is read is not enforced; write what may not be read under RESTRICTED");
            }
            found.inherent(Findings.READABLE);
        } else if (!verbs.isEmpty() && !verbs.contains(Verb.EDIT)) {
            doubt("creating and deleting are not told from changing; write `Edit " + text + "`");
        } else if (Patterns.root(text)) {
            found.inherent(Findings.WRITABLE);
        } else {
            found.rule(Effect.ALLOW, Subject.EDIT, Patterns.allowed(text));
        }
    }

    private void nothing(Phrase phrase) {
        Set<Verb> verbs = phrase.verbs();
        if (only) {
            doubt("what alone is allowed is not named");
        } else if (verbs.equals(EnumSet.of(Verb.READ))) {
            found.inherent(Findings.READABLE);
        } else if (verbs.contains(Verb.EDIT) && OF_FILES.containsAll(verbs)) {
            found.inherent(Findings.WRITABLE);
        } else if (verbs.contains(Verb.PUSH)) {
            doubt("there is no remote in the sandbox; a person pushes");
        } else if (verbs.contains(Verb.NET) || topic == Topic.NETWORK) {
            doubt("no host is named; write it under network.allow");
        } else if (verbs.contains(Verb.RUN)) {
            doubt("no command is named; write it in backticks");
        } else {
            doubt(DOUBT);
        }
    }

    private void tail(List<Token> tail, List<Phrase> phrases) {
        if (tail.isEmpty() || Exceptions.approval(tail)) {
            return;
        }
        if (!Exceptions.excepts(tail) || phrases.size() != 1) {
            doubt("whether `" + Token.said(tail) + "` holds is not judged, so nothing is granted");
            return;
        }
        boolean two = !tail.getFirst().word().startsWith("exc");
        List<Token> rest = tail.subList(two ? 2 : 1, tail.size());
        Findings excepted = found.another();
        Restriction.find(rest, topic, Effect.DENY, phrases.getFirst().verbs(), excepted);
        boolean known = Phrase.of(rest, topic, phrases.getFirst().verbs()).stream()
                .allMatch(
                        phrase -> phrase.unknown().isEmpty() && !phrase.things().isEmpty());
        if (!excepted.exact() || !known) {
            doubt("`" + Token.said(tail) + "` is no pattern, so nothing is granted");
        }
        found.take(excepted);
    }

    /** {@code with approval}. */
    private static boolean with(List<Token> tail) {
        return tail.getFirst().word().equals("with")
                && Token.words(tail)
                        .matches("with (?:my |your |user |human |prior |explicit |express )*"
                                + "(?:approval|permission|confirmation|consent)")
                && tail.stream().noneMatch(Token::code);
    }

    private void onlyCommands() {
        if (only) {
            found.notEnforced("other commands are not refused by it; write what may not be run under RESTRICTED");
        }
    }

    private void doubt(String why) {
        doubt = true;
        found.notEnforced(why);
    }
}
