package dev.belay.cli.blackbox;

import java.io.IOException;
import java.net.Socket;

/**
 * Between a client and one server. While it is cut, nothing comes through and nobody is told: what was sent arrives when it
 * is mended, as with a network that loses packets.
 */
final class Cable implements AutoCloseable {
    private final int server;
    private final Doorway doorway;
    private boolean cut;

    Cable(int server) {
        this.server = server;
        this.doorway = new Doorway(this::join);
    }

    int port() {
        return doorway.port();
    }

    synchronized void cut() {
        cut = true;
    }

    synchronized void mend() {
        cut = false;
        notifyAll();
    }

    private synchronized void awaitMended() throws IOException {
        try {
            while (cut) {
                wait();
            }
        } catch (InterruptedException interrupted) {
            throw new IOException(interrupted);
        }
    }

    private void join(Socket client) throws IOException, InterruptedException {
        awaitMended();
        try (Socket far = doorway.onwards(server)) {
            Thread back = Thread.ofVirtual().start(() -> doorway.pump(far, client, this::awaitMended));
            doorway.pump(client, far, this::awaitMended);
            back.join();
        }
    }

    @Override
    public void close() {
        mend();
        doorway.close();
    }
}
