package dev.belay.cli.blackbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.belay.proto.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * What package managers and git fetch from, as small as each of them takes it: a registry of npm's, an index of pip's, a
 * repository by git's own server program, and plain pages. Every answer holds {@link #WORD}, or leads to it.
 */
final class PackageServer implements AutoCloseable {
    static final String WORD = "a-word-from-outside";
    static final String PASSWORD = "changeit";

    private final HttpServer server;
    private final Path repositories;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();

    /** @param name what the sandbox calls this machine's {@code address} */
    static PackageServer plain(String address, String name, Path folder) {
        try {
            return new PackageServer(HttpServer.create(new InetSocketAddress(address, 0), 64), "http", name, folder);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** With a certificate that is trusted by who has {@code trusted.p12} of the folder, and by nobody else. */
    static PackageServer secured(String address, String name, Path folder) {
        try {
            HttpsServer server = HttpsServer.create(new InetSocketAddress(address, 0), 64);
            server.setHttpsConfigurator(new HttpsConfigurator(certified(name, Files.createDirectories(folder))));
            return new PackageServer(server, "https", name, folder);
        } catch (IOException | GeneralSecurityException failed) {
            throw new IllegalStateException(failed);
        }
    }

    static SSLContext certified(String name, Path folder) throws IOException, GeneralSecurityException {
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String[] password = {"-storetype", "PKCS12", "-storepass", PASSWORD};
        Sh.in(
                folder,
                with(
                        password,
                        keytool,
                        "-genkeypair",
                        "-keystore",
                        "server.p12",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "SAN=dns:" + name));
        Sh.in(
                folder,
                with(password, keytool, "-exportcert", "-keystore", "server.p12", "-alias", "server", "-file", "c"));
        Sh.in(folder, with(password, keytool, "-importcert", "-noprompt", "-keystore", "trusted.p12", "-file", "c"));
        KeyStore keys = KeyStore.getInstance(folder.resolve("server.p12").toFile(), PASSWORD.toCharArray());
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    private static String[] with(String[] more, String... command) {
        return Stream.concat(Arrays.stream(command), Arrays.stream(more)).toArray(String[]::new);
    }

    private PackageServer(HttpServer server, String scheme, String name, Path folder) {
        try {
            this.server = server;
            this.repositories = Files.createDirectories(folder.resolve("repositories"));
            String here = scheme + "://" + name + ":" + port();
            npm(here, Files.createDirectories(folder.resolve("npm")));
            wheel();
            repository(Files.createDirectories(folder.resolve("source")));
            server.createContext("/", this::page);
            server.createContext("/git/", this::git);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void npm(String here, Path folder) throws IOException {
        Path inside = Files.createDirectories(folder.resolve("package"));
        Files.writeString(inside.resolve("package.json"), "{\"name\":\"tiny-word\",\"version\":\"1.0.0\"}");
        Files.writeString(inside.resolve("index.js"), "module.exports = '" + WORD + "';\n");
        Sh.in(folder, "tar", "czf", "tiny-word.tgz", "package");
        byte[] archive = Files.readAllBytes(folder.resolve("tiny-word.tgz"));
        files.put("/npm/tiny-word/-/tiny-word-1.0.0.tgz", archive);
        Json version = Json.object()
                .put("name", "tiny-word")
                .put("version", "1.0.0")
                .put(
                        "dist",
                        Json.object()
                                .put("tarball", here + "/npm/tiny-word/-/tiny-word-1.0.0.tgz")
                                .put("shasum", sha1(archive))
                                .build())
                .build();
        Json about = Json.object()
                .put("name", "tiny-word")
                .put("dist-tags", Json.object().put("latest", "1.0.0").build())
                .put("versions", Json.object().put("1.0.0", version).build())
                .build();
        files.put("/npm/tiny-word", bytes(about.print()));
    }

    private void wheel() throws IOException {
        String about = "tinyword-1.0.dist-info/";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, String> file : Map.of(
                            "tinyword.py",
                            "WORD = '" + WORD + "'\n",
                            about + "METADATA",
                            "Metadata-Version: 2.1\nName: tinyword\nVersion: 1.0\n",
                            about + "WHEEL",
                            "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
                            about + "RECORD",
                            "tinyword.py,,\n")
                    .entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(bytes(file.getValue()));
                zip.closeEntry();
            }
        }
        files.put("/simple/tinyword-1.0-py3-none-any.whl", bytes.toByteArray());
        files.put(
                "/simple/tinyword/",
                bytes("<!DOCTYPE html><html><body><a href=\"/simple/tinyword-1.0-py3-none-any.whl\">"
                        + "tinyword-1.0-py3-none-any.whl</a></body></html>"));
    }

    private void repository(Path source) throws IOException {
        Sh.in(source, "git", "init", "-q", "-b", "main");
        Files.writeString(source.resolve("word"), WORD + "\n");
        Sh.in(source, "git", "add", "word");
        Sh.in(source, "git", "-c", "user.name=a", "-c", "user.email=a@example", "commit", "-q", "-m", "A word");
        Sh.in(
                repositories,
                "git",
                "clone",
                "-q",
                "--bare",
                source.toString(),
                repositories.resolve("tiny.git").toString());
    }

    /** Every request that came, {@code GET /plain}. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    private void page(HttpExchange exchange) throws IOException {
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        String path = exchange.getRequestURI().getPath();
        byte[] body = files.getOrDefault(path, bytes(WORD + " " + path + "\n"));
        exchange.getResponseHeaders().add("Content-Type", type(path));
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static String type(String path) {
        return path.endsWith("/") ? "text/html" : path.startsWith("/npm") ? "application/json" : "application/x-any";
    }

    private void git(HttpExchange exchange) throws IOException {
        new GitBackend(repositories, false)
                .answer(exchange, exchange.getRequestURI().getPath().substring("/git".length()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String sha1(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
