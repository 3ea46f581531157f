package dev.belay.cli.bench;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** An established proxy as a yardstick: a process of the bench's own, on a port and with a configuration of its own. */
final class Tinyproxy implements AutoCloseable {
    private static final String NAME = "tinyproxy";
    private static final int MOST_CLIENTS = 400;
    private static final Duration START = Duration.ofSeconds(10);
    private static final Duration LOOK = Duration.ofMillis(20);

    private final Process process;
    private final Path configuration;
    private final int port;

    private Tinyproxy(Process process, Path configuration, int port) {
        this.process = process;
        this.configuration = configuration;
        this.port = port;
    }

    static Optional<Path> found(Site site) {
        return site.program(NAME);
    }

    static Path needed(Site site) throws IOException {
        return found(site)
                .orElseThrow(() -> new IOException(NAME + " is not installed (apt-get install " + NAME + ")"));
    }

    static Tinyproxy start(Path program, Site site) throws IOException, InterruptedException {
        int port = freePort();
        Path configuration = Files.createTempFile("belay-tinyproxy-", ".conf");
        Files.writeString(configuration, configuration(port));
        Tinyproxy proxy = new Tinyproxy(
                new ProcessBuilder(program.toString(), "-d", "-c", configuration.toString())
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(Redirect.DISCARD)
                        .redirectError(Redirect.DISCARD)
                        .start(),
                configuration,
                port);
        try {
            proxy.awaitReady(site);
            return proxy;
        } catch (IOException | InterruptedException | RuntimeException failed) {
            proxy.close();
            throw failed;
        }
    }

    /** As it is shipped, but for its log, which would cost it time, and its clients at once. */
    static String configuration(int port) {
        return """
                Port %d
                Listen %s
                Allow %s
                Timeout 60
                LogLevel Critical
                MaxClients %d
                """.formatted(port, Origin.ADDRESS, Origin.ADDRESS, MOST_CLIENTS);
    }

    String address() {
        return Origin.ADDRESS + ":" + port;
    }

    private void awaitReady(Site site) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START.toNanos();
        while (!accepts()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException(NAME + " does not start");
            }
            site.pause(LOOK);
        }
    }

    private boolean accepts() throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(Origin.ADDRESS), port), 1000);
            return true;
        } catch (ConnectException notYet) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(Origin.ADDRESS))) {
            return free.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        process.onExit().join();
        Files.deleteIfExists(configuration);
    }
}
