package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;
import dev.belay.runner.model.offline.Spoken.Called;
import dev.belay.runner.model.offline.Spoken.Ending;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One turn as Gemini has it: chunks that are answers themselves, words one by one and every call whole. There is no
 * comment between them: Google's own client cannot read one.
 */
final class GeminiAnswer implements Answer {
    private final Cue cue;
    private final Spoken spoken;

    GeminiAnswer(Cue cue) {
        this.cue = cue;
        this.spoken = cue.spoken();
    }

    @Override
    public Json whole() {
        if (isBlocked()) {
            return blocked();
        }
        List<Json> parts = new ArrayList<>();
        if (thinks()) {
            parts.add(thought());
        }
        if (speaks()) {
            parts.add(text(spoken.text()));
        }
        parts.addAll(calls());
        return chunk(parts, finish());
    }

    @Override
    public void stream(EventSink out, Pause pause) throws IOException, InterruptedException {
        if (isBlocked()) {
            out.event("", blocked().print());
            return;
        }
        if (thinks()) {
            out.event("", chunk(List.of(thought()), "").print());
        }
        for (String word : speaks() ? Pieces.words(spoken.text()) : List.<String>of()) {
            if (spoken.pace().isPositive()) {
                pause.take(spoken.pace());
            }
            out.piece("", chunk(List.of(text(word)), "").print());
        }
        for (Json call : calls()) {
            out.piece("", chunk(List.of(call), "").print());
        }
        Json last = Json.object()
                .put("text", "")
                .put("thoughtSignature", GeminiSignatures.ofText())
                .build();
        boolean signs = spoken.calls().isEmpty() && finish().equals("STOP");
        out.event("", chunk(signs ? List.of(last) : List.of(), finish()).print());
    }

    @Override
    public void fail(EventSink out) throws IOException {
        Refusal overloaded = new Refusal(503, "", "", "the model is overloaded");
        out.event("", new GeminiRoute().error(overloaded).print());
    }

    private boolean isBlocked() {
        return spoken.ending() == Ending.FILTERED;
    }

    /** Who declines says nothing. */
    private boolean speaks() {
        return spoken.ending() != Ending.DECLINED && !spoken.text().isEmpty();
    }

    private boolean thinks() {
        return !spoken.calls().isEmpty()
                && GeminiJudge.showsThoughts(cue.asked().body());
    }

    private Json thought() {
        return Json.object().put("text", spoken.thought()).put("thought", true).build();
    }

    private static Json text(String text) {
        return Json.object().put("text", text).build();
    }

    /** A call that is broken is not shown at all. */
    private List<Json> calls() {
        List<Json> parts = new ArrayList<>();
        for (int i = 0; i < spoken.calls().size() && !isMalformed(); i++) {
            Called call = spoken.calls().get(i);
            Json function = Json.object()
                    .put("id", cue.id("fc-", i))
                    .put("name", call.tool())
                    .put("args", call.input())
                    .build();
            Json.ObjectBuilder part = Json.object().put("functionCall", function);
            if (i == 0) {
                part.put("thoughtSignature", GeminiSignatures.ofCall(call.tool(), call.input()));
            }
            parts.add(part.build());
        }
        return parts;
    }

    private boolean isMalformed() {
        return spoken.calls().stream().anyMatch(call -> !call.isWhole());
    }

    private String finish() {
        return switch (spoken.ending()) {
            case WHOLE -> isMalformed() ? "MALFORMED_FUNCTION_CALL" : "STOP";
            case AT_LENGTH_LIMIT -> "MAX_TOKENS";
            case DECLINED, FILTERED -> "SAFETY";
        };
    }

    private Json chunk(List<Json> parts, String finish) {
        Json content = Json.object()
                .put("role", "model")
                .put("parts", new Json.Arr(parts))
                .build();
        Json.ObjectBuilder candidate = Json.object();
        if (!parts.isEmpty()) {
            candidate.put("content", content);
        }
        if (!finish.isEmpty()) {
            candidate.put("finishReason", finish);
        }
        Json candidates = new Json.Arr(List.of(candidate.put("index", 0).build()));
        return response().put("candidates", candidates).build();
    }

    private Json blocked() {
        Json feedback = Json.object().put("blockReason", "PROHIBITED_CONTENT").build();
        return response().put("promptFeedback", feedback).build();
    }

    private Json.ObjectBuilder response() {
        long thought = thinks() ? Tokens.of(spoken.thought().length()) : 0;
        Json usage = Json.object()
                .put("promptTokenCount", cue.usage().in())
                .put("cachedContentTokenCount", cue.usage().read())
                .put("candidatesTokenCount", spoken.tokens())
                .put("thoughtsTokenCount", thought)
                .put("totalTokenCount", cue.usage().in() + spoken.tokens() + thought)
                .build();
        return Json.object()
                .put("usageMetadata", usage)
                .put("modelVersion", cue.asked().model())
                .put("responseId", cue.id("offline-"));
    }
}
