package dev.belay.controller.dispatch;

import dev.belay.controller.events.Feed;
import dev.belay.controller.events.Messages;
import dev.belay.controller.events.TaskEdit;
import dev.belay.controller.tasks.Caller;
import dev.belay.controller.tasks.Ids;
import dev.belay.controller.tasks.TaskQueries;
import dev.belay.controller.tasks.TaskRow;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.PersonSpoke;
import dev.belay.proto.v1.SendMessage;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * What people say to a task that has not ended: in its log before it is acknowledged, once for each key. The model is given
 * it with its next turn, whichever runner that is on; a task that would end without it takes one more turn.
 */
@Singleton
public final class Mailbox {
    static final int TEXT_BYTES = 64 * 1024;
    private static final int MOST_UNREAD = 100;
    private static final int SHOWN = 60;
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{8,128}");

    private final Jdbi jdbi;
    private final TaskQueries tasks;
    private final Wishes wishes;
    private final Ids ids;
    private final Feed feed;
    private final Clock clock;

    public Mailbox(Jdbi jdbi, TaskQueries tasks, Wishes wishes, Ids ids, Feed feed, Clock clock) {
        this.jdbi = jdbi;
        this.tasks = tasks;
        this.wishes = wishes;
        this.ids = ids;
        this.feed = feed;
        this.clock = clock;
    }

    /** What was stored, and the task as it stands now. */
    public record Sent(String id, long seq, TaskRow task) {}

    public Sent send(Caller caller, String given, SendMessage message) {
        check(message);
        return put(
                caller,
                given,
                message.getIdempotencyKey(),
                PersonSpoke.newBuilder().setText(message.getText()).build(),
                (handle, task) -> {});
    }

    /** What is done in the transaction that stores a message, under the lock of its task. */
    interface Beside {
        void done(Handle handle, TaskRow task);
    }

    /** @param said without its id, which it is given here */
    Sent put(Caller caller, String given, String key, PersonSpoke said, Beside beside) {
        checkKey(key);
        TaskRow named = tasks.named(caller, given);
        byte[] hash = hash(named.id(), said);
        Messages.Stored stored = jdbi.inTransaction(handle -> {
            // The lock first, so that of two with one key the second sees what the first did.
            TaskEdit edit =
                    TaskEdit.lock(handle, caller.tenant(), named.id()).orElseThrow(() -> TaskQueries.noSuchTask(given));
            Optional<Messages.Stored> earlier = Messages.byKey(handle, caller.tenant(), key);
            if (earlier.isPresent()) {
                return same(earlier.get(), hash);
            }
            refuse(edit.before(), said.getText());
            beside.done(handle, edit.before());
            return store(handle, caller, edit, key, said, hash);
        });
        feed.changed(named.id());
        TaskRow task = tasks.byId(caller, named.id());
        if (task.stage().live()) {
            wishes.tell(task.runner(), task.id());
        }
        return new Sent(stored.id(), stored.seq(), task);
    }

    private Messages.Stored store(
            Handle handle, Caller caller, TaskEdit edit, String key, PersonSpoke said, byte[] hash) {
        String id = ids.message();
        Event event = edit.spoken(said.toBuilder().setId(id).build(), caller.actor(), clock.instant());
        edit.save();
        Messages.Stored stored = new Messages.Stored(id, edit.before().id(), event.getSeq(), hash);
        if (!Messages.insert(handle, caller.tenant(), caller.actor(), key, stored)) {
            throw otherKey();
        }
        return stored;
    }

    private static Messages.Stored same(Messages.Stored earlier, byte[] hash) {
        if (!MessageDigest.isEqual(earlier.requestHash(), hash)) {
            throw otherKey();
        }
        return earlier;
    }

    private static BelayException otherKey() {
        return BelayException.of(
                ErrorCode.E_IDEMPOTENCY_CONFLICT,
                "this idempotency key was used for another message",
                "the controller keeps one message for each key",
                "send it with a key of its own");
    }

    private static void refuse(TaskRow task, String text) {
        if (task.stage().terminal() || task.cancelRequestedAt() != null) {
            throw BelayException.of(
                    ErrorCode.E_TASK_ENDED,
                    task.shortId() + (task.stage().terminal() ? " has ended already" : " is being cancelled"),
                    "the controller has it as " + task.state() + ", and no turn of it is to come",
                    "the message was not stored; the task's files and conversation are kept",
                    "belay fork " + task.shortId() + " " + quoted(text));
        }
        if (task.unread() >= MOST_UNREAD) {
            throw BelayException.of(
                    ErrorCode.E_OVERLOADED,
                    task.shortId() + " has " + task.unread() + " messages that it has not heard yet",
                    "the controller keeps no more of one task",
                    "the message was not stored",
                    "belay show " + task.shortId());
        }
    }

    /** For a shell. */
    private static String quoted(String text) {
        String line = text.strip();
        boolean plain = line.length() <= SHOWN && line.chars().noneMatch(c -> c < ' ' || "\"\\$`!".indexOf(c) >= 0);
        return "\"" + (plain ? line : "…") + "\"";
    }

    private static void checkKey(String key) {
        if (!KEY.matcher(key).matches()) {
            throw bad("idempotency_key is not 8 to 128 printable characters", "send one key for each message");
        }
    }

    private static void check(SendMessage message) {
        String text = message.getText();
        if (text.isBlank()) {
            throw BelayException.of(
                    ErrorCode.E_NO_PROMPT,
                    "the message is empty",
                    "the controller was given nothing to say",
                    "belay send TASK \"what to tell it\"");
        }
        if (text.getBytes(StandardCharsets.UTF_8).length > TEXT_BYTES) {
            throw bad("the message is larger than 64 KiB", "put the long part into a file of the project, and name it");
        }
        if (text.indexOf('\0') >= 0) {
            throw bad("the message holds a NUL character", "send plain text");
        }
    }

    private static BelayException bad(String what, String next) {
        return BelayException.of(ErrorCode.E_BAD_REQUEST, what, "the controller refused the request", next);
    }

    private static byte[] hash(String task, PersonSpoke said) {
        // What is allowed beside is in the text, too.
        String whole = String.join("\n", task, said.getText(), String.join("\n", said.getAllowedHostsList()));
        try {
            return MessageDigest.getInstance("SHA-256").digest(whole.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
