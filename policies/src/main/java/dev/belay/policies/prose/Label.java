package dev.belay.policies.prose;

import dev.belay.policies.prose.Section.Stance;
import dev.belay.policies.prose.Section.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Words that open a part about permissions. Only these: a heading that says anything else opens none.
 *
 * @param prefix words that every item below goes on with: {@code Do not edit}
 * @param rest what stands behind the label on its line
 */
record Label(Section section, List<Token> prefix, List<Token> rest) {
    private static final int LONGEST = 8;

    private static final Set<String> FILLERS = Set.of(
            "the",
            "a",
            "an",
            "agent",
            "agents",
            "claude",
            "ai",
            "assistant",
            "you",
            "your",
            "for",
            "only",
            "strictly",
            "explicitly",
            "always",
            "these",
            "following",
            "are",
            "is",
            "things",
            "what",
            "to",
            "of");

    private static final Map<String, Stance> STANCES = stances();
    private static final Map<String, Topic> TOPICS = topics();

    /** These alone are too common to open a part outside of one. */
    private static final Set<String> WEAK = Set.of("may", "can", "allow", "deny", "ask", "access", "sandbox", "rights");

    /** A heading, all of whose words are the label, or a label with a colon and what follows it. */
    static Optional<Label> ofHeading(List<Token> tokens, @Nullable Section around) {
        Optional<Label> whole = whole(tokens, around);
        return whole.isPresent() ? whole : ofLine(tokens, around, false);
    }

    /** {@code ALLOWED: ...}; where the line's look says that it is a title, without the colon, too. */
    static Optional<Label> ofLine(List<Token> tokens, @Nullable Section around, boolean title) {
        for (int i = 0; i < Math.min(tokens.size(), LONGEST + 2); i++) {
            Token token = tokens.get(i);
            if (token.code()) {
                return Optional.empty();
            }
            boolean dash =
                    token.mark("-") && i > 0 && tokens.subList(0, i).stream().allMatch(Label::loud);
            if (token.mark(":") || dash) {
                List<Token> rest = tokens.subList(i + 1, tokens.size());
                return label(tokens.subList(0, i), around, rest);
            }
        }
        boolean loud = !tokens.isEmpty() && tokens.stream().allMatch(Label::loud);
        return title || loud ? whole(tokens, around) : Optional.empty();
    }

    private static boolean loud(Token token) {
        return token.capital() || token.kind() == Token.Kind.MARK;
    }

    private static Optional<Label> whole(List<Token> tokens, @Nullable Section around) {
        return label(tokens, around, List.of());
    }

    private static Optional<Label> label(List<Token> words, @Nullable Section around, List<Token> rest) {
        Optional<Label> label = section(words, around).map(section -> new Label(section, List.of(), rest));
        if (label.isPresent() || !verbal(words)) {
            return label;
        }
        // Where something restricts already, such words do not allow.
        Section each = around == null ? new Section(Stance.MIXED, Topic.ANY) : around;
        return Optional.of(new Label(each, words, rest));
    }

    /** {@code Do not edit}, {@code You may run}. */
    private static boolean verbal(List<Token> words) {
        return words.stream().allMatch(token -> token.kind() == Token.Kind.WORD)
                && Token.words(words)
                        .matches(
                                "(?:(?:the |ai )?(?:you|agents?|claude) )?(?:do not|don't|never|must not|must never|may not"
                                        + "|can not|cannot|can't|should not|should never|only|may|can|may only|can only)"
                                        + "(?: (?:ever|edit|modify|touch|change|write to|read|run|execute|access|delete|use|call|or"
                                        + "|and|write|read or write|connect to|push to|the|these|this|following|files?|commands?|paths?"
                                        + "|folders?|directories|hosts|domains|in|anything in)){1,8}");
    }

    private static Optional<Section> section(List<Token> tokens, @Nullable Section around) {
        List<String> words = new ArrayList<>();
        for (Token token : tokens) {
            if (token.code() || token.mark(",") || token.mark(";")) {
                return Optional.empty();
            }
            String word = token.word();
            if (!word.isEmpty() && !word.equals("&") && !FILLERS.contains(word)) {
                words.add(word.replace("/", " and "));
            }
        }
        if (words.size() > LONGEST) {
            return Optional.empty();
        }
        if (words.isEmpty()) {
            return Token.words(tokens).equals("always")
                    ? Optional.of(new Section(Stance.DUTY, Topic.ANY))
                    : Optional.empty();
        }
        if (tokens.stream().anyMatch(token -> token.word().equals("always"))
                && STANCES.get(String.join(" ", words)) != Stance.ASK) {
            return String.join(" ", words).equals("do")
                    ? Optional.of(new Section(Stance.DUTY, Topic.ANY))
                    : Optional.empty();
        }
        return among(words, around);
    }

    private static Optional<Section> among(List<String> words, @Nullable Section around) {
        String all = String.join(" ", words);
        if (around == null && WEAK.contains(all)) {
            return Optional.empty();
        }
        for (int i = 0; i <= words.size(); i++) {
            String left = String.join(" ", words.subList(0, i));
            String right = String.join(" ", words.subList(i, words.size()));
            Stance first = STANCES.get(left);
            Stance last = STANCES.get(right);
            if (first != null && (right.isEmpty() || TOPICS.containsKey(right))) {
                return Optional.of(new Section(first, TOPICS.getOrDefault(right, Topic.ANY)));
            }
            if (last != null && TOPICS.containsKey(left)) {
                return Optional.of(new Section(last, TOPICS.getOrDefault(left, Topic.ANY)));
            }
        }
        Topic topic = TOPICS.get(all);
        return topic == null || around == null ? Optional.empty() : Optional.of(around.about(topic));
    }

    private static Map<String, Stance> stances() {
        Map<String, Stance> stances = new HashMap<>();
        put(
                stances,
                Stance.ALLOWED,
                "allowed",
                "permitted",
                "allow",
                "may",
                "can",
                "may do",
                "can do",
                "allowed do",
                "may use",
                "can use",
                "allowlist",
                "allow list",
                "whitelist",
                "whitelisted",
                "allowlisted",
                "permitted use",
                "allowed use");
        put(
                stances,
                Stance.RESTRICTED,
                "restricted",
                "restrictions",
                "restriction",
                "forbidden",
                "prohibited",
                "not allowed",
                "not permitted",
                "disallowed",
                "denied",
                "deny",
                "blocked",
                "off limits",
                "off-limits",
                "do not",
                "don't",
                "dont",
                "don'ts",
                "never",
                "never do",
                "must not",
                "must never",
                "may not",
                "can not",
                "cannot",
                "can't",
                "must not do",
                "may not do",
                "cannot do",
                "should not",
                "should never",
                "do not do",
                "don't do",
                "not do",
                "blocklist",
                "block list",
                "blacklist",
                "denylist",
                "deny list",
                "banned",
                "hard limits",
                "no-go",
                "no go",
                "never allowed",
                "strictly forbidden",
                "restricted actions");
        put(
                stances,
                Stance.ASK,
                "ask",
                "ask first",
                "ask before",
                "ask before doing",
                "ask permission",
                "ask permission first",
                "ask approval",
                "ask me first",
                "requires approval",
                "require approval",
                "needs approval",
                "need approval",
                "approval required",
                "requires permission",
                "requires confirmation",
                "needs confirmation",
                "confirm first",
                "check first",
                "with approval",
                "ask user first");
        put(
                stances,
                Stance.MIXED,
                "permissions",
                "permission",
                "boundaries",
                "access control",
                "rights",
                "access",
                "permissions and restrictions",
                "allowed and restricted",
                "permissions and boundaries",
                "sandbox",
                "allowed and forbidden",
                "guardrails",
                "tool permissions",
                "sandbox permissions",
                "access rights",
                "do's and don'ts permissions",
                "permissions policy",
                "permission policy",
                "permission rules",
                "permissions and guardrails",
                "boundaries and permissions",
                "security and permissions",
                "access rules");
        stances.remove("");
        return Map.copyOf(stances);
    }

    private static void put(Map<String, Stance> stances, Stance stance, String... phrases) {
        for (String phrase : phrases) {
            StringBuilder kept = new StringBuilder();
            for (String word : phrase.split(" ")) {
                kept.append(FILLERS.contains(word) ? "" : kept.isEmpty() ? word : " " + word);
            }
            stances.put(kept.toString(), stance);
        }
    }

    private static Map<String, Topic> topics() {
        Map<String, Topic> topics = new HashMap<>();
        for (String word : List.of(
                "hosts",
                "host",
                "domains",
                "domain",
                "apis",
                "external apis",
                "api",
                "endpoints",
                "api endpoints",
                "urls",
                "network",
                "network access",
                "network hosts",
                "network calls",
                "internet",
                "internet access",
                "external hosts",
                "external domains",
                "network domains",
                "web access",
                "outbound hosts",
                "egress",
                "network egress",
                "network requests",
                "hosts and domains",
                "domains and hosts",
                "websites",
                "outbound network",
                "network destinations",
                "external services",
                "services")) {
            topics.put(word, Topic.NETWORK);
        }
        for (String word : List.of(
                "paths",
                "path",
                "files",
                "file",
                "directories",
                "folders",
                "files and directories",
                "files and folders",
                "file access",
                "write paths",
                "edits",
                "file edits",
                "filesystem",
                "file system",
                "file operations",
                "filesystem access",
                "file system access",
                "file paths",
                "file changes")) {
            topics.put(word, Topic.FILES);
        }
        for (String word : List.of(
                "commands",
                "command",
                "shell commands",
                "bash commands",
                "shell",
                "scripts",
                "npm scripts",
                "terminal commands",
                "command execution",
                "cli commands",
                "git commands",
                "git")) {
            topics.put(word, Topic.COMMANDS);
        }
        topics.put("tools", Topic.TOOLS);
        topics.put("tool use", Topic.TOOLS);
        for (String word : List.of(
                "actions",
                "operations",
                "action",
                "activities",
                "without asking",
                "without approval",
                "zone",
                "areas",
                "behavior",
                "behaviour")) {
            topics.put(word, Topic.ANY);
        }
        return Map.copyOf(topics);
    }
}
