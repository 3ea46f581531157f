package dev.belay.policies.environment.foreign;

import dev.belay.policies.environment.foreign.YamlParts.Member;
import dev.belay.policies.language.Source;
import dev.belay.policies.yaml.YamlText;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads {@code copilot-setup-steps.yml}: of a workflow, the one job of that name. */
final class WorkflowReader {
    private static final String JOB = "copilot-setup-steps";
    private static final YamlText.Kind KIND = new YamlText.Kind(
            "a workflow",
            ForeignEnvironment.MOST_BYTES,
            "put long commands into a script of the project, and run that",
            "jobs:");
    private static final String OTHERS = "only the job " + JOB + " is set-up";
    private static final Answer NO_NAME = new Answer.NotNeeded("an environment has no name");
    private static final Answer NO_TOKEN = new Answer.NotNeeded("a sandbox has no token of that service");
    private static final Answer WHEN = new Answer.NotNeeded("it says when that service runs it");
    private static final Map<String, Answer> OF_FILE =
            Map.of("name", NO_NAME, "run-name", NO_NAME, "on", WHEN, "concurrency", WHEN, "permissions", NO_TOKEN);
    private static final Map<String, Answer> OF_JOB = Map.ofEntries(
            Map.entry("name", NO_NAME),
            Map.entry("concurrency", WHEN),
            Map.entry("permissions", NO_TOKEN),
            Map.entry("needs", new Answer.Refused(OTHERS, "write the commands of other jobs as steps")),
            Map.entry(
                    "if",
                    new Answer.Refused(
                            "whether it runs is decided by that service", "see whether its steps are always wanted")),
            Map.entry(
                    "strategy",
                    new Answer.Refused(
                            "set-up is done once in a sandbox", "write the steps of the one that is wanted")),
            Map.entry(
                    "runs-on",
                    new Answer.Refused("the tools of that service's machine are not in a sandbox", Answer.IMAGE)),
            Map.entry(
                    "container",
                    new Answer.Refused("which tools a sandbox has is not said by the project", Answer.IMAGE)),
            Map.entry(
                    "services",
                    new Answer.Refused(
                            "a sandbox is alone: nothing is started beside it",
                            "start what the project needs in its check or its tests")),
            Map.entry(
                    "timeout-minutes",
                    new Answer.Refused("each step has a time of its own", "give slow steps one: timeout: 30m")),
            Map.entry("snapshot", new Answer.Refused("it is about images of that service", "leave it out")));

    private final Source source;
    private final NewEnvironment into;
    private final YamlParts parts;

    WorkflowReader(Source source, NewEnvironment into) {
        this.source = source;
        this.into = into;
        this.parts = new YamlParts(into);
    }

    void read() {
        YamlText.root(source.text(), KIND, into.problems()).ifPresent(this::file);
    }

    private void file(Node root) {
        Map<String, Member> members = parts.members(root, "the workflow");
        if (into.problems().any()) {
            return;
        }
        RunDefaults defaults = settings(members, "", RunDefaults.NONE, OF_FILE, "jobs");
        Member jobs = members.get("jobs");
        if (jobs == null) {
            into.problems().add(root, "there is no `jobs`", "name a workflow that has the job " + JOB);
            return;
        }
        Map<String, Member> all = parts.members(jobs.value(), "`jobs`");
        all.forEach((name, job) -> {
            if (name.equals(JOB)) {
                job(job, defaults);
            } else {
                into.refused(
                        parts.spot(job), "jobs." + name, OTHERS, "write its commands as steps where they are needed");
            }
        });
        if (!all.containsKey(JOB)) {
            into.problems()
                    .add(jobs.key(), "there is no job " + JOB, "give the job that makes a machine ready this name");
        }
    }

    private void job(Member job, RunDefaults above) {
        Map<String, Member> members = parts.members(job.value(), "the job");
        RunDefaults defaults = settings(members, JOB + ".", above, OF_JOB, "steps");
        Member steps = members.get("steps");
        if (steps == null) {
            return;
        }
        if (!(steps.value() instanceof SequenceNode list)) {
            into.problems().add(steps.value(), "`steps` must be a list", "begin each with a dash");
            return;
        }
        List<Node> items = list.getValue();
        for (int i = 0; i < items.size(); i++) {
            new WorkflowStep(into, defaults, i + 1).read(items.get(i));
        }
    }

    /**
     * Takes the variables, and tells what becomes of everything else but what is read later.
     *
     * @return how commands are run below
     */
    private RunDefaults settings(
            Map<String, Member> members, String prefix, RunDefaults above, Map<String, Answer> answers, String later) {
        RunDefaults now = above;
        for (Map.Entry<String, Member> one : members.entrySet()) {
            String part = prefix + one.getKey();
            switch (one.getKey()) {
                case "env" -> variables(one.getValue(), part);
                case "defaults" -> now = above.with(one.getValue(), part, parts);
                default -> {
                    if (!one.getKey().equals(later)) {
                        parts.other(part, one.getKey(), one.getValue(), answers);
                    }
                }
            }
        }
        return now;
    }

    private void variables(Member env, String part) {
        if (YamlParts.isExpression(env)) {
            parts.text(part, env);
            return;
        }
        parts.members(env.value(), "`env`")
                .forEach((name, variable) -> parts.text(part + "." + name, variable)
                        .ifPresent(value -> into.variable(
                                parts.spot(variable), part + "." + name, name, value.replace("$", "$$"))));
    }
}
