package dev.belay.cli.prompt;

import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A task's conversation up to the question of a turn, told again from its log by the rules by which a runner builds it.
 *
 * <p>What people said stands where the turn began that the model was given it with. Every call of an answer has a
 * result, if only a word on why there is none.
 */
final class Retold {
    /** A person's command, and Belay's own look at the work: no calls of the model. */
    private static final Set<String> OTHERS = Set.of("exec", "check");

    private static final String CHECK = "check";
    /** What a shell says of a command that is not there, or not to be run. */
    private static final Set<Long> CANNOT_RUN = Set.of(126L, 127L);

    private final Briefing briefing;
    private final Map<String, String> said;
    private final Set<Long> kept;
    private final List<Shortened.Piece> pieces = new ArrayList<>();
    private final List<String> moves = new ArrayList<>();
    /** Where the results of calls stand that were not made yet. */
    private List<Integer> open = List.of();

    private Json check = Json.NULL;
    private @Nullable Round round;
    private int answers;
    private boolean asked = true;
    /**
     * @param said what people said, by its id
     * @param kept the steps that have a snapshot
     */
    Retold(String prompt, Briefing briefing, Map<String, String> said, Set<Long> kept) {
        this.briefing = briefing;
        this.said = said;
        this.kept = kept;
        add(Part.Kind.PROMPT, 0, prompt);
    }

    /** After the last event. */
    List<Shortened.Piece> pieces(long turn) {
        endRound();
        ask(turn);
        return List.copyOf(pieces);
    }

    void take(Json event) {
        switch (event.text("kind")) {
            case "model.message" -> round(event.number("turn")).said(event);
            case "tool.call" -> {
                if (event.get("tool_call").text("tool").equals(CHECK)) {
                    check = input(event.get("tool_call").text("input_json"));
                }
                if (isModels(event.get("tool_call"))) {
                    round(event.number("turn")).called(event);
                }
            }
            case "tool.result" -> {
                checked(event.get("tool_result"));
                if (isModels(event.get("tool_result"))) {
                    round(event.number("turn")).returned(event);
                }
            }
            case "model.noted" -> {
                endRound();
                add(
                        Part.Kind.NOTE,
                        event.number("turn"),
                        event.get("model_noted").text("text"));
            }
            case "turn.start" -> begin(event);
            case "turn.end" -> {
                if (round != null && round.turn() == event.number("turn")) {
                    round.end();
                }
            }
            case "task.fork" -> {
                // Without a word of a person the fork makes the calls that its parent had left.
                if (event.get("task_fork").flag("answered")) {
                    endRound();
                    open.forEach(at -> pieces.set(at, pieces.get(at).saying(briefing.shown(RunnersWords.ANSWERED))));
                    open = List.of();
                }
            }
            case "operation" ->
                FilesMoved.words(event.get("operation").get("operation")).ifPresent(moves::add);
            default -> {
                // Nothing that the model was told.
            }
        }
    }

    /** A check that failed is told with the next turn; one that could not run says nothing about the work. */
    private void checked(Json result) {
        if (!result.text("tool").equals(CHECK)
                || !result.flag("is_error")
                || !result.text("interrupted").isEmpty()) {
            return;
        }
        boolean cannotRun = CANNOT_RUN.contains(result.number("exit_code")) || result.flag("timed_out");
        if (!check.flag("detected") || !cannotRun) {
            moves.add(RunnersWords.CHECK_FAILED + " `" + check.text("command") + "`\n\n"
                    + briefing.shown(result.text("output")) + "\n\n" + RunnersWords.MEND);
        }
    }

    private static Json input(String text) {
        try {
            return Json.parse(text);
        } catch (JsonException unreadable) {
            return Json.NULL;
        }
    }

    /** @param call or a result */
    static boolean isModels(Json call) {
        return !OTHERS.contains(call.text("tool"));
    }

    private void begin(Json event) {
        endRound();
        long turn = event.number("turn");
        tellMoves(turn);
        for (Json id : event.get("turn_start").get("messages").items()) {
            String text = said.get(id.text());
            if (text != null) {
                add(Part.Kind.PERSON, turn, text);
            }
        }
    }

    private Round round(long turn) {
        Round now = round;
        if (now == null || now.turn() != turn) {
            endRound();
            tellMoves(turn);
            now = new Round(turn);
            round = now;
        }
        return now;
    }

    private void tellMoves(long turn) {
        moves.forEach(note -> add(Part.Kind.NOTE, turn, note));
        moves.clear();
    }

    private void endRound() {
        Round ended = round;
        round = null;
        if (ended == null) {
            return;
        }
        List<Round.Call> calls = ended.calls();
        if (calls.isEmpty()
                && (!ended.isWhole() || (ended.text().isEmpty() && ended.own().isNull()))) {
            return;
        }
        ask(ended.turn());
        answers++;
        if (calls.isEmpty() && ended.text().isBlank()) {
            // Nobody takes an empty answer.
            return;
        }
        asked = !calls.isEmpty();
        answer(ended, calls);
        results(ended, calls);
    }

    private void answer(Round ended, List<Round.Call> calls) {
        long elsewhere = ended.text().length();
        if (!ended.text().isBlank()) {
            ofAnswer(new Part(Part.Kind.ANSWER, ended.turn(), 0, ended.text()));
        }
        for (Round.Call call : calls) {
            elsewhere += call.input().length();
            ofAnswer(new Part(Part.Kind.CALL, ended.turn(), call.step(), call.tool() + " " + call.input()));
        }
        String own = ended.own().text("json");
        if (!own.isEmpty() && briefing.model().endsWith("/" + ended.own().text("model"))) {
            long more = Math.max(0, own.length() - elsewhere);
            ofAnswer(new Part(Part.Kind.OWN, ended.turn(), 0, own, more));
        }
    }

    private void results(Round ended, List<Round.Call> calls) {
        List<Integer> notMade = new ArrayList<>();
        for (Round.Call call : calls) {
            if (!call.made() && call.result().isEmpty() && !call.isLost()) {
                notMade.add(pieces.size());
            }
            ofAnswer(new Part(Part.Kind.RESULT, ended.turn(), call.step(), result(call)));
        }
        open = notMade;
    }

    private String result(Round.Call call) {
        if (call.result().isEmpty() && !call.made() && !call.isLost()) {
            return RunnersWords.NOT_MADE;
        }
        String output =
                call.result().map(this::output).orElse(call.made() ? RunnersWords.NO_RESULT : RunnersWords.TOO_LONG);
        String shown = briefing.shown(output);
        return shown.isBlank() ? RunnersWords.NO_OUTPUT : shown;
    }

    private String output(Json result) {
        Json returned = result.get("tool_result");
        boolean lost = returned.text("interrupted").isEmpty() && !kept.contains(result.number("step"));
        return lost ? RunnersWords.NOT_KEPT : returned.text("output");
    }

    /** Nobody takes a question of nothing. */
    private void ask(long turn) {
        if (!asked) {
            add(Part.Kind.NOTE, turn, RunnersWords.GO_ON);
        }
    }

    private void add(Part.Kind kind, long turn, String text) {
        if (!text.isBlank()) {
            pieces.add(new Shortened.Piece(new Part(kind, turn, 0, text), 0));
            asked = true;
        }
    }

    private void ofAnswer(Part part) {
        pieces.add(new Shortened.Piece(part, answers));
    }
}
