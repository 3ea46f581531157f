package dev.belay.cli.prompt;

import java.util.List;

/** How tokens fall to the parts: by their characters, so that the sum is all of them. */
final class Shares {
    /** Of a token, where nobody counted them. */
    private static final int USUAL_CHARS = 4;

    private Shares() {}

    /** @param tokens of all parts; 0 when nobody counted them */
    static long[] of(List<Part> parts, long tokens) {
        long chars = parts.stream().mapToLong(Part::chars).sum();
        long all = tokens > 0 ? tokens : (chars + USUAL_CHARS - 1) / USUAL_CHARS;
        long[] shares = new long[parts.size()];
        long charsBefore = 0;
        long given = 0;
        for (int i = 0; i < shares.length && chars > 0; i++) {
            charsBefore += parts.get(i).chars();
            long until = Math.round((double) charsBefore * all / chars);
            shares[i] = until - given;
            given = until;
        }
        return shares;
    }
}
