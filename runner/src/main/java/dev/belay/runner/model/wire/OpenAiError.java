package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import dev.belay.runner.model.wire.WireException.Trouble;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What is said in place of an answer by OpenAI, and by the servers that speak as it does: they agree on little more than
 * that there is an {@code error} somewhere.
 *
 * @param code a word, or a status written as a number, or empty
 */
record OpenAiError(String code, String type, String param, String words) {
    private static final int LONGEST_BODY = 1 << 16;
    private static final Pattern STATUS = Pattern.compile("[45]\\d\\d");
    private static final Pattern TOO_LONG =
            Pattern.compile("context[ _](length|window|size)|maximum context|prompt is too long");

    /**
     * Codes that a proxy has wrapped into a sentence. The bare word "billing" is not among them: OpenAI names its billing
     * page in messages about rates too.
     */
    private static final Pattern SPENT =
            Pattern.compile("insufficient_quota|billing_hard_limit|billing_not_active|insufficient_balance");

    static WireException refused(int status, String body) {
        OpenAiError error = ofBody(body);
        return new WireException(error.atStatus(status), error.told("the provider answered with status " + status));
    }

    /** Of an answer that had begun. What is not known is taken for a mishap: the same question was good until then. */
    static WireException streamed(Json said) {
        OpenAiError error = of(said);
        Trouble trouble = STATUS.matcher(error.code).matches()
                ? error.atStatus(Integer.parseInt(error.code))
                : error.named().orElse(Trouble.BROKEN);
        return new WireException(trouble, error.told("the provider broke its answer off"));
    }

    private static OpenAiError ofBody(String body) {
        String text = body.length() > LONGEST_BODY ? body.substring(0, LONGEST_BODY) : body;
        try {
            Json json = Json.parse(text);
            Json said = json.items().isEmpty() ? json : json.items().getFirst();
            Json inner = said.get("error");
            return of(inner instanceof Json.Obj ? inner : said);
        } catch (JsonException notJson) {
            String words = text.strip().startsWith("<") ? OpenAiWords.page(text) : text;
            return new OpenAiError("", "", "", OpenAiWords.line(words));
        }
    }

    private static OpenAiError of(Json said) {
        Json code = said.get("code");
        String named = code instanceof Json.Num ? Long.toString(code.number()) : code.text();
        return new OpenAiError(
                named.toLowerCase(Locale.ROOT),
                said.text("type").toLowerCase(Locale.ROOT),
                said.text("param"),
                OpenAiWords.line(words(said)));
    }

    private static String words(Json said) {
        for (String member : new String[] {"message", "error", "detail"}) {
            Json value = said.get(member);
            String words = value instanceof Json.Obj || value instanceof Json.Arr ? value.print() : value.text();
            if (!words.isBlank()) {
                return words;
            }
        }
        return said.text();
    }

    private String told(String otherwise) {
        if (!words.isEmpty()) {
            return words;
        }
        return code.isEmpty() ? otherwise : OpenAiWords.line(otherwise + " (" + code + ")");
    }

    private Trouble atStatus(int status) {
        return switch (status) {
            case 401, 403 -> Trouble.KEY;
            case 402 -> Trouble.QUOTA;
            case 404 -> isOfModel() ? Trouble.UNKNOWN_MODEL : Trouble.REFUSED;
            case 408, 409 -> Trouble.BUSY;
            case 413 -> Trouble.TOO_LONG;
            case 429 -> isSpent() ? Trouble.QUOTA : Trouble.BUSY;
            default -> status >= 500 ? Trouble.BUSY : named().orElse(Trouble.REFUSED);
        };
    }

    private Optional<Trouble> named() {
        if (isSpent()) {
            return Optional.of(Trouble.QUOTA);
        }
        Optional<Trouble> byCode = byWord(code);
        if (byCode.isEmpty() && TOO_LONG.matcher(words.toLowerCase(Locale.ROOT)).find()) {
            return Optional.of(Trouble.TOO_LONG);
        }
        return byCode.or(() -> byWord(type));
    }

    private static Optional<Trouble> byWord(String word) {
        return switch (word) {
            case "rate_limit_exceeded",
                    "rate_limit_error",
                    "server_error",
                    "internal_error",
                    "internal_server_error",
                    "internalservererror",
                    "server_is_overloaded",
                    "overloaded_error",
                    "service_unavailable",
                    "slow_down",
                    "timeout" -> Optional.of(Trouble.BUSY);
            case "context_length_exceeded", "exceed_context_size_error" -> Optional.of(Trouble.TOO_LONG);
            case "invalid_api_key", "authentication_error", "permission_error" -> Optional.of(Trouble.KEY);
            case "model_not_found" -> Optional.of(Trouble.UNKNOWN_MODEL);
            case "content_filter", "content_policy_violation", "invalid_prompt", "bio_policy", "cyber_policy" ->
                Optional.of(Trouble.DECLINED);
            case "invalid_request_error", "badrequesterror" -> Optional.of(Trouble.REFUSED);
            default -> Optional.empty();
        };
    }

    private boolean isSpent() {
        return code.contains("billing")
                || type.contains("billing")
                || code.equals("usage_limit_reached")
                || SPENT.matcher(code + " " + type + " " + words.toLowerCase(Locale.ROOT))
                        .find();
    }

    private boolean isOfModel() {
        return code.contains("model")
                || param.equals("model")
                || words.toLowerCase(Locale.ROOT).contains("model");
    }
}
