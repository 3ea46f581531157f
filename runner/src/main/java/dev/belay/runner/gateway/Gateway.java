package dev.belay.runner.gateway;

import dev.belay.runner.sandbox.Sandbox;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one listener in a sandbox's network namespace. It refuses everything, in the protocol it was spoken to, and reports
 * what it refused. It never resolves a name and never dials.
 *
 * <p>Bounded against what is inside: connections at once, bytes and time of each, reports of a step.
 */
public final class Gateway implements AutoCloseable {
    public static final int PORT = 3128;

    private static final int CONNECTIONS = 64;
    private static final int GREETING_BYTES = 64 * 1024;
    private static final long CONNECTION_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long FAREWELL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final ServerSocket listener;
    private final NetworkRule rule;
    private final RefusalLog log;
    private final Semaphore places = new Semaphore(CONNECTIONS);
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    Gateway(ServerSocket listener, NetworkRule rule, IntSupplier step, Consumer<Refusal> report) {
        this.listener = listener;
        this.rule = rule;
        this.log = new RefusalLog(step, report);
        Thread.ofVirtual().name("gateway").start(this::accept);
    }

    /**
     * @param step the number of the current step
     * @param report called on the gateway's threads; must not block for long
     */
    public static Gateway open(Sandbox sandbox, NetworkRule rule, IntSupplier step, Consumer<Refusal> report)
            throws IOException {
        try {
            ServerSocket listener = sandbox.inNetwork(() -> {
                ServerSocket socket = new ServerSocket();
                socket.bind(
                        new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), PORT), CONNECTIONS);
                return socket;
            });
            return new Gateway(listener, rule, step, report);
        } catch (IOException failed) {
            throw failed;
        } catch (Exception failed) {
            throw new IOException("the gateway of sandbox " + sandbox.id() + " could not listen", failed);
        }
    }

    /** What was refused in the current step so far. */
    public List<Refusal> refusals() {
        return log.ofCurrentStep();
    }

    @Override
    public void close() {
        closeQuietly(listener);
        open.forEach(Gateway::closeQuietly);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                if (places.tryAcquire()) {
                    open.add(socket);
                    Thread.ofVirtual().name("gateway-connection").start(() -> serve(socket));
                } else {
                    closeQuietly(socket);
                }
            } catch (IOException failed) {
                // Closed, or out of descriptors: the next round tells which.
                Thread.yield();
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            @Nullable Target target =
                    Greeting.read(new BoundedInput(socket, GREETING_BYTES, CONNECTION_NANOS), socket.getOutputStream());
            if (target != null) {
                NetworkRule.Denial denial = rule.judge(target);
                log.add(target, denial);
                socket.getOutputStream().write(Greeting.refusal(target, denial));
                socket.shutdownOutput();
                new BoundedInput(socket, 16 * GREETING_BYTES, FAREWELL_NANOS).drain();
            }
        } catch (IOException gone) {
            // The other end left before it heard the refusal; it was counted all the same.
            Thread.yield();
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
            Thread.yield();
        }
    }
}
