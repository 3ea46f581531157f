package dev.belay.runner.hands;

import dev.belay.policies.ToolName;
import dev.belay.proto.json.Json;
import dev.belay.runner.agent.ToolOutcome;
import dev.belay.runner.agent.ToolSpec;
import java.util.List;

/** One tool: the fields it knows, and what it does with them. */
interface Tool {
    String name();

    /** The tool that must be given for this one to be called. */
    ToolName right();

    /** For the model. */
    String description();

    List<Field> fields();

    /** As a model is told of it. */
    default ToolSpec spec() {
        Json.ObjectBuilder properties = Json.object();
        for (Field field : fields()) {
            properties.put(
                    field.name(),
                    Json.object()
                            .put("type", field.kind().schema)
                            .put("description", field.description())
                            .build());
        }
        Json.Obj schema = Json.object()
                .put("type", "object")
                .put("properties", properties.build())
                .put(
                        "required",
                        Json.array(fields().stream()
                                .filter(Field::required)
                                .map(Field::name)
                                .toList()))
                .put("additionalProperties", Json.of(false))
                .build();
        return new ToolSpec(name(), description(), schema);
    }

    /** What a call is going to do. Nothing for a tool that no rule speaks of. */
    default List<Intent> intents(Arguments arguments) throws BadCallException {
        return List.of();
    }

    ToolOutcome call(Arguments arguments) throws BadCallException, HandException, InterruptedException;

    /** The field that says what a call is about. */
    String subject();

    /** What a call is about. */
    default String about(Json.Obj input) {
        return input.text(subject());
    }

    /**
     * @param required a call without it is wrong
     * @param description for the model
     */
    record Field(String name, Kind kind, boolean required, String description) {
        static Field required(String name, Kind kind, String description) {
            return new Field(name, kind, true, description);
        }

        static Field optional(String name, Kind kind, String description) {
            return new Field(name, kind, false, description);
        }
    }

    enum Kind {
        STRING("a string", "string"),
        INTEGER("a whole number", "integer"),
        BOOLEAN("true or false", "boolean");

        final String words;
        final String schema;

        Kind(String words, String schema) {
            this.words = words;
            this.schema = schema;
        }
    }
}
