package dev.belay.controller.peers;

import dev.belay.controller.database.Database;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears the hints of the other controllers, on one connection. Where it is cut it is opened again; what was said in
 * between is found by those who look by themselves. A pooler that hands the connection round loses every hint: a
 * controller that does not hear even itself says so once.
 */
@Singleton
public final class HintListener {
    static final String CHANNEL = "belay";
    private static final Logger LOG = LoggerFactory.getLogger(HintListener.class);
    private static final int LOOK_MILLIS = 5_000;
    private static final int SILENCE_MILLIS = 15_000;

    private final Hints hints;
    private final Database database;
    private final Presence presence;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile @Nullable Connection connection;
    private boolean deaf;
    private boolean cut;

    public HintListener(Hints hints, Database database, Presence presence) {
        this.hints = hints;
        this.database = database;
        this.presence = presence;
    }

    /** Runs until stopped. */
    public void run() {
        run(Duration.ofMillis(LOOK_MILLIS));
    }

    /** @param patience how long its own echo may take */
    void run(Duration patience) {
        try {
            do {
                try (Connection open = database.unpooled().getConnection()) {
                    connection = open;
                    listen(open, patience);
                } catch (SQLException lost) {
                    lost(lost);
                }
            } while (!stopping.await(1, TimeUnit.SECONDS));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void lost(SQLException why) {
        if (stopping.getCount() > 0 && !cut) {
            cut = true;
            LOG.warn(
                    "the connection that hears of other controllers' changes is gone ({}); they are looked for each"
                            + " second until it is back",
                    why.getMessage());
        }
    }

    private void listen(Connection open, Duration patience) throws SQLException {
        open.setNetworkTimeout(Runnable::run, SILENCE_MILLIS);
        PGConnection postgres = open.unwrap(PGConnection.class);
        try (Statement statement = open.createStatement()) {
            statement.execute("listen " + CHANNEL);
            if (cut) {
                LOG.info("other controllers' changes are heard again");
                cut = false;
            }
            hints.tell(Hints.About.PROBE, "");
            boolean heardItself = false;
            while (stopping.getCount() > 0) {
                PGNotification[] said = postgres.getNotifications((int) patience.toMillis());
                boolean nothing = said == null || said.length == 0;
                if (nothing) {
                    statement.execute("select 1");
                    if (!heardItself && !deaf) {
                        deaf = true;
                        LOG.warn("PostgreSQL's NOTIFY does not arrive here, as through a pooler that hands connections"
                                + " round; changes of other controllers are looked for each second. A direct address in"
                                + " BELAY_DATABASE_URL makes them arrive at once");
                    }
                    continue;
                }
                for (PGNotification one : said) {
                    heardItself |= heard(one.getParameter());
                }
            }
        }
    }

    /** Whether it was said by this controller itself, which knows it already. */
    private boolean heard(String payload) {
        int space = payload.indexOf(' ');
        if (space < 0) {
            return false;
        }
        if (payload.substring(0, space).equals(presence.id())) {
            return true;
        }
        hints.heard(payload.substring(space + 1));
        return false;
    }

    public void stop() {
        stopping.countDown();
        cut();
    }

    /** Breaks the connection, as a network would. */
    void cut() {
        Connection open = connection;
        if (open != null) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException gone) {
                LOG.debug("the connection for hints was gone", gone);
            }
        }
    }
}
