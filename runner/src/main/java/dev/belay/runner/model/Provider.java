package dev.belay.runner.model;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * Whose models are asked, and how.
 *
 * @param name what stands before the {@code /} in a model's name
 * @param wire the form of its conversations: {@code messages}
 * @param address what the form's paths are appended to
 * @param keyVariable the variable that may hold the key; empty where none is needed
 * @param headers sent with every request beside those of the form
 */
public record Provider(
        String name, String wire, URI address, Optional<String> keyVariable, Map<String, String> headers) {
    public Provider {
        headers = Map.copyOf(headers);
    }
}
