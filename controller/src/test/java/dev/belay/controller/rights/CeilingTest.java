package dev.belay.controller.rights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.PolicySource;
import dev.belay.proto.v1.SubmitTask;
import dev.belay.proto.v1.Task;
import dev.belay.proto.v1.TaskState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What whoever runs the controller lets anybody grant, whatever projects ask for and people accept. */
class CeilingTest {
    private static final String CEILING = """
            policy: belay/1
            restricted: [Bash(git push *)]
            network:
              allow: ["*.corp.example", "packages.example:443"]
              deny: [secret.corp.example]
            limits: {max_turns: 30}
            """;

    @TempDir
    Path folder;

    private Path file;
    private StartedController controller;
    private ScriptedRunner runner;

    @BeforeEach
    void start() throws IOException {
        file = Files.writeString(folder.resolve("ceiling.yaml"), CEILING);
        controller = StartedController.with(timings -> timings, Map.of("BELAY_CEILING", file.toString()));
        runner = controller.askingRunner("r", 1, ScriptedRunner.usable("acme"));
    }

    @AfterEach
    void stop() {
        runner.close();
        controller.close();
    }

    private static PolicySource asking(String... hosts) {
        return PolicySource.newBuilder()
                .setFile(".belay/policy.yaml")
                .setText("policy: belay/1\nnetwork:\n  allow: [\"" + String.join("\", \"", hosts) + "\"]\n")
                .build();
    }

    private SubmitTask.Builder accepted(PolicySource source) {
        String hash = TaskPolicies.compile(dev.belay.proto.v1.TaskPolicy.newBuilder()
                        .addSources(source)
                        .build())
                .hash();
        return controller.submission("acme/m-1").addPolicy(source).setAcceptedPolicy(hash);
    }

    @Test
    void it_goes_with_every_task_to_its_runner_also_where_a_project_says_nothing() {
        controller.submit(controller.submission("acme/m-1"));

        Assignment assignment = runner.assignment();

        assertThat(assignment.getCeiling().getFile()).isEqualTo("ceiling.yaml");
        assertThat(assignment.getCeiling().getText()).isEqualTo(CEILING);
        assertThat(assignment.getLimits().getMaxTurns()).isEqualTo(30);
    }

    static Stream<Arguments> requests() {
        return Stream.of(
                Arguments.of(List.of("git.corp.example"), true),
                Arguments.of(List.of("*.corp.example:443"), true),
                Arguments.of(List.of("*.build.corp.example"), true),
                Arguments.of(List.of("packages.example:443"), true),
                Arguments.of(List.of("packages.example"), false),
                Arguments.of(List.of("packages.example:*"), false),
                Arguments.of(List.of("corp.example"), false),
                Arguments.of(List.of("*.other.example"), false),
                Arguments.of(List.of("evilcorp.example"), false),
                Arguments.of(List.of("git.corp.example", "other.example"), false));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("requests")
    void what_a_project_asks_for_beyond_it_starts_nothing_although_a_person_accepted_it(
            List<String> hosts, boolean within) {
        StartedController.Answer answer = controller.trySubmit(accepted(asking(hosts.toArray(String[]::new))));

        assertThat(answer.status()).isEqualTo(within ? 200 : 422);
        if (!within) {
            assertThat(answer.code()).isEqualTo("E_POLICY");
            assertThat(answer.body()).contains(".belay/policy.yaml:3", "more than ceiling.yaml lets anybody grant");
        }
    }

    @Test
    void a_person_cannot_allow_a_task_more_by_the_way() {
        Task task = controller.submit(controller.submission("acme/m-1"));
        runner.begin();

        StartedController.Answer beyond = allow(task, "first-word-1", "other.example");
        StartedController.Answer denied = allow(task, "first-word-2", "secret.corp.example");
        StartedController.Answer within = allow(task, "first-word-3", "git.corp.example");

        assertThat(beyond.code()).isEqualTo("E_DENIED");
        assertThat(denied.code()).isEqualTo("E_DENIED");
        assertThat(denied.body()).contains("ceiling.yaml:5");
        assertThat(within.status()).isEqualTo(200);
    }

    private StartedController.Answer allow(Task task, String key, String host) {
        return controller.post(
                "/v1/tasks/" + task.getId() + "/policy/allow",
                "{\"idempotency_key\":\"" + key + "\",\"hosts\":[\"" + host + "\"]}");
    }

    @Test
    void a_change_of_it_holds_for_the_next_task_and_for_forks_of_earlier_ones() throws IOException {
        Task parent = controller.submit(accepted(asking("git.corp.example")));
        runner.events(runner.begin(), 3, ScriptedRunner.state(TaskState.TASK_STATE_SUCCEEDED, "done", ""));
        Files.writeString(file, "policy: belay/1\nnetwork: {allow: [packages.example]}\n");

        StartedController.Answer next = controller.trySubmit(accepted(asking("git.corp.example")));
        StartedController.Answer fork = controller.post(
                "/v1/tasks/" + parent.getId() + "/fork", "{\"snapshot\":\"s0\",\"idempotency_key\":\"fork-key-1\"}");

        assertThat(next.code()).isEqualTo("E_POLICY");
        assertThat(fork.code()).isEqualTo("E_POLICY");
    }

    @Test
    void a_request_that_is_sent_again_after_a_change_is_the_task_that_it_was() throws IOException {
        SubmitTask request = accepted(asking("git.corp.example")).build();
        Task first = controller.submit(request.toBuilder());
        Files.writeString(file, "policy: belay/1\nnetwork: {allow: [packages.example]}\nlimits: {max_turns: 2}\n");

        Task again = controller.submit(request.toBuilder());

        assertThat(again.getId()).isEqualTo(first.getId());
    }

    @Test
    void where_it_is_gone_or_not_understood_nothing_begins() throws IOException {
        Files.writeString(file, "policy: belay/1\nnetwrok: {}\n");
        StartedController.Answer broken = controller.trySubmit(controller.submission("acme/m-1"));
        Files.delete(file);
        StartedController.Answer gone = controller.trySubmit(controller.submission("acme/m-1"));

        assertThat(broken.code()).isEqualTo("E_POLICY");
        assertThat(broken.body()).contains("ceiling.yaml:2:1", "BELAY_CEILING");
        assertThat(gone.code()).isEqualTo("E_POLICY");
    }

    @Test
    void a_controller_does_not_start_under_one_that_it_does_not_understand() throws IOException {
        Path odd = Files.writeString(folder.resolve("odd.yaml"), "policy: belay/1\nfiles: {write: [./src]}\n");

        assertThatThrownBy(() -> controller.another(Map.of("BELAY_CEILING", odd.toString())))
                .isInstanceOf(BelayException.class)
                .hasMessageContaining("odd.yaml:2");
    }
}
