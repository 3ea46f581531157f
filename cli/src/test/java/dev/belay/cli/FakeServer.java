package dev.belay.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/** A server on plain sockets, so that a test decides about every byte and about when a connection is cut. */
public final class FakeServer implements AutoCloseable {
    public record Received(String method, String target, Map<String, String> headers, String body) {
        public String path() {
            int query = target.indexOf('?');
            return query < 0 ? target : target.substring(0, query);
        }

        /** The last event that the client says it has. */
        public long after() {
            return Long.parseLong(headers.getOrDefault("last-event-id", "0"));
        }
    }

    /** @param hold after the bytes the connection stays open until this is released */
    public record Reply(byte[] bytes, CountDownLatch hold) {
        public Reply cutAfter(int length) {
            return new Reply(java.util.Arrays.copyOf(bytes, Math.min(length, bytes.length)), hold);
        }

        public Reply holding(CountDownLatch until) {
            return new Reply(bytes, until);
        }
    }

    private final ServerSocket socket;
    private final Map<String, Function<Received, Reply>> routes = new LinkedHashMap<>();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    public FakeServer() throws IOException {
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        json("GET /v1/version", "{\"version\":\"0.1.0\",\"api\":1,\"started_at\":null}");
        Thread.ofVirtual().start(this::accept);
    }

    public String url() {
        return "http://127.0.0.1:" + socket.getLocalPort();
    }

    public int port() {
        return socket.getLocalPort();
    }

    public FakeServer on(String methodAndPath, Function<Received, Reply> answer) {
        routes.put(methodAndPath, answer);
        return this;
    }

    public FakeServer json(String methodAndPath, String body) {
        return on(methodAndPath, _ -> reply(200, "application/json", body));
    }

    public FakeServer problem(String methodAndPath, int status, String body) {
        return on(methodAndPath, _ -> reply(status, "application/problem+json", body));
    }

    /** Takes a project that it has nothing of, and the sample task of it. */
    public FakeServer takesTasks() {
        json("POST /v1/projects", "{\"id\":\"p-1\",\"name\":\"shop\",\"have\":[]}");
        json("POST /v1/projects/p-1/packs", "{\"sha256\":\"x\",\"size\":4,\"objects\":1}");
        return json("POST /v1/tasks", Samples.task("queued", "null"));
    }

    /** The whole log of the sample task, from its beginning whoever asks. */
    public FakeServer tellsTheSample() {
        return on(
                "GET /v1/tasks/" + Samples.ID + "/events",
                _ -> chunked("text/event-stream", Samples.stream(Samples.log(), 0), 64));
    }

    /** The sample task as it stands, and its whole log, however a client comes back for more of it. */
    public FakeServer task(String state, long lastSeq) {
        json("GET /v1/tasks/t-7fq2", Samples.task(state, "null").replace("\"last_seq\":0", "\"last_seq\":" + lastSeq));
        return on(
                "GET /v1/tasks/" + Samples.ID + "/events",
                request -> chunked("text/event-stream", Samples.stream(Samples.log(), request.after()), 64));
    }

    public static Reply reply(int status, String type, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return raw("HTTP/1.1 " + status + " X\r\nContent-Type: " + type + "\r\nContent-Length: " + bytes.length
                + "\r\nConnection: close\r\n\r\n" + body);
    }

    public static Reply raw(String text) {
        return new Reply(text.getBytes(StandardCharsets.UTF_8), new CountDownLatch(0));
    }

    /** A stream in chunks of the given size, so that characters and events fall apart. */
    public static Reply chunked(String type, String body, int chunk) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(("HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nTransfer-Encoding: chunked\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        for (int at = 0; at < bytes.length; at += chunk) {
            int length = Math.min(chunk, bytes.length - at);
            out.writeBytes((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.UTF_8));
            out.write(bytes, at, length);
            out.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        }
        out.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        return new Reply(out.toByteArray(), new CountDownLatch(0));
    }

    /** What was asked, without the question for the version that every verb begins with. */
    public List<Received> received() {
        List<Received> all = new ArrayList<>(received);
        all.removeIf(request -> request.target().equals("/v1/version"));
        return all;
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                open.add(connection);
                Thread.ofVirtual().start(() -> serve(connection));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            Received request = read(in);
            received.add(request);
            Function<Received, Reply> route = routes.get(request.method() + " " + request.path());
            Reply reply = route == null
                    ? reply(404, "application/problem+json", "{\"title\":\"no route\",\"code\":\"E_NOT_FOUND\"}")
                    : route.apply(request);
            OutputStream out = connection.getOutputStream();
            out.write(reply.bytes());
            out.flush();
            reply.hold().await();
        } catch (IOException | InterruptedException gone) {
            // The client left, which is its right.
        }
    }

    private static Received read(InputStream in) throws IOException {
        String[] first = line(in).split(" ", 3);
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        return new Received(first[0], first[1], headers, new String(in.readNBytes(length), StandardCharsets.UTF_8));
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int c;
        while ((c = in.read()) >= 0 && c != '\n') {
            line.append((char) c);
        }
        if (c < 0 && line.isEmpty()) {
            throw new IOException("closed");
        }
        return line.toString().stripTrailing();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket connection : open) {
            connection.close();
        }
    }
}
