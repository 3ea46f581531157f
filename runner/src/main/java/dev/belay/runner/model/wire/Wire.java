package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.Briefing;
import dev.belay.runner.agent.Conversation;
import dev.belay.runner.agent.Reply;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One provider's form of a conversation. A new provider is one implementation of this.
 *
 * <p>Guarantees: the same question gives the same bytes; a question that grew at its end begins with the bytes of the one
 * before, marks for caches apart; what a provider must have back unchanged goes back unchanged.
 */
public interface Wire {
    /** A stable word, kept with what only this form can read: {@code messages}. */
    String name();

    Outgoing request(Question question);

    /** Reads one answer. */
    Incoming incoming(String model, Consumer<String> heard);

    /** How the key is shown. Never called without one. */
    Map<String, String> keyHeaders(String key);

    /** What an answer that is no stream means. */
    WireException refused(int status, String body);

    /**
     * @param maxOutput tokens that one answer may have at most
     * @param effort {@code low}, {@code medium}, {@code high}, or empty for the provider's own choice
     */
    record Question(String model, Briefing briefing, Conversation conversation, int maxOutput, String effort) {}

    /**
     * @param path below the provider's base address, with its query
     * @param headers that the form asks for, the key apart
     */
    record Outgoing(String path, Map<String, String> headers, Json.Obj body) {}

    /** The events of one stream, in order. */
    interface Incoming {
        /** @param type the event's name, or empty where the form names none */
        void event(String type, String data) throws WireException;

        /** Whether the provider has said that this was all. */
        boolean whole();

        /** @throws WireException when the stream is not whole, or what it brought is no answer */
        Reply reply() throws WireException;
    }
}
