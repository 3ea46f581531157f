package dev.belay.runner.agent;

import java.util.List;

/**
 * What a model is told before the conversation begins. It stays the same, byte for byte, as long as the task lasts: caches
 * depend on it.
 *
 * @param system who it is, where it is, and what the project asks of it
 * @param mark what {@link ToolOutputMark} marks tools' output with; empty where it was told of no mark
 */
public record Briefing(String system, List<ToolSpec> tools, String mark) {
    public Briefing {
        tools = List.copyOf(tools);
    }

    /** One without a mark. */
    public Briefing(String system, List<ToolSpec> tools) {
        this(system, tools, "");
    }
}
