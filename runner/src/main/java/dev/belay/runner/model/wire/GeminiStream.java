package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.model.wire.WireException.Trouble;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** One answer of the Gemini form: chunks, the last of which says why it is the last. */
final class GeminiStream extends WatchedStream {
    private static final String IN = "promptTokenCount";
    private static final String CACHED = "cachedContentTokenCount";
    private static final String OUT = "candidatesTokenCount";
    private static final String THOUGHT = "thoughtsTokenCount";

    private static final Set<String> DECLINED = Set.of(
            "SAFETY",
            "RECITATION",
            "LANGUAGE",
            "BLOCKLIST",
            "PROHIBITED_CONTENT",
            "SPII",
            "MODEL_ARMOR",
            "IMAGE_SAFETY",
            "IMAGE_PROHIBITED_CONTENT",
            "IMAGE_RECITATION");

    private static final int LONGEST_BASE = 64;

    private final String model;
    private final Spoken spoken;
    private final GeminiParts parts;
    private final TokenCounts counts = new TokenCounts(IN, CACHED, OUT, THOUGHT);
    private String base = "";
    private long digest;
    private String finish = "";
    private String explanation = "";

    GeminiStream(String model, Consumer<String> heard) {
        this.model = model;
        this.spoken = new Spoken(heard);
        this.parts = new GeminiParts(spoken, new Allowance());
    }

    @Override
    boolean ended() {
        return !finish.isEmpty();
    }

    @Override
    void read(String type, String data) throws WireException {
        Json chunk = Json.parse(data);
        if (!chunk.get("error").isNull()) {
            throw GeminiTrouble.inStream(chunk.get("error"));
        }
        if (!(chunk instanceof Json.Obj)) {
            throw Broken.because("a chunk is no object");
        }
        digest(data);
        if (base.isEmpty()) {
            base = base(chunk.text("responseId"));
        }
        Json feedback = chunk.get("promptFeedback");
        if (!feedback.text("blockReason").isEmpty()) {
            throw new WireException(
                    Trouble.DECLINED,
                    "the provider did not show the model what it was asked: "
                            + ProviderWords.of(feedback.text("blockReason"), 60));
        }
        counts.take(chunk.get("usageMetadata"));
        for (Json candidate : list(chunk, "candidates")) {
            if (candidate.number("index") == 0) {
                take(candidate);
            }
        }
    }

    private void take(Json candidate) throws WireException {
        if (!(candidate instanceof Json.Obj)) {
            throw Broken.because("a candidate is no object");
        }
        String reason = candidate.text("finishReason");
        boolean last = !reason.isEmpty() && !reason.equals("FINISH_REASON_UNSPECIFIED");
        Json content = candidate.get("content");
        if (!content.isNull() && !(content instanceof Json.Obj)) {
            throw Broken.because("a content is no object");
        }
        List<Json> came = list(content, "parts");
        if (ended() && (last || !came.isEmpty())) {
            throw Broken.because("it goes on after its end");
        }
        for (Json part : came) {
            parts.take(part);
        }
        if (last) {
            finish = reason;
            explanation = ProviderWords.of(candidate.text("finishMessage"));
        }
    }

    private static List<Json> list(Json from, String name) throws WireException {
        Json list = from.get(name);
        if (list.isNull() || list instanceof Json.Arr) {
            return list.items();
        }
        throw Broken.because(name + " is no list");
    }

    /** What of an id of the provider's may stand in one of ours. */
    private static String base(String id) {
        String legal = id.replaceAll("[^a-zA-Z0-9_-]", "");
        return legal.substring(0, Math.min(legal.length(), LONGEST_BASE));
    }

    private void digest(String data) {
        for (int i = 0; i < data.length(); i++) {
            digest = digest * 1_099_511_628_211L + data.charAt(i);
        }
    }

    @Override
    Reply answer() throws WireException {
        List<ToolCall> calls = parts.calls(base.isEmpty() ? "%016x".formatted(digest) : base);
        boolean cut = finish.equals("MAX_TOKENS");
        if (DECLINED.contains(finish)) {
            throw new WireException(Trouble.DECLINED, "the model declined to answer: " + reason());
        }
        if (!cut && !finish.equals("STOP")) {
            throw Broken.because("it stopped for " + reason());
        }
        if (!cut && calls.isEmpty() && spoken.text().isBlank()) {
            throw Broken.because("it is empty");
        }
        counts.require(IN);
        return new Reply(spoken.text(), calls, usage(), own(), cut);
    }

    private String reason() {
        return ProviderWords.of(finish, 60) + (explanation.isEmpty() ? "" : ", " + explanation);
    }

    private Optional<Reply.Own> own() {
        Json content = parts.content();
        return content.items().isEmpty()
                ? Optional.empty()
                : Optional.of(new Reply.Own(GeminiWire.NAME, model, content));
    }

    private Reply.Usage usage() {
        return new Reply.Usage(
                counts.of(IN),
                counts.of(OUT) + counts.of(THOUGHT),
                Math.min(counts.of(CACHED), counts.of(IN)),
                0,
                counts.of(THOUGHT),
                0);
    }
}
