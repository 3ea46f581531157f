package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;
import dev.belay.runner.model.offline.Spoken.Called;
import dev.belay.runner.model.offline.Spoken.Ending;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What a turn becomes when a fault is in the words themselves. */
final class Misspoken {
    private static final String DECLINING = "I cannot help with that.";

    private Misspoken() {}

    static Spoken of(Spoken spoken, Fault.Speaking fault) {
        return switch (fault) {
            case Fault.Speaking.LengthLimit _ -> cut(spoken);
            case Fault.Speaking.Declined _ -> new Spoken(DECLINING, spoken.pace(), List.of(), Ending.DECLINED);
            case Fault.Speaking.Filtered _ ->
                new Spoken(half(spoken.text()), spoken.pace(), List.of(), Ending.FILTERED);
            case Fault.Speaking.BigArguments(int mebibytes) ->
                withFirst(spoken, call -> new Called(call.tool(), big(call.input(), mebibytes << 20)));
            case Fault.Speaking.BrokenArguments _ ->
                withFirst(spoken, call -> new Called(call.tool(), half(call.arguments())));
            case Fault.Speaking.WrongCase _ ->
                withFirst(spoken, call -> new Called(otherCase(call.tool()), call.arguments()));
        };
    }

    /** Half of the words; where there are none, half of the first call. */
    private static Spoken cut(Spoken spoken) {
        if (!spoken.text().isBlank() || spoken.calls().isEmpty()) {
            return new Spoken(half(spoken.text()), spoken.pace(), List.of(), Ending.AT_LENGTH_LIMIT);
        }
        Called first = spoken.calls().getFirst();
        Called begun = new Called(first.tool(), half(first.arguments()));
        return new Spoken("", spoken.pace(), List.of(begun), Ending.AT_LENGTH_LIMIT);
    }

    private static Spoken withFirst(Spoken spoken, UnaryOperator<Called> change) {
        if (spoken.calls().isEmpty()) {
            return spoken;
        }
        List<Called> calls = new ArrayList<>(spoken.calls());
        calls.set(0, change.apply(calls.getFirst()));
        return new Spoken(spoken.text(), spoken.pace(), calls, spoken.ending());
    }

    private static String half(String text) {
        int middle = (text.length() + 1) / 2;
        return text.substring(0, Pieces.boundary(text, middle));
    }

    /** The first field that is a text becomes so long, so that the call stays one that its tool knows. */
    private static String big(Json input, int length) {
        Map<String, Json> fields = new LinkedHashMap<>();
        if (input instanceof Json.Obj(var members)) {
            fields.putAll(members);
        }
        String name = fields.entrySet().stream()
                .filter(field -> field.getValue() instanceof Json.Str)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("filler");
        String text = fields.getOrDefault(name, Json.NULL).text();
        fields.put(name, Json.of(text + " ".repeat(Math.max(0, length - text.length()))));
        return new Json.Obj(fields).print();
    }

    private static String otherCase(String tool) {
        String lower = tool.toLowerCase(Locale.ROOT);
        return lower.equals(tool) ? tool.toUpperCase(Locale.ROOT) : lower;
    }
}
