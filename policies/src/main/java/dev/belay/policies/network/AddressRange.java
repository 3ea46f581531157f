package dev.belay.policies.network;

import dev.belay.policies.language.PatternException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Addresses that begin with the same bits: {@code 10.0.0.0/8}, {@code fd00::/8}, or one address. */
public final class AddressRange {
    private final byte[] first;
    private final int bits;

    private AddressRange(byte[] first, int bits) {
        this.first = first;
        this.bits = bits;
    }

    public static AddressRange parse(String text) throws PatternException {
        int slash = text.indexOf('/');
        String said = slash < 0 ? text : text.substring(0, slash);
        byte[] address = AddressText.v4(said)
                .or(() -> AddressText.v6(said))
                .orElseThrow(() -> new PatternException(
                        0, Said.quoted(said) + " is not an address", "write 10.0.0.0/8, fd00::/8 or 192.168.1.20"));
        int size = address.length * 8;
        int bits = slash < 0 ? size : bits(text, slash + 1, size);
        byte[] plain = AddressText.plain(address);
        if (plain.length < address.length && bits >= 96) {
            return checked(text, plain, bits - 96);
        }
        return checked(text, address, bits);
    }

    private static int bits(String text, int at, int most) throws PatternException {
        int bits = Decimal.of(text.substring(at)).orElse(-1);
        if (bits < 0 || bits > most) {
            throw new PatternException(
                    at,
                    Said.quoted(text.substring(at)) + " is not a number of bits from 0 to " + most,
                    "write " + text.substring(0, at) + most + " for this one address");
        }
        return bits;
    }

    private static AddressRange checked(String text, byte[] address, int bits) throws PatternException {
        AddressRange range = new AddressRange(masked(address, bits), bits);
        if (!Arrays.equals(range.first, address)) {
            throw new PatternException(
                    0,
                    Said.quoted(text) + " has bits behind the first " + bits + " that are not zero",
                    "write " + range);
        }
        return range;
    }

    private static byte[] masked(byte[] address, int bits) {
        byte[] masked = address.clone();
        for (int i = 0; i < masked.length; i++) {
            int kept = Math.clamp(bits - 8 * i, 0, 8);
            masked[i] &= (byte) (0xff << (8 - kept));
        }
        return masked;
    }

    /** Whether the address lies in it; an IPv4 address in the clothes of IPv6 is an IPv4 address. */
    public boolean contains(byte[] address) {
        byte[] plain = AddressText.plain(address);
        return plain.length == first.length && Arrays.equals(masked(plain, bits), first);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AddressRange range && range.bits == bits && Arrays.equals(range.first, first);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(first) + bits;
    }

    @Override
    public String toString() {
        return AddressText.print(first) + "/" + bits;
    }

    /** Of a range that is written in this package. */
    static AddressRange known(String text) {
        try {
            return parse(text);
        } catch (PatternException wrong) {
            throw new IllegalArgumentException(wrong.getMessage(), wrong);
        }
    }
}
