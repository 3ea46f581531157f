package dev.belay.runner.gateway;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/** The forms of ASN.1 that a certificate is made of, each in its one encoding. */
final class Der {
    private static final int FIRST_YEAR_IN_FULL = 2050;

    private Der() {}

    static byte[] of(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(tag);
        if (content.size() >= 0x80) {
            byte[] length = unsigned(content.size());
            all.write(0x80 | length.length);
            all.writeBytes(length);
        } else {
            all.write(content.size());
        }
        all.writeBytes(content.toByteArray());
        return all.toByteArray();
    }

    static byte[] sequence(byte[]... parts) {
        return of(0x30, parts);
    }

    static byte[] set(byte[]... parts) {
        return of(0x31, parts);
    }

    static byte[] yes() {
        return of(0x01, new byte[] {(byte) 0xff});
    }

    static byte[] integer(BigInteger value) {
        return of(0x02, value.toByteArray());
    }

    /** @param unused bits at the end of the last byte */
    static byte[] bits(int unused, byte[] bytes) {
        return of(0x03, new byte[] {(byte) unused}, bytes);
    }

    static byte[] octets(byte[] bytes) {
        return of(0x04, bytes);
    }

    static byte[] text(String text) {
        return of(0x0c, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] identifier(String dotted) {
        String[] arc = dotted.split("\\.", -1);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.write(40 * Integer.parseInt(arc[0]) + Integer.parseInt(arc[1]));
        for (int at = 2; at < arc.length; at++) {
            int value = Integer.parseInt(arc[at]);
            for (int shift = 28; shift > 0; shift -= 7) {
                if (value >>> shift != 0) {
                    content.write(0x80 | value >>> shift & 0x7f);
                }
            }
            content.write(value & 0x7f);
        }
        return of(0x06, content.toByteArray());
    }

    /** Years from 2050 have four digits, and only they. */
    static byte[] time(Instant instant) {
        ZonedDateTime time = instant.atZone(ZoneOffset.UTC);
        boolean full = time.getYear() >= FIRST_YEAR_IN_FULL;
        String text = DateTimeFormatter.ofPattern(full ? "uuuuMMddHHmmss'Z'" : "uuMMddHHmmss'Z'")
                .format(time);
        return of(full ? 0x18 : 0x17, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] unsigned(int value) {
        byte[] bytes = BigInteger.valueOf(value).toByteArray();
        return bytes[0] == 0 ? java.util.Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    }
}
