package dev.belay.policies.network;

import dev.belay.policies.delivery.Names;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The path that a request asks for, as servers read it. Where they do not agree about it, it is none. */
sealed interface RequestPath {
    /** Longer ones servers cut or refuse; it bounds the work on what a stranger says. */
    int LONGEST = 16 << 10;

    /**
     * Its segments: the last is empty behind a slash at the end.
     *
     * @param spelt as they were sent, but for the one spelling of an escape
     * @param meant the characters that these stand for
     * @param loose what lenient servers make of these: each a path that a denial has to hold for
     */
    record Plain(List<String> spelt, List<String> meant, List<List<String>> loose) implements RequestPath {}

    /** @param why half a sentence about the path */
    record Unclear(String why) implements RequestPath {}

    /** @param target as it was sent, with its query, of which nothing is judged */
    static RequestPath of(String target) {
        if (target.length() > LONGEST) {
            return new Unclear("is longer than servers read");
        }
        if (target.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
            return new Unclear("has a blank or a control character");
        }
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        if (!path.startsWith("/")) {
            return new Unclear("does not begin with a slash");
        }
        try {
            String spelt = spelt(path.substring(1));
            List<String> segments = List.of(spelt.split("/", -1));
            List<String> meant = new ArrayList<>();
            for (String segment : segments) {
                meant.add(characters(segment));
            }
            return read(segments, meant);
        } catch (UnclearException unclear) {
            return new Unclear(String.valueOf(unclear.getMessage()));
        }
    }

    private static String spelt(String path) throws UnclearException {
        StringBuilder spelt = new StringBuilder();
        for (int at = 0; at < path.length(); at++) {
            char c = path.charAt(at);
            if (c > 0x7e) {
                throw new UnclearException("has a character that is not ASCII");
            }
            if (c == '\\' || c == '#') {
                throw new UnclearException("has `" + c + "`");
            }
            if (c == '%') {
                escape(path, at, spelt);
                at += 2;
            } else if (PathSpelling.standsForItself(c)) {
                spelt.append(c);
            } else {
                PathSpelling.escape(c, spelt);
            }
        }
        return spelt.toString();
    }

    private static void escape(String path, int at, StringBuilder spelt) throws UnclearException {
        if (!isHex(path, at + 1)) {
            throw new UnclearException("has a `%` that begins no escape");
        }
        int b = HexFormat.fromHexDigits(path, at + 1, at + 3);
        String written = "`" + path.substring(at, at + 3) + "`";
        if (PathSpelling.needsNoEscape(b) || b == '/' || b == '\\') {
            throw new UnclearException("has " + written + " for `" + (char) b + "`");
        }
        if (b < ' ' || b == 0x7f) {
            throw new UnclearException("has the control character " + written);
        }
        if (b == '%' && isHex(path, at + 3)) {
            throw new UnclearException("has `" + path.substring(at, at + 5) + "`, which is escaped twice");
        }
        PathSpelling.escape(b, spelt);
    }

    private static boolean isHex(String path, int at) {
        return at + 2 <= path.length()
                && HexFormat.isHexDigit(path.charAt(at))
                && HexFormat.isHexDigit(path.charAt(at + 1));
    }

    /** Escapes that are no UTF-8 are refused: lenient readers find slashes and dots in them. */
    private static String characters(String spelt) throws UnclearException {
        ByteBuffer bytes = ByteBuffer.allocate(spelt.length());
        for (int at = 0; at < spelt.length(); at++) {
            boolean escaped = spelt.charAt(at) == '%';
            bytes.put((byte) (escaped ? HexFormat.fromHexDigits(spelt, at + 1, at + 3) : spelt.charAt(at)));
            at += escaped ? 2 : 0;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException notUtf8) {
            throw new UnclearException("has escapes that are no UTF-8");
        }
    }

    private static RequestPath read(List<String> spelt, List<String> meant) throws UnclearException {
        List<String> folded = new ArrayList<>();
        List<String> bare = new ArrayList<>();
        boolean cut = false;
        for (int i = 0; i < meant.size(); i++) {
            String letters = Names.letters(meant.get(i));
            if (letters.isEmpty() && i + 1 < meant.size()) {
                throw new UnclearException("has nothing between two slashes");
            }
            if (letters.startsWith(";")) {
                throw new UnclearException("has nothing before a `;`");
            }
            if (climbs(letters)) {
                throw new UnclearException("has a segment of dots");
            }
            if (letters.indexOf('/') >= 0 || letters.indexOf('\\') >= 0) {
                throw new UnclearException("has a character that some read as a slash");
            }
            folded.add(letters);
            if (!cut) {
                bare.add(bare(letters));
                cut = letters.indexOf('?') >= 0 || letters.indexOf('#') >= 0;
            }
        }
        return new Plain(spelt, List.copyOf(meant), List.of(PathGlob.withoutEnd(folded), PathGlob.withoutEnd(bare)));
    }

    /** {@code .} and {@code ..}, also with blanks and dots behind, or with parameters. */
    static boolean climbs(String segment) {
        int end = 0;
        while (end < segment.length() && isDotOrBlank(segment.charAt(end))) {
            end++;
        }
        return segment.startsWith(".") && (end == segment.length() || segment.charAt(end) == ';');
    }

    /** Without parameters, and without the end that some systems take off a name. */
    private static String bare(String letters) {
        int end = 0;
        while (end < letters.length() && ";?#".indexOf(letters.charAt(end)) < 0) {
            end++;
        }
        int kept = end;
        while (kept > 0 && isDotOrBlank(letters.charAt(kept - 1))) {
            kept--;
        }
        return letters.substring(0, kept > 0 ? kept : end);
    }

    private static boolean isDotOrBlank(char c) {
        return c == '.' || c == ' ';
    }
}
