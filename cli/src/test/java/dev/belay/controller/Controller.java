package dev.belay.controller;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Supplier;

/**
 * A stand-in with the real one's name, for a made-up distribution: it is ready when it says so, and its runner is
 * connected when the made-up launcher has left its mark. {@code BELAY_TEST_FAIL} makes it end as a bad start ends, and so
 * does a file {@code controller-fails} in the state folder.
 */
public final class Controller {
    private Controller() {}

    public static void main(String[] args) throws IOException {
        String failure = System.getenv("BELAY_TEST_FAIL");
        if (failure != null) {
            System.err.println("starting");
            System.err.println(failure);
            System.exit(1);
        }
        Path state = Path.of(System.getenv().getOrDefault("BELAY_STATE", ""));
        if (Files.exists(state.resolve("controller-fails"))) {
            System.err.println("the disk is full");
            System.exit(1);
        }
        Path own = Files.createDirectories(state.resolve("controller"));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()), 50);
        String version = System.getenv().getOrDefault("BELAY_TEST_VERSION", "0.1.0");
        answer(server, "/v1/version", () -> "{\"version\":\"" + version + "\",\"api\":1,\"started_at\":null}");
        answer(server, "/health/ready", () -> "{}");
        answer(server, "/v1/status", () -> {
            boolean connected = Files.exists(state.resolve("runner-is-here"));
            return "{\"version\":\"" + version
                    + "\",\"started_at\":\"2026-11-21T12:00:00Z\",\"database\":\"embedded\",\"database_version\":\"18\","
                    + "\"runners\":[{\"id\":\"local-1\",\"connected\":" + connected
                    + ",\"slots\":2,\"used\":0,\"free_disk_bytes\":1000,\"weaker\":[]}],\"queued\":0,\"running\":0}";
        });
        server.start();
        Files.writeString(own.resolve("token"), "secret\n");
        Files.writeString(own.resolve("runner-token"), "runner\n");
        Path temporary = Files.writeString(
                own.resolve("controller.json.new"),
                "{\"pid\":" + ProcessHandle.current().pid() + ",\"started_at\":\"x\",\"http_port\":"
                        + server.getAddress().getPort() + ",\"grpc_port\":1,\"version\":\"" + version + "\"}");
        Files.move(temporary, own.resolve("controller.json"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static int port() {
        String wish = System.getenv().getOrDefault("BELAY_HTTP_PORT", "");
        return wish.isEmpty() ? 0 : Integer.parseInt(wish);
    }

    private static void answer(HttpServer server, String path, Supplier<String> body) {
        server.createContext(path, exchange -> {
            byte[] bytes = body.get().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }
}
