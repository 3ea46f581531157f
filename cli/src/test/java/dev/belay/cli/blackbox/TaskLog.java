package dev.belay.cli.blackbox;

import dev.belay.proto.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A task's recorded events, and what must hold of them whatever died meanwhile. */
record TaskLog(List<Json> events) {
    static TaskLog of(List<Json> events) {
        return new TaskLog(List.copyOf(events));
    }

    /** {@code s2}, or {@code s2 interrupted}: the calls that have a result, in order. */
    List<String> results() {
        return events.stream()
                .filter(event -> event.text("kind").equals("tool.result"))
                .map(event -> "s" + event.number("step")
                        + (event.get("tool_result").text("interrupted").isEmpty() ? "" : " interrupted"))
                .toList();
    }

    /** All that its tools said, in order. */
    String said() {
        return events.stream()
                .filter(event -> event.text("kind").equals("tool.result"))
                .map(event -> event.get("tool_result").print())
                .collect(Collectors.joining());
    }

    /** What was refused, each once. */
    List<String> denied() {
        return events.stream()
                .filter(event -> event.text("kind").equals("policy.denied"))
                .map(event -> event.get("policy_denied").text("target"))
                .distinct()
                .toList();
    }

    /** As it is printed: whatever anybody could read of it. */
    String printed() {
        return events.stream().map(Json::print).collect(Collectors.joining());
    }

    /** The commands of the calls that were interrupted, and whose files were kept as they were then. */
    List<String> halfDone() {
        return commands(interrupted -> interrupted).toList();
    }

    /** The commands of the calls that were carried out to their end and kept, in order. */
    List<String> done() {
        return commands(interrupted -> !interrupted).toList();
    }

    /** Of those calls with a result whose step has a snapshot. */
    private Stream<String> commands(Predicate<Boolean> interrupted) {
        Set<Long> kept = new HashSet<>();
        events.stream()
                .filter(event -> event.text("kind").equals("snapshot.created"))
                .forEach(event ->
                        kept.add(event.get("snapshot_created").get("snapshot").number("step")));
        List<String> commands = new ArrayList<>();
        String command = "";
        for (Json event : events) {
            if (event.text("kind").equals("tool.call")) {
                command = event.get("tool_call").text("summary");
            } else if (event.text("kind").equals("tool.result")
                    && interrupted.test(
                            !event.get("tool_result").text("interrupted").isEmpty())
                    && kept.contains(event.number("step"))) {
                commands.add(command);
            }
        }
        return commands.stream();
    }

    /** Every event once and none missing; epochs only grow; a step is begun once and has one result; one end, the last. */
    TaskLog isWhole() {
        Set<Long> begun = new HashSet<>();
        Set<Long> ended = new HashSet<>();
        long epoch = 0;
        for (int i = 0; i < events.size(); i++) {
            Json event = events.get(i);
            check(event.number("seq") == i + 1, "event " + (i + 1) + " has the number " + event.number("seq"));
            check(event.number("epoch") >= epoch, "epoch " + event.number("epoch") + " writes after " + epoch);
            epoch = event.number("epoch");
            long step = event.number("step");
            switch (event.text("kind")) {
                case "tool.call" -> check(begun.add(step), "s" + step + " was begun twice");
                case "tool.result" -> {
                    check(begun.contains(step), "s" + step + " has a result and was not begun");
                    check(ended.add(step), "s" + step + " has two results");
                }
                case "task.state" ->
                    check(!isEnd(event) || i == events.size() - 1, "an end that is not the last event");
                default -> {
                    // Nothing that holds of every task.
                }
            }
        }
        check(!events.isEmpty() && isEnd(events.getLast()), "the last event is no end");
        check(begun.equals(ended), "calls without a result: " + begun + " begun, " + ended + " ended");
        return this;
    }

    private static boolean isEnd(Json event) {
        return Set.of("succeeded", "failed", "cancelled")
                .contains(event.get("task_state").text("to"));
    }

    private void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise + "\n"
                    + String.join("\n", events.stream().map(Json::print).toList()));
        }
    }
}
