package dev.belay.proto.script;

import dev.belay.proto.json.Json;
import java.time.Duration;
import java.util.List;

/** A written conversation: turn k answers the k-th request to the model. */
public record Script(String name, List<Turn> turns) {
    public Script {
        turns = List.copyOf(turns);
    }

    /**
     * A turn without calls ends the conversation, unless a person said something meanwhile.
     *
     * @param expects what a message of a person, said since the turn before, must hold for this turn to be played; empty
     *     when nothing is expected
     * @param pace between two words of {@code say}; with zero all of it is said at once
     */
    public record Turn(String expects, String say, Duration pace, List<Call> calls) {
        public Turn {
            calls = List.copyOf(calls);
        }
    }

    public record Call(String tool, Json.Obj input) {}
}
