package dev.belay.runner.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.ModelMessage;
import dev.belay.proto.v1.TaskState;
import dev.belay.proto.v1.TaskStateChanged;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
    @TempDir
    Path directory;

    @Test
    void events_are_numbered_without_gaps_and_handed_out_in_order() throws Exception {
        Spool spool = Spool.open(directory.resolve("spool"));

        say(spool, "one");
        say(spool, "two");
        say(spool, "three");

        assertThat(numbers(spool.after(0, 100))).containsExactly(1L, 2L, 3L);
        assertThat(numbers(spool.after(1, 1))).containsExactly(2L);
    }

    @Test
    void what_was_not_acknowledged_is_there_again_after_a_restart() throws Exception {
        Path file = directory.resolve("spool");
        Spool before = Spool.open(file);
        before.append(words("one"), Optional.of(Path.of("/packs/a.pack")));
        say(before, "two");
        before.close();

        Spool after = Spool.open(file);

        List<Spool.Entry> entries = after.after(0, 100);
        assertThat(entries).hasSize(2);
        assertThat(entries.getFirst().pack()).contains(Path.of("/packs/a.pack"));
        say(after, "three");
        assertThat(numbers(after.after(2, 100))).containsExactly(3L);
    }

    @Test
    void an_interrupted_thread_still_writes_what_it_has_to_say() throws Exception {
        Path file = directory.resolve("spool");
        Spool spool = Spool.open(file);
        say(spool, "one");

        Thread.currentThread().interrupt();
        spool.awaitDurable(spool.append(words("two"), Optional.empty()));
        boolean kept = Thread.interrupted();

        assertThat(kept).isTrue();
        say(spool, "three");
        spool.close();
        assertThat(numbers(Spool.open(file).after(0, 100))).containsExactly(1L, 2L, 3L);
    }

    @Test
    void a_writer_that_is_far_ahead_of_the_controller_waits_for_it() throws Exception {
        Spool spool = Spool.open(directory.resolve("spool"), 2_000);
        say(spool, "x".repeat(2_000));
        Thread writer = Thread.ofPlatform().start(() -> {
            try {
                say(spool, "two");
            } catch (IOException failed) {
                throw new java.io.UncheckedIOException(failed);
            }
        });
        awaitWaiting(writer);
        assertThat(spool.lastWritten()).isEqualTo(1);

        spool.acknowledge(1);

        writer.join();
        assertThat(spool.lastWritten()).isEqualTo(2);
    }

    @Test
    void a_writer_that_is_to_end_waits_for_nobody() throws Exception {
        Spool spool = Spool.open(directory.resolve("spool"), 2_000);
        say(spool, "x".repeat(2_000));
        Thread writer = Thread.ofPlatform().start(() -> {
            try {
                say(spool, "the end");
            } catch (IOException failed) {
                throw new java.io.UncheckedIOException(failed);
            }
        });
        awaitWaiting(writer);

        writer.interrupt();

        writer.join();
        assertThat(spool.lastWritten()).isEqualTo(2);
    }

    @Test
    void a_flush_for_sending_keeps_no_writer_and_hands_out_only_what_it_covered() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch disk = new CountDownLatch(1);
        Spool spool = Spool.open(directory.resolve("spool"), 2_000, file -> {
            begun.countDown();
            wait(disk);
        });
        say(spool, "one");
        FutureTask<List<Spool.Entry>> sender = new FutureTask<>(() -> spool.after(0, 100));
        Thread.ofPlatform().start(sender);
        begun.await();

        say(spool, "two");
        disk.countDown();

        assertThat(numbers(sender.get())).containsExactly(1L);
        assertThat(numbers(spool.after(1, 100))).containsExactly(2L);
    }

    @Test
    void what_the_disk_refused_to_keep_is_not_handed_out() throws Exception {
        AtomicBoolean broken = new AtomicBoolean(true);
        Spool spool = Spool.open(directory.resolve("spool"), 2_000, file -> {
            if (broken.get()) {
                throw new IOException("no space");
            }
        });
        long seq = spool.append(words("one"), Optional.empty());

        assertThatThrownBy(() -> spool.awaitDurable(seq)).hasMessage("no space");
        assertThatThrownBy(() -> spool.after(0, 100)).hasMessage("no space");

        broken.set(false);
        spool.awaitDurable(seq);
        assertThat(numbers(spool.after(0, 100))).containsExactly(1L);
    }

    @Test
    void it_closes_when_the_disk_has_done_its_work() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch disk = new CountDownLatch(1);
        Spool spool = Spool.open(directory.resolve("spool"), 2_000, file -> {
            begun.countDown();
            wait(disk);
            file.getFD().sync();
        });
        say(spool, "one");
        FutureTask<List<Spool.Entry>> sender = new FutureTask<>(() -> spool.after(0, 100));
        Thread.ofPlatform().start(sender);
        begun.await();
        FutureTask<Void> closing = new FutureTask<>(() -> {
            spool.close();
            return null;
        });
        Thread closer = Thread.ofPlatform().start(closing);
        awaitWaiting(closer);

        disk.countDown();

        closing.get();
        assertThat(numbers(sender.get())).containsExactly(1L);
    }

    private static void wait(CountDownLatch disk) {
        try {
            disk.await();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    @Test
    void a_torn_tail_is_cut_off_and_what_came_before_it_stays() throws Exception {
        Path file = directory.resolve("spool");
        Spool before = Spool.open(file);
        say(before, "one");
        long whole = Files.size(file);
        say(before, "two");
        before.close();
        for (long length = whole; length < Files.size(file); length++) {
            Path torn = Files.copy(file, directory.resolve("torn-" + length));
            try (FileChannel channel = FileChannel.open(torn, StandardOpenOption.WRITE)) {
                channel.truncate(length);
            }

            Spool after = Spool.open(torn);

            assertThat(after.lastWritten()).isEqualTo(1);
            say(after, "another two");
            assertThat(numbers(after.after(0, 100))).containsExactly(1L, 2L);
        }
    }

    @Test
    void a_damaged_record_ends_what_is_believed() throws Exception {
        Path file = directory.resolve("spool");
        Spool before = Spool.open(file);
        say(before, "one");
        long whole = Files.size(file);
        say(before, "two");
        before.close();
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) whole + 12] ^= 1;
        Files.write(file, bytes);

        assertThat(Spool.open(file).lastWritten()).isEqualTo(1);
    }

    @Test
    void it_is_finished_only_when_the_terminal_state_is_acknowledged() throws Exception {
        Spool spool = Spool.open(directory.resolve("spool"));
        say(spool, "one");
        spool.acknowledge(1);
        assertThat(spool.finished()).isFalse();

        spool.append(end(), Optional.empty());
        assertThat(spool.finished()).isFalse();
        spool.acknowledge(2);

        assertThat(spool.finished()).isTrue();
        assertThatThrownBy(() -> say(spool, "late")).isInstanceOf(IOException.class);
    }

    @Test
    void an_acknowledgement_of_what_was_never_written_is_not_believed() throws Exception {
        Spool spool = Spool.open(directory.resolve("spool"));
        say(spool, "one");

        spool.acknowledge(99);
        say(spool, "two");

        assertThat(spool.lastAcked()).isEqualTo(1);
        assertThat(numbers(spool.after(1, 100))).containsExactly(2L);
    }

    private static void say(Spool spool, String text) throws IOException {
        spool.append(words(text), Optional.empty());
    }

    private static Event words(String text) {
        return Event.newBuilder()
                .setModelMessage(ModelMessage.newBuilder().setText(text))
                .build();
    }

    private static Event end() {
        return Event.newBuilder()
                .setTaskState(TaskStateChanged.newBuilder().setTo(TaskState.TASK_STATE_SUCCEEDED))
                .build();
    }

    private static List<Long> numbers(List<Spool.Entry> entries) {
        return entries.stream().map(entry -> entry.event().getRunnerSeq()).toList();
    }
}
