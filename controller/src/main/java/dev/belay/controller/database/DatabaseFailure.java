package dev.belay.controller.database;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The one place where what PostgreSQL, its driver or the network say becomes an error with a name. */
public final class DatabaseFailure {
    /** What passes: the server starts or stops, has too many connections, or is a standby by now. */
    private static final Set<String> PASSING =
            Set.of("57P01", "57P02", "57P03", "57P05", "53300", "25006", "58000", "58030", "53100");

    /** An order of transactions that cannot be, and a deadlock. */
    private static final Set<String> UNDONE = Set.of("40001", "40P01");

    private static final String KEPT = "everything that was acknowledged is kept; whether this was done is not known";

    private DatabaseFailure() {}

    /** The named error when {@code failure} is the database being away, and nothing when it is anything else. */
    public static Optional<BelayException> away(Throwable failure) {
        return Optional.of(chain(failure))
                .filter(DatabaseFailure::isAway)
                .map(chain -> BelayException.of(
                                ErrorCode.E_UNREACHABLE,
                                "the database does not answer",
                                "PostgreSQL: " + said(chain) + "; the controller goes on by itself when it is back",
                                KEPT,
                                "try again in a moment; belay status")
                        .causedBy(failure));
    }

    /** Whether a transaction was undone whole because of others, and may go well the next time. */
    static boolean undone(Throwable failure) {
        return isState(chain(failure), UNDONE::contains);
    }

    /** Whether trying again may be all that it takes. */
    static boolean mayPass(Throwable failure) {
        List<Throwable> chain = chain(failure);
        return isAway(chain) && refusedFor(chain, "") == null && !has(chain, SSLException.class) && !isTls(chain);
    }

    /** Why a controller cannot start with the database at {@code address}. */
    static BelayException refusal(DatabaseAddress address, Throwable failure) {
        List<Throwable> chain = chain(failure);
        String said = "PostgreSQL: " + said(chain);
        String what = refusedFor(chain, address.user());
        if (what != null) {
            return setup(what, said, "check the user, and its password, in BELAY_DATABASE_URL or beside it", failure);
        }
        if (has(chain, SSLException.class) || isTls(chain)) {
            return setup(
                    "the connection to the database at " + address.where() + " cannot be encrypted as asked",
                    said,
                    "check sslmode and sslrootcert in BELAY_DATABASE_URL against the server's certificate",
                    failure);
        }
        if (isState(chain, "3D000"::equals)) {
            return setup(
                    "there is no database " + address.database() + " at " + address.where(),
                    said,
                    "create database " + address.database() + " owner " + address.user(),
                    failure);
        }
        Optional<BelayException> forbidden = notPermitted(failure);
        if (forbidden.isPresent()) {
            return forbidden.get();
        }
        String reason = said;
        if (has(chain, UnknownHostException.class)) {
            reason = "network: no host of that name is known";
        } else if (has(chain, SocketTimeoutException.class) || has(chain, NoRouteToHostException.class)) {
            reason = "network: nothing came back from there";
        } else if (has(chain, ConnectException.class)) {
            reason = "network: nothing listens there";
        }
        return BelayException.of(
                        ErrorCode.E_UNREACHABLE,
                        "the database at " + address.where() + " does not answer",
                        reason,
                        "check that the server runs and that BELAY_DATABASE_URL names it")
                .causedBy(failure);
    }

    /** Why the tables cannot be made, when that is a matter of privileges. */
    static Optional<BelayException> notPermitted(Throwable failure) {
        List<Throwable> chain = chain(failure);
        return isState(chain, "42501"::equals)
                ? Optional.of(setup(
                        "the database's user may not do what Belay needs there",
                        "PostgreSQL: " + said(chain),
                        "make it the owner: alter database NAME owner to USER",
                        failure))
                : Optional.empty();
    }

    static BelayException setup(String what, String why, String next, Throwable cause) {
        return setup(what, why, next).causedBy(cause);
    }

    static BelayException setup(String what, String why, String next) {
        return BelayException.of(ErrorCode.E_SETUP, what, why, next);
    }

    private static @Nullable String refusedFor(List<Throwable> chain, String user) {
        if (isState(chain, "28P01"::equals)) {
            return "the database refuses the password of " + user;
        }
        if (isState(chain, state -> state.startsWith("28"))) {
            return "the database does not let " + user + " in";
        }
        if (isState(chain, "08004"::equals) && said(chain).contains("no password was provided")) {
            return "the database wants a password of " + user + ", and none was given";
        }
        return null;
    }

    /** The driver has no code of its own for this. */
    private static boolean isTls(List<Throwable> chain) {
        return isState(chain, state -> state.startsWith("08"))
                && chain.stream()
                        .anyMatch(one -> String.valueOf(one.getMessage()).contains("SSL"));
    }

    private static boolean isAway(List<Throwable> chain) {
        return has(chain, SQLTransientConnectionException.class)
                || isState(chain, state -> state.startsWith("08") || PASSING.contains(state));
    }

    private static boolean isState(List<Throwable> chain, Predicate<String> wanted) {
        return chain.stream()
                .filter(SQLException.class::isInstance)
                .map(one -> String.valueOf(((SQLException) one).getSQLState()))
                .anyMatch(wanted);
    }

    private static boolean has(List<Throwable> chain, Class<? extends Throwable> type) {
        return chain.stream().anyMatch(type::isInstance);
    }

    private static List<Throwable> chain(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable one = failure; one != null && !chain.contains(one); one = one.getCause()) {
            chain.add(one);
        }
        return chain;
    }

    /** The innermost words, on a line; the driver repeats neither address nor password. */
    private static String said(List<Throwable> chain) {
        String text = chain.reversed().stream()
                .map(Throwable::getMessage)
                .filter(message -> message != null && !message.isBlank())
                .findFirst()
                .orElse("it said nothing")
                .replaceAll("\\s+", " ")
                .strip();
        return text.length() <= 300 ? text : text.substring(0, 300) + "…";
    }
}
