package dev.belay.policies.network;

import java.util.Arrays;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * Addresses as text. Nothing is ever looked up, and only spellings that every reader takes for the same address are read:
 * no octal, hexadecimal or shortened IPv4, no zones.
 */
final class AddressText {
    private static final int LONGEST = 45;

    private AddressText() {}

    /** Four decimal numbers without leading zeros. */
    static Optional<byte[]> v4(String text) {
        byte[] address = new byte[4];
        int at = 0;
        for (int part = 0; part < 4; part++) {
            int start = at;
            int value = 0;
            while (at < text.length() && isDigit(text.charAt(at)) && at - start < 3) {
                value = value * 10 + text.charAt(at++) - '0';
            }
            boolean padded = at - start > 1 && text.charAt(start) == '0';
            boolean ends = part == 3 ? at == text.length() : at < text.length() && text.charAt(at) == '.';
            if (at == start || value > 255 || padded || !ends) {
                return Optional.empty();
            }
            address[part] = (byte) value;
            at++;
        }
        return Optional.of(address);
    }

    /** Without brackets; the last two groups may be an IPv4 address. */
    static Optional<byte[]> v6(String text) {
        if (text.length() > LONGEST || (text.startsWith(":") && !text.startsWith("::"))) {
            return Optional.empty();
        }
        byte[] address = new byte[16];
        int filled = 0;
        int gap = text.startsWith("::") ? 0 : -1;
        int at = gap < 0 ? 0 : 2;
        while (at < text.length()) {
            int colon = text.indexOf(':', at);
            String group = text.substring(at, colon < 0 ? text.length() : colon);
            Optional<byte[]> bytes = group.indexOf('.') < 0 ? group(group) : colon < 0 ? v4(group) : Optional.empty();
            if (bytes.isEmpty() || filled + bytes.get().length > 16) {
                return Optional.empty();
            }
            System.arraycopy(bytes.get(), 0, address, filled, bytes.get().length);
            filled += bytes.get().length;
            if (colon < 0) {
                break;
            }
            at = colon + 1;
            if (at == text.length()) {
                return Optional.empty();
            }
            if (text.charAt(at) == ':') {
                if (gap >= 0) {
                    return Optional.empty();
                }
                gap = filled;
                at++;
            }
        }
        return gap >= 0 ? widened(address, gap, filled) : filled == 16 ? Optional.of(address) : Optional.empty();
    }

    /** Puts the zeros where the two colons stood: one group at least. */
    private static Optional<byte[]> widened(byte[] address, int gap, int filled) {
        if (filled > 14) {
            return Optional.empty();
        }
        byte[] wide = new byte[16];
        System.arraycopy(address, 0, wide, 0, gap);
        System.arraycopy(address, gap, wide, 16 - (filled - gap), filled - gap);
        return Optional.of(wide);
    }

    private static Optional<byte[]> group(String text) {
        if (text.isEmpty() || text.length() > 4) {
            return Optional.empty();
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = hex(text.charAt(i));
            if (digit < 0) {
                return Optional.empty();
            }
            value = value * 16 + digit;
        }
        return Optional.of(new byte[] {(byte) (value >> 8), (byte) value});
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** Not {@link Character#digit}: that reads the digits of every script. */
    static int hex(char c) {
        return isDigit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    }

    /** IPv4 where the address is one, even when it comes as IPv6. */
    static byte[] plain(byte[] address) {
        return isMapped(address) ? Arrays.copyOfRange(address, 12, 16) : address.clone();
    }

    private static boolean isMapped(byte[] address) {
        if (address.length != 16 || address[10] != -1 || address[11] != -1) {
            return false;
        }
        for (int i = 0; i < 10; i++) {
            if (address[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** As RFC 5952 has it. */
    static String print(byte[] address) {
        if (address.length == 4) {
            StringJoiner parts = new StringJoiner(".");
            for (byte part : address) {
                parts.add(Integer.toString(part & 0xff));
            }
            return parts.toString();
        }
        int from = 0;
        int length = 1;
        for (int start = 0; start < 8; start++) {
            int end = start;
            while (end < 8 && groupAt(address, end) == 0) {
                end++;
            }
            if (end - start > length) {
                from = start;
                length = end - start;
            }
        }
        return length == 1
                ? groups(address, 0, 8)
                : groups(address, 0, from) + "::" + groups(address, from + length, 8);
    }

    private static String groups(byte[] address, int from, int to) {
        StringJoiner groups = new StringJoiner(":");
        for (int i = from; i < to; i++) {
            groups.add(Integer.toHexString(groupAt(address, i)));
        }
        return groups.toString();
    }

    private static int groupAt(byte[] address, int group) {
        return (address[2 * group] & 0xff) << 8 | (address[2 * group + 1] & 0xff);
    }
}
