package dev.belay.runner.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/** A real git server that lets everybody push: git's own CGI program behind the HTTP server of Java. */
final class GitServer implements AutoCloseable {
    /** The body of each push, as long as it came. */
    final List<Integer> pushes = new CopyOnWriteArrayList<>();

    private final Path root;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private GitServer(Path root, HttpServer server) {
        this.root = root;
        this.server = server;
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    static GitServer plain(Path root) throws IOException {
        return new GitServer(root, HttpServer.create(new InetSocketAddress(Outside.loopback(1), 0), 0));
    }

    static GitServer tls(Path root, SSLContext context) throws IOException {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(Outside.loopback(1), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        return new GitServer(root, server);
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (exchange.getRequestURI().getPath().endsWith("/git-receive-pack")) {
                pushes.add(body.length);
            }
            Process backend = backend(exchange, body.length).start();
            Thread feeding = Thread.ofVirtual().start(() -> feed(backend, body));
            try (InputStream said = backend.getInputStream()) {
                int status = head(said, exchange);
                byte[] answer = said.readAllBytes();
                exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
                exchange.getResponseBody().write(answer);
            }
            feeding.join();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private ProcessBuilder backend(HttpExchange exchange, int length) {
        ProcessBuilder builder = new ProcessBuilder("git", "http-backend");
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        Map<String, String> environment = builder.environment();
        Git.hermetic(environment, root);
        environment.put("GIT_PROJECT_ROOT", root.toString());
        environment.put("GIT_HTTP_EXPORT_ALL", "1");
        environment.put("REMOTE_USER", "everybody");
        environment.put("REMOTE_ADDR", "127.0.0.1");
        environment.put("REQUEST_METHOD", exchange.getRequestMethod());
        environment.put("PATH_INFO", exchange.getRequestURI().getPath());
        put(environment, "QUERY_STRING", exchange.getRequestURI().getRawQuery());
        put(environment, "CONTENT_TYPE", exchange.getRequestHeaders().getFirst("Content-Type"));
        put(environment, "HTTP_CONTENT_ENCODING", exchange.getRequestHeaders().getFirst("Content-Encoding"));
        put(environment, "GIT_PROTOCOL", exchange.getRequestHeaders().getFirst("Git-Protocol"));
        environment.put("CONTENT_LENGTH", String.valueOf(length));
        return builder;
    }

    private static void put(
            Map<String, String> environment, String name, @org.jspecify.annotations.Nullable String value) {
        if (value != null) {
            environment.put(name, value);
        }
    }

    private static void feed(Process backend, byte[] body) {
        try (OutputStream in = backend.getOutputStream()) {
            in.write(body);
        } catch (IOException enough) {
            // It has refused the rest, and says so.
            Thread.yield();
        }
    }

    private static int head(InputStream said, HttpExchange exchange) throws IOException {
        int status = 200;
        for (String line = line(said); !line.isEmpty(); line = line(said)) {
            int colon = line.indexOf(':');
            String name = line.substring(0, colon);
            String value = line.substring(colon + 1).strip();
            if (name.equals("Status")) {
                status = Integer.parseInt(value.substring(0, 3));
            } else {
                exchange.getResponseHeaders().add(name, value);
            }
        }
        return status;
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.write(next);
        }
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
