package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a model takes by its generation. A name that tells none is taken for a new model. */
enum GeminiGeneration {
    /** Before 2.5: refuses to be told of thinking. */
    THOUGHTLESS,
    /** 2.5: a budget. */
    BUDGETED,
    /** From 3 on: a level, and calls that must be signed. */
    SIGNED,
    /** The first of them, which has no level between the lowest and the highest. */
    SIGNED_OF_TWO_LEVELS;

    private static final Pattern VERSION = Pattern.compile("gemini-(\\d+)(?:\\.(\\d+))?(?!\\d)");

    static GeminiGeneration of(String model) {
        Matcher version = VERSION.matcher(model);
        if (!version.find()) {
            return SIGNED;
        }
        String minor = version.group(2) == null ? "0" : version.group(2);
        return switch (version.group(1)) {
            case "1" -> THOUGHTLESS;
            case "2" -> minor.equals("5") ? BUDGETED : THOUGHTLESS;
            default -> model.startsWith("gemini-3-pro", version.start()) ? SIGNED_OF_TWO_LEVELS : SIGNED;
        };
    }

    boolean signsCalls() {
        return this == SIGNED || this == SIGNED_OF_TWO_LEVELS;
    }

    Optional<Json> thinking(String effort, int maxOutput) {
        int budget = switch (effort) {
            case "low" -> 2048;
            case "medium" -> 8192;
            case "high" -> 24576;
            default -> 0;
        };
        if (budget == 0) {
            return Optional.empty();
        }
        return switch (this) {
            case THOUGHTLESS -> Optional.empty();
            // Thoughts count as output: half of it is left for the answer. Less than 512 not every model takes.
            case BUDGETED ->
                Optional.of(Json.object()
                        .put("thinkingBudget", Math.max(512, Math.min(budget, maxOutput / 2)))
                        .build());
            case SIGNED -> level(effort);
            case SIGNED_OF_TWO_LEVELS -> level(effort.equals("low") ? "low" : "high");
        };
    }

    private static Optional<Json> level(String effort) {
        return Optional.of(Json.object()
                .put("thinkingLevel", effort.toUpperCase(Locale.ROOT))
                .build());
    }
}
