package dev.belay.policies.json;

import java.util.List;

/** A value with the place that it is written at, a character of the text from 0. */
public sealed interface JsonNode {
    int at();

    record Text(int at, String value) implements JsonNode {}

    record Member(Text key, JsonNode value) {}

    record Members(int at, List<Member> members) implements JsonNode {
        public Members {
            members = List.copyOf(members);
        }
    }

    record Items(int at, List<JsonNode> items) implements JsonNode {
        public Items {
            items = List.copyOf(items);
        }
    }

    /** A number, {@code true}, {@code false} or {@code null}: nothing here is one, so which does not matter. */
    record Plain(int at, String word) implements JsonNode {}

    /** For messages. */
    default String kind() {
        return switch (this) {
            case Text _ -> "a string";
            case Members _ -> "an object";
            case Items _ -> "a list";
            case Plain plain -> plain.word();
        };
    }
}
