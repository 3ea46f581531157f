package dev.belay.runner.model;

import java.nio.file.Path;
import java.util.Map;

/** A runner without a key. */
public final class NoModels {
    private NoModels() {}

    public static Models here() {
        return new Models(ProviderModel.Surroundings.of(Map.of(), Path.of("/nonexistent")));
    }
}
