package dev.belay.runner.sandbox;

/**
 * Something that must not work in a sandbox. Access checks and canaries only: if one does work, nothing has happened.
 *
 * @param mechanism what stops it: a row of the tables in THREATS.md
 * @param command for /bin/sh, in a directory of its own; exits with 0 when it worked
 * @param tool without this program it cannot be tried; empty: with what every sandbox has
 */
record Attempt(String mechanism, String name, String command, Control control, String tool) {
    static Attempt at(String mechanism, String name, String command) {
        return new Attempt(mechanism, name, command, new Control.Same(), "");
    }

    static Attempt perl(String mechanism, String name, String code) {
        return at(mechanism, name, "perl -e '" + code + "'");
    }

    /**
     * Counts as working when anybody but the filter answered, whose answer is EPERM.
     *
     * @param call the number and arguments, of which some may be such that the kernel refuses them by another errno
     */
    static Attempt call(String name, String call) {
        return perl("seccomp", name, "($n, @a) = (%s); exit(syscall($n, @a) >= 0 || $! != 1 ? 0 : 1)".formatted(call));
    }

    Attempt apart() {
        return new Attempt(mechanism, name, command, new Control.Apart(), tool);
    }

    Attempt control(String other) {
        return new Attempt(mechanism, name, command, new Control.Other(other), tool);
    }

    Attempt alone(String reason) {
        return new Attempt(mechanism, name, command, new Control.None(reason), tool);
    }

    Attempt with(String program) {
        return new Attempt(mechanism, name, command, control, program);
    }

    @Override
    public String toString() {
        return name;
    }
}
