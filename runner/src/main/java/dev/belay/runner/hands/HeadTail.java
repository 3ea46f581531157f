package dev.belay.runner.hands;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The beginning and the end of a stream of any length, in bounded memory. */
public final class HeadTail {
    private static final int HEAD = 128 << 10;
    private static final int TAIL = 64 << 10;

    private final int room;
    private final ByteArrayOutputStream start = new ByteArrayOutputStream();
    private byte[] ring = new byte[0];
    private long total;

    public HeadTail() {
        this(HEAD);
    }

    /** @param room bytes of the beginning */
    HeadTail(int room) {
        this.room = room;
    }

    public synchronized void add(byte[] bytes) {
        int toHead = Math.min(bytes.length, room - start.size());
        start.write(bytes, 0, toHead);
        int from = Math.max(toHead, bytes.length - TAIL);
        if (from < bytes.length) {
            if (ring.length == 0) {
                ring = new byte[TAIL];
            }
            long at = total + from - room;
            for (int i = from; i < bytes.length; i++, at++) {
                ring[(int) (at % TAIL)] = bytes[i];
            }
        }
        total += bytes.length;
    }

    /** The beginning alone, as it came. */
    synchronized String whole() {
        return start.toString(StandardCharsets.UTF_8);
    }

    public synchronized long total() {
        return total;
    }

    /** Everything, when that is at most {@code limit} characters; otherwise what is left of it and a line that says so. */
    public synchronized String text(int limit) {
        byte[] head = start.toByteArray();
        long beyond = total - head.length;
        if (beyond <= TAIL) {
            byte[] all = Arrays.copyOf(head, (int) total);
            for (int i = 0; i < beyond; i++) {
                all[head.length + i] = ring[i];
            }
            String whole = PlainText.strip(new String(all, StandardCharsets.UTF_8));
            return whole.length() <= limit ? whole : cut(whole, whole, limit, -1);
        }
        byte[] last = new byte[TAIL];
        for (int i = 0; i < TAIL; i++) {
            last[i] = ring[(int) ((beyond + i) % TAIL)];
        }
        return cut(
                PlainText.strip(new String(head, 0, wholeCharacters(head), StandardCharsets.UTF_8)),
                PlainText.strip(
                        new String(last, firstCharacter(last), TAIL - firstCharacter(last), StandardCharsets.UTF_8)),
                limit,
                total);
    }

    private static String cut(String start, String end, int limit, long totalBytes) {
        int first = Math.min(start.length(), limit * 2 / 3);
        int last = Math.min(end.length(), limit - first);
        if (first > 0 && Character.isHighSurrogate(start.charAt(first - 1))) {
            first--;
        }
        int from = end.length() - last;
        if (from < end.length() && Character.isLowSurrogate(end.charAt(from))) {
            from++;
        }
        String head = start.substring(0, first);
        String tail = end.substring(from);
        String omitted = totalBytes < 0
                ? "%,d characters".formatted(start.length() - first - (end.length() - from))
                : "%,d bytes"
                        .formatted(totalBytes
                                - head.getBytes(StandardCharsets.UTF_8).length
                                - tail.getBytes(StandardCharsets.UTF_8).length);
        return head + (head.endsWith("\n") ? "" : "\n") + "[… " + omitted + " omitted here …]\n" + tail;
    }

    private static int wholeCharacters(byte[] bytes) {
        int end = bytes.length;
        while (end > bytes.length - 4 && end > 0 && (bytes[end - 1] & 0xC0) == 0x80) {
            end--;
        }
        return end > 0 && (bytes[end - 1] & 0xC0) == 0xC0 ? end - 1 : bytes.length;
    }

    private static int firstCharacter(byte[] bytes) {
        int start = 0;
        while (start < 3 && (bytes[start] & 0xC0) == 0x80) {
            start++;
        }
        return start;
    }
}
