package dev.belay.runner.hands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A hand that was taken over can end the task, and nothing else. */
@Timeout(30)
class HostileHandTest {
    private static final OutputStream NOWHERE = OutputStream.nullOutputStream();

    static Stream<Arguments> lies() {
        return Stream.of(
                arguments("an unknown type", frame('?', 1)),
                arguments("an id that nobody asked for", frame('O', 77, 1, 2, 3)),
                arguments("an unasked pong", frame('G', 5)),
                arguments("a reply to a command", frame('D', 1, 0, 0, 0, 0, 0, 0, 0, 0)),
                arguments("a pong to a command", frame('G', 1)),
                arguments("a length of 4 GiB", new byte[] {'O', 0, 0, 0, 1, -1, -1, -1, -1}),
                arguments("a length just over the cap", new byte[] {'O', 0, 0, 0, 1, 0, (byte) 0x80, 0, 1}),
                arguments("an exit that is too short", frame('X', 1, 0, 0)),
                arguments("an exit code that cannot be", frame('X', 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
                arguments("negative output", frame('X', 1, 0, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 0, 0)),
                arguments("input taken that was not given", frame('A', 1, 0, 0, 0, 1)),
                arguments("a refusal without an errno", frame('N', 1, 0, 0, 0, 0)),
                arguments("a second end", join(frame('X', 1, new byte[13]), frame('X', 1, new byte[13]))),
                arguments("half a frame, then the end", new byte[] {'O', 0, 0}),
                arguments("half a payload, then the end", new byte[] {'O', 0, 0, 0, 1, 0, 0, 0, 9, 1}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lies")
    void a_frame_that_breaks_the_protocol_loses_the_hand(String lie, byte[] bytes) throws Exception {
        PipedInputStream in = new PipedInputStream(1 << 16);
        PipedOutputStream hostile = new PipedOutputStream(in);
        CountDownLatch lost = new CountDownLatch(1);
        ChannelHand hand = new ChannelHand(in, NOWHERE, lost::countDown);
        hand.run(Hand.Command.of("true"), Hand.Sink.NONE);

        hostile.write(bytes);
        hostile.close();

        assertThat(lost.await(5, TimeUnit.SECONDS)).as(lie).isTrue();
        assertThatThrownBy(hand::ping)
                .isInstanceOfSatisfying(
                        HandException.class, gone -> assertThat(gone.lost()).isTrue());
    }

    @Test
    void whoever_waits_is_told() throws Exception {
        PipedInputStream in = new PipedInputStream();
        PipedOutputStream hostile = new PipedOutputStream(in);
        ChannelHand hand = new ChannelHand(in, NOWHERE);
        Hand.Running running = hand.run(Hand.Command.of("true"), Hand.Sink.NONE);

        hostile.write(frame('?', 1));
        hostile.flush();

        assertThatThrownBy(() -> running.await(Duration.ofSeconds(20)))
                .isInstanceOf(HandException.class)
                .hasMessageContaining("broke the protocol");
    }

    @Test
    void output_that_exceeds_the_window_loses_the_hand_before_it_fills_the_heap() throws Exception {
        byte[] chunk = frame('O', 1, new byte[60_000]);
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch lost = new CountDownLatch(1);
        PipedInputStream in = new PipedInputStream(1 << 16);
        PipedOutputStream hostile = new PipedOutputStream(in);
        ChannelHand hand = new ChannelHand(in, NOWHERE, lost::countDown);
        hand.run(Hand.Command.of("yes"), new Hand.Sink() {
            @Override
            public void stdout(byte[] bytes) {
                try {
                    never.await();
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void stderr(byte[] bytes) {}
        });

        for (int i = 0; i < 19; i++) {
            hostile.write(chunk);
        }

        assertThat(lost.await(5, TimeUnit.SECONDS)).isTrue();
        never.countDown();
    }

    @Test
    void a_command_that_is_not_dead_two_seconds_after_its_deadline_loses_the_hand() throws Exception {
        try (InputStream silent = new PipedInputStream(new PipedOutputStream())) {
            ChannelHand hand = new ChannelHand(silent, NOWHERE);
            Hand.Running running = hand.run(Hand.Command.of("true"), Hand.Sink.NONE);
            long start = System.nanoTime();

            assertThatThrownBy(() -> running.await(Duration.ofMillis(10)))
                    .isInstanceOfSatisfying(
                            HandException.class, gone -> assertThat(gone.lost()).isTrue());

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
        }
    }

    static Stream<Arguments> requests() {
        return Stream.of(
                arguments("an unknown type", frame('?', 1)),
                arguments("a payload over the cap", new byte[] {'R', 0, 0, 0, 1, 0, (byte) 0x80, 0, 1}),
                arguments("a run without fields", frame('R', 1)),
                arguments("a run whose strings lie", frame('R', 1, new byte[] {
                    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 0, 9, 9, 9, 9
                })),
                arguments("a read of too much", frame('r', 1, 0, 0, 0, 0, 0, 0, 0, 0, 127, 0, 0, 0, '/')));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void the_hand_itself_ends_on_a_request_that_breaks_the_protocol(String what, byte[] bytes) throws Exception {
        Process hand = new ProcessBuilder("perl", ConfinedHand.SCRIPT.toString()).start();
        assertThat(hand.getInputStream().readNBytes(9)).isEqualTo(frame('G', 0));

        hand.getOutputStream().write(bytes);
        hand.getOutputStream().flush();

        assertThat(hand.waitFor(5, TimeUnit.SECONDS)).as(what).isTrue();
        assertThat(hand.exitValue()).isEqualTo(3);
    }

    @Test
    void an_ordinary_process_as_hand_leaves_nothing_when_its_input_ends() throws Exception {
        Process process = new ProcessBuilder("perl", ConfinedHand.SCRIPT.toString()).start();
        ChannelHand hand = new ChannelHand(process.getInputStream(), process.getOutputStream());
        hand.run(
                Hand.Command.of("/bin/sh", "-c", "setsid sleep 600 & sleep 600").in("/"), Hand.Sink.NONE);
        hand.ping();

        hand.close();

        assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(process.descendants()).isEmpty();
    }

    private static byte[] frame(char type, int id, int... payload) {
        byte[] bytes = new byte[payload.length];
        for (int i = 0; i < payload.length; i++) {
            bytes[i] = (byte) payload[i];
        }
        return frame(type, id, bytes);
    }

    private static byte[] frame(char type, int id, byte[] payload) {
        return new Frame(type, id, payload).encoded();
    }

    private static byte[] join(byte[] a, byte[] b) {
        return ByteBuffer.allocate(a.length + b.length).put(a).put(b).array();
    }
}
