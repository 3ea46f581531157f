package dev.belay.cli.prompt;

import dev.belay.proto.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a model is shown no more of a long conversation: results of its first answers, or these answers whole. */
final class Shortened {
    private long pruned;
    private long compacted;
    private String summary = "";
    private long since;

    /** @param answer the number of the model's answer that it belongs to, from 1; 0 for what others said */
    record Piece(Part part, int answer) {
        Piece saying(String other) {
            return new Piece(part.saying(other), answer);
        }
    }

    void take(Json event) {
        switch (event.text("kind")) {
            case "context.pruned" ->
                pruned = Math.max(pruned, event.get("context_pruned").number("answers"));
            case "context.compacted" -> {
                Json done = event.get("context_compacted");
                compacted = done.number("answers");
                summary = done.text("summary");
                since = event.number("turn");
            }
            default -> {
                // It shortens nothing.
            }
        }
    }

    /** @param placeholder what stands where a result is not shown */
    List<Part> of(List<Piece> pieces, String placeholder) {
        int from = 0;
        for (int i = 0; i < pieces.size(); i++) {
            if (pieces.get(i).answer() > 0 && pieces.get(i).answer() <= compacted) {
                from = i + 1;
            }
        }
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            Part part = piece.part();
            if (i < from && part.kind() != Part.Kind.PROMPT && part.kind() != Part.Kind.PERSON) {
                continue;
            }
            boolean old = part.kind() == Part.Kind.RESULT && piece.answer() <= pruned;
            parts.add(old && part.text().length() > placeholder.length() ? part.saying(placeholder) : part);
            if (from > 0 && part.kind() == Part.Kind.PROMPT) {
                String words = String.format(Locale.ROOT, RunnersWords.SUMMARISED, compacted, summary);
                parts.add(new Part(Part.Kind.NOTE, since, 0, words));
            }
        }
        return parts;
    }
}
