package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a model would read of a request, in the order in which a cache would hold it, without the marks for the cache.
 *
 * @param cacheable how much of it, from its beginning, a cache may hold
 */
record Prompt(String text, int cacheable) {
    /** Collects the parts in order. */
    static final class Builder {
        private static final String MARK = "cache_control";

        private final StringBuilder text = new StringBuilder();
        private int marked;

        Builder add(Json part) {
            text.append(bare(part).print()).append('\n');
            if (!part.get(MARK).isNull()) {
                marked = text.length();
            }
            return this;
        }

        Builder addAll(Json list) {
            list.items().forEach(this::add);
            return this;
        }

        /** For services that cache whatever they are sent. */
        Prompt cachedByItself() {
            return new Prompt(text.toString(), text.length());
        }

        /** For services that cache up to the last mark. */
        Prompt cachedByMarks() {
            return new Prompt(text.toString(), marked);
        }

        private static Json bare(Json value) {
            return switch (value) {
                case Json.Obj(var members) -> {
                    Map<String, Json> kept = new LinkedHashMap<>();
                    members.forEach((name, member) -> {
                        if (!name.equals(MARK)) {
                            kept.put(name, bare(member));
                        }
                    });
                    yield new Json.Obj(kept);
                }
                case Json.Arr(var items) -> {
                    List<Json> kept = new ArrayList<>(items.size());
                    items.forEach(item -> kept.add(bare(item)));
                    yield new Json.Arr(kept);
                }
                default -> value;
            };
        }
    }
}
