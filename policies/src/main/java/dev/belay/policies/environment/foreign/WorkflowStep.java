package dev.belay.policies.environment.foreign;

import dev.belay.policies.environment.Step;
import dev.belay.policies.environment.foreign.EnvironmentText.Command;
import dev.belay.policies.environment.foreign.YamlParts.Member;
import dev.belay.policies.language.Problem;
import dev.belay.policies.shell.OneWord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** One step of a workflow: its {@code run} is a command here, its {@code uses} is a program of that service. */
final class WorkflowStep {
    /** A folder that could not be said. */
    static final String NOWHERE = "\0";

    private static final Set<String> READ =
            Set.of("name", "run", "uses", "with", "env", "shell", "working-directory", "timeout-minutes", "if");
    private static final Set<String> OF_CHECKOUT =
            Set.of("fetch-depth", "persist-credentials", "token", "clean", "fetch-tags", "show-progress");
    private static final List<String> OF_SERVICE = List.of("$GITHUB_", "${GITHUB_", "$RUNNER_", "${RUNNER_");
    private static final Map<String, Answer> ANSWERS = Map.of(
            "with", new Answer.Refused("it is for an action, and a command reads none of it", "leave it out"),
            "id", new Answer.NotNeeded("nothing refers to a step"),
            "continue-on-error",
                    new Answer.Refused("a step that fails ends the task here", "end its command with: || true"));

    private final NewEnvironment into;
    private final YamlParts parts;
    private final RunDefaults defaults;
    private final String number;

    WorkflowStep(NewEnvironment into, RunDefaults defaults, int number) {
        this.into = into;
        this.parts = new YamlParts(into);
        this.defaults = defaults;
        this.number = "step " + number;
    }

    void read(Node node) {
        Map<String, Member> members = parts.members(node, number);
        Member uses = members.get("uses");
        Member run = members.get("run");
        Member condition = members.get("if");
        String name = name(members.get("name"));
        String part = number + (name.isEmpty() ? "" : ", " + name);
        if (condition != null) {
            into.refused(
                    parts.spot(condition),
                    part + ": if",
                    "whether it runs is decided by that service",
                    "write its command as a step, with a condition of the shell");
        } else if (uses != null) {
            uses(uses, members.get("with"), part);
        } else if (run != null) {
            run(run, members, name, part);
        } else if (!members.isEmpty()) {
            into.refused(into.problems().spot(node), part, "it has no `run` and no `uses`", "leave it out");
        }
        members.forEach((key, member) -> {
            if (!READ.contains(key) || key.equals("with") && uses == null) {
                parts.other(part + ": " + key, key, member, ANSWERS);
            }
        });
    }

    /** None where it would have to be reckoned: the command's first line is one, too. */
    private static String name(@Nullable Member member) {
        return member != null && member.value() instanceof ScalarNode scalar && !YamlParts.hasExpression(scalar)
                ? scalar.getValue()
                : "";
    }

    private void uses(Member uses, @Nullable Member with, String part) {
        String action = uses.value() instanceof ScalarNode scalar ? scalar.getValue() : "";
        int at = action.indexOf('@');
        String bare = at < 0 ? action : action.substring(0, at);
        String said = part + ": uses " + bare;
        if (!bare.equals("actions/checkout")) {
            into.refused(
                    parts.spot(uses),
                    said,
                    "an action is a program of that service, and none is run",
                    bare.contains("/setup-")
                            ? "put the tool into the image that BELAY_IMAGE names, or onto the runner's machine"
                            : bare.contains("cache")
                                    ? "leave it out: what set-up makes is not cached"
                                    : "write the commands that it stands for as a step");
            return;
        }
        into.notNeeded(parts.spot(uses), said, "the project is there");
        if (with != null) {
            parts.members(with.value(), "`with`").forEach((key, member) -> {
                if (!OF_CHECKOUT.contains(key)) {
                    into.refused(
                            parts.spot(member),
                            said + ": " + key,
                            "a sandbox has the project as it was sent, and nothing more of it",
                            "fetch what is missing in a step, and allow its host");
                }
            });
        }
    }

    private void run(Member run, Map<String, Member> members, String name, String part) {
        Optional<String> body = parts.text(part, run);
        Optional<String> shell = setting(members.get("shell"), part + ": shell", defaults.shell());
        Optional<String> folder =
                setting(members.get("working-directory"), part + ": working-directory", defaults.folder());
        Optional<Map<String, String>> variables = variables(members.get("env"), part);
        if (body.isEmpty() || shell.isEmpty() || folder.isEmpty() || variables.isEmpty()) {
            return;
        }
        Optional<String> unfit = unfit(body.get(), shell.get(), folder.get());
        if (unfit.isPresent()) {
            into.refused(parts.spot(run), part, unfit.get(), "write it yourself, as sh would run it in a sandbox");
            return;
        }
        List<String> before = new ArrayList<>();
        List<String> remarks = new ArrayList<>();
        if (!variables.get().isEmpty()) {
            remarks.add("with " + String.join(", ", variables.get().keySet()));
        }
        if (!folder.get().isEmpty() && !folder.get().equals(".")) {
            before.add("cd " + OneWord.of(asFolder(folder.get())));
            remarks.add("in folder " + NewEnvironment.shown(folder.get()));
        }
        variables.get().forEach((variable, value) -> before.add("export " + variable + "=" + OneWord.of(value)));
        ShellLines lines = new ShellLines(body.get().strip(), shell.get());
        String command = lines.after(before);
        String line = NewEnvironment.firstLine(lines.body());
        boolean begins = command.startsWith(line);
        String told = String.join(", ", remarks);
        into.step(
                parts.spot(run),
                part,
                new Command(
                        name.isEmpty() && !begins ? line : name,
                        lines.body().isEmpty() ? "" : command,
                        minutes(members.get("timeout-minutes"), part)),
                lines.body(),
                lines.remark().isEmpty() ? told : told.isEmpty() ? lines.remark() : told + "; " + lines.remark());
    }

    /** What begins with a hyphen is an option to {@code cd}, and one alone is the folder before, behind {@code --} too. */
    private static String asFolder(String name) {
        return name.startsWith("-") ? "./" + name : name;
    }

    private static Optional<String> unfit(String body, String shell, String folder) {
        if (OF_SERVICE.stream().anyMatch(body::contains)) {
            return Optional.of("it uses variables that only that service sets");
        }
        if (folder.equals(NOWHERE)) {
            return Optional.of("the folder that it runs in is not known");
        }
        return shell.isEmpty() || shell.equals("bash") || shell.equals("sh")
                ? Optional.empty()
                : Optional.of("it is not for a shell that a sandbox is sure to have");
    }

    private Optional<String> setting(@Nullable Member own, String part, String otherwise) {
        return own == null ? Optional.of(otherwise) : parts.text(part, own);
    }

    /** Its own ones, which become lines of the command: none that an environment would refuse. */
    private Optional<Map<String, String>> variables(@Nullable Member env, String part) {
        Map<String, String> own = new LinkedHashMap<>();
        if (env == null) {
            return Optional.of(own);
        }
        if (YamlParts.isExpression(env)) {
            parts.text(part + ": env", env);
            return Optional.empty();
        }
        boolean all = true;
        for (Map.Entry<String, Member> one : parts.members(env.value(), "`env`").entrySet()) {
            String said = part + ": env." + one.getKey();
            Optional<String> value = parts.text(said, one.getValue());
            Optional<Problem> wrong = value.flatMap(text -> into.wrongVariable(one.getKey(), text.replace("$", "$$")));
            wrong.ifPresent(problem -> into.refused(parts.spot(one.getValue()), said, problem.what(), problem.fix()));
            all &= value.isPresent() && wrong.isEmpty();
            value.ifPresent(text -> own.put(one.getKey(), text));
        }
        return all ? Optional.of(own) : Optional.empty();
    }

    private int minutes(@Nullable Member timeout, String part) {
        if (timeout == null) {
            return 0;
        }
        String text = timeout.value() instanceof ScalarNode scalar ? scalar.getValue() : "";
        boolean number = !text.isEmpty() && text.length() < 4 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int minutes = number ? Integer.parseInt(text) : 0;
        if (minutes < 1 || minutes > Step.LONGEST.toMinutes()) {
            into.refused(
                    parts.spot(timeout),
                    part + ": timeout-minutes",
                    "a step has from 1 to " + Step.LONGEST.toMinutes() + " minutes",
                    "write: timeout: 30m");
            return 0;
        }
        return minutes;
    }
}
