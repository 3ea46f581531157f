package dev.belay.policies.yaml;

import java.util.OptionalInt;

/** Times as people write them: {@code 90s}, {@code 2h30m}. */
public final class Durations {
    private static final String UNITS = "dhms";
    private static final int[] SECONDS = {86_400, 3_600, 60, 1};
    private static final long MOST = 30L * 86_400;

    private Durations() {}

    /** Empty when it is none, nothing at all, or more than 30 days. Every number has its unit, the larger one first. */
    public static OptionalInt seconds(String text) {
        long total = 0;
        long number = -1;
        int next = 0;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c >= '0' && c <= '9') {
                number = Math.max(0, number) * 10 + (c - '0');
            } else {
                int unit = UNITS.indexOf(c, next);
                if (unit < 0 || number < 0) {
                    return OptionalInt.empty();
                }
                total += number * SECONDS[unit];
                next = unit + 1;
                number = -1;
            }
            if (number > MOST || total > MOST) {
                return OptionalInt.empty();
            }
        }
        return number >= 0 || total == 0 ? OptionalInt.empty() : OptionalInt.of((int) total);
    }
}
