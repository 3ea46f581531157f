package dev.belay.controller.submit;

import dev.belay.controller.Bounds;
import dev.belay.controller.packs.PackStore;
import dev.belay.controller.packs.Scope;
import dev.belay.controller.rights.Admitted;
import dev.belay.controller.rights.PolicyAdmission;
import dev.belay.controller.tasks.Caller;
import dev.belay.controller.tasks.Microusd;
import dev.belay.policies.Capability;
import dev.belay.policies.ToolName;
import dev.belay.proto.bounds.LimitRange;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.error.Nearest;
import dev.belay.proto.json.Json;
import dev.belay.proto.v1.Limits;
import dev.belay.proto.v1.Mode;
import dev.belay.proto.v1.SubmitTask;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Refuses what cannot be begun, by name, before anything is stored. */
@Singleton
public final class SubmissionCheck {
    private static final int WORD = 256;
    private static final int CHECK = 4096;
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{8,128}");
    private static final List<String> EFFORTS = List.of("low", "medium", "high");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    private final PackStore packs;
    private final ScriptCheck scripts;
    private final PolicyAdmission admission;
    private final Bounds bounds;

    public SubmissionCheck(PackStore packs, ScriptCheck scripts, PolicyAdmission admission, Bounds bounds) {
        this.admission = admission;
        this.packs = packs;
        this.scripts = scripts;
        this.bounds = bounds;
    }

    /** Refuses a mode that does not exist, by the word that was sent for it. */
    public static void words(Json request) {
        if (request instanceof Json.Obj
                && request.get("mode") instanceof Json.Str(String mode)
                && dev.belay.policies.Mode.named(mode.toLowerCase(Locale.ROOT)).isEmpty()) {
            throw BelayException.of(
                    ErrorCode.E_UNKNOWN_MODE,
                    "there is no mode " + shown(mode) + dev.belay.policies.Mode.hint(mode),
                    "the controller has " + String.join(", ", dev.belay.policies.Mode.words()),
                    "belay run --mode full …");
        }
    }

    /** Before anything is looked up by it. */
    static void key(String key) {
        if (!KEY.matcher(key).matches()) {
            throw bad("idempotency_key is not 8 to 128 printable characters", "send one key for each delegation");
        }
    }

    /** The request with its defaults filled in. Does not look at the project. */
    Admitted complete(Caller caller, SubmitTask given) {
        prompt(given.getPrompt());
        model(given);
        Mode mode = mode(given);
        effort(given.getEffort());
        check(given);
        tools("allowed_tools", given.getAllowedToolsList());
        tools("disallowed_tools", given.getDisallowedToolsList());
        limits(given.getLimits());
        Admitted bounded = admission.within(
                caller.tenant(), given.toBuilder().setMode(mode).build());
        word("branch", given.getBranch());
        word("script_name", given.getScriptName());
        if (!given.getHeadCommit().isEmpty()
                && !COMMIT.matcher(given.getHeadCommit()).matches()) {
            throw bad("head_commit is not a commit's id", "send 40 hexadecimal digits, or nothing");
        }
        return bounded;
    }

    /** What was asked for, when the model can do it; never something near. */
    private static Mode mode(SubmitTask given) {
        Capability capability = Capability.of(given.getModel()).orElseThrow();
        if (given.getMode() == Mode.MODE_UNSPECIFIED) {
            return wire(capability.usual());
        }
        if (capability.modes().stream().noneMatch(mode -> wire(mode) == given.getMode())) {
            String modes = capability.modes().stream()
                    .map(dev.belay.policies.Mode::word)
                    .collect(Collectors.joining(", "));
            throw BelayException.of(
                    ErrorCode.E_UNKNOWN_MODE,
                    given.getMode() == Mode.UNRECOGNIZED
                            ? "there is no such mode"
                            : "the model " + given.getModel() + " does not run in mode " + word(given.getMode()),
                    "the controller's list of capabilities has for " + given.getModel() + ": " + modes + "; "
                            + capability.noOther(),
                    "belay run --mode " + capability.usual().word() + " …");
        }
        return given.getMode();
    }

    private static Mode wire(dev.belay.policies.Mode mode) {
        return Mode.valueOf("MODE_" + mode.name());
    }

    private static String word(Mode mode) {
        return mode.name().substring("MODE_".length()).toLowerCase(Locale.ROOT);
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

    private void prompt(String prompt) {
        if (prompt.isBlank()) {
            throw BelayException.of(
                    ErrorCode.E_NO_PROMPT,
                    "there is no prompt",
                    "the controller was given nothing to do",
                    "belay run \"what to do\"");
        }
        large(
                "the prompt",
                prompt,
                bounds.promptBytes(),
                "BELAY_MAX_PROMPT",
                "put the long part into a file of the project, and name it");
        if (prompt.indexOf('\0') >= 0) {
            throw bad("the prompt holds a NUL character", "send plain text");
        }
    }

    private void model(SubmitTask given) {
        Capability capability = Capability.of(given.getModel()).orElseThrow(() -> noSuchModel(given.getModel()));
        if (!capability.plays()) {
            if (!given.getScript().isEmpty()) {
                throw bad(given.getModel() + " plays no script", "send a script with model: script, or none");
            }
            return;
        }
        if (given.getScript().isBlank()) {
            throw script("the script is empty", "a script names what the model says and calls, turn by turn");
        }
        large("the script", given.getScript(), bounds.scriptBytes(), "BELAY_MAX_SCRIPT", "split the conversation");
        if (given.getScript().indexOf('\0') >= 0) {
            throw script("the script holds a NUL character", "the controller takes plain text");
        }
        scripts.check(given.getScriptName().isEmpty() ? "script" : given.getScriptName(), given.getScript());
    }

    private static BelayException noSuchModel(String model) {
        List<String> models = Capability.all().stream().map(Capability::model).toList();
        return BelayException.of(
                ErrorCode.E_UNKNOWN_MODEL,
                model.isEmpty()
                        ? "no model was named"
                        : "there is no model " + shown(model) + Nearest.hint(model, models),
                "this version of the controller has: " + String.join(", ", models)
                        + ", and PROVIDER/MODEL of each provider that a runner can ask",
                "belay run --model PROVIDER/MODEL …, or --model script:FILE");
    }

    private static void effort(String effort) {
        if (!effort.isEmpty() && !EFFORTS.contains(effort)) {
            throw BelayException.of(
                    ErrorCode.E_BAD_REQUEST,
                    "there is no effort " + shown(effort) + Nearest.hint(effort, EFFORTS),
                    "the controller has " + String.join(", ", EFFORTS),
                    "belay run --effort medium …");
        }
    }

    private static void check(SubmitTask given) {
        String check = given.getCheck();
        if (check.length() > CHECK || check.chars().anyMatch(Character::isISOControl)) {
            throw bad(
                    "the check is longer than " + CHECK + " characters or holds control characters",
                    "put it into a script of the project, and name that");
        }
        if (given.getNoCheck() && !check.isEmpty()) {
            throw bad("a check and no_check contradict each other", "send one of them");
        }
    }

    private static void tools(String field, List<String> names) {
        for (String name : names) {
            if (ToolName.named(name).isEmpty()) {
                throw BelayException.of(
                        ErrorCode.E_BAD_REQUEST,
                        "there is no tool " + shown(name) + ToolName.hint(name),
                        "the controller has " + String.join(", ", ToolName.words()) + " (" + field + ")",
                        "belay run --allowed-tools Read,Grep,Glob …");
            }
        }
    }

    private static void large(String what, String text, int most, String setting, String next) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > most) {
            throw BelayException.of(
                    ErrorCode.E_TOO_LARGE,
                    what + " is larger than " + (most % 1024 == 0 ? most / 1024 + " KiB" : most + " bytes"),
                    "controller: it has " + bytes + " bytes, and that much is taken (" + setting + ")",
                    next);
        }
    }

    private static void limits(Limits limits) {
        if (limits.getMaxTurns() < 0 || limits.getTimeoutSeconds() < 0) {
            throw bad("a limit is negative", "send 0 for the default");
        }
        within(LimitRange.MEMORY_MIB, limits.getMemoryMib());
        within(LimitRange.PROCESSES, limits.getProcesses());
        within(LimitRange.DISK_MIB, limits.getDiskMib());
        if (!Microusd.isLimit(limits.getMaxUsd())) {
            throw bad("limits.max_usd is " + Microusd.NO_LIMIT, "send 0 for none");
        }
    }

    private static void within(LimitRange range, int value) {
        if (value != 0 && !range.holds(value)) {
            throw bad(
                    "limits." + range.key() + " is " + value + ", and can be " + range.least() + " to " + range.most(),
                    "send 0 for the default");
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
