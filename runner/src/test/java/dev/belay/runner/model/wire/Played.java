package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.Briefing;
import dev.belay.runner.agent.Conversation;
import dev.belay.runner.agent.Conversation.Part;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.agent.ToolSpec;
import dev.belay.runner.model.wire.WireException.Trouble;
import java.util.ArrayList;
import java.util.List;

/** A stream that was written down, played to a wire. */
final class Played {
    static final Briefing BRIEFING = new Briefing(
            "You are Belay.",
            List.of(new ToolSpec("Read", "Reads a file.", object("{\"type\":\"object\",\"properties\":{}}"))));

    private final List<String> heard = new ArrayList<>();
    private final Wire.Incoming incoming;

    Played(Wire wire, String model) {
        incoming = wire.incoming(model, heard::add);
    }

    Played play(String stream) throws WireException {
        String type = "";
        for (String line : stream.lines().toList()) {
            if (line.startsWith("event: ")) {
                type = line.substring("event: ".length());
            } else if (line.startsWith("data: ")) {
                incoming.event(type, line.substring("data: ".length()));
                type = "";
            }
        }
        return this;
    }

    Reply reply() throws WireException {
        return incoming.reply();
    }

    boolean whole() {
        return incoming.whole();
    }

    String heard() {
        return String.join("", heard);
    }

    /** The trouble that the stream, or the answer that it brings, is in. */
    static Trouble trouble(Wire wire, String stream) {
        return refusal(wire, stream).trouble();
    }

    static WireException refusal(Wire wire, String stream) {
        try {
            Reply reply = new Played(wire, "m").play(stream).reply();
            throw new AssertionError("an answer: " + reply);
        } catch (WireException expected) {
            return expected;
        }
    }

    static String request(Wire wire, String model, Part... parts) {
        return body(wire, model, "", parts).print();
    }

    static Json.Obj body(Wire wire, String model, String effort, Part... parts) {
        Conversation conversation = new Conversation(List.of(parts));
        return wire.request(new Wire.Question(model, BRIEFING, conversation, 4096, effort))
                .body();
    }

    static Json.Obj object(String json) {
        return (Json.Obj) Json.parse(json);
    }
}
