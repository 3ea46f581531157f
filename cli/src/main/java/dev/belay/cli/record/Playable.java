package dev.belay.cli.record;

import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import dev.belay.proto.script.ToolSchema;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;

/** Whether a script can make a call as the model made it: the same tool, with the same fields. */
final class Playable {
    /** Of an input in the log. A longer one is cut there. */
    private static final int INPUT_LENGTH = 64 << 10;

    private static final int LONG_DIGITS = 19;

    private Playable() {}

    /** @throws Unplayable with the reason */
    static Json.Obj input(String tool, String json) throws Unplayable {
        Json.Obj input = object(json);
        ToolSchema schema =
                ToolSchema.named(tool).orElseThrow(() -> new Unplayable("the script model has no tool " + tool));
        for (Map.Entry<String, Json> member : input.members().entrySet()) {
            ToolSchema.Field field = schema.field(member.getKey())
                    .orElseThrow(() -> new Unplayable(tool + " has no field " + member.getKey()));
            if (!fits(field.type(), member.getValue())) {
                throw new Unplayable(
                        tool + "." + field.name() + " must be " + field.type().words());
            }
        }
        Optional<String> missing = schema.fieldNames().stream()
                .filter(name -> schema.field(name).orElseThrow().required())
                .filter(name -> !input.members().containsKey(name))
                .findFirst();
        if (missing.isPresent()) {
            throw new Unplayable(tool + " needs the field " + missing.get());
        }
        return input;
    }

    private static Json.Obj object(String json) throws Unplayable {
        try {
            if (Json.parse(json) instanceof Json.Obj whole) {
                return whole;
            }
        } catch (JsonException unreadable) {
            if (json.length() >= INPUT_LENGTH) {
                throw new Unplayable("the log holds only the first 65,536 characters of its input");
            }
        }
        throw new Unplayable("its input is no JSON object");
    }

    /** Numbers as a script can write them: another way of writing is another input. */
    private static boolean fits(ToolSchema.Type type, Json value) {
        return switch (type) {
            case TEXT -> value instanceof Json.Str;
            case FLAG -> value instanceof Json.Bool;
            case WHOLE -> value instanceof Json.Num(BigDecimal number) && isWhole(number);
        };
    }

    private static boolean isWhole(BigDecimal number) {
        return number.scale() == 0
                && number.precision() <= LONG_DIGITS
                && number.compareTo(BigDecimal.valueOf(number.longValue())) == 0;
    }
}
