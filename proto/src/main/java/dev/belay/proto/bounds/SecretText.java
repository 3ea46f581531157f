package dev.belay.proto.bounds;

import java.util.Optional;

/**
 * What a secret may be called and hold; the same for those who set it, name it and put it in. A value stands in a header of a
 * request, and whatever comes back is searched for it: so it is one line, and long enough not to be found by chance.
 */
public final class SecretText {
    public static final int SHORTEST = 8;
    public static final int LONGEST = 8 << 10;

    private static final int LONGEST_NAME = 64;

    private SecretText() {}

    /** Capital letters, digits and underscores; a letter first. */
    public static boolean isName(String text) {
        return !text.isEmpty()
                && text.length() <= LONGEST_NAME
                && isCapital(text.charAt(0))
                && text.chars().allMatch(c -> isCapital(c) || c >= '0' && c <= '9' || c == '_');
    }

    private static boolean isCapital(int character) {
        return character >= 'A' && character <= 'Z';
    }

    /** Why it is no value; says nothing of what it holds. */
    public static Optional<String> fault(String value) {
        if (value.length() < SHORTEST) {
            return Optional.of("it has fewer than " + SHORTEST + " characters");
        }
        if (value.length() > LONGEST) {
            return Optional.of("it has more than " + LONGEST + " characters");
        }
        if (!value.chars().allMatch(character -> character >= ' ' && character <= '~')) {
            return Optional.of("it has a line end, a control character or a letter beyond ASCII");
        }
        return value.equals(value.strip()) ? Optional.empty() : Optional.of("it begins or ends with a blank");
    }
}
