package dev.belay.runner.model.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.Briefing;
import dev.belay.runner.agent.Conversation;
import dev.belay.runner.agent.Conversation.Part;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.agent.ToolOutcome;
import dev.belay.runner.agent.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiFunction;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Conversations and streams, for tests of forms. */
final class Talks {
    static final Briefing BRIEFING = new Briefing(
            "You work in /workspace.",
            List.of(
                    new ToolSpec("Bash", "Runs a command.", json("{'type':'object','properties':{}}")),
                    new ToolSpec("Read", "Reads a file.", json("{'type':'object','additionalProperties':false}"))));

    record Event(String type, String data) {}

    private Talks() {}

    static Json.Obj json(String singleQuoted) {
        return (Json.Obj) Json.parse(singleQuoted.replace('\'', '"'));
    }

    static Wire.Question question(String model, Part... parts) {
        return question(model, "", 8000, List.of(parts));
    }

    static Wire.Question question(String model, String effort, int maxOutput, List<Part> parts) {
        return new Wire.Question(model, BRIEFING, new Conversation(parts), maxOutput, effort);
    }

    static Part prompt(String text) {
        return new Part.Prompt(text);
    }

    static Part message(String text) {
        return new Part.Message(text);
    }

    static Part note(String text) {
        return new Part.Note(text);
    }

    static ToolCall call(String id, String tool, String fields) {
        return new ToolCall(id, tool, json(fields));
    }

    static Part answer(String text, ToolCall... calls) {
        return new Part.Answer(new Reply(text, List.of(calls), Reply.Usage.NONE));
    }

    static Part answer(String wire, String model, String content, String text, ToolCall... calls) {
        Reply.Own own = new Reply.Own(wire, model, Json.parse(content.replace('\'', '"')));
        return new Part.Answer(new Reply(text, List.of(calls), Reply.Usage.NONE, Optional.of(own), false));
    }

    static Part result(ToolCall call, String output) {
        return new Part.Result(call, ToolOutcome.done(output, "done"));
    }

    static Part failed(ToolCall call, String output) {
        return new Part.Result(call, ToolOutcome.error(output, "failed"));
    }

    /** As it would go over a line: {@code event:} and {@code data:} lines, a blank line behind each. */
    static List<Event> events(String recorded) {
        List<Event> events = new ArrayList<>();
        String type = "";
        for (String line : recorded.lines().toList()) {
            if (line.startsWith("event: ")) {
                type = line.substring("event: ".length());
            } else if (line.startsWith("data: ")) {
                events.add(new Event(type, line.substring("data: ".length())));
                type = "";
            }
        }
        return events;
    }

    static Wire.Incoming play(Wire.Incoming incoming, List<Event> events) throws WireException {
        for (Event event : events) {
            incoming.event(event.type(), event.data());
        }
        return incoming;
    }

    /** What goes wrong, whenever it does. */
    static WireException trouble(ThrowingCallable reading) {
        WireException met = catchThrowableOfType(WireException.class, reading);
        assertThat(met).isNotNull();
        assertThat(met.getMessage()).doesNotContain("\n").hasSizeLessThan(450);
        return met;
    }

    /** Of at least one character each, but for an empty one here and there, as providers send them. */
    static List<String> pieces(String text, Random random) {
        List<String> pieces = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int end = Math.min(text.length(), at + 1 + random.nextInt(7));
            pieces.add(text.substring(at, end));
            if (random.nextInt(5) == 0) {
                pieces.add("");
            }
            at = end;
        }
        return pieces;
    }

    /**
     * A conversation as the loop makes them, and worse: blank texts, calls without a result, answers in a row.
     *
     * @param own the content of some of the answers
     */
    static List<Part> random(Random random, BiFunction<String, List<ToolCall>, Reply.Own> own) {
        List<Part> parts = new ArrayList<>();
        parts.add(prompt(random.nextInt(5) == 0 ? " " : "Do it."));
        int answers = 1 + random.nextInt(8);
        for (int a = 0; a < answers; a++) {
            boolean itself = random.nextInt(3) == 0;
            List<ToolCall> calls = new ArrayList<>();
            for (int c = random.nextInt(4); c > 0; c--) {
                String id = !itself && random.nextBoolean() ? "call:" + random.nextInt(3) : "t" + a + "_" + c;
                calls.add(call(id, random.nextBoolean() ? "Bash" : "no such tool!", "{'n':" + c + "}"));
            }
            String text = random.nextInt(3) == 0 ? "" : random.nextInt(6) == 0 ? " \n" : "Answer " + a;
            parts.add(new Part.Answer(new Reply(
                    text,
                    calls,
                    Reply.Usage.NONE,
                    itself ? Optional.of(own.apply(text, calls)) : Optional.empty(),
                    false)));
            for (ToolCall call : calls) {
                if (random.nextInt(6) > 0) {
                    parts.add(random.nextBoolean() ? result(call, "") : failed(call, "exit 1"));
                }
            }
            for (int n = random.nextInt(3); n > 0; n--) {
                parts.add(random.nextBoolean() ? note("note " + n) : message(random.nextInt(4) == 0 ? "" : "m"));
            }
        }
        return parts;
    }

    /** With a few events lost, doubled or moved, and a few characters of their data changed. */
    static List<Event> garbled(List<Event> events, Random random) {
        List<Event> garbled = new ArrayList<>(events);
        for (int n = random.nextInt(3); n > 0; n--) {
            int from = random.nextInt(garbled.size());
            Event event = garbled.get(from);
            switch (random.nextInt(3)) {
                case 0 -> garbled.remove(from);
                case 1 -> garbled.add(random.nextInt(garbled.size()), event);
                default -> {
                    StringBuilder data = new StringBuilder(event.data());
                    for (int c = 1 + random.nextInt(3); c > 0; c--) {
                        data.setCharAt(
                                random.nextInt(data.length()), "{}[]\",:0-9e\\nt\u0000".charAt(random.nextInt(15)));
                    }
                    garbled.set(from, new Event(event.type(), data.toString()));
                }
            }
        }
        return garbled;
    }
}
