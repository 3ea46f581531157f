package dev.belay.runner.sandbox.docker;

import dev.belay.runner.linux.PrivateNetwork;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * Where connections come out of a container: each goes on, as it is, to the gateway's port in a network of the runner's own.
 * The gateway listens there and nothing else can. When it does not listen, a connection ends at once.
 */
final class Door implements AutoCloseable {
    private static final int PORT = 3128;
    private static final int CONNECTIONS = 256;
    private static final int BUFFER = 32 * 1024;

    private final PrivateNetwork network;
    private final ServerSocketChannel listener;
    private final Semaphore places = new Semaphore(CONNECTIONS);
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads;

    private Door(PrivateNetwork network, ServerSocketChannel listener, String name) {
        this.network = network;
        this.listener = listener;
        this.threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("door-" + name + "-", 0).factory());
        threads.execute(this::accept);
    }

    /** @param owner who may come, as the runner sees that uid */
    static Door open(Path socket, int owner, String name) throws IOException {
        PrivateNetwork network = PrivateNetwork.open(name);
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            listener.bind(UnixDomainSocketAddress.of(socket), CONNECTIONS);
            Files.setAttribute(socket, "unix:uid", owner);
            Files.setAttribute(socket, "unix:gid", owner);
            return new Door(network, listener, name);
        } catch (IOException failed) {
            listener.close();
            network.close();
            throw failed;
        }
    }

    <T> T inNetwork(Callable<T> work) throws Exception {
        return network.call(work);
    }

    private void accept() {
        while (true) {
            try {
                SocketChannel inside = listener.accept();
                if (places.tryAcquire()) {
                    threads.execute(() -> serve(inside));
                } else {
                    inside.close();
                }
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(SocketChannel inside) {
        open.add(inside);
        try (inside;
                SocketChannel gateway = network.call(SocketChannel::open)) {
            open.add(gateway);
            try {
                gateway.connect(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), PORT));
                Thread back = Thread.ofVirtual().start(() -> pass(gateway, inside));
                pass(inside, gateway);
                back.join();
            } finally {
                open.remove(gateway);
            }
        } catch (Exception ended) {
            // Nothing listens, or the sandbox is being closed: either way the connection is over.
            return;
        } finally {
            open.remove(inside);
            places.release();
        }
    }

    /** The end of one direction is told, and the other goes on; what breaks ends both. */
    private static void pass(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        try {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
            to.shutdownOutput();
        } catch (IOException broken) {
            closeBoth(from, to);
        }
    }

    private static void closeBoth(SocketChannel one, SocketChannel other) {
        try (one;
                other) {
            return;
        } catch (IOException ignored) {
            // Closed is all that they were to be.
            return;
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (SocketChannel connection : open) {
            connection.close();
        }
        threads.shutdown();
        network.close();
    }
}
