package dev.belay.controller.tasks;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Money as it is counted: in millionths of a dollar. */
public final class Microusd {
    private static final double MOST = 1e6;

    /** What a number is that can be no limit, for messages. */
    public static final String NO_LIMIT = "not between 0 and 1000000";

    private Microusd() {}

    /** Whether a limit can be of so many dollars; false for what is no number, too. */
    public static boolean isLimit(double usd) {
        return usd >= 0 && usd <= MOST;
    }

    /** 0 is no limit, so a limit never becomes 0 by being small. */
    public static long limit(double usd) {
        return usd > 0 ? Math.max(1, Math.round(usd * 1e6)) : 0;
    }

    public static double usd(long microusd) {
        return microusd / 1e6;
    }

    /** {@code 0.50}, with as many digits as it takes and never less than two. */
    public static String words(long microusd) {
        BigDecimal usd = BigDecimal.valueOf(microusd, 6).stripTrailingZeros();
        return (usd.scale() < 2 ? usd.setScale(2, RoundingMode.UNNECESSARY) : usd).toPlainString();
    }
}
