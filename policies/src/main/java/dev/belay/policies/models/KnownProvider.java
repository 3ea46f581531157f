package dev.belay.policies.models;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Providers that need no configuration but a key. The names of variables are those that people have set already. */
public enum KnownProvider {
    ANTHROPIC("messages", "https://api.anthropic.com", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
    OPENAI("responses", "https://api.openai.com/v1", "OPENAI_API_KEY", "OPENAI_BASE_URL"),
    GEMINI("gemini", "https://generativelanguage.googleapis.com", "GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL");

    private final String wire;
    private final String address;
    private final String keyVariable;
    private final String addressVariable;

    KnownProvider(String wire, String address, String keyVariable, String addressVariable) {
        this.wire = wire;
        this.address = address;
        this.keyVariable = keyVariable;
        this.addressVariable = addressVariable;
    }

    /** What stands before the {@code /} in a model's name. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public String wire() {
        return wire;
    }

    public String address() {
        return address;
    }

    public String keyVariable() {
        return keyVariable;
    }

    /** Where a person names another address. */
    public String addressVariable() {
        return addressVariable;
    }

    public static Optional<KnownProvider> named(String word) {
        return Arrays.stream(values()).filter(one -> one.word().equals(word)).findFirst();
    }

    public static List<String> words() {
        return Arrays.stream(values()).map(KnownProvider::word).toList();
    }
}
