package dev.belay.runner.hands;

import dev.belay.proto.error.Nearest;
import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.agent.ToolOutcome;
import dev.belay.runner.agent.ToolSpec;
import dev.belay.runner.agent.Tools;
import dev.belay.runner.agent.ToolsLostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The tools over one hand, for one task: those that it is given, and no other is carried out. */
public final class Toolbox implements Tools {
    private static final int SUMMARY = 120;
    private static final int SHOWN = 100;

    private final Map<String, Tool> tools = new LinkedHashMap<>();
    private final ToolChoice choice;
    private final Editing editing;
    private final Guard guard;

    public Toolbox(Hand hand, ToolChoice choice, Editing editing, Guard guard) {
        this(hand, Search.PATIENCE, choice, editing, guard);
    }

    /** @param searchTime after which Glob and Grep are killed */
    Toolbox(Hand hand, Duration searchTime, ToolChoice choice, Editing editing, Guard guard) {
        this.guard = guard;
        this.choice = choice;
        this.editing = editing;
        TaskMemory memory = new TaskMemory();
        Search search = new Search(hand, searchTime);
        for (Tool tool : List.of(
                new BashTool(hand, memory),
                new ReadTool(hand, memory),
                new EditTool(hand, memory),
                new ApplyPatchTool(hand, memory, choice),
                new WriteTool(hand, memory, editing),
                new GlobTool(search),
                new GrepTool(search, guard))) {
            tools.put(tool.name(), tool);
        }
    }

    @Override
    public ToolOutcome call(ToolCall call) throws ToolsLostException, InterruptedException {
        Tool tool = Spelling.tool(tools, call.tool()).orElse(null);
        if (tool == null) {
            return ToolOutcome.error(unknown(call.tool()), "no such tool");
        }
        if (!choice.gives(tool.right())) {
            return ToolOutcome.error(
                    "This task is not given %s; the call was not made. %s".formatted(tool.name(), theTools()),
                    "not given");
        }
        if (!call.unreadable().isEmpty()) {
            return ToolOutcome.error(unreadable(tool, call.unreadable()), "input is no JSON");
        }
        try {
            Arguments arguments = Arguments.of(tool, Spelling.fields(tool, call.input()));
            for (Intent intent : tool.intents(arguments)) {
                Optional<String> refusal = guard.refuses(intent);
                if (refusal.isPresent()) {
                    return ToolOutcome.error(refusal.get(), "denied");
                }
            }
            return tool.call(arguments);
        } catch (BadCallException wrong) {
            return ToolOutcome.error(wrong.told(), PlainText.line(wrong.told(), SUMMARY));
        } catch (HandException failed) {
            if (failed.lost()) {
                throw new ToolsLostException(String.valueOf(failed.getMessage()), failed);
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            String text = tool.name() + ": " + failed.getMessage();
            return ToolOutcome.error(text, PlainText.line(text, SUMMARY));
        }
    }

    @Override
    public String summary(ToolCall call) {
        if (!call.unreadable().isEmpty()) {
            return PlainText.line(call.unreadable(), SUMMARY);
        }
        Tool tool = Spelling.tool(tools, call.tool()).orElse(null);
        String text = tool == null ? call.input().print() : tool.about(Spelling.fields(tool, call.input()));
        return PlainText.line(text, SUMMARY);
    }

    @Override
    public List<ToolSpec> specs() {
        return offered().map(Tool::spec).toList();
    }

    /** What the model is told of. Of two forms of one tool it is told of one, so that it need not choose. */
    private Stream<Tool> offered() {
        return tools.values().stream().filter(tool -> choice.gives(tool.right()) && editing.offers(tool.name()));
    }

    /** Tool name to field names, for who checks a call before there is a sandbox. */
    public static Map<String, List<String>> fields() {
        Map<String, List<String>> all = new LinkedHashMap<>();
        for (Map.Entry<String, List<Tool.Field>> tool : Map.of(
                        "Bash", BashTool.FIELDS,
                        "Read", ReadTool.FIELDS,
                        "Edit", EditTool.FIELDS,
                        "apply_patch", ApplyPatchTool.FIELDS,
                        "Write", WriteTool.FIELDS,
                        "Glob", GlobTool.FIELDS,
                        "Grep", GrepTool.FIELDS)
                .entrySet()) {
            all.put(
                    tool.getKey(),
                    tool.getValue().stream().map(Tool.Field::name).toList());
        }
        return all;
    }

    private static String unreadable(Tool tool, String sent) {
        String why;
        try {
            why = Json.parse(sent) instanceof Json.Obj ? "is too deep" : "is no object";
        } catch (JsonException malformed) {
            why = "is no JSON: " + malformed.getMessage();
        }
        return "%s was not called: its input %s. It had %,d characters and ended with: %s\nMake the call again with all of it."
                .formatted(tool.name(), why, sent.length(), PlainText.line(tail(sent), SHOWN));
    }

    private static String tail(String sent) {
        return sent.substring(Math.max(0, sent.length() - SHOWN));
    }

    private String unknown(String name) {
        String line = PlainText.line(name, 60);
        return "There is no tool \"%s\"%s %s".formatted(line, hint(line), theTools());
    }

    private String theTools() {
        List<String> names = names();
        return names.isEmpty() ? "It is given no tool." : "The tools are " + String.join(", ", names) + ".";
    }

    private List<String> names() {
        return offered().map(Tool::name).toList();
    }

    private String hint(String name) {
        String hint = Nearest.hint(name, names());
        return hint.isEmpty() ? "." : hint;
    }
}
