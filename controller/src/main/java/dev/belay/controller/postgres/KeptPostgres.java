package dev.belay.controller.postgres;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded server, started again when it dies: after a pause that doubles, on the same port where that can be had.
 * One that dies again and again as soon as it stands is given up, and says so; while the disk is full it is waited with,
 * and that is no death.
 */
public final class KeptPostgres implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeptPostgres.class);
    private static final Duration ROOM = Duration.ofSeconds(1);

    /**
     * @param first pause before it is started again
     * @param most pause
     * @param settled a life of this length forgets the pauses and the deaths before it
     * @param lives that may be shorter than that, in a row
     */
    public record Pace(Duration first, Duration most, Duration settled, int lives) {
        public static Pace standard() {
            return new Pace(Duration.ofMillis(100), Duration.ofSeconds(5), Duration.ofSeconds(30), 6);
        }
    }

    private final Pace pace;
    private final BooleanSupplier room;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CompletableFuture<BelayException> lost = new CompletableFuture<>();
    /** Rung by the server's end and by ours. */
    private final Semaphore ended = new Semaphore(0);

    private final Thread keeper;
    private volatile EmbeddedPostgres server;
    private volatile int deaths;
    private volatile String lastEnd = "";
    /** Of a death, or of a start that failed. */
    private String trouble = "";

    private KeptPostgres(EmbeddedPostgres server, Pace pace, BooleanSupplier room) {
        this.server = server;
        this.pace = pace;
        this.room = room;
        this.keeper = Thread.ofPlatform().daemon().name("postgres-keeper").unstarted(this::keep);
    }

    /**
     * @param room whether there is enough disk for a server to start on
     * @throws BelayException as {@link EmbeddedPostgres#start(Path)}: a first start that fails is not repeated
     */
    public static KeptPostgres start(Path data, Pace pace, BooleanSupplier room) throws IOException {
        KeptPostgres kept = new KeptPostgres(EmbeddedPostgres.start(data), pace, room);
        kept.keeper.start();
        return kept;
    }

    public int port() {
        return server.port();
    }

    public String user() {
        return server.user();
    }

    public String password() {
        return server.password();
    }

    /** Those that were followed by another start. */
    public int deaths() {
        return deaths;
    }

    /** How it died the last time; empty when it did not. */
    public String lastEnd() {
        return lastEnd;
    }

    /** Completes when it is given up. */
    public CompletableFuture<BelayException> lost() {
        return lost;
    }

    private void keep() {
        int shortLives = 0;
        Duration pause = pace.first();
        try {
            while (true) {
                long begun = System.nanoTime();
                if (livesUntilClosed()) {
                    return;
                }
                if (Duration.ofNanos(System.nanoTime() - begun).compareTo(pace.settled()) >= 0) {
                    shortLives = 0;
                    pause = pace.first();
                }
                died(server.lastWords());
                boolean back = false;
                while (!back) {
                    if (awaitRoom()) {
                        shortLives = 0;
                    }
                    if (++shortLives > pace.lives()) {
                        giveUp(shortLives - 1);
                        return;
                    }
                    if (closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                        return;
                    }
                    pause = pause.multipliedBy(2).compareTo(pace.most()) < 0 ? pause.multipliedBy(2) : pace.most();
                    back = again();
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException unexpected) {
            LOG.error("the embedded PostgreSQL is kept no more", unexpected);
            trouble = String.valueOf(unexpected.getMessage());
            giveUp(shortLives);
        }
    }

    /** @return whether that is why nobody waits any more */
    private boolean livesUntilClosed() throws InterruptedException {
        server.ended().whenComplete((nothing, never) -> ended.release());
        ended.acquire();
        return closing.getCount() == 0;
    }

    private void died(String how) {
        lastEnd = how;
        trouble = how;
        LOG.warn("the embedded PostgreSQL died ({}); it is started again", how);
    }

    private boolean again() throws InterruptedException {
        try {
            server = server.again();
            deaths++;
            LOG.info("the embedded PostgreSQL is back on port {}", server.port());
            return true;
        } catch (IOException | BelayException failed) {
            if (closing.getCount() == 0) {
                throw new InterruptedException("closed");
            }
            trouble = failed instanceof BelayException named ? named.why() : String.valueOf(failed.getMessage());
            LOG.warn("the embedded PostgreSQL did not come back: {}", trouble);
            return false;
        }
    }

    /** @return whether there was none at first */
    private boolean awaitRoom() throws InterruptedException {
        if (room.getAsBoolean()) {
            return false;
        }
        LOG.warn("the embedded PostgreSQL waits for space on the disk");
        while (!room.getAsBoolean()) {
            if (closing.await(ROOM.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new InterruptedException("closed");
            }
        }
        return true;
    }

    private void giveUp(int lives) {
        BelayException end = BelayException.of(
                ErrorCode.E_SETUP,
                "the embedded PostgreSQL died " + lives + " times in a row",
                "controller: none lived for " + pace.settled().toSeconds() + " s; the last one: " + trouble,
                "everything that was acknowledged is kept",
                "look at the end of controller/pg.log in the state folder, then: belay up");
        LOG.error("{}: {}", end.what(), end.why());
        lost.complete(end);
    }

    /** Idempotent. */
    @Override
    public void close() throws IOException {
        closing.countDown();
        ended.release();
        keeper.interrupt();
        try {
            keeper.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        server.close();
    }
}
