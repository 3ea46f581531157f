package dev.belay.runner.task;

import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import dev.belay.proto.v1.ContextCompacted;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.ModelBriefed;
import dev.belay.proto.v1.ModelMessage;
import dev.belay.proto.v1.PersonSpoke;
import dev.belay.proto.v1.TaskForked;
import dev.belay.proto.v1.ToolCalled;
import dev.belay.proto.v1.ToolReturned;
import dev.belay.runner.agent.Conversation;
import dev.belay.runner.agent.Conversation.Part;
import dev.belay.runner.agent.Proof;
import dev.belay.runner.agent.Reply;
import dev.belay.runner.agent.Shown;
import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.agent.ToolOutcome;
import dev.belay.runner.agent.ToolOutputMark;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A task's conversation, built again from its log.
 *
 * <p>Guarantees: a call that was begun is never begun again, with or without a result; a result whose step has no snapshot
 * does not pass for one whose effects are there; an answer of the model of which the log has no call is not there, so that
 * the model is asked again. What people said stands where the turn began that the model was given it with; what no
 * turn began with is not there. The model is shown what it was shown.
 */
final class Recollection {
    private static final String NO_RESULT =
            "The call was interrupted and has no result. The files are as the last snapshot has them.";
    private static final String NOT_KEPT =
            "The call came back, but what it did was lost with the runner before it was kept. The files are as the last"
                    + " snapshot has them, without it. Make the call again if it is still needed.";
    private static final String TOO_LONG =
            "The call was not made: its input was too long to be kept when the task moved. Make it again.";

    private static final String ANSWERED = "The call was not made: a person took the task up here, with what follows.";

    private final List<Part> parts = new ArrayList<>();
    private final Set<Integer> kept;
    private final Map<String, String> said;
    private int repliesBefore;
    private List<ToolCall> left = List.of();
    private Optional<ModelBriefed> briefed = Optional.empty();
    private Shown shown = Shown.ALL;
    private int turn;
    /** How people moved the files since the round began, and what the check found. */
    private final List<String> moves = new ArrayList<>();

    private Json.Obj check = Json.object().build();
    private boolean checkFailed;
    /** How many parts were another task's. */
    private int inherited;

    private @Nullable Round round;

    /** One turn as the log has it. */
    private static final class Round {
        private final int turn;
        private String text = "";
        private List<ToolCalled> planned = List.of();
        private Optional<Reply.Own> own = Optional.empty();
        private final Map<String, ToolCalled> begun = new LinkedHashMap<>();
        private final Map<String, Event> results = new LinkedHashMap<>();
        private boolean whole;
        private boolean cut;

        Round(int turn) {
            this.turn = turn;
        }
    }

    private Recollection(String prompt, Set<Integer> kept, Map<String, String> said) {
        this.kept = kept;
        this.said = said;
        parts.add(new Part.Prompt(prompt));
    }

    static Recollection of(String prompt, List<Event> log) {
        Set<Integer> kept = log.stream()
                .filter(Event::hasSnapshotCreated)
                .map(event -> event.getSnapshotCreated().getSnapshot().getStep())
                .collect(Collectors.toSet());
        Map<String, String> said = log.stream()
                .filter(Event::hasPersonMessage)
                .map(Event::getPersonMessage)
                .collect(Collectors.toMap(PersonSpoke::getId, PersonSpoke::getText, (first, again) -> first));
        // A fork's own prompt came later, as a message.
        String first = log.stream()
                .filter(Event::hasTaskFork)
                .map(event -> event.getTaskFork().getBeganWith())
                .reduce(prompt, (before, last) -> last);
        Recollection recollection = new Recollection(first, kept, said);
        log.forEach(recollection::take);
        recollection.endRound();
        return recollection;
    }

    /** How many of the conversation's answers were not given by the present script. */
    int repliesBefore() {
        return repliesBefore;
    }

    Conversation conversation() {
        Conversation all = new Conversation(parts, shown);
        return inherited == parts.size() ? all.reopened() : all;
    }

    /** What a model was told last before a conversation began. */
    Optional<ModelBriefed> briefed() {
        return briefed;
    }

    /** Of the last answer: the calls that were never begun. */
    List<ToolCall> left() {
        return left;
    }

    /** What the model was not told yet, because no turn began after it. */
    List<String> untold() {
        return List.copyOf(moves);
    }

    /** The turn of the last answer. */
    int turn() {
        return turn;
    }

    private void take(Event event) {
        switch (event.getBodyCase()) {
            case MODEL_MESSAGE -> {
                Round now = round(event.getTurn());
                now.text = event.getModelMessage().getText();
                now.planned = event.getModelMessage().getCallsList();
                now.own = own(event.getModelMessage());
                now.cut = event.getModelMessage().getCut();
            }
            case TOOL_CALL -> {
                if (event.getToolCall().getTool().equals(Proof.TOOL)) {
                    check = input(event.getToolCall()).orElse(check);
                }
                if (isModels(event.getToolCall().getTool())) {
                    round(event.getTurn()).begun.put(event.getToolCall().getCallId(), event.getToolCall());
                }
            }
            case TOOL_RESULT -> {
                if (isModels(event.getToolResult().getTool())) {
                    round(event.getTurn()).results.put(event.getToolResult().getCallId(), event);
                }
                checked(event.getToolResult());
            }
            case TURN_START -> {
                endRound();
                tellMoves();
                for (String id : event.getTurnStart().getMessagesList()) {
                    if (said.get(id) instanceof String text) {
                        parts.add(new Part.Message(text));
                    }
                }
            }
            case TURN_END -> {
                if (round != null && round.turn == event.getTurn()) {
                    round.whole = true;
                }
            }
            case CONTEXT_PRUNED -> {
                endRound();
                shown = shown.prune(event.getContextPruned().getAnswers(), parts);
            }
            case CONTEXT_COMPACTED -> {
                endRound();
                ContextCompacted compacted = event.getContextCompacted();
                shown = shown.compact(compacted.getAnswers(), compacted.getSummary(), parts);
            }
            case MODEL_NOTED -> {
                endRound();
                parts.add(new Part.Note(event.getModelNoted().getText()));
            }
            case MODEL_BRIEFED -> briefed = Optional.of(event.getModelBriefed());
            case TASK_FORK -> forked(event.getTaskFork());
            case OPERATION ->
                FilesMoved.words(event.getOperation().getOperation()).ifPresent(moves::add);
            default -> {
                // Nothing that the model was told.
            }
        }
    }

    private void forked(TaskForked fork) {
        endRound();
        checkFailed = false;
        if (fork.getAnswered()) {
            left.forEach(call -> parts.add(new Part.Result(call, ToolOutcome.error(ANSWERED, "not made"))));
            left = List.of();
        }
        inherited = parts.size();
        if (fork.getOwnScript()) {
            repliesBefore = conversation().replies();
        }
    }

    private static boolean isModels(String tool) {
        return !tool.equals(TaskRecord.PERSONS_TOOL) && !tool.equals(Proof.TOOL);
    }

    /** As the model was told of it, or is to be. One that was interrupted is run again. */
    private void checked(ToolReturned result) {
        if (!result.getTool().equals(Proof.TOOL)
                || !result.getIsError()
                || !result.getInterrupted().isEmpty()) {
            return;
        }
        OptionalInt exitCode = result.hasExitCode() ? OptionalInt.of(result.getExitCode()) : OptionalInt.empty();
        if (!Proof.isWithoutMeaning(check.flag("detected"), exitCode, result.getTimedOut())) {
            checkFailed = true;
            moves.add(Proof.failed(check.text("command"), result.getOutput(), mark()));
        }
    }

    /** Whether the model was told that its work does not hold. */
    boolean checkFailed() {
        return checkFailed;
    }

    private ToolOutputMark mark() {
        return briefed.map(one -> new ToolOutputMark(one.getMark())).orElse(ToolOutputMark.NONE);
    }

    private Round round(int number) {
        Round now = round;
        if (now == null || now.turn != number) {
            endRound();
            tellMoves();
            now = new Round(number);
            round = now;
        }
        return now;
    }

    /** The turn that begins was told of them. */
    private void tellMoves() {
        moves.forEach(note -> parts.add(new Part.Note(note)));
        moves.clear();
    }

    private void endRound() {
        Round ended = round;
        round = null;
        if (ended == null) {
            return;
        }
        if (ended.begun.isEmpty() && ended.planned.isEmpty()) {
            // Words alone are an answer when the turn ended with them; else their call was never written down.
            if (ended.whole && !(ended.text.isEmpty() && ended.own.isEmpty())) {
                turn = ended.turn;
                left = List.of();
                parts.add(new Part.Answer(new Reply(ended.text, List.of(), Reply.Usage.NONE, ended.own, ended.cut)));
            }
            return;
        }
        turn = ended.turn;
        List<ToolCalled> all = ended.planned.isEmpty() ? List.copyOf(ended.begun.values()) : ended.planned;
        List<Optional<Json.Obj>> inputs = all.stream().map(Recollection::input).toList();
        List<ToolCall> calls = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            calls.add(call(all.get(i), inputs.get(i)));
        }
        parts.add(new Part.Answer(new Reply(ended.text, calls, Reply.Usage.NONE, ended.own, false)));
        List<ToolCall> open = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            String id = all.get(i).getCallId();
            Event result = ended.results.get(id);
            if (result != null) {
                parts.add(new Part.Result(calls.get(i), outcome(result)));
            } else if (ended.begun.containsKey(id)) {
                parts.add(new Part.Result(calls.get(i), ToolOutcome.error(NO_RESULT, "interrupted")));
            } else if (inputs.get(i).isPresent() || !calls.get(i).unreadable().isEmpty()) {
                open.add(calls.get(i));
            } else {
                parts.add(new Part.Result(calls.get(i), ToolOutcome.error(TOO_LONG, "not made")));
            }
        }
        left = List.copyOf(open);
    }

    /** Nothing when its input was cut. */
    private static Optional<Json.Obj> input(ToolCalled called) {
        try {
            return Json.parse(called.getInputJson()) instanceof Json.Obj whole ? Optional.of(whole) : Optional.empty();
        } catch (JsonException cut) {
            return Optional.empty();
        }
    }

    private static ToolCall call(ToolCalled called, Optional<Json.Obj> input) {
        boolean cut = called.getInputJson().length() >= TaskRecord.INPUT_LENGTH;
        return new ToolCall(
                called.getCallId(),
                called.getTool(),
                input.orElseGet(() -> Json.object().build()),
                input.isPresent() || cut ? "" : called.getInputJson());
    }

    private static Optional<Reply.Own> own(ModelMessage message) {
        try {
            return message.hasOwn()
                    ? Optional.of(new Reply.Own(
                            message.getOwn().getWire(),
                            message.getOwn().getModel(),
                            Json.parse(message.getOwn().getJson())))
                    : Optional.empty();
        } catch (JsonException unreadable) {
            // Then the answer is written anew from what it said and called.
            return Optional.empty();
        }
    }

    private ToolOutcome outcome(Event returned) {
        ToolReturned result = returned.getToolResult();
        if (result.getInterrupted().isEmpty() && !kept.contains(returned.getStep())) {
            return ToolOutcome.error(NOT_KEPT, "not kept");
        }
        return new ToolOutcome(
                result.getIsError(),
                result.hasExitCode() ? OptionalInt.of(result.getExitCode()) : OptionalInt.empty(),
                result.getOutput(),
                result.getSummary(),
                result.getBytesPrinted(),
                result.getTimedOut());
    }
}
