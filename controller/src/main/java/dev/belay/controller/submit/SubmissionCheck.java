package dev.belay.controller.submit;

import dev.belay.controller.packs.PackStore;
import dev.belay.controller.packs.Scope;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.Limits;
import dev.belay.proto.v1.Mode;
import dev.belay.proto.v1.SubmitTask;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** Refuses what cannot be begun, by name, before anything is stored. */
@Singleton
public final class SubmissionCheck {
    static final int PROMPT_BYTES = 256 * 1024;
    static final int SCRIPT_BYTES = 1024 * 1024;
    private static final int WORD = 256;
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{8,128}");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    private final PackStore packs;
    private final ScriptCheck scripts;

    public SubmissionCheck(PackStore packs, ScriptCheck scripts) {
        this.packs = packs;
        this.scripts = scripts;
    }

    /** The request with its defaults filled in. Does not look at the project. */
    SubmitTask complete(SubmitTask given) {
        if (!KEY.matcher(given.getIdempotencyKey()).matches()) {
            throw bad("idempotency_key is not 8 to 128 printable characters", "send one key for each delegation");
        }
        prompt(given.getPrompt());
        model(given);
        if (given.getMode() == Mode.UNRECOGNIZED) {
            throw BelayException.of(
                    ErrorCode.E_UNKNOWN_MODE,
                    "there is no such mode",
                    "the controller has approve, edits, auto and full",
                    "belay run --mode full …");
        }
        limits(given.getLimits());
        word("branch", given.getBranch());
        word("script_name", given.getScriptName());
        if (!given.getHeadCommit().isEmpty()
                && !COMMIT.matcher(given.getHeadCommit()).matches()) {
            throw bad("head_commit is not a commit's id", "send 40 hexadecimal digits, or nothing");
        }
        return given.getMode() == Mode.MODE_UNSPECIFIED
                ? given.toBuilder().setMode(Mode.MODE_FULL).build()
                : given;
    }

    /** The project must hold the commit that the work begins from, with all that it needs. */
    void base(String tenant, SubmitTask task) {
        try {
            if (COMMIT.matcher(task.getBaseCommit()).matches()
                    && packs.held(Scope.project(tenant, task.getProject()), List.of(task.getBaseCommit()))
                            .contains(task.getBaseCommit())) {
                return;
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException("the packs of " + task.getProject() + " cannot be read", unreadable);
        }
        throw bad(
                "base_commit is not held by the project",
                "send the pack that brings it to /v1/projects/" + task.getProject() + "/packs first");
    }

    private static void prompt(String prompt) {
        if (prompt.isBlank()) {
            throw BelayException.of(
                    ErrorCode.E_NO_PROMPT,
                    "there is no prompt",
                    "the controller was given nothing to do",
                    "belay run \"what to do\"");
        }
        if (prompt.getBytes(StandardCharsets.UTF_8).length > PROMPT_BYTES) {
            throw bad("the prompt is larger than 256 KiB", "put the long part into a file of the project, and name it");
        }
        if (prompt.indexOf('\0') >= 0) {
            throw bad("the prompt holds a NUL character", "send plain text");
        }
    }

    private void model(SubmitTask given) {
        if (!given.getModel().equals("script")) {
            throw BelayException.of(
                    ErrorCode.E_UNKNOWN_MODEL,
                    "there is no model " + (given.getModel().isEmpty() ? "named" : shown(given.getModel())),
                    "this version of the controller has one model: script",
                    "belay run --model script:FILE …");
        }
        if (given.getScript().isBlank()) {
            throw script("the script is empty", "a script names what the model says and calls, turn by turn");
        }
        if (given.getScript().getBytes(StandardCharsets.UTF_8).length > SCRIPT_BYTES) {
            throw script("the script is larger than 1 MiB", "the controller keeps scripts in its database");
        }
        if (given.getScript().indexOf('\0') >= 0) {
            throw script("the script holds a NUL character", "the controller takes plain text");
        }
        scripts.check(given.getScriptName().isEmpty() ? "script" : given.getScriptName(), given.getScript());
    }

    private static void limits(Limits limits) {
        if (limits.getMaxTurns() < 0
                || limits.getTimeoutSeconds() < 0
                || limits.getMemoryMib() < 0
                || limits.getProcesses() < 0) {
            throw bad("a limit is negative", "send 0 for the default");
        }
    }

    private static void word(String field, String value) {
        if (value.length() > WORD || value.chars().anyMatch(Character::isISOControl)) {
            throw bad(field + " is longer than " + WORD + " characters or holds control characters", "shorten it");
        }
    }

    private static String shown(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        return plain.length() <= 60 ? plain : plain.substring(0, 60) + "…";
    }

    private static BelayException bad(String what, String next) {
        return BelayException.of(ErrorCode.E_BAD_REQUEST, what, "the controller refused the request", next);
    }

    private static BelayException script(String what, String why) {
        return BelayException.of(ErrorCode.E_SCRIPT, what, why, "belay help run");
    }
}
