package dev.belay.runner.gateway;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Bytes both ways until both ends have had their say. Where TLS begins, its name must be the one that was judged: what
 * follows is hidden from the gateway, so a host that serves many names could otherwise be asked for any of them.
 */
final class Tunnel {
    private static final int TLS_PORT = 443;

    private final Means means;
    private final Connection connection;
    private final Target target;
    private final Wire client;
    private final Wire server;
    private volatile long moved = System.nanoTime();
    private volatile boolean answered;
    private volatile boolean refused;

    Tunnel(Means means, Connection connection, Target target, Wire client, Wire server) {
        this.means = means;
        this.connection = connection;
        this.target = target;
        this.client = client;
        this.server = server;
    }

    void run() throws IOException {
        boolean tls = target.port() == TLS_PORT;
        client.atEase();
        // Elsewhere the server may be the one who speaks first.
        CompletableFuture<Void> down = tls ? CompletableFuture.completedFuture(null) : startDown();
        if (!greeted(tls)) {
            down.join();
            return;
        }
        down = tls ? startDown() : down;
        pass(client, server);
        down.join();
    }

    private CompletableFuture<Void> startDown() {
        return CompletableFuture.runAsync(() -> pass(server, client), means.threads());
    }

    /** False: what the client says first may not go on. */
    private boolean greeted(boolean tls) throws IOException {
        int first = first();
        if (first < 0) {
            return true;
        }
        if (first != ClientHello.HANDSHAKE) {
            return !tls || refused(OwnDenials.noHello());
        }
        client.within(means.limits().greeting());
        Optional<ClientHello> hello = hello();
        client.atEase();
        if (hello.isEmpty()) {
            return refused(OwnDenials.noHello());
        }
        Optional<Egress.Denial> denial = hello.get().denial(target);
        if (denial.isPresent()) {
            return refused(denial.get());
        }
        try {
            server.write(hello.get().bytes());
        } catch (SpentException spent) {
            return refused(spent.denial());
        }
        return true;
    }

    private Optional<ClientHello> hello() {
        try {
            return Optional.of(ClientHello.read(client));
        } catch (IOException malformedOrLate) {
            return Optional.empty();
        }
    }

    private boolean refused(Egress.Denial denial) throws IOException {
        means.warden().refused(target, denial);
        refused = true;
        connection.end(server.socket());
        if (!answered) {
            client.write(Answers.TLS_DENIED);
        }
        return false;
    }

    private int first() throws IOException {
        while (true) {
            try {
                return client.peek();
            } catch (SocketTimeoutException quiet) {
                stillMoving(quiet);
            }
        }
    }

    /** The two directions end together when something breaks, and one after the other when each has ended by itself. */
    private void pass(Wire from, Wire to) {
        try {
            copy(from, to);
        } catch (SpentException spent) {
            means.warden().refused(target, spent.denial());
            connection.abort();
        } catch (IOException broken) {
            if (!refused) {
                connection.abort();
            }
        }
    }

    private void copy(Wire from, Wire to) throws IOException {
        byte[] piece = new byte[Wire.PIECE];
        while (true) {
            int count;
            try {
                count = from.read(piece, piece.length);
            } catch (SocketTimeoutException quiet) {
                stillMoving(quiet);
                continue;
            }
            moved = System.nanoTime();
            if (count < 0) {
                to.endOutput();
                return;
            }
            answered |= to == client;
            to.write(piece, count);
        }
    }

    /** One direction may be quiet for as long as the other is not. */
    private void stillMoving(SocketTimeoutException quiet) throws SocketTimeoutException {
        if (System.nanoTime() - moved >= means.limits().idle().toNanos()) {
            throw quiet;
        }
    }
}
