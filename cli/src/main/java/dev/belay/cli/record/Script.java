package dev.belay.cli.record;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A recording as the document that the script model plays. */
final class Script {
    /** What its reader takes. */
    static final int MOST_CALLS = 100;

    private static final int MOST_TURNS = 10_000;
    private static final int MOST_BYTES = 4 << 20;
    private static final int FIELDS = 10;
    private static final int BLOCK = 12;

    private final StringBuilder out = new StringBuilder();

    private Script() {}

    static String of(Recording recording) {
        String text = new Script().written(recording);
        if (recording.turns().size() > MOST_TURNS || text.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            throw BelayException.of(
                    ErrorCode.E_SCRIPT,
                    recording.task() + " cannot be played: its script would be too large",
                    "a script has at most 10,000 turns and 4 MiB; this one has "
                            + recording.turns().size() + " turns (layer: client)",
                    "belay logs " + recording.task() + " --json");
        }
        return text;
    }

    private String written(Recording recording) {
        out.append(Yaml.comment(
                0, "Recorded by belay record from " + recording.task() + ", model " + recording.model() + "."));
        out.append(Yaml.comment(0, "It was asked:\n" + recording.prompt()));
        out.append("model: script/1\nturns:\n");
        recording.turns().forEach(this::turn);
        remarks(recording.last());
        return out.toString();
    }

    private void turn(PlayedTurn turn) {
        remarks(turn.remarks());
        out.append(Yaml.comment(2, "turn " + turn.number()));
        String lead = "  - ";
        if (!turn.say().isBlank()) {
            out.append(lead).append("say: ").append(Yaml.text(turn.say(), 6)).append('\n');
            lead = "    ";
        }
        if (!turn.calls().isEmpty()) {
            out.append(lead).append("calls:\n");
            turn.calls().forEach(this::call);
        }
    }

    private void remarks(List<String> remarks) {
        remarks.forEach(remark -> out.append(Yaml.comment(2, remark)));
    }

    private void call(PlayedTurn.Call call) {
        Map<String, Json> fields = call.input().members();
        out.append("      - ").append(call.tool()).append(':');
        if (fields.size() == 1 && fields.values().stream().noneMatch(value -> Yaml.isBlock(value.text()))) {
            fields.forEach((name, value) -> out.append(" {")
                    .append(Yaml.key(name))
                    .append(": ")
                    .append(value(value))
                    .append("}\n"));
            return;
        }
        out.append('\n');
        fields.forEach((name, value) -> out.append(" ".repeat(FIELDS))
                .append(Yaml.key(name))
                .append(": ")
                .append(value(value))
                .append('\n'));
    }

    private static String value(Json value) {
        return value instanceof Json.Str(String text) ? Yaml.text(text, BLOCK) : value.print();
    }
}
