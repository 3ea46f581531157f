package dev.belay.cli.transcript;

import dev.belay.cli.Cli;
import dev.belay.cli.http.Pause;
import dev.belay.cli.server.Server;
import dev.belay.cli.terminal.Interrupts;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Screen;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A terminal on a task: shows it until it ends, a person is needed who is not here, or the watcher leaves. */
public final class Attachment {
    private static final Duration SECOND_CTRL_C = Duration.ofSeconds(2);

    private final Server server;
    private final Screen results;
    private final Screen people;
    private final Interrupts interrupts;
    private final Pause pause;
    private final boolean json;
    private final boolean attended;

    public Attachment(Cli cli, Server server, boolean json) {
        this.server = server;
        this.results = cli.screen();
        this.people = json ? cli.screen().withResultsOnStderr() : cli.screen();
        this.interrupts = cli.interrupts();
        this.pause = cli.pause();
        this.json = json;
        this.attended = cli.screen().live();
    }

    /** The exit code. */
    public int follow(Json task, long after) throws InterruptedException {
        String id = task.text("id");
        String shortId = task.text("short_id");
        Transcript transcript = new Transcript(people, shortId);
        Semaphore interrupted = new Semaphore(0);
        // The event behind which nothing comes before a person lets the task go on.
        long[] last = {stands(task) ? task.number("last_seq") : Long.MAX_VALUE};
        if (after >= last[0]) {
            return tell(task);
        }
        boolean ended;
        try (Watch watch = new Watch(server, id, after, pause);
                Interrupts.Held held = interrupts.whenInterrupted(() -> {
                    interrupted.release();
                    watch.close();
                })) {
            if (people.live()) {
                watch.hearing(transcript::hear);
            }
            ended = watch.follow(event -> {
                if (json) {
                    results.machine(event.print());
                }
                transcript.tell(event);
                if (mayStand(event)) {
                    Json now = watch.task();
                    last[0] = stands(now) ? now.number("last_seq") : Long.MAX_VALUE;
                }
                return event.number("seq") < last[0];
            });
            transcript.leave();
            if (!ended) {
                return leave(id, shortId, transcript.turn(), interrupted);
            }
            return tell(watch.task());
        }
    }

    private int tell(Json now) {
        people.line(Outcome.line(now));
        if (Standing.is(now)) {
            people.note(new Line().add("go on: ").bold(Standing.next(now)));
        }
        return Outcome.exitCode(now);
    }

    /** Where nobody looks on, waiting for a person would be waiting for ever; where one does, for what he does elsewhere. */
    private boolean stands(Json task) {
        return Standing.is(task) || (!attended && !task.text("waiting_for").isEmpty());
    }

    /** It did when this was recorded; it may have gone on since. */
    private static boolean mayStand(Json event) {
        String to = event.get("task_state").text("to");
        return to.equals("waiting") || to.equals("paused");
    }

    private int leave(String id, String shortId, int turn, Semaphore interrupted) throws InterruptedException {
        people.note(new Line()
                .add("detached. ")
                .bold(shortId)
                .add(" is running" + (turn > 0 ? " (turn " + turn + ")" : "") + ".  belay attach " + shortId
                        + " · belay wait " + shortId)
                .dim("  Ctrl-C again within 2 s cancels it"));
        interrupted.acquire();
        if (!interrupted.tryAcquire(SECOND_CTRL_C.toMillis(), TimeUnit.MILLISECONDS)) {
            return ErrorCode.Exit.DETACHED;
        }
        Json cancelled = server.cancel(id, "Ctrl-C twice");
        people.note(new Line().bold(shortId).add(" " + words(cancelled)));
        return ErrorCode.Exit.FAILED;
    }

    private static String words(Json cancelled) {
        return cancelled.flag("terminal") ? "is " + cancelled.text("state") : "is being cancelled";
    }
}
