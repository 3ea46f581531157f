package dev.belay.proto.script;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tools that a model may call, with the field names that models are trained on. */
public enum ToolSchema {
    Bash(
            Field.required("command", Type.TEXT),
            Field.optional("timeout", Type.WHOLE),
            Field.optional("description", Type.TEXT),
            Field.optional("run_in_background", Type.FLAG)),
    Read(
            Field.required("file_path", Type.TEXT),
            Field.optional("offset", Type.WHOLE),
            Field.optional("limit", Type.WHOLE)),
    Edit(
            Field.required("file_path", Type.TEXT),
            Field.required("old_string", Type.TEXT),
            Field.required("new_string", Type.TEXT),
            Field.optional("replace_all", Type.FLAG)),
    Write(Field.required("file_path", Type.TEXT), Field.required("content", Type.TEXT)),
    Glob(Field.required("pattern", Type.TEXT), Field.optional("path", Type.TEXT)),
    Grep(
            Field.required("pattern", Type.TEXT),
            Field.optional("path", Type.TEXT),
            Field.optional("glob", Type.TEXT),
            Field.optional("type", Type.TEXT),
            Field.optional("output_mode", Type.TEXT),
            Field.optional("-i", Type.FLAG),
            Field.optional("-n", Type.FLAG),
            Field.optional("-A", Type.WHOLE),
            Field.optional("-B", Type.WHOLE),
            Field.optional("-C", Type.WHOLE),
            Field.optional("head_limit", Type.WHOLE),
            Field.optional("offset", Type.WHOLE),
            Field.optional("multiline", Type.FLAG));

    private final Map<String, Field> fields;

    ToolSchema(Field... fields) {
        Map<String, Field> all = new LinkedHashMap<>();
        for (Field field : fields) {
            all.put(field.name(), field);
        }
        this.fields = Map.copyOf(all);
        this.names = List.copyOf(all.keySet());
    }

    private final List<String> names;

    public static Optional<ToolSchema> named(String name) {
        for (ToolSchema tool : values()) {
            if (tool.name().equals(name)) {
                return Optional.of(tool);
            }
        }
        return Optional.empty();
    }

    public static List<String> toolNames() {
        return List.of(values()).stream().map(Enum::name).toList();
    }

    public List<String> fieldNames() {
        return names;
    }

    public Optional<Field> field(String name) {
        return Optional.ofNullable(fields.get(name));
    }

    public record Field(String name, Type type, boolean required) {
        static Field required(String name, Type type) {
            return new Field(name, type, true);
        }

        static Field optional(String name, Type type) {
            return new Field(name, type, false);
        }
    }

    public enum Type {
        TEXT("a string"),
        WHOLE("a whole number"),
        FLAG("true or false");

        private final String words;

        Type(String words) {
            this.words = words;
        }

        /** `a string`, for messages. */
        public String words() {
            return words;
        }
    }
}
