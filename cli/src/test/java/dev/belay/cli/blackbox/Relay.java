package dev.belay.cli.blackbox;

import dev.belay.proto.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/** A network between a client and the controller of a system, which loses what a test wants it to lose. */
final class Relay implements AutoCloseable {
    /** What becomes of an answer that came whole from the controller; false when the client gets nothing of it. */
    interface Fate {
        boolean passes(String answer) throws IOException;
    }

    private final Belay system;
    private final ServerSocket socket;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final AtomicInteger cuts = new AtomicInteger();
    private volatile IntSupplier bytes = () -> 2500;
    private volatile Fate submissions = answer -> true;

    Relay(Belay system) {
        this.system = system;
        try {
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** A client of this system that has no state in common with it, and goes through here. */
    Belay client(String name) {
        return system.with("BELAY_STATE", system.work().resolve(name).toString())
                .with("BELAY_SERVER", "http://127.0.0.1:" + socket.getLocalPort())
                .with("BELAY_TOKEN", token());
    }

    private String token() {
        return text("token").strip();
    }

    /** What the controller of the system says of itself. */
    Json controller() {
        return Json.parse(text("controller.json"));
    }

    private String text(String name) {
        try {
            return Files.readString(system.state().resolve("controller").resolve(name));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    void ofSubmissions(Fate fate) {
        submissions = fate;
    }

    /** So many of the next streams of events break in the middle. */
    void cutEvents(int streams) {
        cuts.set(streams);
    }

    /** The same, each after as many bytes as this says. */
    void cutEvents(int streams, IntSupplier after) {
        bytes = after;
        cuts.set(streams);
    }

    int cutsLeft() {
        return Math.max(0, cuts.get());
    }

    static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) {
                throw new IOException("it did not happen");
            }
        } catch (InterruptedException interrupted) {
            throw new IOException(interrupted);
        }
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                open.add(client);
                Thread.ofVirtual().start(() -> relay(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void relay(Socket client) {
        try (client;
                Socket server = new Socket(
                        InetAddress.getLoopbackAddress(), (int) controller().number("http_port"))) {
            open.add(server);
            String request = head(client.getInputStream());
            server.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            Thread.ofVirtual().start(() -> pump(client, server));
            if (request.startsWith("POST /v1/tasks ")) {
                byte[] answer = server.getInputStream().readAllBytes();
                if (submissions.passes(new String(answer, StandardCharsets.UTF_8))) {
                    client.getOutputStream().write(answer);
                }
            } else if (request.contains("/events?") && cuts.getAndDecrement() > 0) {
                client.getOutputStream().write(server.getInputStream().readNBytes(bytes.getAsInt()));
            } else {
                server.getInputStream().transferTo(client.getOutputStream());
            }
        } catch (IOException gone) {
            // Either side left, or the controller is dead: the client sees a closed connection.
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("closed");
            }
            head.write(c);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private static void pump(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
        } catch (IOException ended) {
            // The answer's side says what became of it.
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
            for (Socket connection : open) {
                connection.close();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
