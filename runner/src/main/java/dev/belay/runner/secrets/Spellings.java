package dev.belay.runner.secrets;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The ways in which a value is written in answers and logs, each as the bytes of it in UTF-8. One spelling is all of one kind:
 * a value of which half is escaped in one way and half in another is not found.
 */
public final class Spellings {
    /** A shorter piece of base64 occurs by itself in what has nothing to do with the value. */
    private static final int LEAST_BASE64 = 8;

    private static final String UNRESERVED = "-._~";

    /** What encoders leave as it is, beside letters and digits: of a standard, of forms, and of the languages' libraries. */
    private static final List<String> LEFT_BY_PERCENT =
            List.of(UNRESERVED, "-._*", "-._~!'()*", "-._~/", "-._~$&+:=@", "-._~!'()*;/?:@&=+$,#");

    private static final List<HexFormat> DIGITS =
            List.of(HexFormat.of(), HexFormat.of().withUpperCase());

    private static final List<String> QUOTES = List.of("\"", "&quot;", "&#34;", "&#x22;");
    private static final List<String> APOSTROPHES = List.of("'", "&#39;", "&#x27;", "&#039;", "&apos;");
    private static final List<String> LEFT_BY_JSON = List.of("", "<>&", "<>&='");

    private Spellings() {}

    /** None for an empty value; no two are the same. */
    public static List<byte[]> of(SecretValue value) {
        Set<String> spellings = new LinkedHashSet<>();
        add(value.reveal(), spellings);
        // Headers and forms lose the blanks at the ends.
        add(value.reveal().strip(), spellings);
        spellings.remove("");
        return spellings.stream()
                .map(spelling -> spelling.getBytes(StandardCharsets.ISO_8859_1))
                .toList();
    }

    /** Here and below, bytes are the characters of the same number. */
    private static void add(String text, Set<String> to) {
        String bytes = bytes(text);
        to.add(bytes);
        json(text, to);
        percent(bytes, to);
        html(bytes, to);
        DIGITS.forEach(digits -> to.add(digits.formatHex(bytes.getBytes(StandardCharsets.ISO_8859_1))));
        base64(bytes, to);
    }

    private static void json(String text, Set<String> to) {
        for (String escaped : LEFT_BY_JSON) {
            for (boolean ascii : new boolean[] {false, true}) {
                for (HexFormat digits : DIGITS) {
                    String spelling = jsonOf(text, escaped, ascii, digits);
                    to.add(spelling);
                    to.add(spelling.replace("/", "\\/"));
                }
            }
        }
    }

    private static String jsonOf(String text, String escaped, boolean ascii, HexFormat digits) {
        StringBuilder json = new StringBuilder();
        for (int at = 0; at < text.length(); at++) {
            char character = text.charAt(at);
            int known = "\"\\\b\f\n\r\t".indexOf(character);
            if (known >= 0) {
                json.append('\\').append("\"\\bfnrt".charAt(known));
            } else if (character < ' ' || escaped.indexOf(character) >= 0 || ascii && character > '~') {
                json.append("\\u").append(digits.toHexDigits(character));
            } else {
                json.append(character);
            }
        }
        return bytes(json.toString());
    }

    private static void percent(String bytes, Set<String> to) {
        for (String left : LEFT_BY_PERCENT) {
            for (HexFormat digits : DIGITS) {
                String spelling = percentOf(bytes, left, digits);
                to.add(spelling);
                to.add(spelling.replace("%20", "+"));
            }
        }
    }

    private static String percentOf(String bytes, String left, HexFormat digits) {
        StringBuilder percent = new StringBuilder();
        for (int at = 0; at < bytes.length(); at++) {
            char character = bytes.charAt(at);
            if (isLetterOrDigit(character) || left.indexOf(character) >= 0) {
                percent.append(character);
            } else {
                percent.append('%').append(digits.toHexDigits((byte) character));
            }
        }
        return percent.toString();
    }

    private static void html(String bytes, Set<String> to) {
        String tags = bytes.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        for (String quote : QUOTES) {
            for (String apostrophe : APOSTROPHES) {
                String spelling = tags.replace("\"", quote).replace("'", apostrophe);
                to.add(spelling);
                to.add(spelling.replace("/", "&#x2F;"));
                to.add(spelling.replace("+", "&#43;"));
            }
        }
    }

    /** Bytes before and after the value change the characters at its edges, and no others. */
    private static void base64(String bytes, Set<String> to) {
        for (int before = 0; before < 3; before++) {
            String padded = "\0".repeat(before) + bytes;
            String all = Base64.getEncoder().encodeToString(padded.getBytes(StandardCharsets.ISO_8859_1));
            int from = (8 * before + 5) / 6;
            int end = 8 * padded.length() / 6;
            if (end - from >= LEAST_BASE64) {
                String own = all.substring(from, end);
                to.add(own);
                to.add(own.replace('+', '-').replace('/', '_'));
                to.add(own.replace("/", "\\/"));
                to.add(own.replace("+", "%2B").replace("/", "%2F"));
                to.add(own.replace("+", "%2b").replace("/", "%2f"));
            }
        }
    }

    private static boolean isLetterOrDigit(char character) {
        return character >= 'a' && character <= 'z'
                || character >= 'A' && character <= 'Z'
                || character >= '0' && character <= '9';
    }

    private static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
