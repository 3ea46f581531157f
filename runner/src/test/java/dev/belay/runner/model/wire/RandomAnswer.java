package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Any well-formed answer, and any way to cut it into pieces. */
record RandomAnswer(String text, List<ToolCall> calls) {
    private static final String LETTERS = "ab {}[]\",:\\\n\t\u0000é日🙂0";

    static RandomAnswer of(Random random) {
        List<ToolCall> calls = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            calls.add(new ToolCall("call-" + i, "Tool" + random.nextInt(3), object(random, 3)));
        }
        return new RandomAnswer(words(random, 40), calls);
    }

    static List<String> pieces(String text, Random random) {
        List<String> pieces = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int end = Math.min(text.length(), at + 1 + random.nextInt(9));
            pieces.add(text.substring(at, end));
            at = end;
        }
        return pieces;
    }

    private static Json.Obj object(Random random, int depth) {
        Json.ObjectBuilder object = Json.object();
        for (int i = random.nextInt(4); i > 0; i--) {
            object.put(words(random, 6), value(random, depth));
        }
        return object.build();
    }

    private static Json value(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 6 : 4)) {
            case 0 -> Json.of(words(random, 12));
            case 1 -> Json.of(random.nextLong());
            case 2 -> Json.of(random.nextBoolean());
            case 3 -> Json.NULL;
            case 4 -> object(random, depth - 1);
            default -> new Json.Arr(List.of(value(random, depth - 1), value(random, depth - 1)));
        };
    }

    private static String words(Random random, int most) {
        StringBuilder words = new StringBuilder();
        for (int i = random.nextInt(most); i > 0; i--) {
            words.appendCodePoint(LETTERS.codePointAt(random.nextInt(LETTERS.length())));
        }
        return words.toString();
    }
}
