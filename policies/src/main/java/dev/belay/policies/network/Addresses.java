package dev.belay.policies.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Addresses that no name leads to unless the operator opened them: those that are not the public network. */
public final class Addresses {
    private record Known(AddressRange range, String what) {
        static Known of(String range, String what) {
            return new Known(AddressRange.known(range), what);
        }
    }

    /** The first that holds an address names it, so the narrow ones come first. */
    private static final List<Known> V4 = List.of(
            Known.of("169.254.169.254", "a cloud's metadata address"),
            Known.of("169.254.170.2", "a cloud's metadata address"),
            Known.of("169.254.170.23", "a cloud's metadata address"),
            Known.of("100.100.100.200", "a cloud's metadata address"),
            Known.of("168.63.129.16", "a cloud's metadata address"),
            Known.of("192.0.0.192", "a cloud's metadata address"),
            Known.of("0.0.0.0/8", "an address of this network"),
            Known.of("127.0.0.0/8", "a loopback address"),
            Known.of("10.0.0.0/8", "a private address"),
            Known.of("172.16.0.0/12", "a private address"),
            Known.of("192.168.0.0/16", "a private address"),
            Known.of("100.64.0.0/10", "a shared address of a carrier"),
            Known.of("169.254.0.0/16", "a link-local address"),
            Known.of("192.0.0.0/24", "a reserved address"),
            Known.of("192.0.2.0/24", "a documentation address"),
            Known.of("198.51.100.0/24", "a documentation address"),
            Known.of("203.0.113.0/24", "a documentation address"),
            Known.of("192.88.99.0/24", "a reserved address"),
            Known.of("198.18.0.0/15", "a benchmarking address"),
            Known.of("224.0.0.0/4", "a multicast address"),
            Known.of("255.255.255.255", "the broadcast address"),
            Known.of("240.0.0.0/4", "a reserved address"));

    private static final List<Known> V6 = List.of(
            Known.of("fd00:ec2::/32", "a cloud's metadata address"),
            Known.of("fd20:ce::254", "a cloud's metadata address"),
            Known.of("::", "the unspecified address"),
            Known.of("::1", "a loopback address"),
            Known.of("fc00::/7", "a private address"),
            Known.of("fe80::/10", "a link-local address"),
            Known.of("fec0::/10", "a site-local address"),
            Known.of("ff00::/8", "a multicast address"),
            Known.of("64:ff9b:1::/48", "a local translation of an IPv4 address"),
            Known.of("2001::/32", "a Teredo tunnel"),
            Known.of("2001::/23", "a reserved address"),
            Known.of("2001:db8::/32", "a documentation address"),
            Known.of("3fff::/20", "a documentation address"));

    /** What is public lies in here, or leads to an IPv4 address that is. */
    private static final AddressRange UNICAST = AddressRange.known("2000::/3");

    private static final AddressRange SIX_TO_FOUR = AddressRange.known("2002::/16");
    private static final AddressRange COMPATIBLE = AddressRange.known("::/96");
    private static final AddressRange TRANSLATED = AddressRange.known("::ffff:0:0:0/96");
    private static final AddressRange TRANSLATOR = AddressRange.known("64:ff9b::/96");

    private Addresses() {}

    /** Why it is never dialled, {@code a loopback address}; empty for a public one. */
    public static Optional<String> refused(byte[] address) {
        byte[] plain = AddressText.plain(address);
        return switch (plain.length) {
            case 4 -> among(V4, plain);
            case 16 -> six(plain);
            default -> Optional.of("not an address");
        };
    }

    private static Optional<String> six(byte[] address) {
        Optional<String> known = among(V6, address);
        if (known.isPresent()) {
            return known;
        }
        List<byte[]> carried = carried(address);
        for (byte[] inner : carried) {
            Optional<String> refused = among(V4, inner);
            if (refused.isPresent()) {
                return refused.map(what -> what + " inside an IPv6 one");
            }
        }
        return carried.isEmpty() && !UNICAST.contains(address) ? Optional.of("a reserved address") : Optional.empty();
    }

    /** The IPv4 addresses that a packet to this address can be carried to. */
    private static List<byte[]> carried(byte[] address) {
        List<byte[]> carried = new ArrayList<>(2);
        if (SIX_TO_FOUR.contains(address)) {
            carried.add(Arrays.copyOfRange(address, 2, 6));
        }
        boolean site = (address[8] & 0xfd) == 0 && address[9] == 0 && address[10] == 0x5e && address[11] == (byte) 0xfe;
        if (COMPATIBLE.contains(address)
                || TRANSLATED.contains(address)
                || TRANSLATOR.contains(address)
                || (site && UNICAST.contains(address))) {
            carried.add(Arrays.copyOfRange(address, 12, 16));
        }
        return carried;
    }

    private static Optional<String> among(List<Known> ranges, byte[] address) {
        for (Known one : ranges) {
            if (one.range().contains(address)) {
                return Optional.of(one.what());
            }
        }
        return Optional.empty();
    }
}
