package dev.belay.runner.gateway;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * Names and addresses in their one spelling. What has another meaning to some resolver (octal, hexadecimal or short
 * addresses, zones, escapes, other alphabets) has no spelling here.
 */
final class HostText {
    private static final int LONGEST_NAME = 253;
    private static final int LONGEST_LABEL = 63;

    private HostText() {}

    static Optional<String> canonical(String said) {
        String host = said.endsWith(".") ? said.substring(0, said.length() - 1) : said;
        if (host.isEmpty() || host.length() > LONGEST_NAME || !host.chars().allMatch(HostText::mayOccur)) {
            return Optional.empty();
        }
        String text = host.toLowerCase(Locale.ROOT);
        if (text.indexOf(':') >= 0) {
            return said.endsWith(".") ? Optional.empty() : sixth(text).map(_ -> text);
        }
        if (endsInNumber(text)) {
            return said.endsWith(".") ? Optional.empty() : fourth(text).map(_ -> text);
        }
        for (String label : text.split("\\.", -1)) {
            if (label.isEmpty() || label.length() > LONGEST_LABEL || label.startsWith("-")) {
                return Optional.empty();
            }
        }
        return Optional.of(text);
    }

    /** The address that a canonical host is, without asking anybody; empty for a name. */
    static Optional<InetAddress> address(String canonical) {
        return canonical.indexOf(':') >= 0 ? sixth(canonical) : fourth(canonical);
    }

    /** The canonical spelling of four or sixteen bytes; empty for any other number of them. */
    static String of(byte[] bytes) {
        if (bytes.length == 4) {
            return (bytes[0] & 0xff) + "." + (bytes[1] & 0xff) + "." + (bytes[2] & 0xff) + "." + (bytes[3] & 0xff);
        }
        if (bytes.length != 16) {
            return "";
        }
        if (HexFormat.of().formatHex(bytes, 0, 12).equals("00000000000000000000ffff")) {
            return "::ffff:" + of(java.util.Arrays.copyOfRange(bytes, 12, 16));
        }
        return groups(bytes);
    }

    private static boolean mayOccur(int character) {
        return character >= 'a' && character <= 'z'
                || character >= 'A' && character <= 'Z'
                || character >= '0' && character <= '9'
                || character == '-'
                || character == '_'
                || character == '.'
                || character == ':';
    }

    /** Such a name is an address to many a resolver, in whatever notation. */
    private static boolean endsInNumber(String text) {
        String last = text.substring(text.lastIndexOf('.') + 1);
        return last.matches("[0-9]+|0x[0-9a-f]*");
    }

    private static Optional<InetAddress> fourth(String text) {
        String[] parts = text.split("\\.", -1);
        byte[] bytes = new byte[4];
        if (parts.length != bytes.length) {
            return Optional.empty();
        }
        for (int at = 0; at < bytes.length; at++) {
            if (!parts[at].matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(parts[at]) > 255) {
                return Optional.empty();
            }
            bytes[at] = (byte) Integer.parseInt(parts[at]);
        }
        return made(bytes);
    }

    private static Optional<InetAddress> sixth(String text) {
        try {
            byte[] bytes = Inet6Address.ofLiteral(text).getAddress();
            String canonical = bytes.length == 4 ? "::ffff:" + of(bytes) : of(bytes);
            return canonical.equals(text) ? made(bytes) : Optional.empty();
        } catch (IllegalArgumentException noAddress) {
            return Optional.empty();
        }
    }

    private static Optional<InetAddress> made(byte[] bytes) {
        try {
            return Optional.of(InetAddress.getByAddress(bytes));
        } catch (UnknownHostException wrongLength) {
            return Optional.empty();
        }
    }

    /** The longest run of at least two zero groups, the first of equally long ones, is left out. */
    private static String groups(byte[] bytes) {
        int[] group = new int[8];
        int longest = 1;
        int start = -1;
        int run = 0;
        for (int at = 0; at < group.length; at++) {
            group[at] = (bytes[2 * at] & 0xff) << 8 | bytes[2 * at + 1] & 0xff;
            run = group[at] == 0 ? run + 1 : 0;
            if (run > longest) {
                longest = run;
                start = at - run + 1;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < group.length; at++) {
            if (at == start) {
                text.append("::");
                at += longest - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(group[at]));
            }
        }
        return text.toString();
    }
}
