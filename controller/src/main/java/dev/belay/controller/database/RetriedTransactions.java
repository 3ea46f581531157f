package dev.belay.controller.database;

import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.transaction.DelegatingTransactionHandler;
import org.jdbi.v3.core.transaction.LocalTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does a transaction again that PostgreSQL undid because of others: a deadlock, or an order in which they cannot have been
 * one after another. It was undone whole, so nothing is done twice; what a transaction does outside of the database must
 * bear being done again.
 */
final class RetriedTransactions extends DelegatingTransactionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(RetriedTransactions.class);
    private static final int TRIES = 6;
    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(2);

    RetriedTransactions() {
        this(LocalTransactionHandler.binding());
    }

    private RetriedTransactions(TransactionHandler delegate) {
        super(delegate);
    }

    @Override
    public TransactionHandler specialize(Handle handle) throws SQLException {
        return new RetriedTransactions(getDelegate().specialize(handle));
    }

    @Override
    public <R, X extends Exception> R inTransaction(Handle handle, HandleCallback<R, X> work) throws X {
        if (isInTransaction(handle)) {
            return work.withHandle(handle);
        }
        long pause = FIRST_PAUSE;
        for (int tried = 1; ; tried++) {
            try {
                return getDelegate().inTransaction(handle, work);
            } catch (Exception failed) {
                if (tried == TRIES || !DatabaseFailure.undone(failed)) {
                    throw failed;
                }
                LOG.info("a transaction was undone because of others, and is done again: {}", failed.getMessage());
                // Those that met would meet again.
                LockSupport.parkNanos(pause + ThreadLocalRandom.current().nextLong(pause));
                pause *= 2;
            }
        }
    }
}
