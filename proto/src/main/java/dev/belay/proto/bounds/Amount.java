package dev.belay.proto.bounds;

import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number as people write it, plain or in K, M, G or T of 1024. */
public final class Amount {
    private static final Pattern WRITTEN = Pattern.compile("([0-9]{1,12})\\s*(?:([KMGT])(?:I?B)?)?");

    private Amount() {}

    /** Empty for what is no number, or one beyond all bounds. */
    public static OptionalLong parse(String written) {
        Matcher parts = WRITTEN.matcher(written.strip().toUpperCase(Locale.ROOT));
        if (!parts.matches()) {
            return OptionalLong.empty();
        }
        long number = Long.parseLong(parts.group(1));
        long unit = parts.group(2) == null ? 1 : 1L << (10 * (1 + "KMGT".indexOf(parts.group(2))));
        return number <= Long.MAX_VALUE / unit ? OptionalLong.of(number * unit) : OptionalLong.empty();
    }

    /** Bytes in words. */
    public static String bytes(long bytes) {
        return bytes < 10 << 20 ? bytes / 1024 + " KiB" : bytes / (1 << 20) + " MiB";
    }
}
