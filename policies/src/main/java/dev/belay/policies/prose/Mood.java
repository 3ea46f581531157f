package dev.belay.policies.prose;

import dev.belay.policies.prose.Section.Topic;
import java.util.List;
import java.util.Set;

/** The words by which a sentence says itself whether it allows, restricts or asks. */
final class Mood {
    private static final Set<String> BANNED =
            Set.of("forbidden", "prohibited", "disallowed", "off-limits", "blocked", "banned", "denied", "restricted");

    private static final String INSIDE = "(?:always |only |you must |agents must )*(?:stay|remain|work|operate|keep)"
            + "(?: only| strictly)? (?:inside|within|in)(?: of)?(?: the| this| your)? (?:project|repo|repository|workspace"
            + "|working directory)(?: root| directory| folder)?(?: only)?";

    private Mood() {}

    /** Whether it says to stay where the sandbox is. */
    static boolean inside(List<Token> tokens) {
        return Token.words(tokens).matches(INSIDE) && tokens.stream().noneMatch(Token::code);
    }

    static boolean bans(String word) {
        return BANNED.contains(word);
    }

    static boolean begins(List<Token> tokens, Topic topic) {
        String first = tokens.getFirst().word();
        String bare = first.contains("/") ? first.substring(0, first.indexOf('/')) : first;
        return topic == Topic.NETWORK
                || Lexicon.verb(bare) != null
                || first.equals("only") && tokens.size() > 1
                || Token.words(tokens).startsWith("make changes");
    }

    /** Where the negation is that a sentence begins with, or what stands behind a title such as {@code Database:}; or -1. */
    static int leading(List<Token> tokens) {
        int first = leading(tokens, 0);
        for (int i = 0; first < 0 && i < Math.min(tokens.size(), 5); i++) {
            if (tokens.get(i).mark(":") || Lexicon.verb(tokens.get(i).word()) != null) {
                return tokens.get(i).mark(":") ? leading(tokens, i + 1) : -1;
            }
        }
        return first;
    }

    private static int leading(List<Token> tokens, int from) {
        for (int i = from; i < tokens.size(); i++) {
            String word = tokens.get(i).word();
            if (Lexicon.negates(word) && !word.equals("none") && !bannedAfter(tokens, i)) {
                return i;
            }
            if (word.isEmpty() || !Lexicon.leads(word)) {
                return -1;
            }
        }
        return -1;
    }

    private static boolean bannedAfter(List<Token> tokens, int i) {
        return BANNED.contains(tokens.get(i).word()) && i == tokens.size() - 1;
    }

    /** Where {@code is forbidden}, {@code must not be} begins, or -1. */
    static int passive(List<Token> tokens) {
        String before = "";
        for (int i = 1; i < tokens.size(); i++) {
            String word = tokens.get(i).word();
            before = tokens.get(i - 1).word();
            boolean be = Set.of("is", "are", "strictly", "be", "being").contains(before);
            boolean modal = Set.of("must", "may", "should", "can", "is", "are", "shall", "will")
                    .contains(before);
            boolean never = word.equals("not") || word.equals("never");
            if (be && BANNED.contains(word)
                    || modal && never
                    || word.matches("cannot|can't|mustn't|isn't|aren't|shouldn't")) {
                return i;
            }
        }
        return -1;
    }

    /** Where what has to be asked for begins: behind {@code ask before}. */
    static int asks(List<Token> tokens) {
        boolean ask = false;
        for (int i = 0; i < tokens.size(); i++) {
            String word = tokens.get(i).word();
            ask |= word.matches("ask|asking|confirm|confirmation|approval|permission|check|consult");
            if (ask && word.equals("before") && i + 1 < tokens.size()) {
                return i + 1;
            }
            if (!ask && Lexicon.verb(word) != null && !word.matches("requests?")) {
                return -1;
            }
        }
        return -1;
    }

    /** Where {@code requires approval} begins, or -1. */
    static int asked(List<Token> tokens) {
        for (int i = 1; i < tokens.size(); i++) {
            if (tokens.get(i).word().matches("requires?|needs?")) {
                String rest = Token.words(tokens.subList(i + 1, tokens.size()));
                return rest.matches("(?:explicit |my |your |user |human |prior |a |an |first )*"
                                + "(?:approval|confirmation|permission|consent)(?: first)?")
                        ? i
                        : -1;
            }
        }
        return -1;
    }

    static boolean allows(List<Token> tokens) {
        String words = Token.words(tokens) + " ";
        return words.matches(
                        "(?:agents? |claude |the agent |please )?(?:you )?(?:may|can|could|feel free to|ok to|okay to"
                                + "|allowed to|permitted to|are allowed to|are permitted to) .*")
                || words.matches(".* (?:is|are) (?:allowed|permitted|ok|fine|okay) ")
                || words.matches(".* (?:allowed|permitted) ")
                || words.matches("(?:only )?(?:allow|permit|allowed|permitted) .*");
    }
}
