package dev.belay.policies.network;

import java.net.IDN;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A host's name or address in the one spelling that is judged, dialled and reported. What different readers could take for
 * different hosts has no such spelling, and so is no host.
 */
public final class HostName {
    private static final int LONGEST = 253;
    private static final int LONGEST_LABEL = 63;
    /** More than any name has, in whatever script; it bounds the work on what a stranger says. */
    private static final int LONGEST_SAID = 1024;
    /** Letters that the two standards for names in other scripts write differently. */
    private static final String DISPUTED = "\u00df\u1e9e\u03c2";
    /** What one standard takes for the dot between labels, and another does not. */
    private static final String DOTS = "\u3002\uff0e\uff61\u2024";

    private final String text;
    private final byte @Nullable [] address;

    private HostName(String text, byte @Nullable [] address) {
        this.text = text;
        this.address = address;
    }

    /** As it came in a request, a greeting or a policy: without a port, an IPv6 address with brackets or without. */
    public static Optional<HostName> of(String said) {
        if (said.isEmpty() || said.length() > LONGEST_SAID) {
            return Optional.empty();
        }
        if (said.charAt(0) == '[' || said.indexOf(':') >= 0) {
            return v6(said);
        }
        boolean rooted = said.endsWith(".");
        String plain = rooted ? said.substring(0, said.length() - 1) : said;
        boolean ascii = isAscii(plain);
        Optional<String> name = ascii ? Optional.of(lower(plain)) : translated(plain);
        if (name.isEmpty() || !isWellFormed(name.get())) {
            return Optional.empty();
        }
        if (!readsAsNumber(name.get())) {
            return Optional.of(new HostName(name.get(), null));
        }
        return rooted || !ascii ? Optional.empty() : AddressText.v4(name.get()).map(HostName::ofAddress);
    }

    private static Optional<HostName> v6(String said) {
        boolean open = said.startsWith("[");
        if (open != said.endsWith("]")) {
            return Optional.empty();
        }
        return AddressText.v6(open ? said.substring(1, said.length() - 1) : said)
                .map(AddressText::plain)
                .map(HostName::ofAddress);
    }

    private static HostName ofAddress(byte[] address) {
        return new HostName(AddressText.print(address), address);
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7f) {
                return false;
            }
        }
        return true;
    }

    /** Letters of ASCII only, and no locale: others have lower cases that are several letters, or letters of ASCII. */
    private static String lower(String ascii) {
        for (int i = 0; i < ascii.length(); i++) {
            if (ascii.charAt(i) >= 'A' && ascii.charAt(i) <= 'Z') {
                return ascii.toLowerCase(Locale.ROOT);
            }
        }
        return ascii;
    }

    private static Optional<String> translated(String name) {
        StringJoiner labels = new StringJoiner(".");
        for (String label : name.split("\\.", -1)) {
            Optional<String> one = isAscii(label) ? Optional.of(lower(label)) : punycode(label);
            if (one.isEmpty() || one.get().indexOf('.') >= 0) {
                return Optional.empty();
            }
            labels.add(one.get());
        }
        return Optional.of(labels.toString());
    }

    private static Optional<String> punycode(String label) {
        for (int i = 0; i < label.length(); i++) {
            char c = label.charAt(i);
            if (DOTS.indexOf(c) >= 0 || DISPUTED.indexOf(c) >= 0 || Character.getType(c) == Character.FORMAT) {
                return Optional.empty();
            }
        }
        try {
            return Optional.of(lower(IDN.toASCII(label, IDN.USE_STD3_ASCII_RULES)));
        } catch (IllegalArgumentException unwritable) {
            return Optional.empty();
        }
    }

    /** Letters, digits and inner hyphens; and underscores, which real hosts have. */
    private static boolean isWellFormed(String name) {
        if (name.isEmpty() || name.length() > LONGEST) {
            return false;
        }
        int start = 0;
        for (int i = 0; i <= name.length(); i++) {
            if (i == name.length() || name.charAt(i) == '.') {
                if (i == start || i - start > LONGEST_LABEL || name.charAt(start) == '-' || name.charAt(i - 1) == '-') {
                    return false;
                }
                start = i + 1;
            } else if (!isLetter(name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || AddressText.isDigit(c) || c == '-' || c == '_';
    }

    /** Whether some reader takes it for an address: by its last label, as they do. */
    static boolean readsAsNumber(String name) {
        int last = name.lastIndexOf('.') + 1;
        boolean hex = name.startsWith("0x", last);
        for (int i = hex ? last + 2 : last; i < name.length(); i++) {
            char c = name.charAt(i);
            if (hex ? AddressText.hex(c) < 0 : !AddressText.isDigit(c)) {
                return false;
            }
        }
        return true;
    }

    /** {@code example.com}, {@code 192.0.2.1}, {@code 2001:db8::1}. */
    public String text() {
        return text;
    }

    public boolean isAddress() {
        return address != null;
    }

    /** Four bytes or sixteen; an IPv4 address in the clothes of IPv6 has four. */
    public Optional<byte[]> address() {
        return Optional.ofNullable(address).map(byte[]::clone);
    }

    /** With a port, as it is written in addresses of pages and in patterns. */
    String with(int port) {
        return bracketed() + ":" + port;
    }

    String bracketed() {
        return text.indexOf(':') < 0 ? text : "[" + text + "]";
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof HostName name && name.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
