package dev.belay.cli.task;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.time.Duration;

/** Times and sizes as people type them. */
public final class Amounts {
    private static final long MOST_SECONDS = 30L * 86_400;

    private Amounts() {}

    /** `90` or `90s`, `5m`, `1h30m`, `2d`. */
    public static Duration duration(String option, String text) {
        long total = 0;
        long number = -1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9') {
                number = Math.max(0, number) * 10 + (c - '0');
                if (number > MOST_SECONDS) {
                    throw wrong(option, text, "1h30m");
                }
                continue;
            }
            long unit = switch (c) {
                case 's' -> 1;
                case 'm' -> 60;
                case 'h' -> 3600;
                case 'd' -> 86_400;
                default -> 0;
            };
            if (unit == 0 || number < 0) {
                throw wrong(option, text, "1h30m");
            }
            total += number * unit;
            number = -1;
        }
        total += Math.max(0, number);
        if (total <= 0 || total > MOST_SECONDS) {
            throw wrong(option, text, "1h30m");
        }
        return Duration.ofSeconds(total);
    }

    /** `500`, `20K`, `50M`, `2G` (of 1024), with or without a `B`. */
    public static long bytes(String option, String text) {
        int end = 0;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        int shift = switch (text.substring(end)) {
            case "", "B" -> 0;
            case "K", "k", "KB", "KiB" -> 10;
            case "M", "m", "MB", "MiB" -> 20;
            case "G", "g", "GB", "GiB" -> 30;
            default -> -1;
        };
        if (end == 0 || end > 9 || shift < 0) {
            throw wrong(option, text, "50M");
        }
        return Long.parseLong(text.substring(0, end)) << shift;
    }

    /** {@code 2}, {@code 0.50}, {@code $3}. */
    public static double dollars(String option, String text) {
        String number = text.startsWith("$") ? text.substring(1) : text;
        if (!number.matches("\\d{1,6}(\\.\\d{1,6})?") || Double.parseDouble(number) <= 0) {
            throw wrong(option, text, "2.50");
        }
        return Double.parseDouble(number);
    }

    private static BelayException wrong(String option, String text, String example) {
        return BelayException.of(
                ErrorCode.E_USAGE,
                option + " does not understand " + text,
                "it must look like " + example + " (layer: client)",
                option + " " + example);
    }
}
