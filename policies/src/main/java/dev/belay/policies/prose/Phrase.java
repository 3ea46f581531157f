package dev.belay.policies.prose;

import dev.belay.policies.ToolName;
import dev.belay.policies.prose.Section.Topic;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is done with which things.
 *
 * @param unknown the words that are neither; what has one is never a grant
 */
record Phrase(Set<Verb> verbs, List<Thing> things, List<String> unknown) {
    private static final Set<Verb> OF_FILES = EnumSet.of(Verb.READ, Verb.EDIT, Verb.DELETE, Verb.CREATE);
    private static final Set<String> INTO = Set.of("in", "within", "under", "inside", "to");
    private static final Set<String> FOLDER = Set.of("folder", "folders", "directory", "directories", "dir", "dirs");
    private static final Set<String> NO_FOLDER = Set.of(
            "project",
            "root",
            "home",
            "current",
            "working",
            "this",
            "that",
            "parent",
            "other",
            "same",
            "whole",
            "any",
            "the",
            "new",
            "your",
            "all",
            "these",
            "those",
            "a",
            "repo",
            "and",
            "or",
            "following",
            "system",
            "temp",
            "entire",
            "own",
            "which",
            "each",
            "every",
            "source",
            "file",
            "test",
            "user",
            "generated",
            "of");

    private boolean empty() {
        return verbs.isEmpty() && things.isEmpty() && unknown.isEmpty();
    }

    /** One for each verb that has things of its own. */
    static List<Phrase> of(List<Token> tokens, Topic topic, Set<Verb> inherited) {
        Reader reader = new Reader(tokens, topic, inherited);
        reader.read();
        List<Phrase> phrases = reader.phrases;
        if (phrases.size() == 2
                && phrases.getFirst().verbs.isEmpty()
                && phrases.getLast().things.isEmpty()) {
            // The thing stands in front: `.env` must not be edited.
            phrases.getFirst().verbs.addAll(phrases.getLast().verbs);
            phrases.getFirst().unknown.addAll(phrases.getLast().unknown);
            phrases.removeLast();
        }
        return phrases;
    }

    /** Whether a word names something by its look. */
    static boolean names(List<Token> tokens, int i) {
        Token token = tokens.get(i);
        return token.code()
                || token.kind() == Token.Kind.WORD
                        && (Programs.at(tokens, i).used() > 0
                                || Patterns.url(token.text())
                                || Patterns.plainlyHost(token.text())
                                || Patterns.looksLikePath(token.text(), false));
    }

    private static final class Reader {
        private final List<Token> tokens;
        private final Topic topic;
        private final List<Phrase> phrases = new ArrayList<>();
        private Phrase phrase;
        private int at;

        Reader(List<Token> tokens, Topic topic, Set<Verb> inherited) {
            this.tokens = tokens;
            this.topic = topic;
            phrase = fresh();
            phrase.verbs.addAll(inherited);
        }

        void read() {
            while (at < tokens.size()) {
                Token token = tokens.get(at);
                if (token.code()) {
                    quoted(token.text());
                } else if (token.kind() == Token.Kind.MARK) {
                    at++;
                    if (!",:().".contains(token.text())) {
                        phrase.unknown.add(token.text());
                    }
                } else {
                    word(token);
                }
            }
            close();
        }

        private void quoted(String text) {
            at++;
            Optional<ToolName> tool =
                    ToolName.named(text).filter(name -> name.word().equals(text));
            boolean rule =
                    text.matches("(?:Bash|Read|Edit|Write|Glob|Grep|WebFetch|MultiEdit|NotebookEdit|mcp__\\w*)\\(.*");
            Thing thing =
                    rule ? new Thing.Rule(text) : tool.isPresent() ? new Thing.Tool(text) : new Thing.Named(text, true);
            phrase.things.add(thing);
        }

        private void word(Token token) {
            String word = token.word();
            if (scripts(word) || tool(token) || command(word)) {
                return;
            }
            at++;
            if (verbs(word)) {
                return;
            }
            String text = token.text();
            if (Patterns.url(text) || Patterns.looksLikePath(text, false) || reachable(text)) {
                phrase.things.add(new Thing.Named(text, false));
            } else if (folder(word)) {
                phrase.things.add(new Thing.Named(text + "/", true));
            } else if (!Lexicon.fills(word)) {
                phrase.unknown.add(word);
            }
        }

        private boolean reachable(String text) {
            return topic == Topic.NETWORK
                    ? Patterns.looksLikeHost(text) || Patterns.meansHost(text)
                    : Patterns.plainlyHost(text);
        }

        private boolean command(String word) {
            if (phrase.verbs.stream().anyMatch(OF_FILES::contains) || topic == Topic.NETWORK && !word.equals("git")) {
                return false;
            }
            Programs.Named named = Programs.at(tokens, at);
            if (named.used() == 0) {
                return false;
            }
            phrase.things.add(new Thing.Commands(named.commands()));
            at += named.used();
            return true;
        }

        /** {@code npm scripts: test, build}. */
        private boolean scripts(String word) {
            boolean runner = word.equals("npm") || word.equals("pnpm") || word.equals("yarn") || word.equals("bun");
            if (!runner
                    || at + 3 >= tokens.size()
                    || !tokens.get(at + 1).word().matches("scripts?")
                    || !tokens.get(at + 2).mark(":")) {
                return false;
            }
            List<String> lines = new ArrayList<>();
            for (int i = at + 3; i < tokens.size(); i++) {
                Token token = tokens.get(i);
                String script = token.code() ? token.text() : token.word();
                if (token.kind() == Token.Kind.MARK ? !token.mark(",") : !script.matches("[a-z][a-z0-9:_-]*")) {
                    return false;
                }
                if (token.kind() != Token.Kind.MARK && !script.equals("and") && !script.equals("or")) {
                    if (Lexicon.wary(script)) {
                        return false;
                    }
                    lines.add(word + " run " + script);
                    if (script.equals("test") || script.equals("start")) {
                        lines.add(word + " " + script);
                    }
                }
            }
            phrase.things.add(new Thing.Commands(lines));
            at = tokens.size();
            return true;
        }

        /** {@code the Write tool}, or {@code Bash} alone. */
        private boolean tool(Token token) {
            Optional<ToolName> named = ToolName.named(token.text())
                    .filter(name -> topic == Topic.TOOLS
                            || name.word().equals(token.text())
                                    && (next().equals("tool") || next().equals("tools") || alone(token)));
            if (named.isEmpty()) {
                return false;
            }
            phrase.things.add(new Thing.Tool(named.get().word()));
            at += next().equals("tool") || next().equals("tools") ? 2 : 1;
            return true;
        }

        private boolean alone(Token token) {
            return token.text().equals("Bash")
                    && tokens.stream().filter(one -> !one.word().isEmpty()).count() == 1;
        }

        private boolean verbs(String word) {
            String[] parts = word.split("/");
            List<Verb> said = new ArrayList<>();
            for (String part : parts) {
                Verb verb = Lexicon.verb(part);
                if (verb == null) {
                    return false;
                }
                said.add(verb);
            }
            if (said.isEmpty()) {
                return false;
            }
            boolean another = !phrase.unknown.isEmpty() && !phrase.verbs.isEmpty() && joined();
            if (!phrase.things.isEmpty() || stands(said) || another) {
                close();
            }
            phrase.verbs.addAll(said);
            return true;
        }

        private boolean joined() {
            Token before = at >= 2 ? tokens.get(at - 2) : null;
            return before != null
                    && (before.mark(",")
                            || before.word().equals("and")
                            || before.word().equals("or"));
        }

        private boolean stands(List<Verb> next) {
            return !phrase.verbs.containsAll(next)
                    && (phrase.verbs.contains(Verb.PUSH)
                            || phrase.verbs.contains(Verb.COMMIT)
                            || phrase.verbs.contains(Verb.INSTALL)
                            || next.contains(Verb.PUSH) && !phrase.verbs.isEmpty()
                            || next.contains(Verb.COMMIT) && !phrase.verbs.isEmpty());
        }

        private boolean folder(String word) {
            if (phrase.verbs.stream().noneMatch(verb -> OF_FILES.contains(verb) || verb == Verb.ACCESS)
                    && topic != Topic.FILES) {
                return false;
            }
            Token before = at >= 2 ? tokens.get(at - 2) : null;
            boolean listed = before != null
                    && (before.mark(",")
                            || before.word().equals("and")
                            || before.word().equals("or"))
                    && !phrase.things.isEmpty();
            boolean into = before == null ? topic == Topic.FILES : (INTO.contains(before.word()) || before.mark(":"));
            boolean called = FOLDER.contains(next(0))
                    && word.matches("[a-z0-9_.-]+")
                    && !NO_FOLDER.contains(word)
                    && !Lexicon.leads(word)
                    && !Lexicon.negates(word)
                    && !INTO.contains(word);
            return called || Lexicon.plainlyFolder(word) || Lexicon.folder(word) && (into || listed);
        }

        private String next() {
            return next(1);
        }

        private String next(int ahead) {
            return at + ahead < tokens.size() ? tokens.get(at + ahead).word() : "";
        }

        private void close() {
            if (!phrase.empty()) {
                phrases.add(phrase);
            }
            phrase = fresh();
        }

        private static Phrase fresh() {
            return new Phrase(EnumSet.noneOf(Verb.class), new ArrayList<>(), new ArrayList<>());
        }
    }
}
