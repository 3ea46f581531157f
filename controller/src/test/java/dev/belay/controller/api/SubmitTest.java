package dev.belay.controller.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.controller.testing.StartedController;
import dev.belay.proto.v1.Limits;
import dev.belay.proto.v1.Mode;
import dev.belay.proto.v1.SubmitTask;
import dev.belay.proto.v1.Task;
import dev.belay.proto.v1.TaskState;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class SubmitTest {
    private static StartedController controller;

    @BeforeAll
    static void start() {
        controller = StartedController.start();
    }

    @AfterAll
    static void stop() {
        controller.close();
    }

    @Test
    void a_task_is_stored_with_its_first_event_and_says_why_it_waits() {
        Task task = controller.submit();

        assertThat(task.getId()).matches("t-[0-9a-hjkmnp-tv-z]{20}");
        assertThat(task.getShortId()).hasSizeGreaterThanOrEqualTo(6).isSubstringOf(task.getId());
        assertThat(task.getState()).isEqualTo(TaskState.TASK_STATE_QUEUED);
        assertThat(task.getStopReason()).isEqualTo("no_runner");
        assertThat(task.getMode()).isEqualTo(Mode.MODE_FULL);
        assertThat(task.getName()).isEqualTo("make the tests pass");
        assertThat(task.getActor()).isEqualTo("ada");
        assertThat(task.getTenant()).isEqualTo("local");
        assertThat(task.hasExitCode()).isFalse();
        assertThat(task.getLastSeq()).isEqualTo(1);
        String log = controller.get("/v1/tasks/" + task.getId() + "/events").body();
        assertThat(log).startsWith("id: 1\nevent: task.state\ndata: {").contains("\"to\":\"queued\"");
    }

    @Test
    void the_same_key_with_the_same_body_is_the_same_task() {
        SubmitTask.Builder submission = controller.submission();

        Task first = controller.submit(submission);
        Task second = controller.submit(submission);

        assertThat(second.getId()).isEqualTo(first.getId());
        assertThat(second.getLastSeq()).isEqualTo(1);
    }

    @Test
    void the_same_key_with_another_body_is_a_conflict() {
        SubmitTask.Builder submission = controller.submission();
        controller.submit(submission);

        StartedController.Answer answer = controller.trySubmit(submission.setPrompt("something else"));

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("E_IDEMPOTENCY_CONFLICT");
    }

    @Test
    void many_at_once_with_one_key_make_one_task() {
        SubmitTask.Builder submission = controller.submission();
        controller.project();

        Stream<String> ids = Stream.generate(() -> submission)
                .limit(8)
                .parallel()
                .map(each -> controller.submit(each.clone()).getId());

        assertThat(ids.distinct()).hasSize(1);
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                refusal("no prompt", task -> task.setPrompt("  \n"), 400, "E_NO_PROMPT"),
                refusal("a long prompt", task -> task.setPrompt("x".repeat(262145)), 413, "E_TOO_LARGE"),
                refusal("NUL in the prompt", task -> task.setPrompt("a\0b"), 400, "E_BAD_REQUEST"),
                refusal("another model", task -> task.setModel("gpt-9"), 400, "E_UNKNOWN_MODEL"),
                refusal("no script", task -> task.setScript(""), 400, "E_SCRIPT"),
                refusal("a script for who plays none", task -> task.setModel("acme/m-1"), 400, "E_BAD_REQUEST"),
                refusal("a provider alone", task -> task.clearScript().setModel("acme/"), 400, "E_UNKNOWN_MODEL"),
                refusal("a model alone", task -> task.clearScript().setModel("/m-1"), 400, "E_UNKNOWN_MODEL"),
                refusal("a model's name with a space", task -> task.setModel("acme/m 1"), 400, "E_UNKNOWN_MODEL"),
                refusal("an effort that is none", task -> task.setEffort("huge"), 400, "E_BAD_REQUEST"),
                refusal("a check of two lines", task -> task.setCheck("make\nrm x"), 400, "E_BAD_REQUEST"),
                refusal("a check without end", task -> task.setCheck("x".repeat(4097)), 400, "E_BAD_REQUEST"),
                refusal("a check and none", task -> task.setCheck("make").setNoCheck(true), 400, "E_BAD_REQUEST"),
                refusal("a tool that is none", task -> task.addAllowedTools("Bsh"), 400, "E_BAD_REQUEST"),
                refusal("and one to be without", task -> task.addDisallowedTools("Fetch"), 400, "E_BAD_REQUEST"),
                refusal("a cost below nothing", task -> task.setLimits(cost(-0.01)), 400, "E_BAD_REQUEST"),
                refusal("a cost beyond sense", task -> task.setLimits(cost(1e6 + 1)), 400, "E_BAD_REQUEST"),
                refusal("a cost without end", task -> task.setLimits(cost(1e300)), 400, "E_BAD_REQUEST"),
                refusal("a memory for nothing", task -> task.setLimits(within(1, 0, 0)), 400, "E_BAD_REQUEST"),
                refusal("a memory below nothing", task -> task.setLimits(within(-1, 0, 0)), 400, "E_BAD_REQUEST"),
                refusal("one process", task -> task.setLimits(within(0, 1, 0)), 400, "E_BAD_REQUEST"),
                refusal("a disk for nothing", task -> task.setLimits(within(0, 0, 255)), 400, "E_BAD_REQUEST"),
                refusal("a disk beyond sense", task -> task.setLimits(within(0, 0, 262145)), 400, "E_BAD_REQUEST"),
                refusal("a short key", task -> task.setIdempotencyKey("short"), 400, "E_BAD_REQUEST"),
                refusal("no such project", task -> task.setProject("p-nothere"), 404, "E_NO_SUCH_PROJECT"),
                refusal("a base not held", task -> task.setBaseCommit("a".repeat(40)), 400, "E_BAD_REQUEST"),
                refusal("a base that is none", task -> task.setBaseCommit("main"), 400, "E_BAD_REQUEST"));
    }

    private static Limits cost(double most) {
        return Limits.newBuilder().setMaxUsd(most).build();
    }

    private static Limits within(int memoryMib, int processes, int diskMib) {
        return Limits.newBuilder()
                .setMemoryMib(memoryMib)
                .setProcesses(processes)
                .setDiskMib(diskMib)
                .build();
    }

    private static Arguments refusal(String what, UnaryOperator<SubmitTask.Builder> change, int status, String code) {
        return Arguments.of(what, change, status, code);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void what_cannot_be_begun_is_refused_by_name_and_stores_nothing(
            String what, UnaryOperator<SubmitTask.Builder> change, int status, String code) {
        int before = tasks();

        StartedController.Answer answer = controller.trySubmit(change.apply(controller.submission()));

        assertThat(answer.status()).as(what).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.type()).startsWith("application/problem+json");
        assertThat(answer.json().text("work")).isEqualTo("nothing was changed");
        assertThat(tasks()).isEqualTo(before);
    }

    private static int tasks() {
        return controller
                .jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from task")
                        .mapTo(Integer.class)
                        .one());
    }

    @ParameterizedTest
    @CsvSource({"'', 0", "low, 0.25", "medium, 1000000", "high, 0.0000001"})
    void a_task_of_a_real_model_needs_no_script_and_shows_its_effort_and_its_budget(String effort, double most) {
        Task task = controller.submit(
                controller.submission("acme/m-1:free").setEffort(effort).setLimits(cost(most)));

        assertThat(task.getModel()).isEqualTo("acme/m-1:free");
        assertThat(task.getMode()).as("the only one that it has").isEqualTo(Mode.MODE_FULL);
        assertThat(task.getEffort()).isEqualTo(effort);
        assertThat(task.getBudgetUsd())
                .as("a limit is never none by being small")
                .isEqualTo(most > 0 ? Math.max(most, 0.000001) : 0);
        assertThat(task.getStopReason()).isEqualTo("no_runner");
    }

    @ParameterizedTest
    @CsvSource({"hihg, there is no effort hihg; did you mean high?", "xyz, there is no effort xyz"})
    void an_unknown_effort_is_refused_with_the_words_that_there_are(String effort, String what) {
        StartedController.Answer answer =
                controller.trySubmit(controller.submission("acme/m-1").setEffort(effort));

        assertThat(answer.json().text("title")).isEqualTo(what);
        assertThat(answer.json().text("detail")).contains("low, medium, high");
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"MODE_APPROVE", "MODE_EDITS", "MODE_AUTO"})
    void a_mode_that_real_models_do_not_have_yet_is_refused_with_the_reason(Mode mode) {
        StartedController.Answer answer =
                controller.trySubmit(controller.submission("acme/m-1").setMode(mode));

        assertThat(answer.code()).isEqualTo("E_UNKNOWN_MODE");
        assertThat(answer.json().text("title")).startsWith("the model acme/m-1 does not run in mode ");
        assertThat(answer.json().text("detail"))
                .contains("full")
                .contains("approvals, and the classifier that mode auto needs, do not exist yet");
    }

    @Test
    void an_unknown_field_is_named() {
        StartedController.Answer answer = controller.post("/v1/tasks", "{\"promt\":\"x\"}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("E_BAD_REQUEST");
        assertThat(answer.json().text("detail")).contains("unknown field \"promt\"");
    }

    @ParameterizedTest
    @CsvSource({
        "yolo, there is no mode yolo, 'approve, edits, auto, full'",
        "ful, there is no mode ful; did you mean full?, 'approve, edits, auto, full'",
        "unspecified, there is no mode unspecified, 'approve, edits, auto, full'",
    })
    void an_unknown_mode_is_refused_with_a_suggestion(String mode, String what, String why) {
        StartedController.Answer answer = controller.post("/v1/tasks", "{\"mode\":\"" + mode + "\"}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("E_UNKNOWN_MODE");
        assertThat(answer.json().text("title")).isEqualTo(what);
        assertThat(answer.json().text("detail")).contains(why);
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"MODE_APPROVE", "MODE_EDITS", "MODE_AUTO"})
    void a_mode_that_the_model_cannot_run_in_is_refused_and_not_replaced(Mode mode) {
        StartedController.Answer answer =
                controller.trySubmit(controller.submission().setMode(mode));

        assertThat(answer.code()).isEqualTo("E_UNKNOWN_MODE");
        assertThat(answer.json().text("title")).startsWith("the model script does not run in mode ");
        assertThat(answer.json().text("next")).isEqualTo("belay run --mode full …");
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-9, there is no model gpt-9",
        "scrpt, there is no model scrpt; did you mean script?",
        "'', no model was named",
    })
    void an_unknown_model_is_refused_with_a_suggestion(String model, String what) {
        StartedController.Answer answer =
                controller.trySubmit(controller.submission().setModel(model));

        assertThat(answer.code()).isEqualTo("E_UNKNOWN_MODEL");
        assertThat(answer.json().text("title")).isEqualTo(what);
        assertThat(answer.json().text("detail")).contains("script");
    }

    @Test
    void a_prefix_finds_a_task_and_an_ambiguous_one_names_the_candidates() {
        Task one = insert("t-zz7f0000000000000000");
        Task two = insert("t-zz7f1111111111111111");

        assertThat(controller.task(one.getId()).getShortId()).isEqualTo("t-zz7f0");
        assertThat(controller.task("zz7f1").getId()).isEqualTo(two.getId());
        assertThat(controller.task("T-ZZ7F0").getId()).isEqualTo(one.getId());
        StartedController.Answer ambiguous = controller.get("/v1/tasks/zz7f");
        assertThat(ambiguous.status()).isEqualTo(404);
        assertThat(ambiguous.code()).isEqualTo("E_AMBIGUOUS_TASK");
        assertThat(ambiguous.json().text("detail")).contains("t-zz7f0").contains("t-zz7f1");
        assertThat(controller.get("/v1/tasks/zz8").code()).isEqualTo("E_NO_SUCH_TASK");
        assertThat(controller.get("/v1/tasks/%25").code()).isEqualTo("E_NO_SUCH_TASK");
    }

    /** A task with a chosen id. */
    private static Task insert(String id) {
        Task submitted = controller.submit();
        controller.jdbi().useTransaction(handle -> {
            // All but what the database computes itself.
            String columns = handle.createQuery("""
                            select string_agg(attname, ', ' order by attnum) from pg_attribute
                            where attrelid = 'task'::regclass and attnum > 0 and attgenerated = '' and not attisdropped
                            """).mapTo(String.class).one();
            handle.execute(
                    "create temporary table copied on commit drop as select " + columns + " from task where id = ?",
                    submitted.getId());
            handle.execute("update copied set id = ?, idempotency_key = ?", id, id + "-key");
            handle.execute("insert into task (" + columns + ") select * from copied");
        });
        return controller.task(id);
    }

    @Test
    void the_list_is_newest_first_and_bounded() {
        Task older = controller.submit();
        Task newer = controller.submit();

        String list = controller.get("/v1/tasks?limit=2").body();

        assertThat(list).contains(newer.getId()).contains(older.getId());
        assertThat(list.indexOf(newer.getId())).isLessThan(list.indexOf(older.getId()));
        assertThat(controller.get("/v1/tasks?limit=1").json().get("tasks").items())
                .hasSize(1);
    }
}
