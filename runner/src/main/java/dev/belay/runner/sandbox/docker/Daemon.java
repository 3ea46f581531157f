package dev.belay.runner.sandbox.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Info;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import dev.belay.runner.sandbox.SandboxException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Docker's daemon at one socket. Whatever it refuses is told in its own words. */
final class Daemon {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int CONNECTIONS = 16;

    private final URI socket;
    private final DockerClient client;

    private Daemon(URI socket, DockerClient client) {
        this.socket = socket;
        this.client = client;
    }

    /** Nothing of a person's own Docker configuration is read: neither its context nor its credentials. */
    static Daemon at(URI socket) throws SandboxException {
        greet(socket);
        var config = new DefaultDockerClientConfig.Builder()
                .withProperties(new Properties())
                .withDockerHost(socket.toString())
                .build();
        var http = new ZerodepDockerHttpClient.Builder()
                .dockerHost(socket)
                .maxConnections(CONNECTIONS)
                .connectionTimeout(PATIENCE)
                .responseTimeout(PATIENCE)
                .build();
        return new Daemon(socket, DockerClientImpl.getInstance(config, http));
    }

    private static void greet(URI socket) throws SandboxException {
        String path = socket.getPath();
        if (!"unix".equals(socket.getScheme()) || path == null || path.isEmpty()) {
            throw new SandboxException("engine docker: " + socket + " is no socket of this machine: name one like"
                    + " unix:///run/docker.sock");
        }
        if (!Files.exists(Path.of(path))) {
            throw new SandboxException("engine docker: there is no socket " + path
                    + ": install and start Docker (systemctl start docker), or name its socket");
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException refused) {
            String why = String.valueOf(refused.getMessage());
            throw new SandboxException(
                    "engine docker: "
                            + (why.contains("Permission denied")
                                    ? "permission denied at " + path + ": add this user to its group"
                                            + " (usermod -aG docker NAME), or start the runner by root with --docker"
                                    : "no daemon answers at " + path + " (" + why + "): systemctl start docker"),
                    refused);
        }
    }

    Info info() throws SandboxException {
        return ask("what it can do", docker -> docker.infoCmd().exec());
    }

    /** @param what completes the sentence "Docker was asked for …" */
    <T> T ask(String what, Function<DockerClient, T> question) throws SandboxException {
        try {
            return question.apply(client);
        } catch (RuntimeException failed) {
            throw new SandboxException(
                    "Docker at " + socket.getPath() + " was asked for " + what + ": " + words(failed), failed);
        }
    }

    /** As {@link #ask}, but null when there is no such thing. */
    <T> @Nullable T find(String what, Function<DockerClient, T> question) throws SandboxException {
        try {
            return question.apply(client);
        } catch (NotFoundException absent) {
            return null;
        } catch (RuntimeException failed) {
            throw new SandboxException(
                    "Docker at " + socket.getPath() + " was asked for " + what + ": " + words(failed), failed);
        }
    }

    /** The sentence in what the daemon answered. */
    private static String words(RuntimeException failed) {
        String text = String.valueOf(failed.getMessage());
        if (failed instanceof DockerException) {
            int brace = text.indexOf('{');
            try {
                String message = brace < 0
                        ? ""
                        : Json.parse(text.substring(brace).strip()).text("message");
                return message.isEmpty() ? text : message;
            } catch (JsonException unusual) {
                return text;
            }
        }
        Throwable cause = failed.getCause();
        return cause == null ? text : text + ": " + cause.getMessage();
    }
}
