package dev.belay.policies.codex;

import java.util.List;

/** What an argument may be, with the place that it is written at, a character of the text from 0. */
sealed interface Value {
    int at();

    record Text(int at, String value) implements Value {}

    record Items(int at, List<Value> items) implements Value {
        public Items {
            items = List.copyOf(items);
        }
    }

    /** For messages. */
    default String kind() {
        return this instanceof Text ? "a string" : "a list";
    }
}
