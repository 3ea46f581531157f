package dev.belay.cli;

import dev.belay.proto.json.Json;
import java.util.List;

/** Documents in the server's form. */
public final class Samples {
    public static final String ID = "t-7fq2abcdefghijklmnop";

    private Samples() {}

    public static String task(String state, String exitCode) {
        boolean terminal = List.of("succeeded", "failed", "cancelled").contains(state);
        return """
            {"id":"%s","short_id":"t-7fq2","tenant":"local","actor":"ann","project":"p-1","project_name":"shop",
            "name":"Make the test pass","prompt":"Make the test pass","state":"%s","terminal":%s,"waiting_for":null,
            "stop_reason":"%s","stop_detail":"","mode":"full","model":"script","base_commit":"ba5e",
            "head_commit":"4c1f9aa000000000000000000000000000000000","branch":"main","runner":"local-1",
            "sandbox":"namespace","created_at":"2026-11-21T12:00:00Z","updated_at":"2026-11-21T12:02:14Z",
            "started_at":"2026-11-21T12:00:00Z","finished_at":%s,"heartbeat_at":null,"turns":6,"steps":7,
            "cost_usd":0,"budget_usd":0,"head":"s7","last_snapshot":"s7","files_changed":4,"lines_added":71,
            "lines_removed":66,"last_seq":0,"epoch":1,"exit_code":%s,"weaker":[]}
            """.formatted(
                        ID,
                        state,
                        terminal,
                        terminal ? "done" : "",
                        terminal ? "\"2026-11-21T12:02:14Z\"" : "null",
                        exitCode)
                .replace("\n", "");
    }

    public static Json event(long seq, String kind, int turn, int step, String member, String body) {
        return Json.parse("""
            {"task":"%s","seq":%d,"at":"2026-11-21T12:00:00Z","epoch":1,"turn":%d,"step":%d,"actor":"agent",
            "kind":"%s","%s":%s}""".formatted(ID, seq, turn, step, kind, member, body).replace("\n", ""));
    }

    /** A whole task: a failing test, a refused call, an edit, a passing test. */
    public static List<Json> log() {
        return List.of(
                event(1, "task.state", 0, 0, "task_state", """
                    {"from":null,"to":"queued","waiting_for":null,"stop_reason":"","detail":"","runner":"","sandbox":"","weaker":[]}"""),
                event(2, "task.state", 0, 0, "task_state", """
                    {"from":"queued","to":"preparing","waiting_for":null,"stop_reason":"","detail":"","runner":"local-1","sandbox":"namespace","weaker":["memory-cap: no cgroup"]}"""),
                event(3, "snapshot.created", 0, 0, "snapshot_created", snapshot("s0", 0, "base", "", "[]", 0, 0, 0)),
                event(4, "turn.start", 1, 0, "turn_start", "{\"model\":\"script\"}"),
                event(5, "model.message", 1, 0, "model_message", "{\"text\":\"I'll run the tests first.\"}"),
                event(6, "tool.call", 1, 1, "tool_call", call("Bash", "sh tests/cart_test.sh")),
                event(
                        7,
                        "tool.result",
                        1,
                        1,
                        "tool_result",
                        result("Bash", "1", "exit 1", 3100, "ok 1\\nnot ok 2: wanted 6, got 3\\n")),
                event(
                        8,
                        "snapshot.created",
                        1,
                        1,
                        "snapshot_created",
                        snapshot("s1", 1, "step", "Bash", "[]", 0, 0, 0)),
                event(9, "turn.end", 1, 0, "turn_end", "{\"cost_usd\":0,\"tokens_in\":0,\"tokens_out\":0}"),
                event(10, "turn.start", 2, 0, "turn_start", "{\"model\":\"script\"}"),
                event(
                        11,
                        "tool.call",
                        2,
                        2,
                        "tool_call",
                        call("Bash", "git ls-remote https://packages.example/shop.git")),
                event(12, "policy.denied", 2, 2, "policy_denied", """
                    {"layer":"gateway","what":"egress","target":"packages.example:443","rule":"network: none","place":"default","reason":"no host is allowed","instead":""}"""),
                event(
                        13,
                        "tool.result",
                        2,
                        2,
                        "tool_result",
                        result("Bash", "128", "exit 128", 50, "fatal: refused\\n")),
                event(
                        14,
                        "snapshot.created",
                        2,
                        2,
                        "snapshot_created",
                        snapshot("s2", 2, "step", "Bash", "[]", 0, 0, 0)),
                event(15, "tool.call", 2, 3, "tool_call", call("Edit", "src/cart.sh")),
                event(16, "tool.result", 2, 3, "tool_result", result("Edit", "null", "+1 \u22121", 2, "")),
                event(
                        17,
                        "snapshot.created",
                        2,
                        3,
                        "snapshot_created",
                        snapshot(
                                "s3",
                                3,
                                "step",
                                "Edit",
                                "[{\"path\":\"src/cart.sh\",\"status\":\"M\",\"lines_added\":1,\"lines_removed\":1,\"binary\":false}]",
                                1,
                                1,
                                1)),
                event(18, "tool.call", 2, 4, "tool_call", call("Bash", "sh tests/cart_test.sh")),
                event(19, "tool.result", 2, 4, "tool_result", result("Bash", "0", "exit 0", 400, "ok 1\\nok 2\\n")),
                event(
                        20,
                        "snapshot.created",
                        2,
                        4,
                        "snapshot_created",
                        snapshot("s4", 4, "step", "Bash", "[]", 0, 0, 0)),
                event(21, "turn.start", 3, 0, "turn_start", "{\"model\":\"script\"}"),
                event(22, "model.message", 3, 0, "model_message", "{\"text\":\"Done. Grüße 🎉\"}"),
                event(23, "task.state", 3, 0, "task_state", """
                    {"from":"running","to":"succeeded","waiting_for":null,"stop_reason":"done","detail":"","runner":"local-1","sandbox":"namespace","weaker":[]}"""));
    }

    public static String call(String tool, String summary) {
        return "{\"call_id\":\"c\",\"tool\":\"" + tool + "\",\"input_json\":\"{}\",\"summary\":\"" + summary
                + "\",\"reason\":\"\"}";
    }

    public static String result(String tool, String exit, String summary, int millis, String output) {
        return "{\"call_id\":\"c\",\"tool\":\"" + tool + "\",\"is_error\":false,\"exit_code\":" + exit
                + ",\"duration_ms\":" + millis + ",\"output\":\"" + output
                + "\",\"bytes_printed\":0,\"summary\":\"" + summary + "\",\"timed_out\":false,\"interrupted\":\"\"}";
    }

    public static String snapshot(
            String id, int step, String kind, String tool, String files, int changed, int added, int removed) {
        return "{\"snapshot\":" + plainSnapshot(id, step, kind, tool, files, changed, added, removed) + "}";
    }

    public static String plainSnapshot(
            String id, int step, String kind, String tool, String files, int changed, int added, int removed) {
        return "{\"id\":\"" + id + "\",\"step\":" + step + ",\"turn\":" + (step + 1) / 2 + ",\"kind\":\"" + kind
                + "\",\"tool\":\"" + tool + "\",\"files\":" + files + ",\"files_changed\":" + changed
                + ",\"lines_added\":" + added + ",\"lines_removed\":" + removed
                + ",\"not_captured\":[],\"failure\":null,\"head\":" + id.equals("s3") + "}";
    }

    /** The log as a stream of events, behind the one that was seen last. */
    public static String stream(List<Json> log, long after) {
        StringBuilder out = new StringBuilder(": keep-alive\n\n");
        for (Json event : log) {
            if (event.number("seq") > after) {
                out.append("id: ")
                        .append(event.number("seq"))
                        .append("\nevent: ")
                        .append(event.text("kind"));
                out.append("\ndata: ").append(event.print()).append("\n\n: keep-alive\n\n");
            }
        }
        return out.toString();
    }
}
