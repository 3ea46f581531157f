package dev.belay.controller.peers;

import dev.belay.controller.database.Database;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends the hints of this controller. One that cannot be sent is forgotten. */
@Singleton
public final class HintSender {
    private static final Logger LOG = LoggerFactory.getLogger(HintSender.class);
    private static final long TOGETHER_MILLIS = 5;
    private static final long LOOK_MILLIS = 1_000;
    private static final int SILENCE_MILLIS = 10_000;

    private final Hints hints;
    private final Database database;
    private final Presence presence;
    private @Nullable Connection connection;

    public HintSender(Hints hints, Database database, Presence presence) {
        this.hints = hints;
        this.database = database;
        this.presence = presence;
    }

    /** Runs until interrupted. */
    public void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                for (String payload : hints.next(LOOK_MILLIS, TOGETHER_MILLIS)) {
                    send(List.of(presence.id(), payload));
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            disconnect();
        }
    }

    private void send(List<String> words) {
        try {
            Connection open = connection;
            if (open == null) {
                open = database.unpooled().getConnection();
                open.setNetworkTimeout(Runnable::run, SILENCE_MILLIS);
                connection = open;
            }
            try (PreparedStatement notify = open.prepareStatement("select pg_notify(?, ?)")) {
                notify.setString(1, HintListener.CHANNEL);
                notify.setString(2, String.join(" ", words));
                notify.execute();
            }
        } catch (SQLException lost) {
            LOG.debug("hints to other controllers were lost", lost);
            disconnect();
        }
    }

    private void disconnect() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException gone) {
                LOG.debug("the connection for hints was gone", gone);
            }
        }
    }
}
