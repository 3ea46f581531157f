package dev.belay.runner;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.SandboxEngine;
import dev.belay.runner.sandbox.docker.DockerEngine;
import dev.belay.runner.sandbox.namespace.NamespaceEngine;
import dev.belay.runner.sandbox.namespace.Tools;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Which engine makes this runner's sandboxes: {@code BELAY_ENGINE} is {@code namespace}, perhaps with {@code BELAY_IMAGE},
 * which the launcher then shows; or {@code docker} with {@code BELAY_IMAGE} and perhaps {@code BELAY_RUNTIME}, and the
 * launcher tells the socket.
 */
final class EngineChoice {
    private static final String USUAL_IMAGE = "belay/base";

    private EngineChoice() {}

    /** @throws BelayException when there is none of that name, or it cannot work here; no other is taken in its place */
    static SandboxEngine of(Map<String, String> environment, Room room, Path hand) {
        String name = environment.getOrDefault("BELAY_ENGINE", "");
        return switch (name) {
            case "", "namespace" -> {
                Tools tools = tools(environment);
                try {
                    yield new NamespaceEngine(room, tools, hand);
                } catch (IOException missing) {
                    throw unusable(ErrorCode.E_NO_BUBBLEWRAP, missing);
                }
            }
            case "docker" -> {
                try {
                    yield new DockerEngine(room, docker(environment), hand);
                } catch (IOException missing) {
                    throw unusable(ErrorCode.E_SANDBOX, missing);
                }
            }
            default ->
                throw BelayException.of(
                        ErrorCode.E_USAGE,
                        "there is no engine " + name,
                        "the runner: BELAY_ENGINE is one of namespace, docker",
                        "export BELAY_ENGINE=namespace");
        };
    }

    private static Tools tools(Map<String, String> environment) {
        Optional<String> wanted = given(environment, "BELAY_IMAGE");
        Optional<String> shown = given(environment, "BELAY_ROOM_IMAGE");
        if (shown.isEmpty() && wanted.isPresent()) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "the runner was not given the image " + wanted.get(),
                    "the runner: BELAY_IMAGE names it, and its launcher was started without --image",
                    "belay-runner --image " + wanted.get() + " …");
        }
        if (shown.isEmpty()) {
            return Tools.ofMachine();
        }
        try {
            return Tools.ofImage(Path.of(shown.get()), environment.getOrDefault("BELAY_ROOM_IMAGE_NAME", ""));
        } catch (IOException unfit) {
            throw unusable(ErrorCode.E_SANDBOX, unfit);
        }
    }

    private static DockerEngine.Settings docker(Map<String, String> environment) {
        String socket = environment.getOrDefault("BELAY_DOCKER", "");
        if (socket.isEmpty()) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "the runner was not given Docker's socket",
                    "the runner: BELAY_ENGINE is docker, and its launcher was started without --docker",
                    "belay-runner --docker /run/docker.sock …");
        }
        return new DockerEngine.Settings(
                URI.create(socket),
                given(environment, "BELAY_IMAGE").orElse(USUAL_IMAGE),
                given(environment, "BELAY_RUNTIME"));
    }

    private static Optional<String> given(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    private static BelayException unusable(ErrorCode code, IOException missing) {
        return BelayException.of(
                        code, "the runner does not start", String.valueOf(missing.getMessage()), "belay doctor")
                .causedBy(missing);
    }
}
