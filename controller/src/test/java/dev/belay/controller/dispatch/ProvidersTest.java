package dev.belay.controller.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.controller.testing.ScriptedRunner;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Limits;
import dev.belay.proto.v1.ModelProvider;
import dev.belay.proto.v1.ModelProviders;
import dev.belay.proto.v1.Task;
import dev.belay.proto.v1.TaskState;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A task of a real model goes where its provider can be asked, and nowhere else. */
class ProvidersTest {
    private static final String MODEL = "acme/m-1";
    private static final String UNSET = "ACME_API_KEY is not set";
    private static final ModelProvider ACME = ScriptedRunner.usable("acme");
    private static final ModelProvider NO_ACME = ScriptedRunner.lacking("acme", UNSET);

    private StartedController controller;

    @BeforeEach
    void start() {
        controller = StartedController.start();
    }

    @AfterEach
    void stop() {
        controller.close();
    }

    private Task submit(String model) {
        return controller.submit(controller.submission(model));
    }

    private List<ModelProvider> models() {
        return controller.get("/v1/models").as(ModelProviders.newBuilder()).getProvidersList();
    }

    private int tasks() {
        return controller
                .jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from task")
                        .mapTo(Integer.class)
                        .one());
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(
                        "nobody has a key",
                        List.of(NO_ACME),
                        List.of(ScriptedRunner.lacking("acme", "ACME_API_KEY is empty")),
                        "424 E_NO_KEY 4",
                        "no runner here has a key for acme",
                        "one: ACME_API_KEY is not set; two: ACME_API_KEY is empty",
                        "belay login acme"),
                Arguments.of(
                        "one has no key and the other does not know it",
                        List.of(),
                        List.of(NO_ACME, ScriptedRunner.usable("other")),
                        "424 E_NO_KEY 4",
                        "no runner here has a key for acme",
                        "two: ACME_API_KEY is not set",
                        "belay login acme"),
                Arguments.of(
                        "nobody knows it, but one that is spelt nearly so",
                        List.of(ScriptedRunner.usable("acne")),
                        List.of(ScriptedRunner.lacking("other", "x")),
                        "400 E_UNKNOWN_MODEL 2",
                        "no runner here knows the provider acme; did you mean acne?",
                        "acne, other",
                        "belay run --model acne/m-1 …"),
                Arguments.of(
                        "runners of a version without providers",
                        List.of(),
                        List.of(),
                        "400 E_UNKNOWN_MODEL 2",
                        "no runner here knows the provider acme",
                        "none",
                        "belay run --model PROVIDER/MODEL …"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void where_no_connected_runner_can_ask_the_model_a_task_is_refused_with_the_way_out(
            String what,
            List<ModelProvider> one,
            List<ModelProvider> two,
            String error,
            String title,
            String detail,
            String next) {
        try (ScriptedRunner first = controller.askingRunner("one", 1, one.toArray(ModelProvider[]::new));
                ScriptedRunner second = controller.askingRunner("two", 1, two.toArray(ModelProvider[]::new))) {
            controller.awaitRunners(2);

            StartedController.Answer answer = controller.trySubmit(controller.submission(MODEL));

            assertThat(answer.status() + " " + answer.code() + " "
                            + answer.json().number("exit_code"))
                    .as(what)
                    .isEqualTo(error);
            assertThat(answer.json().text("title")).isEqualTo(title);
            assertThat(answer.json().text("detail")).endsWith(" " + detail);
            assertThat(answer.json().text("next")).isEqualTo(next);
            assertThat(answer.json().text("work")).isEqualTo("nothing was changed");
            assertThat(tasks()).isZero();
            assertThat(first.hearsNothing(0)).isTrue();
            assertThat(second.hearsNothing(0)).isTrue();
        }
    }

    @Test
    void a_task_goes_to_the_runner_that_has_the_key_though_others_have_more_room() {
        try (ScriptedRunner roomy = controller.askingRunner("roomy", 9, NO_ACME, ScriptedRunner.usable("other"));
                ScriptedRunner old = controller.runner("old", 9);
                ScriptedRunner asking = controller.askingRunner("asking", 1, ACME)) {
            controller.awaitRunners(3);

            Task task = controller.submit(controller
                    .submission(MODEL)
                    .setEffort("high")
                    .setLimits(Limits.newBuilder().setMaxUsd(2.5)));

            Assignment assignment = asking.assignment();
            assertThat(assignment.getTask()).isEqualTo(task.getId());
            assertThat(assignment.getModel()).isEqualTo(MODEL);
            assertThat(assignment.getScript()).isEmpty();
            assertThat(assignment.getEffort()).isEqualTo("high");
            assertThat(assignment.getLimits().getMaxUsd()).isEqualTo(2.5);
            assertThat(assignment.getUsedUsd()).isZero();
            assertThat(roomy.hearsNothing(200)).isTrue();
            assertThat(old.hearsNothing(0)).isTrue();
        }
    }

    @Test
    void a_task_that_was_stored_while_nobody_was_there_says_why_it_waits_and_goes_when_a_key_comes() {
        Task task = submit(MODEL);
        try (ScriptedRunner runner = controller.runner("r", 1)) {
            Task unknown = controller.task(task.getId());
            assertThat(unknown.getState()).isEqualTo(TaskState.TASK_STATE_QUEUED);
            assertThat(unknown.getStopReason()).isEqualTo("no_provider");
            assertThat(unknown.getStopDetail())
                    .isEqualTo(
                            "no connected runner knows the provider acme (they know: none); it waits for one that does");

            runner.renew(List.of(NO_ACME));
            Task keyless = controller.task(task.getId());
            assertThat(keyless.getStopReason()).isEqualTo("no_key");
            assertThat(keyless.getStopDetail())
                    .isEqualTo("no connected runner has a key for acme (r: ACME_API_KEY is not set); it waits for one"
                            + " that has: belay login acme");
            assertThat(runner.hearsNothing(300)).isTrue();

            runner.send(ScriptedRunner.renewal(List.of(ACME)));
            assertThat(List.of(runner.next(), runner.next()))
                    .as("in whatever order")
                    .extracting(message ->
                            message.getBodyCase() + message.getAssign().getTask())
                    .containsExactlyInAnyOrder("RENEW_RESULT", "ASSIGN" + task.getId());
        }
    }

    @Test
    void what_nobody_here_can_ask_keeps_nobody_behind_it_waiting() {
        for (int i = 0; i < 5; i++) {
            submit("other/m-1");
        }
        Task script = controller.submit();
        Task asked = submit(MODEL);
        try (ScriptedRunner runner = controller.askingRunner("r", 2, ACME)) {
            assertThat(List.of(
                            runner.assignment().getTask(), runner.assignment().getTask()))
                    .containsExactlyInAnyOrder(script.getId(), asked.getId());
        }
    }

    @Test
    void each_of_a_mixed_fleet_gets_what_it_can_ask() {
        List<Task> both =
                Stream.of(MODEL, "other/m", MODEL, "other/m").map(this::submit).toList();
        try (ScriptedRunner acme = controller.askingRunner("acme", 2, ACME);
                ScriptedRunner other = controller.askingRunner("other", 2, ScriptedRunner.usable("other"))) {
            assertThat(Stream.generate(acme::assignment).limit(2).map(Assignment::getTask))
                    .containsExactlyInAnyOrder(both.get(0).getId(), both.get(2).getId());
            assertThat(Stream.generate(other::assignment).limit(2).map(Assignment::getTask))
                    .containsExactlyInAnyOrder(both.get(1).getId(), both.get(3).getId());
        }
    }

    @Test
    void a_place_for_the_model_is_waited_for_by_name() {
        try (ScriptedRunner asking = controller.askingRunner("asking", 1, ACME);
                ScriptedRunner idle = controller.runner("idle", 5)) {
            controller.awaitRunners(2);
            submit(MODEL);
            asking.begin();

            Task waiting = submit(MODEL);

            assertThat(waiting.getStopReason()).isEqualTo("no_place");
            assertThat(waiting.getStopDetail())
                    .isEqualTo(
                            "all 1 places of the connected runners that isolate as the policy asks and have a key for"
                                    + " acme are taken");
            assertThat(idle.hearsNothing(200)).isTrue();
        }
    }

    @Test
    void who_has_the_key_must_isolate_as_asked_and_who_isolates_must_have_the_key() {
        try (ScriptedRunner strong = controller.runner("strong", 1);
                ScriptedRunner weak = ScriptedRunner.dial(controller.grpcPort(), controller.runnerToken(), "weak")) {
            weak.hello("weak", "boot-1", 1, List.of("memory-cap: none"), List.of(ACME));
            controller.awaitRunners(2);

            StartedController.Answer refused = controller.trySubmit(controller.submission(MODEL));
            assertThat(refused.code()).isEqualTo("E_WEAKER_ISOLATION");
            assertThat(refused.json().text("title"))
                    .isEqualTo("no runner with a key for acme isolates the task as its policy asks");
            assertThat(refused.json().text("detail")).endsWith(" weak: memory-cap");

            Task task = controller.submit(controller.submission(MODEL).setAcceptWeaker(true));
            assertThat(weak.assignment().getTask()).isEqualTo(task.getId());
            assertThat(strong.hearsNothing(200)).isTrue();
        }
    }

    @Test
    void a_runner_that_says_it_in_hello_alone_keeps_what_it_said_and_one_that_says_it_again_is_believed() {
        try (ScriptedRunner runner = controller.askingRunner("r", 2, ACME)) {
            runner.renew();
            Task first = submit(MODEL);
            assertThat(runner.assignment().getTask()).isEqualTo(first.getId());

            runner.renew(List.of(NO_ACME));

            assertThat(controller.trySubmit(controller.submission(MODEL)).code())
                    .isEqualTo("E_NO_KEY");
            assertThat(models()).containsExactly(NO_ACME);
        }
    }

    @Test
    void the_models_of_all_runners_are_told_by_their_names_and_each_as_the_best_off_has_it() {
        assertThat(models()).isEmpty();
        try (ScriptedRunner one = controller.askingRunner("one", 1, ScriptedRunner.usable("local"), NO_ACME);
                ScriptedRunner two =
                        controller.askingRunner("two", 1, ACME, ScriptedRunner.lacking("zeta", "ZETA_KEY is not set"));
                ScriptedRunner three = controller.askingRunner(
                        "three",
                        1,
                        ScriptedRunner.lacking("zeta", "ZETA_KEY is not set"),
                        ScriptedRunner.lacking("beta", "nothing answers"));
                ScriptedRunner old = controller.runner("old", 1)) {
            controller.awaitRunners(4);

            assertThat(models())
                    .containsExactly(
                            ACME,
                            ScriptedRunner.lacking("beta", "nothing answers"),
                            ScriptedRunner.usable("local"),
                            ScriptedRunner.lacking("zeta", "ZETA_KEY is not set"));
            for (ScriptedRunner each : List.of(one, two, three, old)) {
                assertThat(each.hearsNothing(0)).isTrue();
            }
        }
    }

    @Test
    void what_a_runner_says_of_providers_is_bounded_and_printable() {
        ModelProvider[] many = IntStream.range(0, 500)
                .mapToObj(i -> ScriptedRunner.lacking("p" + i, "\u001b[31m\0" + "x".repeat(1000)))
                .toArray(ModelProvider[]::new);
        try (ScriptedRunner runner = controller.askingRunner("odd", 1, many)) {
            controller.awaitRunners(1);

            assertThat(models())
                    .hasSize(32)
                    .allSatisfy(one ->
                            assertThat(one.getMissing()).hasSizeLessThan(210).matches("\\P{Cc}*"));
            assertThat(runner.renew().getNonce()).as("it is listened to").isEqualTo(7);
        }
    }
}
