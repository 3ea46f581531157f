package dev.belay.runner.sandbox;

/**
 * Something that must not work in a sandbox. Access checks and canaries only: if one does work, nothing has happened.
 *
 * @param command exits with 0 when it worked
 * @param control true when the same command works without a sandbox, as the runner, so that its failure inside means
 *     something; false where the runner has not the right to it either, or the machine has not the thing
 */
record Attempt(String name, String command, boolean control) {
    static Attempt works(String name, String command) {
        return new Attempt(name, command, true);
    }

    static Attempt alone(String name, String command) {
        return new Attempt(name, command, false);
    }

    static Attempt syscall(String name, boolean control, String perl) {
        return new Attempt(name, "perl -e '" + perl + "'", control);
    }

    @Override
    public String toString() {
        return name;
    }
}
