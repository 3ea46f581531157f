package dev.belay.runner.model;

import dev.belay.policies.models.KnownProvider;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The providers of this runner: those that Belay knows, at the addresses that variables name, and those that the file of
 * {@code BELAY_MODELS} adds or replaces.
 *
 * <pre>{"providers": {"office": {"wire": "chat", "address": "https://llm.example/v1", "key_variable": "OFFICE_KEY"}},
 *  "prices": {"office/big": {"input": 1.25, "output": 10}},
 *  "windows": {"office/big": {"context": 131072, "output": 8192}}}</pre>
 */
public final class Providers {
    private static final Set<String> FILE = Set.of("providers", "prices", "windows");
    private static final Set<String> PROVIDER = Set.of("wire", "address", "key_variable", "headers");
    private static final Set<String> RESERVED =
            Set.of("host", "content-length", "content-type", "connection", "transfer-encoding");

    private final Map<String, Provider> all;
    private final Prices prices;
    private final Windows windows;

    private Providers(Map<String, Provider> all, Prices prices, Windows windows) {
        this.all = Map.copyOf(all);
        this.prices = prices;
        this.windows = windows;
    }

    public static Providers from(Map<String, String> environment) {
        Map<String, Provider> all = new LinkedHashMap<>();
        for (KnownProvider known : KnownProvider.values()) {
            String own = environment.getOrDefault(known.addressVariable(), "").strip();
            all.put(
                    known.word(),
                    new Provider(
                            known.word(),
                            known.wire(),
                            address(known.addressVariable(), own.isEmpty() ? known.address() : own),
                            Optional.of(known.keyVariable()),
                            Map.of()));
        }
        String file = environment.getOrDefault("BELAY_MODELS", "");
        if (file.isEmpty()) {
            return new Providers(all, Prices.published(), Windows.published());
        }
        Json.Obj read = read(Path.of(file));
        known(file, read, FILE);
        if (read.get("providers") instanceof Json.Obj(Map<String, Json> entries)) {
            entries.forEach((name, entry) -> all.put(name, provider(file, name, entry)));
        }
        return new Providers(
                all,
                Prices.published().with(file, read.get("prices")),
                Windows.published().with(file, read.get("windows")));
    }

    public List<Provider> all() {
        return all.values().stream()
                .sorted((one, other) -> one.name().compareTo(other.name()))
                .toList();
    }

    public Optional<Provider> named(String name) {
        return Optional.ofNullable(all.get(name));
    }

    public Prices prices() {
        return prices;
    }

    public Windows windows() {
        return windows;
    }

    private static Json.Obj read(Path file) {
        try {
            if (Json.parse(Files.readString(file)) instanceof Json.Obj object) {
                return object;
            }
            throw wrong(file.toString(), "it is no JSON object");
        } catch (JsonException malformed) {
            throw wrong(file.toString(), String.valueOf(malformed.getMessage())).causedBy(malformed);
        } catch (IOException unreadable) {
            throw wrong(file.toString(), "it cannot be read: " + unreadable).causedBy(unreadable);
        }
    }

    private static Provider provider(String file, String name, Json entry) {
        String place = file + ", provider " + name;
        if (!name.matches("[a-z][a-z0-9-]{0,31}")) {
            throw wrong(file, "a provider's name is lower-case letters, digits and dashes: " + name);
        }
        if (!(entry instanceof Json.Obj object)) {
            throw wrong(place, "it is no object");
        }
        known(place, object, PROVIDER);
        String wire = object.text("wire");
        if (!Wires.NAMES.contains(wire)) {
            throw wrong(place, "wire must be one of " + String.join(", ", Wires.NAMES));
        }
        String variable = object.text("key_variable");
        return new Provider(
                name,
                wire,
                address(place, object.text("address")),
                variable.isEmpty() ? Optional.empty() : Optional.of(variable),
                headers(place, object.get("headers")));
    }

    private static Map<String, String> headers(String place, Json json) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (json instanceof Json.Obj(Map<String, Json> entries)) {
            entries.forEach((name, value) -> {
                if (!name.matches("[A-Za-z0-9-]{1,64}")
                        || RESERVED.contains(name.toLowerCase(Locale.ROOT))
                        || !value.text().matches("[\\x20-\\x7e]{0,4096}")) {
                    throw wrong(place, "the header " + name + " cannot be sent");
                }
                headers.put(name, value.text());
            });
        } else if (!json.isNull()) {
            throw wrong(place, "headers must be an object of strings");
        }
        return headers;
    }

    private static URI address(String place, String text) {
        try {
            URI address = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            boolean http = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
            if (http && address.getHost() != null && address.getQuery() == null && address.getUserInfo() == null) {
                return address;
            }
        } catch (URISyntaxException malformed) {
            throw wrong(place, "not an address: " + text).causedBy(malformed);
        }
        throw wrong(place, "not an address such as https://llm.example/v1: " + text);
    }

    static void known(String place, Json.Obj object, Set<String> members) {
        for (String name : object.members().keySet()) {
            if (!members.contains(name)) {
                throw wrong(
                        place,
                        "unknown member " + name + "; known are "
                                + String.join(", ", members.stream().sorted().toList()));
            }
        }
    }

    static BelayException wrong(String place, String why) {
        return BelayException.of(
                ErrorCode.E_USAGE,
                "the models of this runner are not configured rightly",
                place + ": " + why,
                "belay help providers");
    }
}
