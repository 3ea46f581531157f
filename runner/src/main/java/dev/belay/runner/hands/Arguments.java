package dev.belay.runner.hands;

import dev.belay.proto.json.Json;
import java.math.BigDecimal;
import java.util.Map;
import java.util.stream.Collectors;

/** The fields of a call, checked against what the tool knows: no unknown one, none missing, each of its type. */
final class Arguments {
    private final Map<String, Json> values;

    private Arguments(Map<String, Json> values) {
        this.values = values;
    }

    static Arguments of(Tool tool, Json.Obj input) throws BadCallException {
        Map<String, Tool.Field> known =
                tool.fields().stream().collect(Collectors.toMap(Tool.Field::name, field -> field));
        for (Map.Entry<String, Json> given : input.members().entrySet()) {
            Tool.Field field = known.get(given.getKey());
            if (field == null) {
                throw new BadCallException("%s has no field \"%s\"; its fields are %s."
                        .formatted(tool.name(), PlainText.line(given.getKey(), 60), names(tool)));
            }
            if (!given.getValue().isNull() && !fits(field.kind(), given.getValue())) {
                throw new BadCallException("%s: the field \"%s\" must be %s; it is %s."
                        .formatted(
                                tool.name(),
                                field.name(),
                                field.kind().words,
                                PlainText.line(given.getValue().print(), 60)));
            }
        }
        for (Tool.Field field : tool.fields()) {
            if (field.required() && input.get(field.name()).isNull()) {
                throw new BadCallException("%s: the field \"%s\" is missing; it must be %s."
                        .formatted(tool.name(), field.name(), field.kind().words));
            }
        }
        return new Arguments(input.members());
    }

    private static String names(Tool tool) {
        return tool.fields().stream()
                .map(field -> field.required() ? field.name() : field.name() + " (optional)")
                .collect(Collectors.joining(", "));
    }

    private static boolean fits(Tool.Kind kind, Json value) {
        return switch (kind) {
            case STRING -> value instanceof Json.Str;
            case BOOLEAN -> value instanceof Json.Bool;
            case INTEGER ->
                value instanceof Json.Num(BigDecimal number)
                        && number.stripTrailingZeros().scale() <= 0
                        && number.precision() - number.scale() <= 18;
        };
    }

    boolean has(String name) {
        return values.containsKey(name) && !value(name).isNull();
    }

    String text(String name) {
        return value(name).text();
    }

    String text(String name, String otherwise) {
        return has(name) ? text(name) : otherwise;
    }

    boolean flag(String name, boolean otherwise) {
        return value(name) instanceof Json.Bool(boolean flag) ? flag : otherwise;
    }

    int number(String name, int otherwise, int least, int most) throws BadCallException {
        if (!has(name)) {
            return otherwise;
        }
        long number = value(name).number();
        if (number < least || number > most) {
            throw new BadCallException(
                    "the field \"%s\" must be from %,d to %,d; it is %,d.".formatted(name, least, most, number));
        }
        return (int) number;
    }

    private Json value(String name) {
        return values.getOrDefault(name, Json.NULL);
    }
}
