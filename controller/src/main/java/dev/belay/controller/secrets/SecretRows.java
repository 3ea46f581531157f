package dev.belay.controller.secrets;

import dev.belay.controller.tasks.Caller;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Secrets as the database has them: sealed. The tenant is in every question. */
@Singleton
final class SecretRows {
    private static final int MOST = 200;
    private static final String COLUMNS = "tenant, name, hosts, sealed, key_id, set_at, actor";

    private final Jdbi jdbi;

    SecretRows(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /**
     * In place of the one that has the name.
     *
     * @throws BelayException E_OVERLOADED
     */
    SealedSecret put(Caller caller, GivenSecret given, byte[] sealed, String keyId) {
        return jdbi.inTransaction(handle -> {
            room(handle, caller, given.name());
            return handle.createQuery("""
                            insert into secret (tenant, name, hosts, sealed, key_id, actor)
                            values (:tenant, :name, :hosts, :sealed, :keyId, :actor)
                            on conflict (tenant, name) do update set hosts = excluded.hosts, sealed = excluded.sealed,
                              key_id = excluded.key_id, set_at = clock_timestamp(), actor = excluded.actor
                            returning\s""" + COLUMNS)
                    .bind("tenant", caller.tenant())
                    .bind("name", given.name())
                    .bind("hosts", given.hosts().toArray(String[]::new))
                    .bind("sealed", sealed)
                    .bind("keyId", keyId)
                    .bind("actor", caller.actor())
                    .mapTo(SealedSecret.class)
                    .one();
        });
    }

    /** Whoever sets one at the same time waits, so that two of them are counted. */
    private static void room(Handle handle, Caller caller, String name) {
        handle.createQuery("select tenant from tenant where tenant = :tenant for no key update")
                .bind("tenant", caller.tenant())
                .mapTo(String.class)
                .one();
        int others = handle.createQuery("select count(*) from secret where tenant = :tenant and name <> :name")
                .bind("tenant", caller.tenant())
                .bind("name", name)
                .mapTo(Integer.class)
                .one();
        if (others >= MOST) {
            throw BelayException.of(
                    ErrorCode.E_OVERLOADED,
                    "there are " + others + " secrets already",
                    "the controller keeps " + MOST + " of one tenant",
                    "belay secret list; belay secret remove NAME");
        }
    }

    List<SealedSecret> all(String tenant) {
        return jdbi.withHandle(
                handle -> handle.createQuery("select " + COLUMNS + " from secret where tenant = :tenant order by name")
                        .bind("tenant", tenant)
                        .mapTo(SealedSecret.class)
                        .list());
    }

    List<SealedSecret> named(String tenant, Collection<String> names) {
        return jdbi.withHandle(handle -> handle.createQuery("select " + COLUMNS
                        + " from secret where tenant = :tenant and name = any (:names) order by name")
                .bind("tenant", tenant)
                .bind("names", names.toArray(String[]::new))
                .mapTo(SealedSecret.class)
                .list());
    }

    Optional<SealedSecret> remove(String tenant, String name) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "delete from secret where tenant = :tenant and name = :name returning " + COLUMNS)
                .bind("tenant", tenant)
                .bind("name", name)
                .mapTo(SealedSecret.class)
                .findOne());
    }
}
