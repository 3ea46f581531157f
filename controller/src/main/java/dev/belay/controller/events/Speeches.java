package dev.belay.controller.events;

import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.Saying;
import dev.belay.proto.v1.Spoken;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What models are just saying, as runners that are connected here tell it: in memory alone, and only until the log has the
 * whole. Who follows a task through another controller sees what is said when it is whole.
 */
@Singleton
public final class Speeches {
    /** Of one turn, and of all. What comes beyond is seen when it is whole. */
    private static final int MOST = 64 << 10;

    private static final long MOST_OF_ALL = 16L << 20;

    private final Feed feed;
    private final Map<String, Speech> speeches = new HashMap<>();
    private long length;
    private long last;

    public Speeches(Feed feed) {
        this.feed = feed;
    }

    /** One turn's. When it is over it stays as a mark, so that what comes late does not begin it anew. */
    private static final class Speech {
        private final long number;
        private final int epoch;
        private final int turn;
        private final StringBuilder text = new StringBuilder();
        private boolean over;

        Speech(long number, int epoch, int turn) {
            this.number = number;
            this.epoch = epoch;
            this.turn = turn;
        }

        boolean isBefore(int otherEpoch, int otherTurn) {
            return epoch < otherEpoch || (epoch == otherEpoch && turn < otherTurn);
        }
    }

    /**
     * How much of what is said somebody has heard: of which speech, and how far.
     *
     * @param speech 0: of none
     */
    record Heard(long speech, int length) {
        static final Heard NOTHING = new Heard(0, 0);
    }

    /** What somebody is to be told next. */
    record Next(Heard heard, Saying saying) {}

    /** To be called for a runner that holds the task in this epoch, and for no other. */
    public void add(Spoken spoken) {
        if (took(spoken)) {
            feed.ring(spoken.getTask());
        }
    }

    private synchronized boolean took(Spoken spoken) {
        Speech speech = speeches.get(spoken.getTask());
        if (speech == null || speech.isBefore(spoken.getEpoch(), spoken.getTurn())) {
            speech = new Speech(++last, spoken.getEpoch(), spoken.getTurn());
            put(spoken.getTask(), speech);
        } else if (speech.over || speech.epoch != spoken.getEpoch() || speech.turn != spoken.getTurn()) {
            return false;
        }
        if (spoken.getFrom() == 0 && !speech.text.isEmpty()) {
            speech = new Speech(++last, spoken.getEpoch(), spoken.getTurn());
            put(spoken.getTask(), speech);
        }
        int room = (int) Math.min(MOST - speech.text.length(), MOST_OF_ALL - length);
        if (spoken.getFrom() != speech.text.length() || spoken.getText().length() > room) {
            return false;
        }
        speech.text.append(spoken.getText());
        length += spoken.getText().length();
        return true;
    }

    private void put(String task, Speech speech) {
        Speech before = speeches.put(task, speech);
        length -= before == null ? 0 : before.text.length();
    }

    /** An event of the log; after the one that holds what was said, nobody is told it as what is being said. */
    public void logged(String task, int epoch, Event event) {
        boolean tellsAll = switch (event.getBodyCase()) {
            case MODEL_MESSAGE, TOOL_CALL, TURN_END -> true;
            default -> false;
        };
        if (tellsAll && over(task, epoch, event.getTurn())) {
            feed.ring(task);
        }
    }

    private synchronized boolean over(String task, int epoch, int turn) {
        Speech speech = speeches.get(task);
        if (speech == null || speech.over || speech.epoch > epoch || speech.turn > turn) {
            return false;
        }
        length -= speech.text.length();
        speech.text.setLength(0);
        speech.over = true;
        return true;
    }

    /** The runner holds the task no longer, or is away. */
    public void forget(String task) {
        Speech before;
        synchronized (this) {
            before = speeches.remove(task);
            length -= before == null ? 0 : before.text.length();
        }
        if (before != null) {
            feed.ring(task);
        }
    }

    /** Nothing when somebody who heard that much has heard all. */
    synchronized Optional<Next> after(String task, Heard heard) {
        Speech speech = speeches.get(task);
        if (speech == null || speech.over) {
            return heard.speech() == 0
                    ? Optional.empty()
                    : Optional.of(new Next(
                            Heard.NOTHING,
                            Saying.newBuilder().setTask(task).setReset(true).build()));
        }
        boolean same = heard.speech() == speech.number;
        int from = same ? heard.length() : 0;
        if (same && from == speech.text.length()) {
            return Optional.empty();
        }
        return Optional.of(new Next(
                new Heard(speech.number, speech.text.length()),
                Saying.newBuilder()
                        .setTask(task)
                        .setEpoch(speech.epoch)
                        .setTurn(speech.turn)
                        .setReset(!same)
                        .setText(speech.text.substring(from))
                        .build()));
    }
}
