package dev.belay.cli.ports;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;

/**
 * A port of this machine that leads to one in the sandbox.
 *
 * @param local 0: whichever is free
 */
record Forward(int local, int inside) {
    private static final int HIGHEST = 65535;
    private static final int DIGITS = 5;

    /** {@code 5173}, or {@code 8080:5173}; what comes first is this machine's. */
    static Forward parse(String text) {
        int colon = text.indexOf(':');
        int inside = number(text.substring(colon + 1));
        int local = colon < 0 ? inside : number(text.substring(0, colon));
        if (inside < 1 || local < 0) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "not a port: " + text,
                    "it must be 1 to " + HIGHEST + ", or two of them: this machine's and the sandbox's (layer: client)",
                    "belay ports TASK 8080:5173");
        }
        return new Forward(local, inside);
    }

    private static int number(String digits) {
        if (digits.isEmpty() || digits.length() > DIGITS) {
            return -1;
        }
        int number = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = number * 10 + c - '0';
        }
        return number > HIGHEST ? -1 : number;
    }
}
