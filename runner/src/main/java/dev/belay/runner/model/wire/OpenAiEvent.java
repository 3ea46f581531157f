package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.model.wire.WireException.Trouble;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * An object in a stream, read strictly: a member of another type than it should have makes the stream broken. One that is
 * missing or null is empty.
 */
record OpenAiEvent(Json.Obj body) {
    private static final BigDecimal MOST = BigDecimal.valueOf(1L << 50);

    static OpenAiEvent of(String data) throws WireException {
        if (data.length() > AnswerSize.MOST) {
            throw broken("an event is longer than any answer may be");
        }
        try {
            if (Json.parse(data) instanceof Json.Obj body) {
                return new OpenAiEvent(body);
            }
        } catch (JsonException notRead) {
            throw broken("an event is not JSON");
        }
        throw broken("an event is not a JSON object");
    }

    static WireException broken(String why) {
        return new WireException(Trouble.BROKEN, "the answer's stream is broken: " + why);
    }

    boolean has(String name) {
        return !body.get(name).isNull();
    }

    String text(String name) throws WireException {
        Json value = body.get(name);
        if (value.isNull() || value instanceof Json.Str) {
            return value.text();
        }
        throw broken("\"" + name + "\" is not text");
    }

    OpenAiEvent object(String name) throws WireException {
        Json value = body.get(name);
        if (value.isNull()) {
            return new OpenAiEvent(Json.object().build());
        }
        if (value instanceof Json.Obj object) {
            return new OpenAiEvent(object);
        }
        throw broken("\"" + name + "\" is not an object");
    }

    List<OpenAiEvent> objects(String name) throws WireException {
        Json value = body.get(name);
        if (!value.isNull() && !(value instanceof Json.Arr)) {
            throw broken("\"" + name + "\" is not a list");
        }
        List<OpenAiEvent> objects = new ArrayList<>();
        for (Json item : value.items()) {
            if (!(item instanceof Json.Obj object)) {
                throw broken("\"" + name + "\" holds what is not an object");
            }
            objects.add(new OpenAiEvent(object));
        }
        return objects;
    }

    /** A number that counts something: neither negative nor beyond all reason. */
    long count(String name) throws WireException {
        Json value = body.get(name);
        if (value.isNull()) {
            return 0;
        }
        if (value instanceof Json.Num(var number) && number.signum() >= 0 && number.compareTo(MOST) <= 0) {
            return number.longValue();
        }
        throw broken("\"" + name + "\" is not a count");
    }

    /**
     * What the answer took. The counts include their details, of which no more is believed than there is.
     *
     * @param in the first word of what was read: {@code prompt} or {@code input}
     * @param out the first word of what was made: {@code completion} or {@code output}
     */
    Reply.Usage usage(String in, String out) throws WireException {
        long tokensIn = count(in + "_tokens");
        long tokensOut = count(out + "_tokens");
        OpenAiEvent read = object(in + "_tokens_details");
        long cacheRead = Math.min(read.count("cached_tokens"), tokensIn);
        long cacheWrite = Math.min(read.count("cache_write_tokens"), tokensIn - cacheRead);
        long reasoning = Math.min(object(out + "_tokens_details").count("reasoning_tokens"), tokensOut);
        return new Reply.Usage(tokensIn, tokensOut, cacheRead, cacheWrite, reasoning, 0);
    }
}
