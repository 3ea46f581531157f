package dev.belay.policies.sandboxruntime;

/** Where a path of those settings leads, as seen from the project. */
sealed interface Location {
    /** @param pattern of Belay, for something in the project */
    record Inside(String pattern) implements Location {}

    /** @param up how many folders above the project; 0 is the project itself */
    record Whole(int up) implements Location {}
}
