package dev.belay.cli;

import dev.belay.proto.json.Json;
import java.util.ArrayList;
import java.util.List;

/** A task's log, written event by event in the server's form. */
public final class WrittenLog {
    private final List<Json> events = new ArrayList<>();
    private long epoch = 1;

    public List<Json> events() {
        return List.copyOf(events);
    }

    /** @param member of the event, as JSON */
    public WrittenLog event(String kind, long turn, long step, String member) {
        events.add(Json.parse(
                """
                {"task":"%s","seq":%d,"at":"2026-11-21T12:00:00Z","epoch":%d,"turn":%d,"step":%d,"actor":"agent",\
                "kind":"%s","%s":%s}\
                """.formatted(Samples.ID, events.size() + 1, epoch, turn, step, kind, kind.replace('.', '_'), member)));
        return this;
    }

    /** From here on another run of the task. */
    public WrittenLog nextEpoch() {
        epoch++;
        return this;
    }

    public WrittenLog briefed(String model, String system, String tools, String mark) {
        return event("model.briefed", 0, 0, """
            {"model":%s,"system":%s,"tools_json":%s,"mark":%s}\
            """.formatted(text(model), text(system), text(tools), text(mark)));
    }

    public WrittenLog turn(long turn, String model, String... messages) {
        return event("turn.start", turn, 0, """
            {"model":%s,"messages":%s}\
            """.formatted(
                        text(model), Json.array(List.of(messages)).print()));
    }

    public WrittenLog ends(long turn) {
        return ends(turn, 0, 0);
    }

    public WrittenLog ends(long turn, long tokensIn, long cacheRead) {
        return event("turn.end", turn, 0, """
            {"tokens_in":%d,"cache_read":%d}\
            """.formatted(tokensIn, cacheRead));
    }

    /** @param calls the whole answer's, where there are several */
    public WrittenLog says(long turn, String text, String... calls) {
        return event("model.message", turn, 0, """
            {"text":%s,"calls":[%s],"own":null,"cut":false}\
            """.formatted(text(text), String.join(",", calls)));
    }

    public WrittenLog saysCut(long turn, String text) {
        return event("model.message", turn, 0, """
            {"text":%s,"calls":[],"own":null,"cut":true}\
            """.formatted(text(text)));
    }

    public WrittenLog noted(long turn, String text) {
        return event("model.noted", turn, 0, "{\"text\":" + text(text) + "}");
    }

    public WrittenLog failsCheck(long turn, long step, int exitCode, String output) {
        return event("tool.result", turn, step, """
            {"call_id":"check-%d","tool":"check","is_error":true,"exit_code":%d,"output":%s,"interrupted":""}\
            """.formatted(step, exitCode, text(output)));
    }

    public static String call(String id, String tool, String input) {
        return """
            {"call_id":%s,"tool":%s,"input_json":%s,"summary":"","reason":""}\
            """.formatted(text(id), text(tool), text(input));
    }

    public WrittenLog calls(long turn, long step, String id, String tool, String input) {
        return event("tool.call", turn, step, call(id, tool, input));
    }

    public WrittenLog returns(long turn, long step, String id, String tool, String output, String interrupted) {
        return event("tool.result", turn, step, """
            {"call_id":%s,"tool":%s,"output":%s,"interrupted":%s}\
            """.formatted(text(id), text(tool), text(output), text(interrupted)));
    }

    public WrittenLog kept(long turn, long step) {
        return event("snapshot.created", turn, step, """
            {"snapshot":{"id":"s%d","step":%d}}\
            """.formatted(step, step));
    }

    /** A call, its result and its snapshot. */
    public WrittenLog step(long turn, long step, String tool, String input, String output) {
        return calls(turn, step, "c" + step, tool, input)
                .returns(turn, step, "c" + step, tool, output, "")
                .kept(turn, step);
    }

    public WrittenLog person(String id, String text) {
        return event("person.message", 0, 0, """
            {"id":%s,"text":%s}\
            """.formatted(text(id), text(text)));
    }

    /** @param operation as JSON */
    public WrittenLog operation(String operation) {
        return event("operation", 0, 0, "{\"operation\":" + operation + "}");
    }

    public WrittenLog fork(String beganWith, boolean answered) {
        return event("task.fork", 0, 0, """
            {"parent":"t-aaaa","snapshot":"s4","began_with":%s,"own_script":false,"answered":%s}\
            """.formatted(text(beganWith), answered));
    }

    public WrittenLog pruned(long turn, int answers) {
        return event("context.pruned", turn, 0, "{\"answers\":" + answers + ",\"results\":1,\"tokens\":5}");
    }

    public WrittenLog compacted(long turn, int answers, String summary) {
        return event("context.compacted", turn, 0, "{\"answers\":" + answers + ",\"summary\":" + text(summary) + "}");
    }

    /** The sample task with this log, at a server. */
    public FakeServer at(FakeServer server, String state) {
        server.json(
                "GET /v1/tasks/t-7fq2",
                Samples.task(state, state.equals("succeeded") ? "0" : "null")
                        .replace("\"last_seq\":0", "\"last_seq\":" + events.size()));
        return server.on(
                "GET /v1/tasks/" + Samples.ID + "/events",
                request -> FakeServer.chunked("text/event-stream", Samples.stream(events, request.after()), 64));
    }

    private static String text(String value) {
        return Json.of(value).print();
    }
}
