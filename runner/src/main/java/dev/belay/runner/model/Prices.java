package dev.belay.runner.model;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What models cost, in dollars for a million tokens. A dated name has the price of its model; any other name without an entry
 * has no price, nor has a prompt beyond those that an entry is for. That is said, and never guessed.
 */
public final class Prices {
    private static final Set<String> MEMBERS =
            Set.of("input", "output", "cache_read", "cache_write", "up_to", "beyond");
    private static final double MILLION = 1e6;

    private final String asOf;
    private final Map<String, Price> prices;

    private Prices(String asOf, Map<String, Price> prices) {
        this.asOf = asOf;
        this.prices = Map.copyOf(prices);
    }

    /**
     * @param upTo the longest prompt that it is for, in tokens
     * @param beyond for longer ones
     */
    private record Price(
            double input, double output, double cacheRead, double cacheWrite, long upTo, Optional<Price> beyond) {
        Optional<Double> of(Reply.Usage usage) {
            if (usage.tokensIn() > upTo) {
                return beyond.flatMap(longer -> longer.of(usage));
            }
            long plain = Math.max(0, usage.tokensIn() - usage.cacheRead() - usage.cacheWrite());
            return Optional.of((plain * input
                            + usage.cacheRead() * cacheRead
                            + usage.cacheWrite() * cacheWrite
                            + usage.tokensOut() * output)
                    / MILLION);
        }
    }

    /** The table that this version came with. */
    public static Prices published() {
        try (InputStream in = Prices.class.getResourceAsStream("prices.json")) {
            if (in == null) {
                throw new IllegalStateException("this installation has no prices");
            }
            Json table = Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            return new Prices(table.text("as_of"), Map.of()).with("prices.json", table.get("prices"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The same with entries of a person's own. */
    Prices with(String place, Json own) {
        Map<String, Price> all = new LinkedHashMap<>(prices);
        if (own instanceof Json.Obj(Map<String, Json> entries)) {
            entries.forEach((model, entry) -> all.put(model, price(place + ", price of " + model, entry)));
        } else if (!own.isNull()) {
            throw Providers.wrong(place, "prices must be an object");
        }
        return new Prices(asOf, all);
    }

    private static Price price(String place, Json entry) {
        if (!(entry instanceof Json.Obj object)) {
            throw Providers.wrong(place, "it is no object");
        }
        Providers.known(place, object, MEMBERS);
        double input = dollars(place, object, "input").orElseThrow(() -> Providers.wrong(place, "it has no input"));
        double output = dollars(place, object, "output").orElseThrow(() -> Providers.wrong(place, "it has no output"));
        return new Price(
                input,
                output,
                dollars(place, object, "cache_read").orElse(input),
                dollars(place, object, "cache_write").orElse(input),
                object.get("up_to").isNull() ? Long.MAX_VALUE : object.number("up_to"),
                object.get("beyond").isNull()
                        ? Optional.empty()
                        : Optional.of(price(place + ", beyond", object.get("beyond"))));
    }

    private static Optional<Double> dollars(String place, Json.Obj entry, String name) {
        if (entry.get(name).isNull()) {
            return Optional.empty();
        }
        if (entry.get(name) instanceof Json.Num number && number.decimal() >= 0 && number.decimal() < MILLION) {
            return Optional.of(number.decimal());
        }
        throw Providers.wrong(place, name + " must be dollars for a million tokens");
    }

    /** When the table was true. */
    public String asOf() {
        return asOf;
    }

    /** @param model with its provider: {@code anthropic/…} */
    public boolean known(String model) {
        return price(model).isPresent();
    }

    Optional<Double> of(String model, Reply.Usage usage) {
        return price(model).flatMap(price -> price.of(usage));
    }

    private Optional<Price> price(String model) {
        return Dated.find(prices, model);
    }
}
