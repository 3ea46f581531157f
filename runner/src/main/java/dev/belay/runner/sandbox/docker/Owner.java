package dev.belay.runner.sandbox.docker;

import dev.belay.runner.sandbox.SandboxSpec;
import dev.belay.runner.sandbox.shared.EngineFolder;
import dev.belay.runner.sandbox.shared.Life;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * Whose a container, a volume or a directory is, written on each: the runner by its state, and its present life.
 *
 * @param runner tells runners of one machine apart, across their lives
 */
record Owner(String runner, Life life) {
    static final String RUNNER = "dev.belay.runner";
    static final String LIFE = "dev.belay.life";
    static final String SANDBOX = "dev.belay.sandbox";

    static Owner of(Path hostState) {
        return new Owner(EngineFolder.digest(hostState.toString().getBytes(StandardCharsets.UTF_8)), Life.own());
    }

    Map<String, String> labels(SandboxSpec spec) {
        return Map.of(RUNNER, runner, LIFE, life.toString(), SANDBOX, spec.id());
    }
}
