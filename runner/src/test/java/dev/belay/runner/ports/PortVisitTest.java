package dev.belay.runner.ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.runner.hands.ConfinedHand;
import dev.belay.runner.hands.Hand;
import dev.belay.runner.hands.HandException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** By a real hand in a real sandbox, whose servers are real ones. */
class PortVisitTest {
    private static final int PORT = 8099;
    /** A word of the process that carries. */
    private static final String CARRIER = "TCP_NODELAY";

    private ConfinedHand confined;
    private Hand hand;

    @BeforeEach
    void start() {
        confined = ConfinedHand.startForAll();
        hand = confined.hand;
    }

    @AfterEach
    void stop() throws IOException {
        confined.close();
    }

    /** Returns when it listens. */
    private void serves(String address, String withVisitor) throws Exception {
        CountDownLatch listens = new CountDownLatch(1);
        String server = "use IO::Socket::IP; $SIG{CHLD} = 'IGNORE'; $| = 1;"
                + " my $s = IO::Socket::IP->new(LocalHost => '" + address + "', LocalPort => " + PORT
                + ", Listen => 64, ReuseAddr => 1) or die $@; print 'listens';"
                + " while (my $v = $s->accept) { next if fork; " + withVisitor + "; exit }";
        hand.run(Hand.Command.of("/usr/bin/perl", "-e", server).with(Hand.Trait.BACKGROUND), new Hand.Sink() {
            @Override
            public void stdout(byte[] bytes) {
                listens.countDown();
            }

            @Override
            public void stderr(byte[] bytes) {
                throw new AssertionError(new String(bytes, StandardCharsets.UTF_8));
            }
        });
        assertThat(listens.await(20, TimeUnit.SECONDS)).isTrue();
    }

    private static final String ECHO =
            "while (sysread $v, my $b, 65536) { print $v $b; $v->flush } print $v 'that is all'";

    private static final class Heard implements PortVisit.Visitor {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public synchronized boolean take(byte[] piece) {
            bytes.writeBytes(piece);
            return true;
        }

        synchronized byte[] bytes() {
            return bytes.toByteArray();
        }
    }

    private void awaitNoCarrier() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (confined.living(CARRIER) > 0) {
            assertThat(System.nanoTime())
                    .as("a process that carries is still there")
                    .isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::1"})
    void what_is_said_goes_in_whole_and_comes_back_whole(String address) throws Exception {
        serves(address, ECHO);
        byte[] much = new byte[8 << 20];
        new Random(7).nextBytes(much);
        Heard heard = new Heard();

        try (PortVisit visit = PortVisit.begin(hand, PORT, heard).orElseThrow()) {
            for (int at = 0; at < much.length; at += 1 << 20) {
                visit.send(java.util.Arrays.copyOfRange(much, at, at + (1 << 20)));
            }
            visit.endSending();
            assertThat(visit.awaitEnd()).isTrue();
        }

        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        expected.writeBytes(much);
        expected.writeBytes("that is all".getBytes(StandardCharsets.UTF_8));
        assertThat(java.util.Arrays.equals(heard.bytes(), expected.toByteArray()))
                .isTrue();
        awaitNoCarrier();
    }

    @Test
    void where_nothing_listens_there_is_no_visit() throws Exception {
        assertThat(PortVisit.begin(hand, PORT, bytes -> true)).isEmpty();
        awaitNoCarrier();
    }

    @Test
    void what_breaks_off_is_no_end() throws Exception {
        serves(
                "127.0.0.1",
                "sysread $v, my $b, 1; print $v 'half'; $v->flush; setsockopt $v, 1, 13, pack('ii', 1, 0); close $v");
        try (PortVisit visit = PortVisit.begin(hand, PORT, bytes -> true).orElseThrow()) {
            visit.send(new byte[] {1});

            assertThat(visit.awaitEnd()).isFalse();
        }
    }

    @Test
    void what_breaks_off_while_it_is_sent_to_is_no_end_and_what_it_said_before_is_heard() throws Exception {
        serves("127.0.0.1", "print $v '413'; $v->flush; sleep 1; setsockopt $v, 1, 13, pack('ii', 1, 0); close $v");
        Heard heard = new Heard();
        try (PortVisit visit = PortVisit.begin(hand, PORT, heard).orElseThrow()) {
            visit.send(new byte[1 << 20]);

            assertThat(visit.awaitEnd()).isFalse();
        }
        assertThat(heard.bytes()).asString().isEqualTo("413");
    }

    @Test
    void a_visit_that_is_broken_off_is_a_reset_to_what_listens() throws Exception {
        serves(
                "127.0.0.1",
                "sysread $v, my $b, 1; print $v $b; $v->flush; my $n = sysread $v, $b, 1;"
                        + " my $saw = defined $n ? 'an end' : qq{$!}; open my $f, '>', '/workspace/saw'; print $f $saw");
        CountDownLatch heard = new CountDownLatch(1);
        try (PortVisit visit = PortVisit.begin(hand, PORT, bytes -> {
                    heard.countDown();
                    return true;
                })
                .orElseThrow()) {
            visit.send(new byte[] {1});
            assertThat(heard.await(20, TimeUnit.SECONDS)).isTrue();
        }

        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (hand.status("/workspace/saw").size() == 0 && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        assertThat(new String(hand.read("/workspace/saw", 0, 100).bytes(), StandardCharsets.UTF_8))
                .isEqualTo("Connection reset by peer");
    }

    @Test
    void a_sandbox_that_is_gone_is_not_told_as_one_where_nothing_listens() {
        confined.process.destroyForcibly();

        assertThatThrownBy(() -> PortVisit.begin(hand, PORT, bytes -> true)).isInstanceOf(HandException.class);
    }

    @Test
    void the_end_of_the_sandbox_is_no_end_of_what_was_said() throws Exception {
        serves("127.0.0.1", ECHO);
        PortVisit visit = PortVisit.begin(hand, PORT, bytes -> true).orElseThrow();

        confined.process.destroyForcibly();

        assertThat(visit.awaitEnd()).isFalse();
    }

    @Test
    void a_visitor_who_goes_leaves_no_process_inside() throws Exception {
        serves("127.0.0.1", ECHO);
        for (int i = 0; i < 20; i++) {
            Optional<PortVisit> visit = PortVisit.begin(hand, PORT, bytes -> true);
            visit.orElseThrow().send("x".getBytes(StandardCharsets.UTF_8));
            visit.orElseThrow().close();
        }

        awaitNoCarrier();
    }

    @Test
    void a_visitor_who_takes_no_more_ends_it() throws Exception {
        serves("127.0.0.1", "print $v 'x' x 65536 while 1");
        try (PortVisit visit = PortVisit.begin(hand, PORT, bytes -> false).orElseThrow()) {
            assertThat(visit.awaitEnd()).isFalse();
        }
        awaitNoCarrier();
    }

    @Test
    void a_visitor_who_does_not_read_holds_back_what_serves() throws Exception {
        serves("127.0.0.1", "print $v 'x' x 65536 while 1");
        CountDownLatch reads = new CountDownLatch(1);
        AtomicLong taken = new AtomicLong();
        try (PortVisit visit = PortVisit.begin(hand, PORT, bytes -> {
                    taken.addAndGet(bytes.length);
                    try {
                        return reads.await(60, TimeUnit.SECONDS) && taken.get() < 64 << 20;
                    } catch (InterruptedException stopped) {
                        return false;
                    }
                })
                .orElseThrow()) {
            // The hand answers others meanwhile, so it does not hold what nobody takes.
            assertThat(hand.ping()).isLessThan(Duration.ofSeconds(10));
            assertThat(taken.get()).isLessThan(1 << 20);
            reads.countDown();

            visit.awaitEnd();

            assertThat(taken.get()).isGreaterThanOrEqualTo(64 << 20);
        }
    }

    @Test
    void what_the_project_says_of_its_perl_is_not_heard_by_the_carrier() throws Exception {
        try (ConfinedHand poisoned = ConfinedHand.startForAll(Map.of("PERL5OPT", "-MEvil", "PERL5LIB", "/workspace"))) {
            poisoned.hand.write("/workspace/Evil.pm", "print 'evil'; exit 3; 1;".getBytes(StandardCharsets.UTF_8));
            Heard heard = new Heard();

            assertThat(PortVisit.begin(poisoned.hand, PORT, heard)).isEmpty();

            assertThat(heard.bytes()).isEmpty();
            assertThat(poisoned.hand
                            .run(Hand.Command.of("/usr/bin/perl", "-e", "1"), Hand.Sink.NONE)
                            .await(Duration.ofSeconds(20))
                            .code())
                    .as("what others there are told")
                    .isEqualTo(3);
        }
    }

    @Test
    void what_listens_is_told_and_what_is_only_connected_is_not() throws Exception {
        assertThat(Listening.in(hand)).isEmpty();
        serves("::1", ECHO);

        try (PortVisit visit = PortVisit.begin(hand, PORT, bytes -> true).orElseThrow()) {
            visit.send(new byte[] {1});

            assertThat(Listening.in(hand)).containsExactly(PORT);
        }
    }
}
