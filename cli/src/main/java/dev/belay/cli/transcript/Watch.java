package dev.belay.cli.transcript;

import dev.belay.cli.http.Answer;
import dev.belay.cli.http.EventStream;
import dev.belay.cli.http.Pause;
import dev.belay.cli.server.Server;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Follows a task's events to its end. Every event is handed on exactly once and in order, whatever happens to the
 * connection: it resumes behind the last event that was handed on, and passes over what it has seen.
 */
public final class Watch implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** With a server that nobody will bring back. */
    private static final Duration SHORT_PATIENCE = Duration.ofSeconds(5);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final Server server;
    private final String task;
    private final Pause pause;
    private final boolean live;
    private final long end;
    private @Nullable Consumer<Json> listener;
    private long last;
    private volatile boolean closed;
    private volatile @Nullable Answer connection;

    /** From behind an event on until the task has ended. */
    public Watch(Server server, String task, long after, Pause pause) {
        this(server, task, after, Long.MAX_VALUE, true, pause);
    }

    private Watch(Server server, String task, long after, long end, boolean live, Pause pause) {
        this.server = server;
        this.task = task;
        this.last = after;
        this.end = end;
        this.live = live;
        this.pause = pause;
    }

    /** What was recorded up to an event, whether the task had ended by then, before it, or not yet. */
    public static Watch recorded(Server server, String task, long after, long end, Pause pause) {
        return new Watch(server, task, after, end, false, pause);
    }

    /** Also hands on what the model is just saying, which is no event. To be called before {@link #follow}. */
    public Watch hearing(Consumer<Json> saying) {
        listener = saying;
        return this;
    }

    /** The last event that was handed on. */
    public long last() {
        return last;
    }

    /**
     * Hands on events until the reader has enough, the task has ended or this is closed.
     *
     * @param reader answers false when it wants no more
     * @return true when the stream or the reader ended it, false when it was closed
     */
    public boolean follow(Predicate<Json> reader) throws InterruptedException {
        Patience patience = new Patience();
        while (!closed) {
            if (last >= end) {
                return true;
            }
            long before = last;
            String lost;
            try (Answer answer = server.events(task, last, live, listener != null)) {
                connection = answer;
                if (closed) {
                    return false;
                }
                if (read(new EventStream(answer.body()), reader)) {
                    return true;
                }
                lost = "the stream ended too early";
            } catch (IOException | JsonException cut) {
                lost = String.valueOf(cut.getMessage());
            } catch (BelayException refused) {
                if (!passes(refused.code())) {
                    throw refused;
                }
                lost = refused.what();
            } finally {
                connection = null;
            }
            if (closed) {
                return false;
            }
            if (last > before) {
                patience = new Patience();
            }
            if (patience.isOver()) {
                throw gone(lost, patience.waited);
            }
            patience.rest();
        }
        return false;
    }

    /** What the task is now: asked for again as long as the stream would be opened again. */
    public Json task() {
        return taskWithin(Duration.ofDays(365)).orElseThrow();
    }

    /** The same; empty when so much time has gone by waiting while a longer wait might still have had an answer. */
    public Optional<Json> taskWithin(Duration most) {
        Patience patience = new Patience();
        while (true) {
            try {
                return Optional.of(server.task(task));
            } catch (BelayException refused) {
                if (closed || !passes(refused.code()) || patience.isOver()) {
                    throw refused;
                }
            }
            Duration left = most.minus(patience.waited);
            if (!left.isPositive()) {
                return Optional.empty();
            }
            try {
                patience.rest(left);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", interrupted);
            }
        }
    }

    /** With a controller that is on its way back. */
    private final class Patience {
        private Duration next = Duration.ofMillis(100);
        private Duration waited = Duration.ZERO;

        boolean isOver() {
            return waited.compareTo(server.mayComeBack() ? PATIENCE : SHORT_PATIENCE) >= 0;
        }

        void rest() throws InterruptedException {
            rest(next);
        }

        /** @param most of it */
        void rest(Duration most) throws InterruptedException {
            Duration now = next.compareTo(most) < 0 ? next : most;
            pause.pause(now);
            waited = waited.plus(now);
            next = next.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next.multipliedBy(2);
        }
    }

    /** A controller that is on its way down or up again. */
    private static boolean passes(ErrorCode code) {
        return code == ErrorCode.E_UNREACHABLE || code == ErrorCode.E_OVERLOADED;
    }

    private boolean read(EventStream stream, Predicate<Json> reader) throws IOException {
        while (true) {
            Optional<EventStream.Message> message = stream.next();
            if (message.isEmpty()) {
                return false;
            }
            if (message.get().data().isEmpty()) {
                continue;
            }
            Json event = Json.parse(message.get().data());
            if (message.get().event().equals("saying")) {
                if (listener != null) {
                    listener.accept(event);
                }
                continue;
            }
            long seq = event.number("seq");
            if (seq <= last) {
                continue;
            }
            if (seq != last + 1) {
                throw new IOException("event " + seq + " came after " + last);
            }
            last = seq;
            if (!reader.test(event) || (live ? isEnd(event) : seq >= end)) {
                return true;
            }
        }
    }

    /** Whether the task ended with it. */
    public static boolean isEnd(Json event) {
        if (!event.text("kind").equals("task.state")) {
            return false;
        }
        return switch (event.get("task_state").text("to")) {
            case "succeeded", "failed", "cancelled" -> true;
            default -> false;
        };
    }

    private BelayException gone(String lost, Duration waited) {
        return BelayException.of(
                ErrorCode.E_UNREACHABLE,
                "controller " + server.address() + " is gone (tried for " + waited.toSeconds() + " s)",
                lost + " (layer: network)",
                "the task goes on without this terminal; seen up to event " + last,
                "belay attach " + task);
    }

    /** Ends {@link #follow} from another thread. */
    @Override
    public void close() {
        closed = true;
        Answer open = connection;
        if (open != null) {
            try {
                open.close();
            } catch (IOException alreadyClosed) {
                // Closing is what was wanted.
            }
        }
    }
}
