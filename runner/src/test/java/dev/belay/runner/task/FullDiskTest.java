package dev.belay.runner.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.TaskState;
import dev.belay.proto.v1.TaskStateChanged;
import dev.belay.runner.disk.RunnerDisk;
import dev.belay.runner.model.NoModels;
import dev.belay.runner.spool.Spool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a runner's tasks as its disk fills. */
class FullDiskTest {
    private static final long MIB = 1 << 20;
    private static final String ONE_CALL = """
            model: script/1
            turns:
              - calls: [{Bash: {command: "true"}}]
              - say: "Done."
            """;

    @TempDir
    Path directory;

    private final AtomicLong free = new AtomicLong(1000 * MIB);
    private WrittenPlaces places;
    private TaskHouse house;

    @BeforeEach
    void start() throws IOException {
        places = new WrittenPlaces(Files.createDirectory(directory.resolve("packs")));
        house = new TaskHouse(
                directory.resolve("spool"),
                4,
                places,
                new TaskHouse.Archive(new NoPacks(), (task, epoch) -> List.of()),
                NoModels.here(),
                new Tenure(() -> Duration.ZERO),
                InstantSource.system(),
                new RunnerDisk(new RunnerDisk.Floors(400 * MIB, 2 * MIB), directory, place -> free.get()));
        house.tenure().renewed(Duration.ZERO, Duration.ofHours(1));
        house.recover();
    }

    @AfterEach
    void stop() throws InterruptedException {
        places.hold.countDown();
        house.close();
    }

    private static final class NoPacks implements Packs {
        @Override
        public void fetch(String task, String sha256, Taker taker) throws IOException {
            taker.take(InputStream.nullInputStream());
        }

        @Override
        public void store(String task, int epoch, String sha256, Path pack) {}
    }

    private Spool take(String task) throws InterruptedException {
        assertThat(house.take(assignment(task))).isEmpty();
        return house.records().stream()
                .filter(record -> record.task().equals(task))
                .findFirst()
                .orElseThrow()
                .spool();
    }

    private static Assignment assignment(String task) {
        return Assignment.newBuilder()
                .setTask(task)
                .setShortId(task)
                .setEpoch(1)
                .setPrompt("fix it")
                .setModel("script")
                .setScript(ONE_CALL)
                .setScriptName("one-call.yaml")
                .build();
    }

    private static List<Event> log(Spool spool) throws Exception {
        List<Event> events = new ArrayList<>();
        spool.after(0, 1000).forEach(entry -> events.add(entry.event().getEvent()));
        return events;
    }

    private static TaskStateChanged end(Spool spool) throws Exception {
        until("the end of the task", spool::sealed);
        return log(spool).getLast().getTaskState();
    }

    private static void until(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private void untilCalling(Spool... spools) throws Exception {
        for (Spool spool : spools) {
            until("a call", () -> {
                try {
                    return log(spool).stream().anyMatch(Event::hasToolCall);
                } catch (Exception failed) {
                    throw new AssertionError(failed);
                }
            });
        }
    }

    @Test
    void below_the_floor_no_task_is_taken_and_what_runs_goes_on_and_with_space_again_one_is() throws Exception {
        places.hold = new CountDownLatch(1);
        Spool runs = take("t-1");
        free.set(300 * MIB);

        assertThat(house.take(assignment("t-2")))
                .hasValueSatisfying(why -> assertThat(why).contains("has 300 MiB free, less than 400 MiB"));
        assertThat(house.disk().takesNone()).contains("300 MiB free");
        places.hold.countDown();
        assertThat(end(runs).getTo()).isEqualTo(TaskState.TASK_STATE_SUCCEEDED);

        free.set(401 * MIB);
        assertThat(house.take(assignment("t-2")))
                .as("a little more than too little")
                .isPresent();
        free.set(500 * MIB);
        assertThat(end(take("t-2")).getTo()).isEqualTo(TaskState.TASK_STATE_SUCCEEDED);
        assertThat(house.disk().takesNone()).isEmpty();
    }

    @Test
    void the_task_whose_files_fill_the_disk_ends_with_that_reason_and_its_neighbour_goes_on() throws Exception {
        places.hold = new CountDownLatch(1);
        Spool fills = take("t-fills");
        Spool neighbour = take("t-neighbour");
        untilCalling(fills, neighbour);
        places.used.put("t-neighbour", 60 * MIB);
        places.used.put("t-fills", 700 * MIB);
        places.discardKept = owed -> {};
        free.set(90 * MIB);

        TaskStateChanged ended = end(fills);

        free.set(800 * MIB);
        assertThat(ended.getTo()).isEqualTo(TaskState.TASK_STATE_FAILED);
        assertThat(ended.getStopReason()).isEqualTo("limit_disk");
        assertThat(ended.getDetail()).contains("90 MiB free", "the task's files take 700 MiB", "last snapshot is kept");
        assertThat(places.discarded).containsExactly("the files of t-fills beside 1 open places");
        assertThat(log(fills).stream().filter(Event::hasToolResult))
                .as("the call that was at work has an end, and no snapshot")
                .singleElement()
                .satisfies(result ->
                        assertThat(result.getToolResult().getInterrupted()).isEqualTo("limit_disk"));
        assertThat(log(fills).stream().filter(Event::hasSnapshotCreated)).hasSize(1);
        places.hold.countDown();
        assertThat(end(neighbour).getTo()).isEqualTo(TaskState.TASK_STATE_SUCCEEDED);
        assertThat(directory.resolve("ballast"))
                .as("given back at 200 MiB")
                .satisfies(ballast -> until("the ballast", () -> Files.exists(ballast)));
    }

    @Test
    void when_no_task_fills_it_all_are_given_back_with_their_files_kept() throws Exception {
        places.hold = new CountDownLatch(1);
        Spool one = take("t-1");
        Spool other = take("t-2");
        untilCalling(one, other);
        places.used.put("t-1", 3 * MIB);
        free.set(10 * MIB);

        for (Spool spool : List.of(one, other)) {
            TaskStateChanged back = end(spool);
            assertThat(back.getTo()).isEqualTo(TaskState.TASK_STATE_QUEUED);
            assertThat(back.getStopReason()).isEqualTo("runner_disk_full");
            assertThat(log(spool).stream().filter(Event::hasSnapshotCreated))
                    .as("the base, and the state after the interrupted call")
                    .hasSize(2);
        }
        assertThat(places.discarded).isEmpty();
    }

    @Test
    void what_is_kept_of_ended_tasks_goes_before_any_task_has_to_end() throws Exception {
        places.hold = new CountDownLatch(1);
        Spool runs = take("t-1");
        untilCalling(runs);
        places.used.put("t-1", 500 * MIB);
        CountDownLatch discarded = new CountDownLatch(1);
        places.discardKept = owed -> {
            free.set(600 * MIB);
            discarded.countDown();
        };

        free.set(50 * MIB);

        assertThat(discarded.await(20, TimeUnit.SECONDS)).isTrue();
        places.hold.countDown();
        assertThat(end(runs).getTo()).isEqualTo(TaskState.TASK_STATE_SUCCEEDED);
    }

    @Test
    void what_the_controller_does_not_have_yet_of_an_ended_task_is_owed_until_it_has() throws Exception {
        Spool ended = take("t-ended");
        until("its end", ended::sealed);
        List<Boolean> owed = new CopyOnWriteArrayList<>();
        places.discardKept = isOwed -> owed.add(isOwed.test("t-ended"));

        free.set(50 * MIB);
        until("a look", () -> !owed.isEmpty());
        assertThat(owed).doesNotContain(false);
        house.forget("t-ended", 1);

        until("a look after the acknowledgement", () -> owed.contains(false));
    }

    @Test
    void a_snapshot_for_which_there_was_no_space_is_taken_when_there_is() throws Exception {
        places.hold = new CountDownLatch(1);
        Spool runs = take("t-1");
        untilCalling(runs);
        places.failCaptures = true;
        places.hold.countDown();
        until("a result without a snapshot", () -> {
            try {
                return log(runs).stream().anyMatch(Event::hasToolResult);
            } catch (Exception failed) {
                throw new AssertionError(failed);
            }
        });

        places.failCaptures = false;

        assertThat(end(runs).getTo()).isEqualTo(TaskState.TASK_STATE_SUCCEEDED);
        assertThat(log(runs).stream().filter(Event::hasSnapshotFailed)).isEmpty();
    }
}
