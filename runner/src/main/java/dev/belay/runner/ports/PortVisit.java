package dev.belay.runner.ports;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.runner.hands.Hand;
import dev.belay.runner.hands.HandException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Bytes between somebody outside and what listens on one port inside. A process inside carries them, confined as every other
 * there: the runner itself connects to nothing that an agent made.
 */
public final class PortVisit implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(PortVisit.class.getName());
    private static final String PERL = "/usr/bin/perl";
    private static final String CARRIER = carrier();
    /** What the project says of its commands is no business of this one. */
    private static final Map<String, String> PLAIN = Map.of("PERL5OPT", "", "PERL5LIB", "", "PERL_UNICODE", "0");

    private static final Duration LONGEST = Duration.ofDays(30);
    private static final int PATIENCE_SECONDS = 10;

    /** Whoever is sent what comes from inside. */
    public interface Visitor {
        /** May wait; what listens inside waits with it. False: nobody takes any more. */
        boolean take(byte[] bytes);
    }

    private final Visitor visitor;
    private final CountDownLatch answered = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean connected;
    private volatile boolean left;
    private volatile boolean whole;
    private volatile @Nullable HandException refusal;
    private volatile Hand.@Nullable Running carrying;

    private PortVisit(Visitor visitor) {
        this.visitor = visitor;
    }

    /**
     * Nothing, where nothing listens.
     *
     * @throws BelayException E_TIMEOUT where what listens takes nobody in
     */
    public static Optional<PortVisit> begin(Hand hand, int port, Visitor visitor)
            throws HandException, InterruptedException {
        PortVisit visit = new PortVisit(visitor);
        Hand.Running running = hand.run(
                Hand.Command.of(PERL, "-e", CARRIER, "--", Integer.toString(port))
                        .in("/")
                        .environment(PLAIN)
                        .with(Hand.Trait.INPUT)
                        .printingAtMost(Long.MAX_VALUE),
                visit.new FromInside());
        visit.carrying = running;
        Thread.ofVirtual().name("visit-" + port).start(() -> visit.attend(running));
        if (visit.left) {
            visit.close();
        }
        boolean answered;
        try {
            answered = visit.answered.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            visit.close();
            throw stopped;
        }
        if (visit.connected) {
            return Optional.of(visit);
        }
        visit.close();
        HandException refused = visit.refusal;
        if (refused != null) {
            throw refused;
        }
        if (!answered) {
            throw BelayException.of(
                    ErrorCode.E_TIMEOUT,
                    "what listens on port " + port + " takes nobody in",
                    "runner: it was waited for " + PATIENCE_SECONDS + " s",
                    "try again");
        }
        return Optional.empty();
    }

    /** Also where the sandbox ends: that kills the process, and this one wants nothing else of it. */
    private void attend(Hand.Running running) {
        try {
            whole = running.await(LONGEST).code() == 0 && !left;
        } catch (HandException gone) {
            LOG.log(Level.FINE, "a visit was refused, or ended with its sandbox", gone);
            refusal = gone;
        } catch (InterruptedException nobodyInterruptsThis) {
            Thread.currentThread().interrupt();
        } finally {
            answered.countDown();
            over.countDown();
        }
    }

    /** Waits while too much of what was sent before is not taken. */
    public void send(byte[] bytes) throws HandException, InterruptedException {
        running().input(bytes);
    }

    /** Nothing more is sent; what listens may still answer. */
    public void endSending() throws HandException {
        running().endInput();
    }

    /** Whether what listens has said all that it wanted; otherwise it, its sandbox or the visit was broken off. */
    public boolean awaitEnd() throws InterruptedException {
        over.await();
        return whole;
    }

    /** Called once, when nothing of it is left inside. */
    public void whenOver(Runnable action) {
        Thread.ofVirtual().name("visit-end").start(() -> {
            try {
                over.await();
                action.run();
            } catch (InterruptedException nobodyInterruptsThis) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Breaks it off. */
    @Override
    public void close() {
        left = true;
        Hand.Running present = carrying;
        if (present == null) {
            return;
        }
        try {
            present.kill();
        } catch (HandException gone) {
            LOG.log(Level.FINE, "a visit was over before it was left", gone);
        }
    }

    private Hand.Running running() {
        Hand.Running present = carrying;
        if (present == null) {
            throw new IllegalStateException("the visit has not begun");
        }
        return present;
    }

    private final class FromInside implements Hand.Sink {
        @Override
        public void stdout(byte[] bytes) {
            byte[] rest = bytes;
            if (!connected) {
                connected = true;
                answered.countDown();
                rest = Arrays.copyOfRange(bytes, 1, bytes.length);
            }
            if (rest.length > 0 && !left && !visitor.take(rest)) {
                close();
            }
        }

        @Override
        public void stderr(byte[] bytes) {
            // Perl's own complaints, which are nobody's answer.
        }
    }

    private static String carrier() {
        try (InputStream in = PortVisit.class.getResourceAsStream("visit.pl")) {
            if (in == null) {
                throw new IllegalStateException("visit.pl is missing from the distribution");
            }
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
