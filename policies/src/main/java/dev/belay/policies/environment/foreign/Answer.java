package dev.belay.policies.environment.foreign;

/** What is said of a key that becomes nothing here. */
sealed interface Answer {
    record NotNeeded(String why) implements Answer {}

    record Refused(String why, String instead) implements Answer {}

    /** Whichever engine the sandboxes have. */
    String IMAGE =
            "an image of sandbox-images is named by BELAY_IMAGE; else a sandbox has the tools of its runner's machine";

    Answer UNKNOWN = new Refused("this key is not known", "see whether the project needs what it asks for");
}
