package dev.belay.runner.hands;

/** What a call is going to do, as far as a policy can have a word in it. Paths are absolute, inside the sandbox. */
public sealed interface Intent {
    record Command(String line) implements Intent {}

    record Reading(String path) implements Intent {}

    record Change(String path) implements Intent {}
}
