package dev.belay.cli.ports;

import dev.belay.cli.http.Duplex;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** A port of this machine's loopback, each of whose connections is carried to the sandbox. */
final class Doorstep implements Closeable {
    private static final int BUFFER = 64 << 10;
    /** More wait in the queue of the port. */
    private static final int AT_ONCE = 64;

    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    /** Makes a connection to the sandbox. */
    interface Way {
        Duplex open() throws IOException, InterruptedException;
    }

    private final Semaphore room = new Semaphore(AT_ONCE);
    private final ServerSocket listener;
    private final Way way;
    private final Consumer<BelayException> refused;

    private Doorstep(ServerSocket listener, Way way, Consumer<BelayException> refused) {
        this.listener = listener;
        this.way = way;
        this.refused = refused;
    }

    /**
     * Takes the port, and nobody in yet.
     *
     * @param refused told of every connection that could not be carried
     * @throws BindException somebody has it
     */
    static Doorstep at(int local, Way way, Consumer<BelayException> refused) throws IOException {
        ServerSocket listener = new ServerSocket();
        try {
            listener.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), local));
        } catch (IOException taken) {
            listener.close();
            throw taken;
        }
        return new Doorstep(listener, way, refused);
    }

    int port() {
        return listener.getLocalPort();
    }

    void open() {
        Thread.ofVirtual().name("port-" + port()).start(this::accept);
    }

    private void accept() {
        try {
            while (true) {
                room.acquire();
                Socket person = listener.accept();
                Thread.ofVirtual().name("visit").start(() -> {
                    try {
                        carry(person);
                    } finally {
                        room.release();
                    }
                });
            }
        } catch (InterruptedException nobodyInterruptsThis) {
            Thread.currentThread().interrupt();
        } catch (IOException over) {
            if (!listener.isClosed()) {
                shut();
                refused.accept(BelayException.of(
                                ErrorCode.E_INTERNAL,
                                "nobody is taken in on port " + port() + " any more",
                                over.getMessage() + " (layer: client)",
                                "run the same command again")
                        .causedBy(over));
            }
        }
    }

    /** Nobody is to be let into a house where nobody is. */
    private void shut() {
        try {
            listener.close();
        } catch (IOException already) {
            refused.accept(BelayException.of(
                            ErrorCode.E_INTERNAL,
                            "port " + port() + " could not be given back",
                            already.getMessage() + " (layer: client)",
                            "end this command")
                    .causedBy(already));
        }
    }

    private void carry(Socket person) {
        try (person) {
            person.setTcpNoDelay(true);
            person.setSoLinger(true, 0);
            try (Duplex visit = way.open()) {
                Thread.ofVirtual().name("visit-in").start(() -> send(person, visit));
                receive(visit, person);
                // Only what was carried to its end ends as a connection does; everything else is a reset.
                person.setSoLinger(false, 0);
            }
        } catch (BelayException why) {
            refused.accept(why);
        } catch (IOException cut) {
            // Whoever spoke there sees a reset; that is all that is known.
        } catch (InterruptedException nobodyInterruptsThis) {
            Thread.currentThread().interrupt();
        }
    }

    private static void receive(Duplex visit, Socket person) throws IOException {
        InputStream in = visit.in();
        OutputStream out = person.getOutputStream();
        byte[] buffer = new byte[BUFFER];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            out.write(buffer, 0, count);
        }
        person.shutdownOutput();
    }

    /** The person's half; where it breaks, the other half breaks too. */
    private static void send(Socket person, Duplex visit) {
        byte[] buffer = new byte[BUFFER];
        try {
            InputStream in = person.getInputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                visit.send(buffer, count);
            }
            visit.endSending();
        } catch (IOException gone) {
            try {
                visit.close();
            } catch (IOException already) {
                gone.addSuppressed(already);
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
