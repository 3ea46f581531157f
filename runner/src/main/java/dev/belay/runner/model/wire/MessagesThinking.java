package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import dev.belay.runner.model.wire.Wire.Question;
import java.util.regex.Pattern;

/**
 * How a model is told how much to think. The models before 4.6 take a budget and nothing else; those after take a word
 * and refuse a budget. A name that tells no version is taken for a new model, because no old one will be added.
 */
final class MessagesThinking {
    private static final Pattern TAKES_BUDGET = Pattern.compile(
            "claude-(?:[123](?!\\d)|instant|(?:opus|sonnet|haiku)-4(?!\\d|[-.][6-9](?!\\d)|[-.][1-9]\\d(?!\\d)))");

    /** The provider takes no smaller one. */
    private static final int LEAST_BUDGET = 1024;

    private MessagesThinking() {}

    /**
     * Whether it takes a thought back only where all stands before it that it was thought of. The models that take a budget
     * do not look; of the others some refuse the question, so none is asked it.
     */
    static boolean isBound(String model) {
        return !TAKES_BUDGET.matcher(model).find();
    }

    /** @param maySign whether the answers of the present turn bear the thoughts that a budget demands of them */
    static void put(Json.ObjectBuilder body, Question question, boolean maySign) {
        int wished = switch (question.effort()) {
            case "low" -> 2048;
            case "medium" -> 8192;
            case "high" -> 24576;
            default -> 0;
        };
        if (wished == 0) {
            return;
        }
        if (!TAKES_BUDGET.matcher(question.model()).find()) {
            body.put("thinking", Json.object().put("type", "adaptive").build());
            body.put(
                    "output_config",
                    Json.object().put("effort", question.effort()).build());
            return;
        }
        // Thoughts count as output: half of it is left for the answer.
        int budget = Math.min(wished, question.maxOutput() / 2);
        if (maySign && budget >= LEAST_BUDGET) {
            body.put(
                    "thinking",
                    Json.object()
                            .put("type", "enabled")
                            .put("budget_tokens", budget)
                            .build());
        }
    }
}
