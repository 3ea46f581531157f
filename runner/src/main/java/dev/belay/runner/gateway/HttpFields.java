package dev.belay.runner.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The start line and the header fields of a head, read so that no other reader can read them differently. */
record HttpFields(String startLine, List<Field> fields) {
    /** Of one hop only, or of what the gateway itself says anew. */
    private static final Set<String> OF_THE_HOP = Set.of(
            "connection",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "content-length",
            "upgrade",
            "http2-settings");

    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    record Field(String name, String value) {
        boolean is(String lowerCase) {
            return name.toLowerCase(Locale.ROOT).equals(lowerCase);
        }
    }

    HttpFields {
        fields = List.copyOf(fields);
    }

    static HttpFields of(RawHead raw, int mostFields) throws BadMessageException {
        switch (raw.end()) {
            case LATE -> throw new BadMessageException(408, "the head did not arrive in time");
            case TOO_LONG -> throw new BadMessageException(431, "the head is too long");
            case CUT -> throw new BadMessageException("the head is not complete");
            case WHOLE -> {}
        }
        List<String> lines = lines(raw.text());
        List<Field> fields = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            fields.add(field(line));
        }
        if (fields.size() > mostFields) {
            throw new BadMessageException(431, "the head has too many fields");
        }
        return new HttpFields(lines.getFirst(), fields);
    }

    /** A trailer's field counts as one too. */
    static Field field(String line) throws BadMessageException {
        int colon = line.indexOf(':');
        if (colon <= 0 || !isToken(line.substring(0, colon))) {
            throw new BadMessageException("a header's name is malformed, or a header goes on in a second line");
        }
        for (int at = colon; at < line.length(); at++) {
            char character = line.charAt(at);
            if (character < ' ' && character != '\t' || character == 0x7f) {
                throw new BadMessageException("a header has a control character");
            }
        }
        return new Field(line.substring(0, colon), trimmed(line.substring(colon + 1)));
    }

    static boolean isToken(String text) {
        return !text.isEmpty()
                && text.chars()
                        .allMatch(character -> character >= 'a' && character <= 'z'
                                || character >= 'A' && character <= 'Z'
                                || character >= '0' && character <= '9'
                                || TOKEN_MARKS.indexOf(character) >= 0);
    }

    List<String> all(String lowerCase) {
        return fields.stream()
                .filter(field -> field.is(lowerCase))
                .map(Field::value)
                .toList();
    }

    boolean has(String lowerCase) {
        return fields.stream().anyMatch(field -> field.is(lowerCase));
    }

    /** Is it an element of a list? */
    boolean lists(String lowerCaseName, String lowerCaseElement) {
        return elements(lowerCaseName).contains(lowerCaseElement);
    }

    List<String> elements(String lowerCaseName) {
        return all(lowerCaseName).stream()
                .flatMap(value -> List.of(value.split(",", -1)).stream())
                .map(element -> trimmed(element).toLowerCase(Locale.ROOT))
                .filter(element -> !element.isEmpty())
                .toList();
    }

    /** Those that go on to the next hop, as lines. */
    String forwarded(Set<String> butFor) {
        return forwarded(butFor, UnaryOperator.identity());
    }

    /** @param said what goes on in place of each value */
    String forwarded(Set<String> butFor, UnaryOperator<String> said) {
        List<String> named = elements("connection");
        StringBuilder text = new StringBuilder();
        for (Field field : fields) {
            if (goesOn(field, named) && !butFor.contains(field.name().toLowerCase(Locale.ROOT))) {
                text.append(field.name())
                        .append(": ")
                        .append(said.apply(field.value()))
                        .append("\r\n");
            }
        }
        return text.toString();
    }

    /** Those that go on, by the names that they came with, each name and value made another; the start line, too. */
    HttpFields forwardedAs(UnaryOperator<String> other) {
        List<String> named = elements("connection");
        return new HttpFields(
                other.apply(startLine),
                fields.stream()
                        .filter(field -> goesOn(field, named))
                        .map(field -> new Field(other.apply(field.name()), other.apply(field.value())))
                        .toList());
    }

    private static boolean goesOn(Field field, List<String> named) {
        String name = field.name().toLowerCase(Locale.ROOT);
        return !OF_THE_HOP.contains(name)
                && !named.contains(name)
                && !name.startsWith("proxy-")
                && !name.startsWith("x-belay-");
    }

    /**
     * How long the body is by its own words; empty when there are none.
     *
     * @param modern HTTP/1.1: only then a body may be chunked
     */
    Optional<Framing> framing(boolean modern) throws BadMessageException {
        List<String> lengths = all("content-length");
        List<String> codings = all("transfer-encoding");
        if (codings.isEmpty() && lengths.isEmpty()) {
            return Optional.empty();
        }
        if (codings.isEmpty()) {
            if (lengths.size() > 1 || !lengths.getFirst().matches("[0-9]{1,18}")) {
                throw new BadMessageException("Content-Length is not one number");
            }
            return Optional.of(new Framing.Length(Long.parseLong(lengths.getFirst())));
        }
        if (!lengths.isEmpty()) {
            throw new BadMessageException("both Content-Length and Transfer-Encoding");
        }
        if (!modern || codings.size() > 1 || !codings.getFirst().equalsIgnoreCase("chunked")) {
            throw new BadMessageException("Transfer-Encoding is not the one word chunked of HTTP/1.1");
        }
        return Optional.of(new Framing.Chunked());
    }

    private static List<String> lines(String head) throws BadMessageException {
        List<String> lines = new ArrayList<>();
        int start = 0;
        while (!head.startsWith("\r\n", start)) {
            int end = head.indexOf('\n', start);
            if (end <= start
                    || head.charAt(end - 1) != '\r'
                    || head.substring(start, end - 1).indexOf('\r') >= 0) {
                throw new BadMessageException("a line of the head does not end in carriage return and line feed");
            }
            lines.add(head.substring(start, end - 1));
            start = end + 1;
            if (start >= head.length()) {
                throw new BadMessageException("the head does not end in an empty line");
            }
        }
        if (lines.isEmpty()) {
            throw new BadMessageException("the head is empty");
        }
        return lines;
    }

    private static String trimmed(String value) {
        int start = 0;
        int end = value.length();
        while (start < end && isBlank(value.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(value.charAt(end - 1))) {
            end--;
        }
        return value.substring(start, end);
    }

    private static boolean isBlank(char character) {
        return character == ' ' || character == '\t';
    }
}
