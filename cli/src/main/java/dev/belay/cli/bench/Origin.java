package dev.belay.cli.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A web server that does as little as one can, on this machine's loopback: {@code /tiny}, {@code /bytes/N}, and {@code
 * /together/N/ID}, which keeps each connection until it has N of the same ID, or for a while.
 */
final class Origin implements AutoCloseable {
    static final String ADDRESS = "127.0.0.1";

    private static final int BACKLOG = 1024;
    private static final int PIECE = 256 << 10;
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int KEPT_SECONDS = 3;

    /** Connections that are kept at once. */
    private static final class Gathering {
        private final CountDownLatch missing;
        private final AtomicInteger now = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();

        Gathering(int wanted) {
            missing = new CountDownLatch(wanted);
        }

        void attend() throws InterruptedException {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            missing.countDown();
            boolean _ = missing.await(KEPT_SECONDS, TimeUnit.SECONDS);
            now.decrementAndGet();
        }
    }

    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Map<String, Gathering> gatherings = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    Origin() throws IOException {
        listener = new ServerSocket();
        listener.bind(new InetSocketAddress(InetAddress.getByName(ADDRESS), 0), BACKLOG);
        threads.execute(this::accept);
    }

    /** Whoever calls it so has to look it up. */
    String named() {
        return "localhost:" + listener.getLocalPort();
    }

    String address() {
        return ADDRESS + ":" + listener.getLocalPort();
    }

    /** How many connections of one gathering were here at the same time. */
    int mostTogether(String id) {
        Gathering gathering = gatherings.get(id);
        return gathering == null ? 0 : gathering.most.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                open.add(socket);
                threads.execute(() -> serve(socket));
            } catch (IOException | RejectedExecutionException closing) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            String request = in.readLine();
            for (String header = request; header != null && !header.isEmpty(); ) {
                header = in.readLine();
            }
            if (request != null) {
                answer(path(request), socket.getOutputStream());
            }
        } catch (IOException gone) {
            // The client counts what it got.
            Thread.yield();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    private static String[] path(String request) throws IOException {
        String[] words = request.split(" ", -1);
        if (words.length != 3 || !words[1].startsWith("/")) {
            throw new IOException("no request: " + request);
        }
        return words[1].substring(1).split("/", -1);
    }

    private void answer(String[] path, OutputStream out) throws IOException, InterruptedException {
        switch (path[0]) {
            case "bytes" -> bytes(Long.parseLong(path[1]), out);
            case "together" -> {
                gatherings
                        .computeIfAbsent(path[2], _ -> new Gathering(Integer.parseInt(path[1])))
                        .attend();
                head(0, out);
            }
            default -> head(0, out);
        }
    }

    private static void bytes(long count, OutputStream out) throws IOException {
        head(count, out);
        byte[] piece = new byte[PIECE];
        for (long left = count; left > 0; left -= PIECE) {
            out.write(piece, 0, (int) Math.min(PIECE, left));
        }
    }

    private static void head(long length, OutputStream out) throws IOException {
        out.write(("HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: " + length
                        + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    }

    /** Whoever is still connected is cut off. */
    @Override
    public void close() throws IOException {
        listener.close();
        threads.shutdown();
        for (Socket socket : open) {
            socket.close();
        }
        threads.shutdownNow();
        threads.close();
    }
}
