package dev.belay.cli.prompt;

import dev.belay.proto.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a model was sent with a turn.
 *
 * @param briefing what it was told before the conversation
 * @param parts all, in the order in which they were sent
 */
record Sent(String task, long turn, String model, Briefing briefing, List<Part> parts, Bill bill) {
    /** The events that say what a model was sent, and what was counted of it. */
    static final Set<String> KINDS = Set.of(
            "turn.start",
            "turn.end",
            "model.briefed",
            "model.message",
            "tool.call",
            "tool.result",
            "snapshot.created",
            "operation",
            "person.message",
            "task.fork",
            "model.noted",
            "context.pruned",
            "context.compacted");

    Sent {
        parts = List.copyOf(parts);
    }

    /** @param wanted the turn; the newest when none is named */
    static Sent of(Json task, List<Json> log, OptionalLong wanted) {
        Turns turns = new Turns(task.text("short_id"), log);
        int begin = wanted.isPresent() ? turns.at(wanted.getAsLong()) : turns.newest();
        long turn = log.get(begin).number("turn");
        String model = log.get(begin).get("turn_start").text("model");
        List<Json> before = log.subList(0, begin + 1);
        List<Json> told = log.subList(0, asked(log, begin));
        Briefing briefing = briefing(told, model);
        Retold conversation = new Retold(prompt(task, log), briefing, said(log), kept(before));
        Shortened shortened = new Shortened();
        before.forEach(conversation::take);
        told.forEach(shortened::take);
        List<Part> parts = new ArrayList<>(briefing.parts());
        parts.addAll(shortened.of(conversation.pieces(turn), briefing.shown(RunnersWords.PRUNED)));
        return new Sent(task.text("id"), turn, model, briefing, parts, Bill.of(log, begin));
    }

    boolean isScript() {
        return model.equals("script");
    }

    /** A briefing, and what shortens the conversation, may be written down between a turn's begin and its question. */
    private static int asked(List<Json> log, int begin) {
        int at = begin + 1;
        while (at < log.size() && !isBehind(log.get(at))) {
            at++;
        }
        return at;
    }

    private static boolean isBehind(Json event) {
        return switch (event.text("kind")) {
            case "model.message", "turn.end", "turn.start", "task.fork" -> true;
            case "tool.call" -> Retold.isModels(event.get("tool_call"));
            default -> false;
        };
    }

    /** The last that was made for the model: a fork may have another. */
    private static Briefing briefing(List<Json> told, String model) {
        Briefing last = Briefing.NONE;
        for (Json event : told) {
            if (event.text("kind").equals("model.briefed")
                    && event.get("model_briefed").text("model").equals(model)) {
                last = Briefing.of(event);
            }
        }
        return last;
    }

    /** A fork's own prompt came later, as a message. */
    private static String prompt(Json task, List<Json> log) {
        String prompt = task.text("prompt");
        for (Json event : log) {
            if (event.text("kind").equals("task.fork")) {
                prompt = event.get("task_fork").text("began_with");
            }
        }
        return prompt;
    }

    private static Map<String, String> said(List<Json> log) {
        Map<String, String> said = new HashMap<>();
        for (Json event : log) {
            if (event.text("kind").equals("person.message")) {
                said.putIfAbsent(
                        event.get("person_message").text("id"),
                        event.get("person_message").text("text"));
            }
        }
        return said;
    }

    private static Set<Long> kept(List<Json> log) {
        Set<Long> kept = new HashSet<>();
        for (Json event : log) {
            if (event.text("kind").equals("snapshot.created")) {
                kept.add(event.get("snapshot_created").get("snapshot").number("step"));
            }
        }
        return kept;
    }

    Json document() {
        long[] tokens = Shares.of(parts, bill.tokensIn());
        List<Json> all = new ArrayList<>();
        for (int i = 0; i < tokens.length; i++) {
            Part part = parts.get(i);
            all.add(Json.object()
                    .put("kind", part.kind().word())
                    .put("turn", part.turn())
                    .put("step", part.step())
                    .put("tokens", tokens[i])
                    .put("chars", part.chars())
                    .put("text", part.text())
                    .build());
        }
        return Json.object()
                .put("task", task)
                .put("turn", turn)
                .put("model", model)
                .put("parts", new Json.Arr(all))
                .put("tokens_in", bill.isKnown() ? Json.of(bill.tokensIn()) : Json.NULL)
                .put("cache_read", bill.isKnown() ? Json.of(bill.cacheRead()) : Json.NULL)
                .put("estimated", !bill.isKnown())
                .put("turns", bill.turns())
                .put("billed_tokens_in", bill.billed())
                .put("billed_cache_read", bill.billedFromCache())
                .put(
                        "multiplier",
                        bill.multiplier() > 0 ? Json.of(Math.round(bill.multiplier() * 100) / 100.0) : Json.NULL)
                .build();
    }
}
