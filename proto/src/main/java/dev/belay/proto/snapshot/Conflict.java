package dev.belay.proto.snapshot;

/**
 * A path on which undoing a step and what came after it do not agree.
 *
 * @param path raw
 */
public record Conflict(String path, Why why) {
    /** What is in the way, in words that follow the path. */
    public enum Why {
        LINES("the same lines were changed again later"),
        BINARY("it is no text, or too large for one, and was changed again later"),
        ADDED("it was made again later, with other content"),
        CHANGED("the step made it, and it was changed later"),
        REMOVED("the step changed it, and it was removed later"),
        TYPE("it became something else later"),
        PLACE("a file and a directory would have the same place"),
        MODE("its permissions were changed again later"),
        NOT_CAPTURED("no snapshot holds what is there"),
        GIT("the project's .git was changed again later");

        private final String words;

        Why(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }
}
