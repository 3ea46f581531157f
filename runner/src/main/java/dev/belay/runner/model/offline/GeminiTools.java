package dev.belay.runner.model.offline;

import static dev.belay.runner.model.offline.RefusedException.badRequest;

import dev.belay.proto.json.Json;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What Gemini refuses of tools. Its own schemas are not JSON Schema; those have a field of their own. */
final class GeminiTools {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}");
    private static final Set<String> DECLARATION = Set.of(
            "name",
            "description",
            "parameters",
            "parametersJsonSchema",
            "parameters_json_schema",
            "response",
            "responseJsonSchema",
            "response_json_schema",
            "behavior");
    private static final Set<String> SCHEMA = Set.of(
            "type",
            "format",
            "title",
            "description",
            "nullable",
            "enum",
            "maxItems",
            "minItems",
            "properties",
            "required",
            "minProperties",
            "maxProperties",
            "minLength",
            "maxLength",
            "pattern",
            "example",
            "anyOf",
            "propertyOrdering",
            "default",
            "items",
            "minimum",
            "maximum");

    private GeminiTools() {}

    static void judge(Json tools) throws RefusedException {
        int index = 0;
        for (Json tool : tools.items()) {
            String place = "tools[" + index++ + "].function_declarations";
            Json declarations = GeminiJudge.either(tool, "functionDeclarations", "function_declarations");
            int number = 0;
            for (Json declaration : declarations.items()) {
                declaration(place + "[" + number++ + "]", declaration);
            }
        }
    }

    private static void declaration(String place, Json declaration) throws RefusedException {
        Optional<String> unknown = Fields.unknown(declaration, DECLARATION);
        if (unknown.isPresent()) {
            throw GeminiJudge.unknown(unknown.get(), place);
        }
        if (!NAME.matcher(declaration.text("name")).matches()) {
            throw badRequest("", place + ".name", "invalid function name \"" + declaration.text("name") + "\"");
        }
        Json schema = GeminiJudge.either(declaration, "parametersJsonSchema", "parameters_json_schema");
        Json own = declaration.get("parameters");
        if (schema.isNull() == own.isNull()) {
            throw badRequest(
                    "", place + ".parameters", "one schema is required, as parameters or parametersJsonSchema");
        }
        schema(place + ".parameters", own);
    }

    private static void schema(String place, Json schema) throws RefusedException {
        Optional<String> unknown = Fields.unknown(schema, SCHEMA);
        if (unknown.isPresent()) {
            throw GeminiJudge.unknown(unknown.get(), place);
        }
        if (Fields.has(schema, "type") && !Fields.isText(schema.get("type"))) {
            throw badRequest("", place + ".type", "must be one word, and is a list");
        }
        if (schema.get("properties") instanceof Json.Obj(Map<String, Json> properties)) {
            for (Map.Entry<String, Json> property : properties.entrySet()) {
                schema(place + ".properties." + property.getKey(), property.getValue());
            }
        }
        if (Fields.has(schema, "items")) {
            schema(place + ".items", schema.get("items"));
        }
        int index = 0;
        for (Json one : schema.get("anyOf").items()) {
            schema(place + ".any_of[" + index++ + "]", one);
        }
    }
}
