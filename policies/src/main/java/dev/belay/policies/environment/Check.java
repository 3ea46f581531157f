package dev.belay.policies.environment;

import dev.belay.policies.language.Spot;

/** The command that says whether work on the project is done. */
public record Check(String command, Spot spot) {}
