package dev.belay.runner.hands;

import dev.belay.proto.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a model meant where it wrote a name as another harness has it. Only names are mended, never values: {@code filePath}
 * is {@code file_path}, a {@code path} without a {@code file_path} is one.
 */
final class Spelling {
    private static final Map<String, List<String>> OTHER_NAMES = Map.of(
            "file_path", List.of("path", "file", "filename", "absolutepath"),
            "command", List.of("cmd", "script"),
            "old_string", List.of("oldstr", "oldtext", "search"),
            "new_string", List.of("newstr", "newtext", "replace", "replacement"),
            "content", List.of("contents", "text", "filetext"),
            "pattern", List.of("regex", "query"),
            "input", List.of("patch", "diff"));

    private Spelling() {}

    /** The tool that is called so, whatever the case. */
    static Optional<Tool> tool(Map<String, Tool> tools, String name) {
        Tool exact = tools.get(name);
        if (exact != null) {
            return Optional.of(exact);
        }
        return tools.values().stream()
                .filter(tool -> tool.name().equalsIgnoreCase(name.strip()))
                .findFirst();
    }

    /** The input with the tool's own names for its fields; what cannot be told stays as it is, to be refused by name. */
    static Json.Obj fields(Tool tool, Json.Obj input) {
        List<String> known = tool.fields().stream().map(Tool.Field::name).toList();
        if (known.containsAll(input.members().keySet())) {
            return input;
        }
        Map<String, Json> mended = new LinkedHashMap<>();
        input.members().forEach((name, value) -> {
            String meant = known.contains(name) ? name : meant(known, name);
            boolean free = !meant.equals(name) && !input.members().containsKey(meant) && !mended.containsKey(meant);
            mended.put(free ? meant : name, value);
        });
        return new Json.Obj(mended);
    }

    private static String meant(List<String> known, String name) {
        String plain = plain(name);
        for (String field : known) {
            if (plain(field).equals(plain)
                    || OTHER_NAMES.getOrDefault(field, List.of()).contains(plain)) {
                return field;
            }
        }
        return name;
    }

    private static String plain(String name) {
        return name.replaceAll("[_\\-\\s]", "").toLowerCase(Locale.ROOT);
    }
}
