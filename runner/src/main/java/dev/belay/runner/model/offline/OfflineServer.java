package dev.belay.runner.model.offline;

import dev.belay.proto.json.Json;
import dev.belay.proto.script.Script;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The server: in this process by {@link #start}, or one of its own by {@link #main}. Every connection has a thread, and
 * none outlives {@link #close}.
 */
public final class OfflineServer implements AutoCloseable {
    /** The key that every wire refuses. Any other is taken. */
    public static final String WRONG_KEY = "wrong-key";

    /** How the models begin that no wire knows. Every other model is known. */
    public static final String UNKNOWN_MODEL = "no-such";

    private static final int CONNECTIONS = 1_024;
    private static final long ENDING_SECONDS = 10;

    private final ServerSocket listener;
    private final Desk desk;
    private final SeenLog seen;
    private final Semaphore places = new Semaphore(CONNECTIONS);
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads;

    private OfflineServer(ServerSocket listener, Desk desk, SeenLog seen) {
        this.listener = listener;
        this.desk = desk;
        this.seen = seen;
        String name = "offline-model-" + listener.getLocalPort() + "-";
        this.threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name(name, 0).factory());
    }

    public static OfflineServer start(Script script) throws IOException {
        return start(script, FaultPlan.NONE);
    }

    public static OfflineServer start(Script script, FaultPlan faults) throws IOException {
        return start(script, faults, Cueing.BY_ANSWERS);
    }

    /** For who does not show all answers that were given. */
    public static OfflineServer start(Script script, FaultPlan faults, Cueing cueing) throws IOException {
        return start(0, script, cueing, faults, Thread::sleep, InstantSource.system(), _ -> {});
    }

    /**
     * @param port 0 for one that is free
     * @param pause waits between two words of a turn that has a pace
     * @param clock tells when requests arrived
     * @param witness is told of every request as it arrives; must return at once
     */
    public static OfflineServer start(
            int port, Script script, FaultPlan faults, Pause pause, InstantSource clock, Consumer<Seen> witness)
            throws IOException {
        return start(port, script, Cueing.BY_ANSWERS, faults, pause, clock, witness);
    }

    private static OfflineServer start(
            int port,
            Script script,
            Cueing cueing,
            FaultPlan faults,
            Pause pause,
            InstantSource clock,
            Consumer<Seen> witness)
            throws IOException {
        SeenLog seen = new SeenLog(witness);
        ServerSocket listener = new ServerSocket(port, 128, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        OfflineServer server = new OfflineServer(listener, new Desk(script, cueing, faults, pause, clock, seen), seen);
        server.threads.execute(server::accept);
        return server;
    }

    /** {@code http://127.0.0.1:PORT}, without a slash behind it. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + port());
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** The last 10,000 requests, the oldest first; fewer where their bodies are very long. */
    public List<Seen> seen() {
        return seen.all();
    }

    /** Returns when every connection and thread has ended. */
    @Override
    public void close() {
        closeQuietly(listener);
        open.forEach(OfflineServer::closeQuietly);
        // Only a pause is left to wait for.
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(ENDING_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a connection of the offline server has not ended");
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                open.add(socket);
                if (listener.isClosed() || !places.tryAcquire()) {
                    open.remove(socket);
                    closeQuietly(socket);
                } else {
                    threads.execute(() -> serve(socket));
                }
            } catch (IOException | RejectedExecutionException failed) {
                // Closed, or out of descriptors: the next round tells which.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            new Connection(socket, desk).serve();
        } catch (IOException gone) {
            // The other end left, or was left as planned.
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
            places.release();
        }
    }

    private static void closeQuietly(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception alreadyUseless) {
            // A socket that cannot be closed is of no use to either side.
        }
    }

    /**
     * {@code --script FILE [--port N] [--fault [K=]WORDS]... [--seen FILE]}: prints {@code {"port":N}} when it can be
     * spoken to, and ends when its standard input ends.
     */
    public static void main(String[] arguments) {
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (RuntimeException wrong) {
            System.err.println("offline model server: " + wrong.getMessage());
            System.exit(2);
            return;
        }
        try (SeenFile file = new SeenFile(options.seen());
                OfflineServer server = start(
                        options.port(),
                        options.script(),
                        options.faults(),
                        Thread::sleep,
                        InstantSource.system(),
                        file::add)) {
            System.out.println(Json.object().put("port", server.port()).build().print());
            System.out.flush();
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException cannot) {
            System.err.println("offline model server: " + cannot.getMessage());
            System.exit(2);
        }
    }
}
