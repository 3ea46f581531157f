package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import dev.belay.runner.model.wire.WireException.Trouble;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What an error of the Messages form means, whether it is the whole answer or the end of a stream. */
final class MessagesTrouble {
    /** A type says more than a status, which may be that of something in between. */
    private static final Map<String, Integer> STATUS_OF_TYPE = Map.of(
            "authentication_error", 401,
            "billing_error", 402,
            "permission_error", 403,
            "not_found_error", 404,
            "request_too_large", 413,
            "rate_limit_error", 429,
            "api_error", 500,
            "timeout_error", 504,
            "overloaded_error", 529);

    /** Statuses under which an account without money is told of in words. */
    private static final Set<Integer> MAY_BE_MONEY = Set.of(400, 402, 403, 429);

    private static final int BAD_REQUEST = 400;

    private MessagesTrouble() {}

    static WireException refused(int status, String body) {
        Json error = ErrorBody.of(body);
        String type = error.text("type");
        String words = error.text("message");
        int meant = STATUS_OF_TYPE.getOrDefault(type, status);
        return new WireException(trouble(meant, words), told("answered " + status, type, words));
    }

    /** An error of an unknown type is a stream that broke: asking again need not meet it again. */
    static WireException inStream(Json error) {
        String type = error.text("type");
        String words = error.text("message");
        Trouble trouble = type.equals("invalid_request_error") || STATUS_OF_TYPE.containsKey(type)
                ? trouble(STATUS_OF_TYPE.getOrDefault(type, BAD_REQUEST), words)
                : Trouble.BROKEN;
        return new WireException(trouble, told("broke off", type, words));
    }

    private static Trouble trouble(int status, String words) {
        String lower = words.toLowerCase(Locale.ROOT);
        if (status == BAD_REQUEST
                && Stream.of("prompt is too long", "context limit", "context window", "context length")
                        .anyMatch(lower::contains)) {
            return Trouble.TOO_LONG;
        }
        if (MAY_BE_MONEY.contains(status)
                && Stream.of("credit balance", "billing", "usage limits", "spend limit", "spending limit")
                        .anyMatch(lower::contains)) {
            return Trouble.QUOTA;
        }
        return StatusTrouble.of(status, words);
    }

    private static String told(String deed, String type, String words) {
        return "the provider " + deed
                + (type.isEmpty() ? "" : " " + ProviderWords.of(type, 60))
                + (words.isEmpty() ? "" : ": " + ProviderWords.of(words));
    }
}
