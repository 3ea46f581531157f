package dev.belay.cli.blackbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * A host that lets in who has a token, says back whatever it is told, in every spelling that it can think of, and has a git
 * repository behind the same token.
 */
final class GuardedServer implements AutoCloseable {
    static final String GREETING = "the host knows you";

    private final HttpsServer server;
    private final Path repositories;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile String token;

    /** @param name what the sandbox calls this machine's {@code address} */
    GuardedServer(String address, String name, Path folder, String token) {
        try {
            this.token = token;
            server = HttpsServer.create(new InetSocketAddress(address, 0), 64);
            server.setHttpsConfigurator(
                    new HttpsConfigurator(PackageServer.certified(name, Files.createDirectories(folder))));
            repositories = Files.createDirectories(folder.resolve("repositories"));
            Sh.in(repositories, "git", "init", "-q", "--bare", "-b", "main", "shop.git");
            server.createContext("/", this::page);
            server.createContext("/git/", this::git);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
        } catch (IOException | GeneralSecurityException failed) {
            throw new IllegalStateException(failed);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    void nowWants(String other) {
        token = other;
    }

    /** Every request that came: {@code GET /whoami}. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    /** The branches and tags of its repository. */
    String refs() {
        return Sh.in(repositories.resolve("shop.git"), "git", "for-each-ref", "--format=%(refname) %(objectname)")
                .strip();
    }

    /** What an object of it says: {@code refs/heads/main:README.md}. */
    String show(String name) {
        return Sh.in(repositories.resolve("shop.git"), "git", "show", name).strip();
    }

    /** Puts this project's main there. */
    void begin(Repository project) {
        project.git("push", "-q", repositories.resolve("shop.git").toString(), "HEAD:refs/heads/main");
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private boolean knows(HttpExchange exchange) {
        String said = exchange.getRequestHeaders().getFirst("Authorization");
        String basic = Base64.getEncoder().encodeToString(bytes("x-access-token:" + token));
        return said != null && (said.equals("Bearer " + token) || said.equals("Basic " + basic));
    }

    private void page(HttpExchange exchange) throws IOException {
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        String heard = exchange.getRequestHeaders().entrySet().stream()
                .map(header -> header.getKey() + ": " + String.join(", ", header.getValue()))
                .collect(Collectors.joining("\n"));
        String text = !knows(exchange)
                ? "who are you?\n"
                : exchange.getRequestURI().getPath().equals("/echo")
                        ? GREETING + "\n" + heard + "\n"
                                + Base64.getEncoder().encodeToString(bytes(heard)) + "\n"
                                + HexFormat.of().formatHex(bytes(heard)) + "\n"
                        : GREETING + "\n";
        exchange.getResponseHeaders().add("X-Heard", heard.replace('\n', ' '));
        byte[] body = bytes(text);
        exchange.sendResponseHeaders(knows(exchange) ? 200 : 401, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void git(HttpExchange exchange) throws IOException {
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        if (!knows(exchange)) {
            exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"git\"");
            exchange.sendResponseHeaders(401, -1);
            exchange.close();
            return;
        }
        new GitBackend(repositories, true)
                .answer(exchange, exchange.getRequestURI().getPath().substring("/git".length()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
