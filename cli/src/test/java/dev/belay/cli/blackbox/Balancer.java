package dev.belay.cli.blackbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;

/** The address in front of several servers, as a fleet has one: each connection goes to the next that takes it. */
final class Balancer implements AutoCloseable {
    private final List<Integer> servers;
    private final IntPredicate serves;
    private final ServerSocket socket;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger turn = new AtomicInteger();

    /** @param serves whether the n-th of them is to be sent anybody */
    Balancer(List<Integer> servers, IntPredicate serves) {
        this.servers = List.copyOf(servers);
        this.serves = serves;
        try {
            socket = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                Thread.ofVirtual().start(() -> join(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void join(Socket client) {
        try (client;
                Socket server = next()) {
            open.add(client);
            open.add(server);
            Thread back = Thread.ofVirtual().start(() -> pump(server, client));
            pump(client, server);
            back.join();
        } catch (IOException nobody) {
            // The client sees a closed connection.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(client);
        }
    }

    private Socket next() throws IOException {
        int first = turn.getAndIncrement();
        for (int i = 0; i < servers.size(); i++) {
            int server = Math.floorMod(first + i, servers.size());
            if (!serves.test(server)) {
                continue;
            }
            try {
                return new Socket(InetAddress.getLoopbackAddress(), servers.get(server));
            } catch (IOException away) {
                // The next one may take it.
            }
        }
        throw new IOException("none of " + servers + " takes connections");
    }

    private void pump(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException gone) {
            close(from);
            close(to);
        }
    }

    private void close(Socket one) {
        open.remove(one);
        try {
            one.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        open.forEach(this::close);
    }
}
