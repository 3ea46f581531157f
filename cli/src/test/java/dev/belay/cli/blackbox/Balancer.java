package dev.belay.cli.blackbox;

import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;

/** The address in front of several servers, as a fleet has one: each connection goes to the next that takes it. */
final class Balancer implements AutoCloseable {
    private final List<Integer> servers;
    private final IntPredicate serves;
    private final Doorway doorway;
    private final AtomicInteger turn = new AtomicInteger();

    /** @param serves whether the n-th of them is to be sent anybody */
    Balancer(List<Integer> servers, IntPredicate serves) {
        this.servers = List.copyOf(servers);
        this.serves = serves;
        this.doorway = new Doorway(this::join);
    }

    int port() {
        return doorway.port();
    }

    private void join(Socket client) throws IOException, InterruptedException {
        try (Socket server = next()) {
            Thread back = Thread.ofVirtual().start(() -> doorway.pump(server, client, () -> {}));
            doorway.pump(client, server, () -> {});
            back.join();
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
                return doorway.onwards(servers.get(server));
            } catch (IOException away) {
                // The next one may take it.
            }
        }
        throw new IOException("none of " + servers + " takes connections");
    }

    @Override
    public void close() {
        doorway.close();
    }
}
