package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.model.wire.WireException.Trouble;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** One answer of the Messages form. Events and pieces of kinds that are not known yet are passed over. */
final class MessagesStream extends WatchedStream {
    private static final String IN = "input_tokens";
    private static final String CACHE_WRITE = "cache_creation_input_tokens";
    private static final String CACHE_READ = "cache_read_input_tokens";
    private static final String OUT = "output_tokens";
    private static final String THOUGHT = "thinking_tokens";

    private static final Set<String> KNOWN = Set.of(
            "message_start",
            "content_block_start",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop",
            "error");

    private final String model;
    private final Spoken spoken;
    private final Allowance allowance = new Allowance();
    private final TokenCounts counts = new TokenCounts(IN, CACHE_WRITE, CACHE_READ, OUT, THOUGHT);
    private final List<MessagesBlock> blocks = new ArrayList<>();
    private final Set<String> callIds = new HashSet<>();
    private boolean begun;
    private boolean ended;
    private String stop = "";
    private String explanation = "";

    MessagesStream(String model, Consumer<String> heard) {
        this.model = model;
        this.spoken = new Spoken(heard);
    }

    @Override
    boolean ended() {
        return ended;
    }

    @Override
    void read(String type, String data) throws WireException {
        String kind = type.isEmpty() ? Json.parse(data).text("type") : type;
        if (!KNOWN.contains(kind)) {
            return;
        }
        Json event = Json.parse(data);
        if (kind.equals("error")) {
            throw MessagesTrouble.inStream(event.get("error"));
        }
        if (ended) {
            throw Broken.because("it goes on after its end");
        }
        if (begun == kind.equals("message_start")) {
            throw Broken.because(begun ? "it begins twice" : "it does not begin with its beginning");
        }
        switch (kind) {
            case "message_start" -> begin(event.get("message"));
            case "content_block_start" -> open(event, data.length());
            case "content_block_delta" -> block(event).take(event.get("delta"));
            case "content_block_stop" -> block(event).close();
            case "message_delta" -> stop(event);
            default -> end();
        }
    }

    private void begin(Json message) throws WireException {
        if (!(message instanceof Json.Obj)) {
            throw Broken.because("it begins with no message");
        }
        begun = true;
        count(message.get("usage"));
    }

    private void open(Json event, int size) throws WireException {
        if (TokenCounts.whole("index", event.get("index")) != blocks.size()) {
            throw Broken.because("a block is not the next one");
        }
        if (!(event.get("content_block") instanceof Json.Obj start)) {
            throw Broken.because("a block begins with no block");
        }
        allowance.take(size);
        MessagesBlock block = new MessagesBlock(start, spoken, allowance);
        if (block.isCall() && !callIds.add(start.text("id"))) {
            throw Broken.because("two calls have one id");
        }
        blocks.add(block);
    }

    private MessagesBlock block(Json event) throws WireException {
        long index = TokenCounts.whole("index", event.get("index"));
        if (index >= blocks.size()) {
            throw Broken.because("a block goes on that did not begin");
        }
        return blocks.get((int) index);
    }

    private void stop(Json event) throws WireException {
        count(event.get("usage"));
        Json delta = event.get("delta");
        if (delta.get("stop_reason") instanceof Json.Str(String reason)) {
            stop = reason;
        }
        explanation = ProviderWords.of(delta.get("stop_details").text("explanation"));
    }

    private void count(Json usage) throws WireException {
        counts.take(usage);
        counts.take(usage.get("output_tokens_details"));
    }

    private void end() throws WireException {
        for (MessagesBlock block : blocks) {
            if (!block.isClosed()) {
                throw Broken.because("it ends inside of a block");
            }
        }
        ended = true;
    }

    @Override
    Reply answer() throws WireException {
        boolean cut = switch (stop) {
            case "end_turn", "stop_sequence", "tool_use" -> false;
            case "max_tokens", "pause_turn" -> true;
            case "refusal" ->
                throw new WireException(
                        Trouble.DECLINED,
                        "the model declined to answer" + (explanation.isEmpty() ? "" : ": " + explanation));
            case "model_context_window_exceeded" ->
                throw new WireException(
                        Trouble.TOO_LONG, "the conversation and its answer are longer than the model can read");
            default -> throw Broken.because("it stopped for \"" + ProviderWords.of(stop, 60) + "\"");
        };
        List<ToolCall> calls = new ArrayList<>();
        List<Json> content = new ArrayList<>();
        for (MessagesBlock block : blocks) {
            if (!cut || !block.isCutCall()) {
                block.call().ifPresent(calls::add);
                block.own().ifPresent(content::add);
            }
        }
        if (calls.isEmpty() && stop.equals("tool_use")) {
            throw Broken.because("it stopped for a call and has none");
        }
        return new Reply(spoken.text(), calls, usage(), own(content), cut);
    }

    /** Nothing when only thoughts are left: an answer must not end with one, or be one. */
    private Optional<Reply.Own> own(List<Json> content) {
        while (!content.isEmpty() && MessagesBlock.isThought(content.getLast())) {
            content.removeLast();
        }
        return content.isEmpty()
                ? Optional.empty()
                : Optional.of(new Reply.Own(MessagesWire.NAME, model, new Json.Arr(content)));
    }

    private Reply.Usage usage() throws WireException {
        counts.require(IN);
        counts.require(OUT);
        return new Reply.Usage(
                counts.of(IN) + counts.of(CACHE_WRITE) + counts.of(CACHE_READ),
                counts.of(OUT),
                counts.of(CACHE_READ),
                counts.of(CACHE_WRITE),
                Math.min(counts.of(THOUGHT), counts.of(OUT)),
                0);
    }
}
