package dev.belay.runner.hands;

import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.agent.ToolOutcome;
import dev.belay.runner.agent.Tools;
import dev.belay.runner.agent.ToolsLostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The six tools over one hand, for one task. */
public final class Toolbox implements Tools {
    private static final int SUMMARY = 120;

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
        Tool tool = tools.get(call.tool());
        if (tool == null) {
            return ToolOutcome.error(unknown(call.tool()), "no such tool");
        }
        try {
            return tool.call(Arguments.of(tool, call.input()));
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
        Tool tool = tools.get(call.tool());
        String text = tool == null ? call.input().print() : call.input().text(tool.subject());
        return PlainText.line(text, SUMMARY);
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

    private String unknown(String name) {
        String known = String.join(", ", tools.keySet());
        return tools.keySet().stream()
                .filter(tool -> tool.equalsIgnoreCase(name))
                .map(tool -> "There is no tool \"%s\": did you mean %s? The tools are %s."
                        .formatted(PlainText.line(name, 60), tool, known))
                .findFirst()
                .orElse("There is no tool \"%s\". The tools are %s.".formatted(PlainText.line(name, 60), known));
    }
}
