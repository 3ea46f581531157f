package dev.belay.policies.network;

import java.util.OptionalInt;

/** A whole number in one spelling: up to five digits, no sign, no leading zero. */
final class Decimal {
    private Decimal() {}

    static OptionalInt of(String text) {
        boolean padded = text.length() > 1 && text.charAt(0) == '0';
        if (text.isEmpty() || text.length() > 5 || padded) {
            return OptionalInt.empty();
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            if (!AddressText.isDigit(text.charAt(i))) {
                return OptionalInt.empty();
            }
            value = value * 10 + text.charAt(i) - '0';
        }
        return OptionalInt.of(value);
    }
}
