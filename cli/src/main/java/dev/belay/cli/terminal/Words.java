package dev.belay.cli.terminal;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Numbers, times and sizes as people read them. */
public final class Words {
    private Words() {}

    /** `18ms`, `0.4s`, `12s`, `2m14s`, `3h05m`, `2d4h`. */
    public static String duration(Duration time) {
        long seconds = Math.max(0, time.toSeconds());
        if (seconds < 10) {
            long tenths = Math.max(0, time.toMillis()) / 100;
            if (tenths == 0 && time.toMillis() > 0) {
                return time.toMillis() + "ms";
            }
            return tenths % 10 == 0 ? tenths / 10 + "s" : tenths / 10 + "." + tenths % 10 + "s";
        }
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3600) {
            return seconds / 60 + "m" + two(seconds % 60) + "s";
        }
        if (seconds < 86_400) {
            return seconds / 3600 + "h" + two(seconds / 60 % 60) + "m";
        }
        return seconds / 86_400 + "d" + seconds / 3600 % 24 + "h";
    }

    private static String two(long number) {
        return number < 10 ? "0" + number : Long.toString(number);
    }

    public static String bytes(long bytes) {
        String[] units = {"B", "KB", "MB", "GB", "TB"};
        double size = bytes;
        int unit = 0;
        while (size >= 1000 && unit < units.length - 1) {
            size /= 1000;
            unit++;
        }
        return unit == 0 || size >= 100
                ? Math.round(size) + " " + units[unit]
                : String.format(Locale.ROOT, "%.1f %s", size, units[unit]);
    }

    public static String count(long number, String one) {
        return number + " " + one + (number == 1 ? "" : "s");
    }

    /** `+71 −66`, either alone when the other is none. */
    public static String lines(long added, long removed) {
        return (added == 0 ? "" : "+" + added)
                + (added == 0 || removed == 0 ? "" : " ")
                + (removed == 0 ? "" : "\u2212" + removed);
    }

    /** `2026-11-21 16:38:23 (4m12s ago)` on the clock of the machine's zone; empty when there is no time. */
    public static String time(String text, Clock clock) {
        Instant at = instant(text);
        if (at.equals(Instant.EPOCH)) {
            return "";
        }
        ZoneId zone = ZoneId.systemDefault();
        String local = at.truncatedTo(ChronoUnit.SECONDS)
                .atZone(zone)
                .toLocalDateTime()
                .toString();
        long ago = Math.max(0, Duration.between(at, clock.instant()).toSeconds());
        // A minute without seconds is printed without them.
        return local.replace('T', ' ') + (local.length() == 16 ? ":00" : "") + " (" + duration(Duration.ofSeconds(ago))
                + " ago)";
    }

    /** The time of an RFC 3339 text; the epoch when it is none. */
    public static Instant instant(String text) {
        if (text.isEmpty()) {
            return Instant.EPOCH;
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeException notATime) {
            return Instant.EPOCH;
        }
    }
}
