package dev.belay.policies.language;

import java.util.Random;

/** One change of a file, such as a person's slip or a stranger's wish. */
public final class Mutation {
    private static final String ALPHABET = "\n\r  :-[]{},#&*!|>'\"%@`?()/\\.~ab1\t\0\ud83d\u202e\u00e9<=$";

    private Mutation() {}

    /** @param other what a piece may come from, as other files of its kind */
    public static void change(StringBuilder text, String other, Random random) {
        int at = random.nextInt(text.length());
        int end = Math.min(text.length(), at + 1 + random.nextInt(3));
        switch (random.nextInt(8)) {
            case 0 -> text.delete(at, end);
            case 1 -> text.insert(at, ALPHABET.charAt(random.nextInt(ALPHABET.length())));
            case 2 -> text.insert(random.nextInt(text.length()), text.substring(at, end));
            case 3 -> {
                int from = random.nextInt(other.length());
                text.replace(at, end, other.substring(from, Math.min(other.length(), from + 20)));
            }
            default -> text.setCharAt(at, (char) ('a' + random.nextInt(26)));
        }
    }
}
