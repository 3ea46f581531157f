package dev.belay.controller.rights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Command;
import dev.belay.proto.v1.ControllerMessage;
import dev.belay.proto.v1.PolicyGrant;
import dev.belay.proto.v1.PolicySource;
import dev.belay.proto.v1.SubmitTask;
import dev.belay.proto.v1.Task;
import dev.belay.proto.v1.TaskPolicy;
import dev.belay.proto.v1.TaskState;
import dev.belay.proto.v1.TurnStarted;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The words of a task's policy: held against the request, kept with the task, and handed to its runner. */
class RightsTest {
    private static final PolicySource BOUNDS = yaml("""
            policy: belay/1
            restricted: [Bash(make deploy *)]
            tools: {disallowed: [Grep]}
            limits: {max_turns: 7, memory_mib: 512, disk_mib: 1024}
            """);
    private static final PolicySource ASKS = yaml("policy: belay/1\nnetwork: {allow: [\"packages.example:443\"]}\n");

    private StartedController controller;
    private ScriptedRunner runner;

    @BeforeEach
    void start() {
        controller = StartedController.start();
        runner = controller.askingRunner("r", 1, ScriptedRunner.usable("acme"));
    }

    @AfterEach
    void stop() {
        runner.close();
        controller.close();
    }

    private static PolicySource yaml(String text) {
        return PolicySource.newBuilder()
                .setFile(".belay/policy.yaml")
                .setText(text)
                .build();
    }

    private static String hash(PolicySource source) {
        return TaskPolicies.compile(TaskPolicy.newBuilder().addSources(source).build())
                .hash();
    }

    private SubmitTask.Builder submission() {
        return controller.submission("acme/m-1");
    }

    @Test
    void a_runner_is_given_the_words_and_a_request_is_bounded_by_them() {
        controller.submit(submission().addPolicy(BOUNDS));

        Assignment assignment = runner.assignment();

        assertThat(assignment.getPolicyList()).containsExactly(BOUNDS);
        assertThat(assignment.hasCeiling()).isFalse();
        assertThat(assignment.getLimits().getMaxTurns()).isEqualTo(7);
        assertThat(assignment.getLimits().getMemoryMib()).isEqualTo(512);
        assertThat(assignment.getLimits().getDiskMib()).isEqualTo(1024);
        assertThat(assignment.getAllowedToolsList()).containsExactly("Bash", "Read", "Edit", "Write", "Glob");
    }

    @Test
    void what_was_granted_is_kept_with_the_task_and_its_fork_has_no_other_words() {
        Task parent = controller.submit(submission().addPolicy(ASKS).setAcceptedPolicy(hash(ASKS)));
        runner.events(runner.begin(), 3, ScriptedRunner.state(TaskState.TASK_STATE_SUCCEEDED, "done", ""));

        controller.post(
                "/v1/tasks/" + parent.getId() + "/fork", "{\"snapshot\":\"s0\",\"idempotency_key\":\"fork-key-1\"}");

        assertThat(runner.assignment().getPolicyList()).containsExactly(ASKS);
        TaskPolicy kept = controller
                .get("/v1/tasks/" + parent.getId() + "/policy")
                .as(TaskPolicy.newBuilder())
                .build();
        assertThat(kept.getSourcesList()).containsExactly(ASKS);
        assertThat(kept.getAccepted()).isEqualTo(hash(ASKS)).isEqualTo(kept.getHash());
    }

    @Test
    void a_person_who_lets_a_task_go_on_cannot_raise_what_its_policy_bounds() {
        Task task = controller.submit(submission().addPolicy(BOUNDS));
        controller.post("/v1/tasks/" + task.getId() + "/pause", "{\"now\":true}");

        StartedController.Answer answer = controller.post("/v1/tasks/" + task.getId() + "/resume", "{\"max_turns\":8}");

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.code()).isEqualTo("E_DENIED");
    }

    private StartedController.Answer allow(Task task, String key, String... hosts) {
        return controller.post(
                "/v1/tasks/" + task.getId() + "/policy/allow",
                "{\"idempotency_key\":\"" + key + "\",\"hosts\":[\"" + String.join("\",\"", hosts) + "\"]}");
    }

    @Test
    void what_a_person_allows_a_task_at_work_is_said_to_its_runner_and_given_to_the_next_one() {
        Task task = controller.submit(submission());
        Assignment first = runner.begin();

        StartedController.Answer answer = allow(task, "first-word-1", "packages.example:443", "b.example");
        Command command = runner.expect(ControllerMessage.BodyCase.COMMAND).getCommand();
        allow(task, "first-word-1", "packages.example:443", "b.example");
        runner.events(
                first,
                3,
                ScriptedRunner.turn(1).toBuilder()
                        .setTurnStart(TurnStarted.newBuilder()
                                .addMessages(command.getMessage().getId()))
                        .build(),
                ScriptedRunner.givenBack("the runner goes away"));
        Assignment second = runner.assignment();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(command.getMessage().getAllowedHostsList()).containsExactly("packages.example:443", "b.example");
        assertThat(command.getMessage().getText()).contains("`packages.example:443`");
        assertThat(second.getMessagesList()).isEmpty();
        assertThat(second.getGrantedList().stream().map(PolicyGrant::getHost))
                .containsExactly("packages.example:443", "b.example");
    }

    @Test
    void a_fork_can_reach_what_a_person_let_its_parent_reach() {
        Task parent = controller.submit(submission());
        Assignment assignment = runner.begin();
        allow(parent, "first-word-1", "packages.example");
        runner.expect(ControllerMessage.BodyCase.COMMAND);
        runner.events(assignment, 3, ScriptedRunner.state(TaskState.TASK_STATE_SUCCEEDED, "done", ""));

        controller.post(
                "/v1/tasks/" + parent.getId() + "/fork", "{\"snapshot\":\"s0\",\"idempotency_key\":\"fork-key-1\"}");

        assertThat(runner.assignment().getGrantedList().stream().map(PolicyGrant::getHost))
                .containsExactly("packages.example");
    }

    static Stream<Arguments> grants() {
        return Stream.of(
                Arguments.of("no host", new String[] {""}, 422, "E_POLICY"),
                Arguments.of("every host", new String[] {"*"}, 422, "E_POLICY"),
                Arguments.of("an address in another spelling", new String[] {"0x7f.1"}, 422, "E_POLICY"),
                Arguments.of("what a rule denies", new String[] {"a.example", "secret.corp:8080"}, 403, "E_DENIED"),
                Arguments.of("what a rule asks about", new String[] {"asked.corp"}, 403, "E_DENIED"),
                Arguments.of(
                        "too many",
                        IntStream.range(0, 21)
                                .mapToObj(i -> "h" + i + ".example")
                                .toArray(String[]::new),
                        400,
                        "E_BAD_REQUEST"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("grants")
    void what_cannot_be_allowed_is_refused_by_name_and_changes_nothing(
            String what, String[] hosts, int status, String code) {
        Task task = controller.submit(submission()
                .addPolicy(yaml(
                        "policy: belay/1\nnetwork: {deny: [secret.corp]}\nask: [\"WebFetch(domain:asked.corp)\"]\n")));
        runner.begin();

        StartedController.Answer answer = allow(task, "first-word-1", hosts);

        assertThat(answer.code()).as(what).isEqualTo(code);
        assertThat(answer.status()).isEqualTo(status);
        TaskPolicy kept = controller
                .get("/v1/tasks/" + task.getId() + "/policy")
                .as(TaskPolicy.newBuilder())
                .build();
        assertThat(kept.getGrantsCount()).isZero();
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                refusal("YAML that is none", task -> task.addPolicy(yaml("policy: [\n")), 422, "E_POLICY"),
                refusal(
                        "a key that is none",
                        task -> task.addPolicy(yaml("policy: belay/1\nnet: {}\n")),
                        422,
                        "E_POLICY"),
                refusal(
                        "a file that no policy is read from",
                        task -> task.addPolicy(BOUNDS.toBuilder().setFile("notes.md")),
                        422,
                        "E_POLICY"),
                refusal("a file sent twice", task -> task.addPolicy(BOUNDS).addPolicy(BOUNDS), 422, "E_POLICY"),
                refusal(
                        "too many files",
                        task -> {
                            for (int i = 0; i < 9; i++) {
                                task.addPolicy(BOUNDS.toBuilder().setFile("f" + i));
                            }
                            return task;
                        },
                        422,
                        "E_POLICY"),
                refusal("a host that nobody granted", task -> task.addPolicy(ASKS), 403, "E_POLICY_NOT_ACCEPTED"),
                refusal(
                        "a host where something else was granted",
                        task -> task.addPolicy(ASKS).setAcceptedPolicy(hash(BOUNDS)),
                        403,
                        "E_POLICY_NOT_ACCEPTED"),
                refusal(
                        "more turns than the policy has",
                        task -> task.addPolicy(BOUNDS)
                                .setLimits(task.getLimitsBuilder().setMaxTurns(8)),
                        403,
                        "E_DENIED"),
                refusal(
                        "a tool that the policy does not give",
                        task -> task.addPolicy(BOUNDS).addAllowedTools("Grep"),
                        403,
                        "E_DENIED"),
                refusal(
                        "a mode that the policy does not have",
                        task -> task.addPolicy(yaml("policy: belay/1\nmodes: [approve]\n")),
                        403,
                        "E_DENIED"));
    }

    private static Arguments refusal(String what, UnaryOperator<SubmitTask.Builder> change, int status, String code) {
        return Arguments.of(what, change, status, code);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void what_a_policy_does_not_let_begin_is_refused_by_name(
            String what, UnaryOperator<SubmitTask.Builder> change, int status, String code) {
        StartedController.Answer answer = controller.trySubmit(change.apply(submission()));

        assertThat(answer.code()).as(what).isEqualTo(code);
        assertThat(answer.status()).isEqualTo(status);
    }
}
