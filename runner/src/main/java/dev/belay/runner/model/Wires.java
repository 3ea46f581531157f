package dev.belay.runner.model;

import dev.belay.runner.model.wire.ChatWire;
import dev.belay.runner.model.wire.GeminiWire;
import dev.belay.runner.model.wire.MessagesWire;
import dev.belay.runner.model.wire.ResponsesWire;
import dev.belay.runner.model.wire.Wire;
import java.util.List;

/** The forms that this runner can write and read. */
final class Wires {
    static final List<String> NAMES = List.of("messages", "responses", "chat", "gemini");

    private Wires() {}

    static Wire of(Provider provider) {
        boolean openAis = "api.openai.com".equals(provider.address().getHost());
        return switch (provider.wire()) {
            case "messages" -> new MessagesWire();
            case "responses" -> new ResponsesWire();
            case "chat" -> new ChatWire(openAis ? ChatWire.Dialect.OPENAI : ChatWire.Dialect.COMPATIBLE);
            case "gemini" -> new GeminiWire();
            default -> throw new IllegalArgumentException("no wire " + provider.wire());
        };
    }
}
