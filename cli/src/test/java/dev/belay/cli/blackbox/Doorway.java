package dev.belay.cli.blackbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A port of this machine at which everybody who comes is let in, each on a thread of its own. */
final class Doorway implements AutoCloseable {
    /** Where a guest is led. */
    interface Way {
        /** Its connection is closed when this returns; one that fails leaves it with a closed connection. */
        void lead(Socket guest) throws IOException, InterruptedException;
    }

    private final ServerSocket socket;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    Doorway(Way way) {
        this(unbound(), InetAddress.getLoopbackAddress().getHostAddress(), way);
    }

    /** @param socket not bound yet */
    Doorway(ServerSocket socket, String address, Way way) {
        this.socket = socket;
        try {
            socket.bind(new InetSocketAddress(address, 0), 500);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        Thread.ofVirtual().start(() -> welcome(way));
    }

    static ServerSocket unbound() {
        try {
            return new ServerSocket();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    int port() {
        return socket.getLocalPort();
    }

    /** On the same machine; closed with the doorway, whatever becomes of its guest. */
    Socket onwards(int port) throws IOException {
        Socket next = new Socket(InetAddress.getLoopbackAddress(), port);
        open.add(next);
        return next;
    }

    /** What comes from one goes to the other, and its end too. */
    void pump(Socket from, Socket to, Step step) {
        byte[] some = new byte[1 << 16];
        try {
            for (int read = from.getInputStream().read(some);
                    read >= 0;
                    read = from.getInputStream().read(some)) {
                step.take();
                to.getOutputStream().write(some, 0, read);
            }
            step.take();
            to.shutdownOutput();
        } catch (IOException gone) {
            end(from);
            end(to);
        }
    }

    /** Before something is passed on. */
    interface Step {
        void take() throws IOException;
    }

    private void welcome(Way way) {
        while (!socket.isClosed()) {
            try {
                Socket guest = socket.accept();
                open.add(guest);
                Thread.ofVirtual().start(() -> lead(way, guest));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void lead(Way way, Socket guest) {
        try {
            way.lead(guest);
        } catch (IOException nobodyThere) {
            // The guest sees a closed connection.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            end(guest);
        }
    }

    private void end(Socket one) {
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
        open.forEach(this::end);
    }
}
