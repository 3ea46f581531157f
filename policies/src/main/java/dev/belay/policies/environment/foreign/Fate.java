package dev.belay.policies.environment.foreign;

import dev.belay.policies.language.Spot;

/** What became of one part of another tool's file. Every part has one: nothing is dropped in silence. */
public sealed interface Fate {
    Spot spot();

    /** What the part is called there: {@code postCreateCommand.deps}. */
    String part();

    /** @param became what it is here */
    record Taken(Spot spot, String part, String became) implements Fate {}

    /** It asks for nothing that would be missed. */
    record NotNeeded(Spot spot, String part, String why) implements Fate {}

    /** @param instead what to do about it */
    record Refused(Spot spot, String part, String why, String instead) implements Fate {}
}
