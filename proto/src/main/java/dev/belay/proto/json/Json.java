package dev.belay.proto.json;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value. Reading is strict (RFC 8259, no duplicate names, at most {@value #MAX_DEPTH} levels), so that what two
 * parts of Belay read from the same bytes is the same value.
 */
public sealed interface Json {
    int MAX_DEPTH = 64;

    Json NULL = new Null();

    record Null() implements Json {}

    record Bool(boolean value) implements Json {}

    record Num(BigDecimal value) implements Json {}

    record Str(String value) implements Json {}

    record Arr(List<Json> items) implements Json {
        public Arr {
            items = List.copyOf(items);
        }
    }

    /** Members keep their order. */
    record Obj(Map<String, Json> members) implements Json {
        public Obj {
            members = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(members));
        }
    }

    static Json parse(String text) {
        return new JsonReader(text).document();
    }

    static Json of(@Nullable String value) {
        return value == null ? NULL : new Str(value);
    }

    static Json of(long value) {
        return new Num(BigDecimal.valueOf(value));
    }

    static Json of(double value) {
        return Double.isFinite(value) ? new Num(BigDecimal.valueOf(value)) : NULL;
    }

    static Json of(boolean value) {
        return new Bool(value);
    }

    static Json array(List<String> values) {
        List<Json> items = new ArrayList<>(values.size());
        values.forEach(value -> items.add(new Str(value)));
        return new Arr(items);
    }

    static ObjectBuilder object() {
        return new ObjectBuilder();
    }

    /** The member's value, or {@link #NULL} when this is no object or has no such member. */
    default Json get(String name) {
        return this instanceof Obj(var members) ? members.getOrDefault(name, NULL) : NULL;
    }

    /** The items, or none when this is no array. */
    default List<Json> items() {
        return this instanceof Arr(var items) ? items : List.of();
    }

    default boolean isNull() {
        return this instanceof Null;
    }

    /** The string, or the empty string when this is none. */
    default String text() {
        return this instanceof Str(var value) ? value : "";
    }

    default String text(String name) {
        return get(name).text();
    }

    default long number() {
        return this instanceof Num(var value) ? value.longValue() : 0;
    }

    default long number(String name) {
        return get(name).number();
    }

    default double decimal() {
        return this instanceof Num(var value) ? value.doubleValue() : 0;
    }

    default double decimal(String name) {
        return get(name) instanceof Num(var value) ? value.doubleValue() : 0;
    }

    default boolean flag(String name) {
        return get(name) instanceof Bool(var value) && value;
    }

    /** One line, without spaces. */
    default String print() {
        StringBuilder out = new StringBuilder();
        JsonWriter.write(this, out);
        return out.toString();
    }

    /** Indented by two spaces, for people. */
    default String pretty() {
        StringBuilder out = new StringBuilder();
        JsonWriter.writePretty(this, out, 0);
        return out.toString();
    }

    /** Collects members in order. */
    final class ObjectBuilder {
        private final Map<String, Json> members = new LinkedHashMap<>();

        public ObjectBuilder put(String name, Json value) {
            members.put(name, value);
            return this;
        }

        public ObjectBuilder put(String name, @Nullable String value) {
            return put(name, of(value));
        }

        public ObjectBuilder put(String name, long value) {
            return put(name, of(value));
        }

        public ObjectBuilder put(String name, boolean value) {
            return put(name, of(value));
        }

        public Obj build() {
            return new Obj(members);
        }
    }
}
