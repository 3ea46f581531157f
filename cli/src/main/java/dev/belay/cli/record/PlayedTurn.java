package dev.belay.cli.record;

import dev.belay.proto.json.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * A turn as the script model plays it.
 *
 * @param number that it had in the task
 * @param remarks what a reader should know before it
 */
record PlayedTurn(long number, List<String> remarks, String say, List<Call> calls) {
    PlayedTurn {
        remarks = List.copyOf(remarks);
        calls = List.copyOf(calls);
    }

    /** @param step that it was */
    record Call(long step, String tool, Json.Obj input) {}

    /** A turn without calls ends a replay: its words stand with the turn after it. */
    PlayedTurn before(PlayedTurn next) {
        List<String> all = new ArrayList<>(remarks);
        all.add("turn " + number
                + " called nothing, and the run went on; that would end a replay, so its words are here");
        all.addAll(next.remarks);
        String both = next.say.isBlank() ? say : say + "\n\n" + next.say;
        return new PlayedTurn(next.number, all, both, next.calls);
    }
}
