package dev.belay.proto.script;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.error.Nearest;
import dev.belay.proto.json.Json;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Reads {@code script/1} from YAML 1.2 (so also from JSON). What it accepts is exactly what the model plays: an unknown
 * key, tool or field is an error with line and column, never passed over.
 */
public final class ScriptParser {
    public static final String VERSION = "script/1";
    public static final int MAX_BYTES = 4 << 20;
    private static final int MAX_TURNS = 10_000;
    private static final int MAX_CALLS = 100;
    private static final BigDecimal MAX_PACE = BigDecimal.valueOf(60_000);

    private final String name;

    private ScriptParser(String name) {
        this.name = name;
    }

    /**
     * @param name what to call the script in messages, a file's name
     * @throws BelayException E_SCRIPT, with line and column
     */
    public static Script parse(String name, String text) {
        return new ScriptParser(name).document(text);
    }

    private Script document(String text) {
        if (text.length() > MAX_BYTES) {
            throw wrong(null, "the script is larger than " + (MAX_BYTES >> 20) + " MiB", "split the conversation");
        }
        Optional<Node> root;
        try {
            LoadSettings settings = LoadSettings.builder()
                    .setLabel(name)
                    .setMaxAliasesForCollections(0)
                    .setCodePointLimit(MAX_BYTES)
                    .setAllowDuplicateKeys(false)
                    .build();
            root = new Compose(settings).composeString(text);
        } catch (MarkedYamlEngineException bad) {
            throw wrong(bad.getProblemMark().orElse(null), firstLine(bad.getProblem()), "mend the YAML there");
        } catch (YamlEngineException bad) {
            throw wrong(null, firstLine(bad.getMessage()), "mend the YAML");
        }
        Node node = root.orElseThrow(() -> wrong(null, "the script is empty", "begin with: model: " + VERSION));
        Map<String, Entry> members = mapping(node, "the script", List.of("model", "turns"));
        Entry model = members.get("model");
        if (model == null) {
            throw wrong(mark(node), "`model` is missing", "begin with: model: " + VERSION);
        }
        if (!string(model.value(), "model").equals(VERSION)) {
            throw wrong(mark(model.value()), "`model` must be " + VERSION, "write: model: " + VERSION);
        }
        Entry turns = members.get("turns");
        if (turns == null) {
            throw wrong(mark(node), "`turns` is missing", "add: turns: [{say: \"Done.\"}]");
        }
        List<Node> items = sequence(turns.value(), "turns", MAX_TURNS);
        if (items.isEmpty()) {
            throw wrong(mark(turns.value()), "`turns` has no turn", "add: - say: \"Done.\"");
        }
        List<Script.Turn> all = new ArrayList<>(items.size());
        for (Node item : items) {
            all.add(turn(item));
        }
        return new Script(name, all);
    }

    private Script.Turn turn(Node node) {
        Map<String, Entry> members = mapping(node, "a turn", List.of("expect_message", "say", "pace", "calls"));
        Entry expects = members.get("expect_message");
        Entry say = members.get("say");
        Entry pace = members.get("pace");
        Entry calls = members.get("calls");
        List<Script.Call> all = new ArrayList<>();
        if (calls != null) {
            for (Node call : sequence(calls.value(), "calls", MAX_CALLS)) {
                all.add(call(call));
            }
        }
        String text = say == null ? "" : string(say.value(), "say");
        if (text.isBlank() && all.isEmpty()) {
            throw wrong(mark(node), "a turn needs `say`, `calls` or both", "add: say: \"Done.\"");
        }
        String expected = expects == null ? "" : string(expects.value(), "expect_message");
        if (expects != null && expected.isBlank()) {
            throw wrong(mark(expects.value()), "`expect_message` is empty", "say a word of what the person says");
        }
        return new Script.Turn(expected, text, pace == null ? Duration.ZERO : pace(pace.value()), all);
    }

    private Duration pace(Node node) {
        if (node instanceof ScalarNode scalar
                && scalar.getTag().equals(Tag.INT)
                && whole(scalar.getValue()) instanceof Json.Num(BigDecimal number)
                && number.signum() >= 0
                && number.compareTo(MAX_PACE) <= 0) {
            return Duration.ofMillis(number.longValueExact());
        }
        throw wrong(
                mark(node),
                "`pace` must be a whole number of milliseconds between two words, at most " + MAX_PACE,
                "write: pace: 50");
    }

    private Script.Call call(Node node) {
        if (!(node instanceof MappingNode mapping) || mapping.getValue().size() != 1) {
            throw wrong(mark(node), "a call is one tool with its fields", "write: - Bash: {command: \"make test\"}");
        }
        NodeTuple only = mapping.getValue().getFirst();
        String tool = key(only);
        ToolSchema schema = ToolSchema.named(tool)
                .orElseThrow(() -> wrong(
                        mark(only.getKeyNode()),
                        "unknown tool `" + tool + "`" + Nearest.hint(tool, ToolSchema.toolNames()),
                        "tools: " + String.join(", ", ToolSchema.toolNames())));
        Map<String, Entry> members = mapping(only.getValueNode(), tool, schema.fieldNames());
        Map<String, Json> input = new LinkedHashMap<>();
        members.forEach((field, entry) ->
                input.put(field, value(entry.value(), tool, schema.field(field).orElseThrow())));
        for (String field : schema.fieldNames()) {
            if (schema.field(field).orElseThrow().required() && !input.containsKey(field)) {
                throw wrong(
                        mark(only.getKeyNode()),
                        tool + " needs the field `" + field + "`",
                        "fields of " + tool + ": " + String.join(", ", schema.fieldNames()));
            }
        }
        return new Script.Call(tool, new Json.Obj(input));
    }

    private Json value(Node node, String tool, ToolSchema.Field field) {
        Json value = null;
        if (node instanceof ScalarNode scalar) {
            Tag tag = scalar.getTag();
            value = switch (field.type()) {
                case TEXT -> tag.equals(Tag.STR) ? Json.of(scalar.getValue()) : null;
                case FLAG -> tag.equals(Tag.BOOL) ? Json.of(scalar.getValue().equals("true")) : null;
                case WHOLE -> tag.equals(Tag.INT) ? whole(scalar.getValue()) : null;
            };
        }
        if (value == null) {
            throw wrong(
                    mark(node),
                    tool + "." + field.name() + " must be " + field.type().words(),
                    field.type() == ToolSchema.Type.TEXT ? "put it in quotes" : "see the field's type");
        }
        return value;
    }

    private static @Nullable Json whole(String text) {
        try {
            return new Json.Num(new BigDecimal(Long.parseLong(text)));
        } catch (NumberFormatException tooLargeOrOctal) {
            return null;
        }
    }

    private record Entry(Node key, Node value) {}

    private Map<String, Entry> mapping(Node node, String what, List<String> known) {
        if (!(node instanceof MappingNode mapping)) {
            throw wrong(mark(node), what + " must be a mapping", "known keys: " + String.join(", ", known));
        }
        Map<String, Entry> members = new LinkedHashMap<>();
        Set<String> names = new HashSet<>(known);
        for (NodeTuple tuple : mapping.getValue()) {
            String key = key(tuple);
            if (!names.contains(key)) {
                throw wrong(
                        mark(tuple.getKeyNode()),
                        "unknown key `" + key + "` in " + what + Nearest.hint(key, known),
                        "known keys: " + String.join(", ", known));
            }
            if (members.put(key, new Entry(tuple.getKeyNode(), tuple.getValueNode())) != null) {
                throw wrong(mark(tuple.getKeyNode()), "the key `" + key + "` appears twice", "keep one of them");
            }
        }
        return members;
    }

    private List<Node> sequence(Node node, String what, int most) {
        if (!(node instanceof SequenceNode sequence)) {
            throw wrong(mark(node), "`" + what + "` must be a list", "begin each item with a dash");
        }
        if (sequence.getValue().size() > most) {
            throw wrong(mark(node), "`" + what + "` has more than " + most + " items", "split the conversation");
        }
        return sequence.getValue();
    }

    private String string(Node node, String what) {
        if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.STR)) {
            return scalar.getValue();
        }
        throw wrong(mark(node), "`" + what + "` must be a string", "put it in quotes");
    }

    private String key(NodeTuple tuple) {
        if (tuple.getKeyNode() instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw wrong(mark(tuple.getKeyNode()), "a key must be a plain word", "remove it");
    }

    private static @Nullable Mark mark(Node node) {
        return node.getStartMark().orElse(null);
    }

    private static String firstLine(@Nullable String text) {
        return text == null || text.isBlank()
                ? "not readable as YAML"
                : text.lines().findFirst().orElse(text);
    }

    private BelayException wrong(@Nullable Mark mark, String why, String next) {
        String place = mark == null ? name : name + ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1);
        return BelayException.of(ErrorCode.E_SCRIPT, place + ": " + why, "the script model reads " + VERSION, next);
    }
}
