package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import dev.belay.runner.model.wire.WireException.Trouble;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What an error of the Gemini form means, whether it is the whole answer or the end of a stream. */
final class GeminiTrouble {
    private static final Map<String, Integer> CODE_OF_STATUS = Map.of(
            "INVALID_ARGUMENT", 400,
            "FAILED_PRECONDITION", 400,
            "UNAUTHENTICATED", 401,
            "PERMISSION_DENIED", 403,
            "NOT_FOUND", 404,
            "ABORTED", 409,
            "RESOURCE_EXHAUSTED", 429,
            "INTERNAL", 500,
            "UNAVAILABLE", 503,
            "DEADLINE_EXCEEDED", 504);

    private static final int BAD_REQUEST = 400;
    private static final int TOO_MANY = 429;

    /** Statuses under which an account without money is told of in words. */
    private static final Set<Integer> MAY_BE_MONEY = Set.of(BAD_REQUEST, 402, 403);

    private static final Pattern NONE_ALLOWED = Pattern.compile("limit: 0(?![\\d.]\\d?)");

    private GeminiTrouble() {}

    static WireException refused(int status, String body) {
        Json error = ErrorBody.of(body);
        return new WireException(trouble(status, error), told("answered " + status, error));
    }

    /** An error that tells no status is a stream that broke: asking again need not meet it again. */
    static WireException inStream(Json error) {
        long code = error.number("code");
        int status =
                code >= BAD_REQUEST && code <= 599 ? (int) code : CODE_OF_STATUS.getOrDefault(error.text("status"), 0);
        return new WireException(status == 0 ? Trouble.BROKEN : trouble(status, error), told("broke off", error));
    }

    private static Trouble trouble(int status, Json error) {
        String words = error.text("message");
        String lower = words.toLowerCase(Locale.ROOT);
        if (status == BAD_REQUEST) {
            if (lower.contains("token count") && lower.contains("exceed")) {
                return Trouble.TOO_LONG;
            }
            if (lower.contains("api key")) {
                return Trouble.KEY;
            }
            if (lower.contains("unexpected model name")) {
                return Trouble.UNKNOWN_MODEL;
            }
        }
        boolean spent = status == TOO_MANY ? isSpent(error, lower) : tellsOf(lower, "billing", "credit");
        return spent && (status == TOO_MANY || MAY_BE_MONEY.contains(status))
                ? Trouble.QUOTA
                : StatusTrouble.of(status, words);
    }

    /** Every refusal for too many questions names plan and billing; what is used up for longer tells more. */
    private static boolean isSpent(Json error, String lower) {
        return tellsOf(lower, "credits", "spending cap", "spend limit")
                || NONE_ALLOWED.matcher(lower).find()
                || error.get("details").items().stream()
                        .flatMap(detail -> detail.get("violations").items().stream())
                        .anyMatch(violation -> violation.text("quotaId").contains("PerDay"));
    }

    private static boolean tellsOf(String lower, String... words) {
        return Stream.of(words).anyMatch(lower::contains);
    }

    private static String told(String deed, Json error) {
        String status = ProviderWords.of(error.text("status"), 60);
        String words = ProviderWords.of(error.text("message"));
        return "the provider " + deed + (status.isEmpty() ? "" : " " + status) + (words.isEmpty() ? "" : ": " + words);
    }
}
