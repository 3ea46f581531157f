package dev.belay.controller.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.policies.Compiled;
import dev.belay.policies.Policy;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.Spot;
import dev.belay.policies.language.Subject;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Command;
import dev.belay.proto.v1.CommandResult;
import dev.belay.proto.v1.ControllerMessage.BodyCase;
import dev.belay.proto.v1.ExecResult;
import dev.belay.proto.v1.GetSecretsRequest;
import dev.belay.proto.v1.SecretValue;
import dev.belay.proto.v1.SecretValues;
import dev.belay.proto.v1.Task;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is given the values of a task's secrets, and which. */
class TaskSecretsTest {
    private static final String VALUE = "a value of somebody";

    private StartedController controller;
    private ScriptedRunner runner;
    private ScriptedRunner other;
    private Task task;
    private Assignment assignment;

    @BeforeEach
    void start() {
        controller = StartedController.start();
        runner = controller.runner("r", 1);
        other = controller.runner("other", 0);
        task = controller.submit();
        assignment = runner.begin();
        set("NPM_TOKEN");
        set("PYPI");
    }

    @AfterEach
    void stop() {
        runner.close();
        other.close();
        controller.close();
    }

    private void set(String name) {
        assertThat(controller
                        .put(
                                "/v1/secrets/" + name,
                                "{\"value\":\"" + VALUE + "\",\"hosts\":[\"b.example\",\"a.example:443\"]}")
                        .status())
                .isEqualTo(200);
    }

    private static Compiled naming(String... names) {
        return new Compiled(
                List.of(".belay/policy.yaml"),
                Policy.standard(),
                Stream.of(names)
                        .<Line>map(name -> {
                            Origin origin = new Origin(name, new Spot(".belay/policy.yaml", 3, 1), "");
                            return new Line.Rules(
                                    origin,
                                    List.of(new Clause(
                                            Effect.ALLOW, Subject.SECRET, name + " to a.example:443", origin)));
                        })
                        .toList(),
                List.of(),
                "");
    }

    private SecretValues named(String... names) {
        return controller.bean(TaskSecrets.class).named("local", naming(names));
    }

    @Test
    void what_the_policy_names_is_given_with_the_secrets_own_hosts_and_nothing_else() {
        assertThat(named("NPM_TOKEN").getSecretsList())
                .containsExactly(SecretValue.newBuilder()
                        .setName("NPM_TOKEN")
                        .setValue(VALUE)
                        .addHosts("a.example:443")
                        .addHosts("b.example")
                        .build());
        assertThat(named().getSecretsList()).isEmpty();
    }

    @Test
    void what_is_not_set_any_more_is_left_out_and_a_new_value_is_given_from_then_on() {
        controller.delete("/v1/secrets/PYPI");
        controller.put("/v1/secrets/NPM_TOKEN", "{\"value\":\"a newer value\",\"hosts\":[\"a.example\"]}");

        assertThat(named("NPM_TOKEN", "PYPI").getSecretsList())
                .extracting(SecretValue::getName, SecretValue::getValue)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("NPM_TOKEN", "a newer value"));
    }

    @Test
    void one_that_cannot_be_opened_is_a_named_failure_of_a_precondition() {
        controller
                .jdbi()
                .useHandle(handle -> handle.execute("update secret set hosts = '{evil.example}' where name = 'PYPI'"));

        BelayException refused = catchThrowableOfType(BelayException.class, () -> named("NPM_TOKEN", "PYPI"));
        Status status = GrpcErrors.status(refused);

        assertThat(status.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(status.getDescription()).startsWith("E_NO_KEY: the secret PYPI cannot be opened");
    }

    @Test
    void the_holder_of_a_task_is_answered_and_nobody_else() throws Exception {
        String id = task.getId();

        assertThat(runner.getSecrets(id, assignment.getEpoch())).isEqualTo(SecretValues.getDefaultInstance());
        for (int epoch : List.of(0, assignment.getEpoch() + 1, -1)) {
            assertThatThrownBy(() -> runner.getSecrets(id, epoch)).hasMessageContaining("E_STALE_EPOCH");
        }
        assertThatThrownBy(() -> other.getSecrets(id, assignment.getEpoch())).hasMessageContaining("E_STALE_EPOCH");
        assertThatThrownBy(() -> runner.getSecrets("t-gone", 1)).hasMessageContaining("E_STALE_EPOCH");
        try (ScriptedRunner nameless = ScriptedRunner.dial(controller.grpcPort(), controller.runnerToken(), "")) {
            assertThatThrownBy(() -> nameless.getSecrets(id, assignment.getEpoch()))
                    .hasMessageContaining("E_STALE_EPOCH");
        }
    }

    @Test
    void of_an_ended_task_whoever_has_a_command_in_it_is_answered_until_it_has_ended() throws Exception {
        String id = task.getId();
        runner.events(assignment, 3, ScriptedRunner.succeeded());
        assertThatThrownBy(() -> runner.getSecrets(id, assignment.getEpoch())).hasMessageContaining("E_STALE_EPOCH");
        assertThatThrownBy(() -> runner.getSecrets(id, 0)).hasMessageContaining("E_STALE_EPOCH");

        try (InputStream answer = controller.stream(controller
                .request("/v1/tasks/" + id + "/exec")
                .POST(HttpRequest.BodyPublishers.ofString("{\"argv\":[\"true\"]}")))) {
            Command command = runner.expect(BodyCase.COMMAND).getCommand();

            assertThat(runner.getSecrets(id, 0)).isEqualTo(SecretValues.getDefaultInstance());
            assertThatThrownBy(() -> other.getSecrets(id, 0)).hasMessageContaining("E_STALE_EPOCH");

            runner.answer(
                    CommandResult.newBuilder().setCommand(command.getId()).setExec(ExecResult.getDefaultInstance()));
            assertThat(answer.readAllBytes()).isNotEmpty();
        }
        assertThatThrownBy(() -> runner.getSecrets(id, 0)).hasMessageContaining("E_STALE_EPOCH");
    }

    @Test
    void where_the_database_is_away_it_is_to_be_asked_again() {
        controller.jdbi().useHandle(handle -> handle.execute("alter table task rename to away"));
        try {
            assertThatThrownBy(() -> runner.getSecrets(task.getId(), assignment.getEpoch()))
                    .hasMessageContaining("UNAVAILABLE");
        } finally {
            controller.jdbi().useHandle(handle -> handle.execute("alter table away rename to task"));
        }
    }

    /** Outside of a call that {@link RunnerAuth} let in nothing is known of the peer. */
    @Test
    void over_a_link_that_others_can_read_nothing_is_given_though_the_runner_holds_the_task() {
        CompletableFuture<SecretValues> answer = new CompletableFuture<>();

        controller
                .bean(RunnerLink.class)
                .getSecrets(
                        GetSecretsRequest.newBuilder()
                                .setTask(task.getId())
                                .setEpoch(assignment.getEpoch())
                                .build(),
                        new StreamObserver<>() {
                            @Override
                            public void onNext(SecretValues values) {
                                answer.complete(values);
                            }

                            @Override
                            public void onError(Throwable refused) {
                                answer.completeExceptionally(refused);
                            }

                            @Override
                            public void onCompleted() {}
                        });

        assertThatThrownBy(answer::join)
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("PERMISSION_DENIED")
                .hasMessageContaining("E_FORBIDDEN: the link to this runner is not encrypted");
        assertThatThrownBy(() -> controller.bean(TaskSecrets.class).of("r", false, task.getId(), 1))
                .isInstanceOfSatisfying(
                        BelayException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.E_FORBIDDEN));
    }
}
