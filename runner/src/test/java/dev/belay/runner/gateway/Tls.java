package dev.belay.runner.gateway;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** A server of TLS on loopback that vouches for itself. */
final class Tls implements AutoCloseable {
    private static final String STORE = "keys.p12";
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final Path folder;
    private final KeyStore keys;
    private final HttpsServer server;

    private Tls(Path folder, KeyStore keys) throws Exception {
        this.folder = folder;
        this.keys = keys;
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own(keys), null, null);
        server = HttpsServer.create(new InetSocketAddress(Outside.loopback(1), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            byte[] body = "over TLS".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    static Tls of(String name) throws Exception {
        Path folder = Files.createTempDirectory("gateway");
        Path store = folder.resolve(STORE);
        Program.run(
                folder,
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "own",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=dns:" + name,
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD));
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        return new Tls(folder, keys);
    }

    int port() {
        return server.getAddress().getPort();
    }

    Path folder() {
        return folder;
    }

    SSLContext trusting() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust(), null);
        return context;
    }

    /** Has its key, and believes whoever has it too. */
    SSLContext asking() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own(keys), trust(), null);
        return context;
    }

    /** Let a Java have its key, and trust it. */
    List<String> startOptions() {
        return Stream.of("keyStore", "trustStore")
                .flatMap(store -> Stream.of(
                        "-Djavax.net.ssl." + store + "=" + folder.resolve(STORE),
                        "-Djavax.net.ssl." + store + "Password=" + new String(PASSWORD)))
                .toList();
    }

    private TrustManager[] trust() throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, PASSWORD);
        trusted.setCertificateEntry("own", keys.getCertificate("own"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        return trust.getTrustManagers();
    }

    private static KeyManager[] own(KeyStore keys) throws Exception {
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        return own.getKeyManagers();
    }

    @Override
    public void close() throws Exception {
        server.stop(0);
        Program.delete(folder);
    }
}
