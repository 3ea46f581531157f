package dev.belay.runner.gateway;

import dev.belay.runner.sandbox.Sandbox;
import dev.belay.runner.secrets.SharedScrubber;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * The one listener in a sandbox's network namespace, and the only way out of it: what a judge allows is dialled on the
 * runner's own network, everything else is refused in the protocol it was spoken to, and reported. Without it nothing
 * listens, so nothing leaves.
 *
 * <p>Bounded against what is inside: connections at once, time and bytes of each, bytes of all, reports of a step.
 */
public final class Gateway implements AutoCloseable {
    public static final int PORT = 3128;

    private static final int BACKLOG = GatewayLimits.STANDARD.connections();
    private static final int TURNED_AWAY = 64;

    private final ServerSocket listener;
    private final GatewayLimits limits;
    private final RefusalLog log;
    private final Quota quota;
    private final Lookup lookup;
    private final Means means;
    private final Semaphore places;
    private final Semaphore turnedAway = new Semaphore(TURNED_AWAY);
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong connections = new AtomicLong();
    private final CountDownLatch closed = new CountDownLatch(1);
    /** Made by whoever opens the gateway: no thread of it is ever inside the sandbox's network. */
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("gateway-", 0).factory());

    Gateway(
            ServerSocket listener,
            Egress egress,
            Names names,
            GatewayLimits limits,
            IntSupplier step,
            Consumer<Refusal> report,
            Authority authority,
            Trust trust,
            Vault vault) {
        this.listener = listener;
        this.limits = limits;
        this.log = new RefusalLog(step, report);
        this.quota = new Quota(limits);
        this.places = new Semaphore(limits.connections());
        this.lookup = new Lookup(names, limits.lookup());
        this.means = new Means(
                new Warden(egress, log, quota),
                new Dialler(egress, lookup, limits),
                quota,
                limits,
                threads,
                authority,
                trust,
                HeapShare.OF_THIS_PROCESS,
                vault,
                new SharedScrubber(),
                new Semaphore(1));
        threads.execute(this::accept);
        threads.execute(this::watch);
    }

    /** With the runner's resolver and the standard limits, and an authority that nobody in the sandbox knows. */
    public static Gateway open(Sandbox sandbox, Egress egress, IntSupplier step, Consumer<Refusal> report)
            throws IOException {
        return open(sandbox, egress, unknownAuthority(), Vault.EMPTY, step, report);
    }

    /** With the runner's resolver and the standard limits. */
    public static Gateway open(
            Sandbox sandbox,
            Egress egress,
            Authority authority,
            Vault vault,
            IntSupplier step,
            Consumer<Refusal> report)
            throws IOException {
        return open(sandbox, egress, authority, vault, Names.OF_THE_RUNNER, GatewayLimits.STANDARD, step, report);
    }

    /** With an authority that nobody in the sandbox knows. */
    public static Gateway open(
            Sandbox sandbox,
            Egress egress,
            Names names,
            GatewayLimits limits,
            IntSupplier step,
            Consumer<Refusal> report)
            throws IOException {
        return open(sandbox, egress, unknownAuthority(), Vault.EMPTY, names, limits, step, report);
    }

    /**
     * @param authority vouches for the hosts that are inspected; the sandbox must be told to trust it
     * @param vault what is put in on the way out
     * @param step the number of the current step
     * @param report called on the gateway's threads; must not block for long
     */
    public static Gateway open(
            Sandbox sandbox,
            Egress egress,
            Authority authority,
            Vault vault,
            Names names,
            GatewayLimits limits,
            IntSupplier step,
            Consumer<Refusal> report)
            throws IOException {
        try {
            ServerSocket listener = sandbox.inNetwork(() -> {
                ServerSocket socket = new ServerSocket();
                socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), PORT), BACKLOG);
                return socket;
            });
            return new Gateway(listener, egress, names, limits, step, report, authority, Trust.OF_THE_RUNNER, vault);
        } catch (IOException failed) {
            throw failed;
        } catch (Exception failed) {
            throw new IOException("the gateway of sandbox " + sandbox.id() + " could not listen", failed);
        }
    }

    /** What is inspected then is reached by nobody who looks at certificates. */
    static Authority unknownAuthority() {
        return Authority.create("a task", Clock.systemUTC());
    }

    /** What was refused in the current step so far. */
    public List<Refusal> refusals() {
        return log.ofCurrentStep();
    }

    public Traffic traffic() {
        return new Traffic(connections.get(), means.warden().requests(), quota.up(), quota.down());
    }

    @Override
    public void close() {
        Connection.closeQuietly(listener);
        closed.countDown();
        quota.close();
        open.forEach(Connection::abort);
        threads.shutdown();
        lookup.close();
    }

    /** Closed, and no thread of it is left. */
    boolean ended() {
        return threads.isTerminated();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                connections.incrementAndGet();
                if (places.tryAcquire()) {
                    begin(places, () -> serve(socket), socket);
                } else if (turnedAway.tryAcquire()) {
                    begin(turnedAway, () -> turnAway(socket, Answers.tooMany(limits.connections())), socket);
                } else {
                    Connection.closeQuietly(socket);
                }
            } catch (IOException failed) {
                // Closed, or out of descriptors: the next round tells which.
                Thread.yield();
            }
        }
    }

    private void begin(Semaphore place, Runnable work, Socket socket) {
        try {
            threads.execute(() -> {
                try (socket) {
                    work.run();
                } catch (IOException useless) {
                    // It could not be closed.
                    Thread.yield();
                } finally {
                    place.release();
                }
            });
        } catch (RejectedExecutionException closing) {
            Connection.closeQuietly(socket);
        }
    }

    private void serve(Socket socket) {
        if (!means.heap().take(HeapShare.CONNECTION)) {
            turnAway(socket, Answers.noRoom());
            return;
        }
        try {
            served(socket);
        } finally {
            means.heap().giveBack(HeapShare.CONNECTION);
        }
    }

    private void served(Socket socket) {
        Connection connection = new Connection(limits);
        open.add(connection);
        try (connection) {
            Wire client = connection.wire(connection.keep(socket), Flow.UNCOUNTED);
            if (listener.isClosed()) {
                return;
            }
            Greeting.answer(means, connection, client);
            client.farewell();
        } catch (IOException | RejectedExecutionException gone) {
            // The other end left before it heard everything, or the gateway closes. What was refused was counted.
            Thread.yield();
        } finally {
            open.remove(connection);
        }
    }

    private void turnAway(Socket socket, byte[] answer) {
        try {
            Wire client = new SocketWire(socket, Flow.UNCOUNTED, limits.idle());
            client.write(answer);
            client.farewell();
        } catch (IOException gone) {
            // It did not wait for the answer.
            Thread.yield();
        }
    }

    /** Ends those that do not take what they asked for: a write, unlike a read, cannot be told to stop waiting. */
    private void watch() {
        long pause = Math.clamp(limits.idle().toNanos() / 4, 1, TimeUnit.SECONDS.toNanos(5));
        try {
            while (!closed.await(pause, TimeUnit.NANOSECONDS)) {
                long now = System.nanoTime();
                open.stream().filter(connection -> connection.stuck(now)).forEach(Connection::abort);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
