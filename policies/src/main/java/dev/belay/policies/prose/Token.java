package dev.belay.policies.prose;

import dev.belay.policies.language.Spot;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * One word, one piece of code, or one mark between them.
 *
 * @param text of a mark: {@code ,} {@code ;} {@code :} {@code .} {@code -} {@code (} {@code )} {@code +} (a check mark),
 *     {@code x} (a cross) or {@code ?} (a character that nobody sees)
 */
record Token(Kind kind, String text, int line, int column) {
    enum Kind {
        WORD,
        CODE,
        MARK
    }

    boolean mark(String mark) {
        return kind == Kind.MARK && text.equals(mark);
    }

    boolean code() {
        return kind == Kind.CODE;
    }

    /** In small letters, with the apostrophe that keyboards have; empty when it is no word. */
    String word() {
        return kind == Kind.WORD ? text.toLowerCase(Locale.ROOT).replace('\u2019', '\'') : "";
    }

    boolean capital() {
        return kind == Kind.WORD && text.length() > 1 && text.equals(text.toUpperCase(Locale.ROOT));
    }

    Spot spot(String file) {
        return new Spot(file, line, column);
    }

    static String words(List<Token> tokens) {
        return tokens.stream().map(Token::word).filter(word -> !word.isEmpty()).collect(Collectors.joining(" "));
    }

    /** As a person would write it on one line. */
    static String said(List<Token> tokens) {
        StringBuilder said = new StringBuilder();
        boolean glue = true;
        for (Token token : tokens) {
            String shown = token.kind != Kind.MARK
                    ? token.text
                    : switch (token.text) {
                        case "+" -> "\u2705";
                        case "x" -> "\u274c";
                        default -> token.text;
                    };
            boolean closes = token.kind == Kind.MARK && ",;:.)!?".contains(token.text);
            if (!glue && !closes) {
                said.append(' ');
            }
            said.append(shown);
            glue = token.mark("(");
        }
        return said.toString();
    }
}
