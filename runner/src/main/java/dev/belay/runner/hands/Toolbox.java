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

/** The six tools over one hand, for one task. */
public final class Toolbox implements Tools {
    private static final int SUMMARY = 120;
    private static final int SHOWN = 100;

    private final Map<String, Tool> tools = new LinkedHashMap<>();

    public Toolbox(Hand hand) {
        this(hand, Search.PATIENCE);
    }

    /** @param searchTime after which Glob and Grep are killed */
    Toolbox(Hand hand, Duration searchTime) {
        TaskMemory memory = new TaskMemory();
        Search search = new Search(hand, searchTime);
        for (Tool tool : List.of(
                new BashTool(hand, memory),
                new ReadTool(hand, memory),
                new EditTool(hand, memory),
                new WriteTool(hand, memory),
                new GlobTool(search),
                new GrepTool(search))) {
            tools.put(tool.name(), tool);
        }
    }

    @Override
    public ToolOutcome call(ToolCall call) throws ToolsLostException, InterruptedException {
        Tool tool = Spelling.tool(tools, call.tool()).orElse(null);
        if (tool == null) {
            return ToolOutcome.error(unknown(call.tool()), "no such tool");
        }
        if (!call.unreadable().isEmpty()) {
            return ToolOutcome.error(unreadable(tool, call.unreadable()), "input is no JSON");
        }
        try {
            return tool.call(Arguments.of(tool, Spelling.fields(tool, call.input())));
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
        String text = tool == null
                ? call.input().print()
                : Spelling.fields(tool, call.input()).text(tool.subject());
        return PlainText.line(text, SUMMARY);
    }

    @Override
    public List<ToolSpec> specs() {
        return tools.values().stream().map(Tool::spec).toList();
    }

    /** Tool name to field names, for who checks a call before there is a sandbox. */
    public static Map<String, List<String>> fields() {
        Map<String, List<String>> all = new LinkedHashMap<>();
        for (Map.Entry<String, List<Tool.Field>> tool : Map.of(
                        "Bash", BashTool.FIELDS,
                        "Read", ReadTool.FIELDS,
                        "Edit", EditTool.FIELDS,
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
        return "There is no tool \"%s\"%s The tools are %s."
                .formatted(line, hint(line), String.join(", ", tools.keySet()));
    }

    private String hint(String name) {
        String hint = Nearest.hint(name, List.copyOf(tools.keySet()));
        return hint.isEmpty() ? "." : hint;
    }
}
