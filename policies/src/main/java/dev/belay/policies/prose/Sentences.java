package dev.belay.policies.prose;

import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.Problem;
import dev.belay.policies.prose.Section.Stance;
import dev.belay.policies.prose.Section.Topic;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Finds out of each sentence of an item whether it allows, restricts or asks, and has that compiled. */
final class Sentences {
    private static final int LONGEST = 500;
    private static final Set<String> JOINTS = Set.of("and", "but", "or", "yet", "however", "though");
    private static final String AMONG = "it allows something among what is restricted, so nothing is granted";

    private final String file;
    private final Consumer<Line> lines;
    private final Consumer<Problem> problems;

    Sentences(String file, Consumer<Line> lines, Consumer<Problem> problems) {
        this.file = file;
        this.lines = lines;
        this.problems = problems;
    }

    void item(Item item) {
        for (List<Token> part : split(item.tokens(), ";")) {
            List<List<Token>> sentences = sentences(part);
            for (List<Token> sentence : sentences) {
                sentence(item, sentence, sentences.size() == 1);
            }
        }
    }

    /** Words that plainly forbid, where no part about permissions is: whoever reads them should know that they are only told. */
    void outside(List<Token> tokens) {
        for (List<Token> sentence : sentences(tokens)) {
            int forbids = forbids(sentence);
            if (forbids < 0 || sentence.size() > ProsePolicy.MOST_WORDS) {
                continue;
            }
            Findings findings = new Findings(origin(sentence));
            Restriction.find(
                    sentence.subList(forbids, sentence.size()),
                    Topic.ANY,
                    Effect.DENY,
                    EnumSet.noneOf(Verb.class),
                    findings);
            if (findings.inherentOnly()) {
                findings.lines().forEach(lines);
            } else if (findings.any()) {
                lines.accept(new Line.NotEnforced(
                        origin(sentence), "it does not stand in a part about permissions; write it under RESTRICTED"));
            }
        }
    }

    /** A line whose words are not looked at. */
    void unread(Row row, String why) {
        List<Token> tokens = Words.of(row);
        if (tokens.stream().anyMatch(token -> token.kind() != Token.Kind.MARK)) {
            lines.accept(new Line.NotEnforced(origin(tokens), why));
        }
    }

    private static int forbids(List<Token> tokens) {
        for (int i = 0; i < tokens.size(); i++) {
            String text =
                    tokens.get(i).kind() == Token.Kind.WORD ? tokens.get(i).text() : "";
            boolean pair = text.equals("NOT")
                    && i > 0
                    && (tokens.get(i - 1).text().equals("DO")
                            || tokens.get(i - 1).text().equals("MUST"));
            if (text.equals("NEVER") || text.equals("DON'T") || pair) {
                return i + 1;
            }
        }
        return -1;
    }

    private Origin origin(List<Token> tokens) {
        List<Token> said = trimmed(tokens);
        return origin(said, said.getFirst());
    }

    private Origin origin(List<Token> said, Token first) {
        String text = Token.said(said);
        return new Origin(text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text, first.spot(file), "");
    }

    /** Without the marks at both ends, which are no words of it. */
    private static List<Token> trimmed(List<Token> tokens) {
        int from = 0;
        int to = tokens.size();
        while (from < to - 1
                && tokens.get(from).kind() == Token.Kind.MARK
                && !tokens.get(from).mark("(")) {
            from++;
        }
        while (to > from + 1
                && tokens.get(to - 1).kind() == Token.Kind.MARK
                && !tokens.get(to - 1).mark(")")) {
            to--;
        }
        return tokens.subList(from, to);
    }

    private void sentence(Item item, List<Token> said, boolean alone) {
        if (said.stream().allMatch(token -> token.kind() == Token.Kind.MARK)) {
            return;
        }
        List<Token> words = trimmed(said);
        Findings findings = new Findings(origin(words, words.contains(item.own()) ? item.own() : words.getFirst()));
        boolean struck = said.stream().anyMatch(token -> token.text().contains("~~"));
        if (struck) {
            findings.notEnforced("it is struck out");
        } else if (said.getFirst().mark("+") && restricts(item.section().stance()) && Mood.leading(words) < 0) {
            findings.notEnforced(AMONG);
        } else {
            parts(item, atNegations(words), marked(item.section(), said), alone, findings);
        }
        findings.lines().forEach(lines);
        findings.problems().forEach(problems);
    }

    /** What is taken back behind an allowance has to be understood, or there is none. */
    private static void parts(Item item, List<List<Token>> parts, Section section, boolean alone, Findings findings) {
        List<Token> first = parts.getFirst();
        Set<Verb> verbs = EnumSet.noneOf(Verb.class);
        Phrase.of(first, section.topic(), Set.of()).forEach(phrase -> verbs.addAll(phrase.verbs()));
        Findings back = findings.another();
        for (List<Token> part : parts.subList(1, parts.size())) {
            restrictAlso(part, section, verbs, back);
        }
        Findings ahead = findings.another();
        decide(section, first, alone && parts.size() == 1, item.seen(), ahead);
        if (ahead.allows() && !back.understood()) {
            findings.notEnforced("it is not sure what it takes back, so it allows nothing");
        } else {
            findings.take(ahead);
        }
        findings.take(back);
    }

    private static void restrictAlso(List<Token> part, Section section, Set<Verb> verbs, Findings findings) {
        int from = 0;
        while (from < part.size() && !Lexicon.negates(part.get(from).word())) {
            from++;
        }
        List<Token> rest = part.subList(from + 1, part.size());
        if (Token.words(rest).matches("exceptions?(?: ever| whatsoever)?")) {
            return;
        }
        boolean own = rest.stream().anyMatch(token -> Lexicon.verb(token.word()) != null);
        Restriction.find(rest, section.topic(), Effect.DENY, own ? Set.of() : verbs, findings);
    }

    /** A cross restricts wherever it stands; a check mark only says again what is allowed. */
    private static Section marked(Section section, List<Token> said) {
        boolean crossed = said.stream().anyMatch(token -> token.mark("x"));
        boolean checked = said.getFirst().mark("+");
        if (crossed) {
            return new Section(Stance.RESTRICTED, section.topic());
        }
        return checked && !restricts(section.stance()) ? new Section(Stance.ALLOWED, section.topic()) : section;
    }

    private static boolean restricts(Stance stance) {
        return stance == Stance.RESTRICTED || stance == Stance.ASK;
    }

    private static void decide(Section section, List<Token> tokens, boolean alone, boolean seen, Findings findings) {
        Topic topic = section.topic();
        if (Mood.inside(tokens)) {
            findings.inherent(Findings.MOUNT);
            return;
        }
        int negation = Mood.leading(tokens);
        if (negation >= 0) {
            restrict(tokens.subList(negation + 1, tokens.size()), topic, Effect.DENY, findings);
            return;
        }
        int passive = Mood.passive(tokens);
        if (passive >= 0) {
            List<Token> rest = new ArrayList<>(tokens.subList(0, passive));
            tokens.subList(passive, tokens.size()).stream()
                    .filter(token -> !Lexicon.negates(token.word())
                            && !Mood.bans(token.word())
                            && !Lexicon.leads(token.word())
                            && !token.word().equals("be")
                            && !token.word().matches("allowed|permitted"))
                    .forEach(rest::add);
            restrict(rest, topic, Effect.DENY, findings);
            return;
        }
        boolean negated = tokens.stream().anyMatch(token -> Lexicon.negates(token.word()));
        int ask = negated ? -1 : Mood.asks(tokens);
        int asked = negated ? -1 : Mood.asked(tokens);
        if (ask >= 0 || asked >= 0) {
            restrict(
                    ask >= 0 ? tokens.subList(ask, tokens.size()) : tokens.subList(0, asked),
                    topic,
                    section.stance() == Stance.RESTRICTED && ask < 0 ? Effect.DENY : Effect.ASK,
                    findings);
        } else if (negated) {
            findings.notEnforced("what its negation speaks of is not sure");
        } else {
            byStance(section, tokens, alone, seen, findings);
        }
    }

    private static void byStance(Section section, List<Token> tokens, boolean alone, boolean seen, Findings findings) {
        boolean allows = Mood.allows(tokens);
        Stance stance = section.stance();
        if (stance == Stance.DUTY) {
            findings.notEnforced("it says what to do, not what may be done");
        } else if (allows && restricts(stance)) {
            findings.notEnforced(AMONG);
        } else if (stance == Stance.RESTRICTED) {
            restrict(tokens, section.topic(), Effect.DENY, findings);
        } else if (stance == Stance.ASK) {
            restrict(tokens, section.topic(), Effect.ASK, findings);
        } else if (stance == Stance.MIXED && !allows && !Mood.begins(tokens, section.topic())) {
            findings.notEnforced("it does not say whether that is allowed or restricted");
        } else if (!seen) {
            findings.notEnforced(
                    "it stands where it may not be seen as it is written, as in HTML or a quotation, so nothing is granted");
        } else {
            Grant.find(tokens, section.topic(), alone, findings);
        }
    }

    private static void restrict(List<Token> tokens, Topic topic, Effect effect, Findings findings) {
        Restriction.find(tokens, topic, effect, Set.of(), findings);
    }

    private static List<List<Token>> sentences(List<Token> tokens) {
        List<List<Token>> sentences = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i < tokens.size(); i++) {
            boolean ends = tokens.get(i).mark(".") && (i + 1 == tokens.size() || capital(tokens.get(i + 1)));
            if (ends) {
                sentences.add(tokens.subList(begin, i));
                begin = i + 1;
            }
        }
        sentences.add(tokens.subList(begin, tokens.size()));
        sentences.removeIf(sentence -> sentence.stream().allMatch(token -> token.kind() == Token.Kind.MARK));
        return sentences;
    }

    private static boolean capital(Token token) {
        return token.kind() != Token.Kind.WORD
                || Character.isUpperCase(token.text().charAt(0));
    }

    private static List<List<Token>> split(List<Token> tokens, String mark) {
        List<List<Token>> parts = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i <= tokens.size(); i++) {
            if (i == tokens.size() || tokens.get(i).mark(mark)) {
                if (i > begin) {
                    parts.add(tokens.subList(begin, i));
                }
                begin = i + 1;
            }
        }
        return parts;
    }

    /** {@code Edit src, but not src/old} is two: what comes behind such a word is never part of what is allowed before it. */
    private static List<List<Token>> atNegations(List<Token> tokens) {
        List<List<Token>> parts = new ArrayList<>();
        int begin = 0;
        for (int i = 1; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            boolean joint = token.mark(",") || token.mark("(") || token.mark("-") || JOINTS.contains(token.word());
            if (joint && i > begin && begins(tokens, i + 1)) {
                parts.add(tokens.subList(begin, i));
                begin = i;
                while (!Lexicon.negates(tokens.get(i).word())) {
                    i++;
                }
            }
        }
        parts.add(tokens.subList(begin, tokens.size()));
        return parts;
    }

    private static boolean begins(List<Token> tokens, int from) {
        for (int i = from; i < Math.min(tokens.size(), from + 3); i++) {
            String word = tokens.get(i).word();
            if (Lexicon.negates(word)) {
                return true;
            }
            if (!JOINTS.contains(word) && !word.equals("do") && !word.equals("must")) {
                return false;
            }
        }
        return false;
    }
}
