package dev.belay.runner.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;

/** The attempts, one after another in one sandbox for as long as it lives, and each again where nothing holds it. */
final class Battery implements AutoCloseable {
    interface Start {
        Sandbox with(Map<String, String> variables) throws Exception;
    }

    private final Surroundings surroundings;
    private final Start start;
    private Sandbox sandbox;
    private int number;

    Battery(Surroundings surroundings, Start start) throws Exception {
        this.surroundings = surroundings;
        this.start = start;
        this.sandbox = start.with(surroundings.variables());
    }

    boolean canTry(Attempt attempt) throws Exception {
        return surroundings.has(attempt.tool())
                && (attempt.tool().isEmpty()
                        || shell().run("command -v " + attempt.tool()).code() == 0);
    }

    /** It does not work; what was there before is still there. */
    void tried(Attempt attempt) throws Exception {
        String place = "try-" + ++number;
        Shell.Result result = shell().run("mkdir " + place + " && cd " + place + " || exit 127\n" + attempt.command());

        assertThat(result.code()).as(attempt.command() + "\n" + result.output()).isNotZero();
        // A command that is not there, or a program that does not parse, proves nothing.
        assertThat(result.code()).as(attempt.command() + "\n" + result.output()).isNotIn(126, 127, 255);
        assertThat(result.output()).doesNotContain(" at -e line ");
        assertThat(shell().output("echo there")).isEqualTo("there");
        assertThat(surroundings.canary()).hasContent("canary\n");
    }

    void shown(Attempt attempt) throws Exception {
        if (attempt.control().given()) {
            assertThat(surroundings.control(attempt))
                    .as("control: " + attempt.control() + ": " + attempt.command())
                    .isZero();
        }
    }

    private Shell shell() throws Exception {
        if (!sandbox.alive()) {
            sandbox.close();
            sandbox = start.with(surroundings.variables());
        }
        return new Shell(sandbox);
    }

    @Override
    public void close() throws Exception {
        sandbox.close();
        surroundings.close();
    }
}
