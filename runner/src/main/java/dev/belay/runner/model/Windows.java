package dev.belay.runner.model;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.Window;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How much models read and say at once. A dated name has the window of its model. Any other name without an entry is taken
 * for a usual one: what it cannot read its provider refuses.
 */
public final class Windows {
    private static final Set<String> MEMBERS = Set.of("context", "output");
    private static final long USUAL_CONTEXT = 200_000;

    /** More than this no answer needs, and what is kept free for it cannot be read. */
    private static final long MOST_OUTPUT = 32_000;

    private static final long LEAST_CONTEXT = 1_000;
    private static final long MOST_CONTEXT = 100_000_000;

    private final Map<String, Entry> entries;

    private Windows(Map<String, Entry> entries) {
        this.entries = Map.copyOf(entries);
    }

    private record Entry(OptionalLong context, OptionalLong output) {}

    /** The table that this version came with. */
    public static Windows published() {
        try (InputStream in = Windows.class.getResourceAsStream("windows.json")) {
            if (in == null) {
                throw new IllegalStateException("this installation has no windows of models");
            }
            Json table = Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            return new Windows(Map.of()).with("windows.json", table.get("windows"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The same with entries of a person's own. */
    Windows with(String place, Json own) {
        Map<String, Entry> all = new LinkedHashMap<>(entries);
        if (own instanceof Json.Obj(Map<String, Json> more)) {
            more.forEach((model, entry) -> all.put(model, entry(place + ", window of " + model, entry)));
        } else if (!own.isNull()) {
            throw Providers.wrong(place, "windows must be an object");
        }
        return new Windows(all);
    }

    private static Entry entry(String place, Json entry) {
        if (!(entry instanceof Json.Obj object)) {
            throw Providers.wrong(place, "it is no object");
        }
        Providers.known(place, object, MEMBERS);
        return new Entry(tokens(place, object, "context", LEAST_CONTEXT), tokens(place, object, "output", 1));
    }

    private static OptionalLong tokens(String place, Json.Obj entry, String name, long least) {
        if (entry.get(name).isNull()) {
            return OptionalLong.empty();
        }
        if (entry.get(name) instanceof Json.Num number
                && number.decimal() == number.number()
                && number.number() >= least
                && number.number() <= MOST_CONTEXT) {
            return OptionalLong.of(number.number());
        }
        throw Providers.wrong(place, name + String.format(Locale.ROOT, " must be tokens, %,d at least", least));
    }

    /**
     * @param model with its provider: {@code anthropic/…}
     * @param briefed characters that it is told before any conversation
     */
    Window of(String model, long briefed) {
        Entry entry = Dated.find(entries, model).orElse(new Entry(OptionalLong.empty(), OptionalLong.empty()));
        long context = entry.context().orElse(USUAL_CONTEXT);
        // Of a small window nobody knows how much of it may be an answer; half of it must be left to read in any case.
        long output = Math.min(entry.output().orElse(context / 4), context / 2);
        return new Window(context, (int) Math.min(MOST_OUTPUT, output), briefed);
    }
}
