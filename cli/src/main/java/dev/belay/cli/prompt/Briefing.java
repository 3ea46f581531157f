package dev.belay.cli.prompt;

import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a model is told before the conversation.
 *
 * @param mark ends the names of the tags that a tool's output stands between; empty where it stands bare
 */
record Briefing(String model, String system, String tools, String mark) {
    static final Briefing NONE = new Briefing("", "", "", "");

    static Briefing of(Json event) {
        Json briefed = event.get("model_briefed");
        return new Briefing(
                briefed.text("model"), briefed.text("system"), briefed.text("tools_json"), briefed.text("mark"));
    }

    boolean isMissing() {
        return system.isEmpty() && tools.isEmpty();
    }

    List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        if (!system.isEmpty()) {
            parts.add(new Part(Part.Kind.SYSTEM, 0, 0, system));
        }
        if (!tools.isEmpty()) {
            parts.add(new Part(Part.Kind.TOOLS, 0, 0, tools));
        }
        return parts;
    }

    /** A tool's output as the model is shown it: without the mark's word between the tags. */
    String shown(String output) {
        if (mark.isEmpty()) {
            return output;
        }
        String harmless = harmless(output);
        return "<tool_output-" + mark + ">\n" + harmless + (harmless.endsWith("\n") ? "" : "\n") + "</tool_output-"
                + mark + ">";
    }

    private String harmless(String output) {
        StringBuilder text = new StringBuilder(output);
        for (int at = 0; at + mark.length() <= text.length(); at++) {
            if (output.regionMatches(true, at, mark, 0, mark.length())) {
                text.replace(at, at + mark.length(), ".".repeat(mark.length()));
                at += mark.length() - 1;
            }
        }
        return text.toString();
    }

    /** `Bash, Read`; the text itself where it cannot be read. */
    static String toolNames(String tools) {
        try {
            return String.join(
                    ", ",
                    Json.parse(tools).items().stream()
                            .map(tool -> tool.text("name"))
                            .toList());
        } catch (JsonException unreadable) {
            return tools;
        }
    }
}
