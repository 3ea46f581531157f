package dev.belay.cli.record;

import java.util.List;
import java.util.Optional;

/**
 * What a model said and called in a task.
 *
 * @param task its whole id
 * @param last what a reader should know behind the last turn
 */
record Recording(String task, String model, String prompt, List<PlayedTurn> turns, List<String> last) {
    Recording {
        turns = List.copyOf(turns);
        last = List.copyOf(last);
    }

    int calls() {
        return turns.stream().mapToInt(turn -> turn.calls().size()).sum();
    }

    /** Where it holds something that looks like a key, and what that looks like. */
    Optional<String> key() {
        Optional<String> found = KeyShape.in(prompt).map(shape -> "the prompt holds " + shape);
        for (PlayedTurn turn : turns) {
            found = found.or(() -> key(turn));
        }
        return found.or(() -> KeyShape.in(String.join("\n", last)).map(shape -> "what a person said holds " + shape));
    }

    private static Optional<String> key(PlayedTurn turn) {
        Optional<String> found = KeyShape.in(String.join("\n", turn.remarks()))
                .map(shape -> "what a person said before turn " + turn.number() + " holds " + shape)
                .or(() -> KeyShape.in(turn.say())
                        .map(shape -> "what the model said in turn " + turn.number() + " holds " + shape));
        for (PlayedTurn.Call call : turn.calls()) {
            for (var value : call.input().members().values()) {
                found = found.or(() -> KeyShape.in(value.text())
                        .map(shape -> "step s" + call.step() + " (" + call.tool() + ") holds " + shape));
            }
        }
        return found;
    }
}
