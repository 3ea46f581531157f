package dev.belay.runner.model.wire;

import dev.belay.runner.agent.ToolCall;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A call as it is written back. Another model may have made it, whose names and ids OpenAI would refuse: with them the
 * whole conversation, for good.
 *
 * @param arguments the text of a JSON object
 */
record OpenAiCall(String id, String name, String arguments) {
    private static final int LONGEST_NAME = 64;

    /** @param longestId what the provider takes */
    static List<OpenAiCall> of(List<ToolCall> calls, int longestId) {
        List<OpenAiCall> written = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (ToolCall call : calls) {
            String id = call.id();
            if (id.isEmpty() || id.length() > longestId || !ids.add(id)) {
                id = "call_" + OpenAiDigest.of(24, id, Integer.toString(written.size()));
                ids.add(id);
            }
            written.add(new OpenAiCall(id, name(call.tool()), call.input().print()));
        }
        return written;
    }

    private static String name(String tool) {
        String plain = tool.substring(0, Math.min(tool.length(), LONGEST_NAME)).replaceAll("[^a-zA-Z0-9_-]", "_");
        return plain.isEmpty() ? "unnamed" : plain;
    }
}
