package dev.belay.runner.model.offline;

import java.util.List;
import java.util.OptionalInt;

/** Faults as they are written on a command line: a word, and after colons what it needs. */
final class FaultWords {
    static final List<String> ALL = List.of(
            "status:CODE[:RETRY-AFTER-SECONDS]",
            "too-long",
            "no-quota",
            "bad-key",
            "silence",
            "closed",
            "redirect:URL",
            "html",
            "unstreamed",
            "cut-after-events:N",
            "cut-after-bytes:N",
            "error-after:EVENTS",
            "malformed-after:EVENTS",
            "silence-after:EVENTS",
            "endless",
            "length-limit",
            "declined",
            "filtered",
            "big-arguments:MIB",
            "broken-arguments",
            "wrong-case");

    private FaultWords() {}

    static Fault parse(String words) {
        int colon = words.indexOf(':');
        String word = colon < 0 ? words : words.substring(0, colon);
        String rest = colon < 0 ? "" : words.substring(colon + 1);
        return switch (word) {
            case "status" -> status(words, rest);
            case "redirect" -> new Fault.Foreign.Redirect(given(words, rest));
            case "cut-after-events" -> new Fault.Streaming.CutAfterEvents(number(words, rest));
            case "cut-after-bytes" -> new Fault.Streaming.CutAfterBytes(number(words, rest));
            case "error-after" -> new Fault.Streaming.ErrorAfter(number(words, rest));
            case "malformed-after" -> new Fault.Streaming.MalformedAfter(number(words, rest));
            case "silence-after" -> new Fault.Streaming.SilenceAfter(number(words, rest));
            case "big-arguments" -> new Fault.Speaking.BigArguments(number(words, rest));
            default -> bare(words);
        };
    }

    private static Fault bare(String word) {
        return switch (word) {
            case "too-long" -> new Fault.Refusing.TooLong();
            case "no-quota" -> new Fault.Refusing.NoQuota();
            case "bad-key" -> new Fault.Refusing.BadKey();
            case "silence" -> new Fault.Foreign.Silence();
            case "closed" -> new Fault.Foreign.Closed();
            case "html" -> new Fault.Foreign.Html();
            case "unstreamed" -> new Fault.Foreign.Unstreamed();
            case "endless" -> new Fault.Streaming.Endless();
            case "length-limit" -> new Fault.Speaking.LengthLimit();
            case "declined" -> new Fault.Speaking.Declined();
            case "filtered" -> new Fault.Speaking.Filtered();
            case "broken-arguments" -> new Fault.Speaking.BrokenArguments();
            case "wrong-case" -> new Fault.Speaking.WrongCase();
            default -> throw wrong(word);
        };
    }

    private static Fault status(String words, String rest) {
        int colon = rest.indexOf(':');
        return colon < 0
                ? new Fault.Refusing.Status(number(words, rest))
                : new Fault.Refusing.Status(
                        number(words, rest.substring(0, colon)),
                        OptionalInt.of(number(words, rest.substring(colon + 1))));
    }

    private static String given(String words, String rest) {
        // A line end would end the header that it is put into.
        if (rest.isEmpty() || rest.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
            throw wrong(words);
        }
        return rest;
    }

    private static int number(String words, String digits) {
        if (!digits.matches("[0-9]{1,9}")) {
            throw wrong(words);
        }
        return Integer.parseInt(digits);
    }

    private static IllegalArgumentException wrong(String words) {
        return new IllegalArgumentException(
                "there is no fault \"" + words + "\"; faults are: " + String.join(", ", ALL));
    }
}
