package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Makes a stream wrong: in its order, in its bytes, or in the types of what it says. */
final class Damage {
    private static final List<Json> OTHER_VALUES = List.of(
            Json.NULL,
            Json.of(true),
            Json.of(-1),
            Json.of(127),
            Json.of(128),
            Json.parse("1e999"),
            Json.parse("-1e-999"),
            Json.parse("99999999999999999999"),
            Json.of(""),
            Json.of("x"),
            Json.parse("[]"),
            Json.parse("{}"),
            Json.parse("[[]]"),
            Json.parse("{\"type\":\"message\"}"));

    private Damage() {}

    static List<String> done(List<String> events, Random random) {
        List<String> damaged = new ArrayList<>(events);
        for (int i = 1 + random.nextInt(3); i > 0 && !damaged.isEmpty(); i--) {
            int at = random.nextInt(damaged.size());
            String event = damaged.get(at);
            switch (random.nextInt(6)) {
                case 0 -> damaged.remove(at);
                case 1 -> damaged.add(random.nextInt(damaged.size()), event);
                case 2 -> damaged.set(at, event.substring(0, random.nextInt(event.length() + 1)));
                case 3 -> damaged.set(at, event.replace(event.charAt(random.nextInt(event.length() + 1) / 2), '}'));
                default -> damaged.set(at, retyped(event, random));
            }
            damaged.removeIf(String::isEmpty);
        }
        return damaged;
    }

    private static String retyped(String event, Random random) {
        try {
            return changed(Json.parse(event), random).print();
        } catch (JsonException damagedBefore) {
            return event;
        }
    }

    private static Json changed(Json json, Random random) {
        if (json instanceof Json.Obj(var members) && !members.isEmpty() && random.nextInt(6) > 0) {
            Map<String, Json> changed = new LinkedHashMap<>(members);
            List<String> names = List.copyOf(members.keySet());
            String name = names.get(random.nextInt(names.size()));
            changed.put(name, changed(members.getOrDefault(name, Json.NULL), random));
            return new Json.Obj(changed);
        }
        if (json instanceof Json.Arr(var items) && !items.isEmpty() && random.nextInt(6) > 0) {
            List<Json> changed = new ArrayList<>(items);
            int at = random.nextInt(items.size());
            changed.set(at, changed(items.get(at), random));
            return new Json.Arr(changed);
        }
        return OTHER_VALUES.get(random.nextInt(OTHER_VALUES.size()));
    }
}
