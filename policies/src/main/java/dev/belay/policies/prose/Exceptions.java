package dev.belay.policies.prose;

import java.util.List;
import java.util.Set;

/** Where a sentence stops being whole: {@code unless}, {@code except}, {@code before}. */
final class Exceptions {
    private static final Set<String> EXCEPTS =
            Set.of("except", "excepting", "excluding", "besides", "minus", "save", "apart", "aside");

    private static final Set<String> CONDITIONS = Set.of(
            "unless",
            "without",
            "until",
            "till",
            "before",
            "after",
            "when",
            "whenever",
            "while",
            "if",
            "only",
            "once",
            "provided",
            "during",
            "where",
            "with",
            "that",
            "which",
            "whose",
            "other",
            "but",
            "yet",
            "though",
            "although",
            "however");

    private static final Set<String> PURPOSES =
            Set.of("because", "since", "so", "rather", "instead", "even", "ever", "regardless", "just");

    private Exceptions() {}

    /** The place of the first word that begins such a part, or the size. */
    static int begin(List<Token> tokens) {
        for (int i = 0; i < tokens.size(); i++) {
            String word = tokens.get(i).word();
            boolean by = word.equals("with")
                    && i + 1 < tokens.size()
                    && tokens.get(i + 1).code();
            boolean holds = !by && (EXCEPTS.contains(word) || CONDITIONS.contains(word) || purpose(tokens, i));
            if (holds || tokens.get(i).mark("-") && i > 0) {
                return i;
            }
        }
        return tokens.size();
    }

    /** Whether it only says why or what else to do, and leaves the sentence before it whole. */
    static boolean harmless(List<Token> tail) {
        return tail.stream()
                .noneMatch(token -> !purposeOnly(token.word())
                        && (EXCEPTS.contains(token.word()) || CONDITIONS.contains(token.word())));
    }

    /** {@code without approval}, and nothing more. */
    static boolean approval(List<Token> tail) {
        String words = " " + Token.words(tail) + " ";
        return tail.stream().noneMatch(Token::code)
                && words.matches(" without (?:first |my |your |user |human |prior |explicit |express |a |any |our "
                        + "|person's |developer |the |user's |owner |maintainer )*(?:asking|approval|permission"
                        + "|confirmation|consent|confirming)(?: first| me| the user)* ");
    }

    /** Whether it takes something away from what stands before it, and does not only narrow which of it is meant. */
    static boolean takes(List<Token> tail) {
        return EXCEPTS.contains(tail.getFirst().word())
                || Set.of("unless", "without", "but", "only", "other")
                        .contains(tail.getFirst().word());
    }

    static boolean excepts(List<Token> tail) {
        String first = tail.getFirst().word();
        String second = tail.size() > 1 ? tail.get(1).word() : "";
        boolean two = (first.equals("other") && second.equals("than"))
                || ((first.equals("apart") || first.equals("aside")) && second.equals("from"));
        return two || first.equals("except") || first.equals("excluding");
    }

    /** {@code unless listed below}, {@code unless explicitly allowed}: the rest of the policy says what, if anything. */
    static boolean toList(List<Token> tail) {
        String words = Token.words(tail);
        return tail.stream().noneMatch(Token::code)
                && words.matches("(?:unless|except|other than|but only|only)"
                        + "(?: (?:explicitly|the|those|hosts|ones|it|they|is|are|to|for|that|which|expressly|specifically))*"
                        + " (?:listed|allowed|permitted|allowlisted|whitelisted|following|approved|stated|named|below|here)"
                        + "(?: (?:below|above|here|hosts|domains|in|this|the|policy|file|list|by|section|next|explicitly"
                        + "|ones|otherwise))*");
    }

    /** Such a sentence whose list comes: {@code NO network unless listed below:}. */
    static boolean listed(List<Token> tokens) {
        int begin = begin(tokens);
        List<Token> tail = tokens.subList(begin, tokens.size());
        List<Token> core = tokens.subList(0, begin);
        String words = Token.words(tail);
        return !tail.isEmpty()
                && tokens.size() <= ProsePolicy.MOST_WORDS
                && toList(tail)
                && (words.contains("below") || words.contains("following") || words.contains("here"))
                && core.stream().anyMatch(token -> Lexicon.verb(token.word()) == Verb.NET)
                && core.stream().noneMatch(token -> token.code() || token.mark(";") || token.mark("."));
    }

    private static boolean purpose(List<Token> tokens, int i) {
        String word = tokens.get(i).word();
        String next = i + 1 < tokens.size() ? tokens.get(i + 1).word() : "";
        return PURPOSES.contains(word)
                || word.equals("in") && next.equals("order")
                || word.equals("to")
                        && (next.equals("make") || next.equals("get") || next.equals("fix") || next.equals("avoid"))
                || word.equals("as")
                        && !next.isEmpty()
                        && !(i > 0 && tokens.get(i - 1).word().equals("such"));
    }

    private static boolean purposeOnly(String word) {
        return word.equals("that")
                || word.equals("which")
                || word.equals("with")
                || word.equals("other")
                || word.equals("yet")
                || word.equals("where");
    }
}
