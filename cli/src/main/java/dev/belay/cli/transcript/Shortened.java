package dev.belay.cli.transcript;

import dev.belay.proto.json.Json;
import java.util.Locale;

/** What a model is shown no longer of a conversation that grew too long, in one line. */
final class Shortened {
    private Shortened() {}

    static String pruned(Json pruned) {
        return "older results are no longer shown to the model: " + pruned.number("results") + " of them, about "
                + tokens(pruned.number("tokens")) + " tokens";
    }

    static String compacted(Json compacted) {
        return "the conversation was summarised: about " + tokens(compacted.number("tokens_before")) + " → "
                + tokens(compacted.number("tokens_after")) + " tokens";
    }

    private static String tokens(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
