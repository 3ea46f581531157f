package dev.belay.policies.shell;

/** Where an expansion stands: it decides what quotes within it mean. */
enum Surroundings {
    BARE,
    QUOTED,
    DOCUMENT
}
