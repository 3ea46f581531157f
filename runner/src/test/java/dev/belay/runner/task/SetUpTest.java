package dev.belay.runner.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.CommandResult;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.FileChange;
import dev.belay.proto.v1.PolicySource;
import dev.belay.proto.v1.SetupEnded;
import dev.belay.proto.v1.TaskState;
import dev.belay.runner.task.RealTasks.Ran;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A project that says how its sandbox is made ready, in real sandboxes. */
@Timeout(120)
class SetUpTest {
    private static final String BULK =
            "mkdir -p node_modules/a; for i in $(seq 1 2100); do touch node_modules/a/$i; done";

    /** @param environment the file's lines */
    private static RealTasks project(String... environment) throws Exception {
        return new RealTasks(
                "mkdir -p .belay; echo one >a.txt; echo node_modules/ >.gitignore; cat >.belay/environment.yaml"
                        + " <<'END'\n" + String.join("\n", environment) + "\nEND\n");
    }

    private static List<SetupEnded> steps(Ran ran) {
        return ran.of(Event.BodyCase.SETUP_END).stream().map(Event::getSetupEnd).toList();
    }

    private static String said(Place place, String command) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        place.run(List.of("sh", "-c", command), Duration.ofSeconds(20), new Place.Output() {
            @Override
            public void stdout(byte[] bytes) {
                all.writeBytes(bytes);
            }

            @Override
            public void stderr(byte[] bytes) {
                all.writeBytes(bytes);
            }
        });
        return all.toString(StandardCharsets.UTF_8).strip();
    }

    private static Place place(RealTasks tasks, Assignment assignment) throws Exception {
        return tasks.places.prepare(assignment, TaskRights.of(assignment), (turn, step, denied) -> {});
    }

    @Test
    void the_first_snapshot_holds_what_set_up_made_and_later_ones_count_from_there() throws Exception {
        try (RealTasks tasks = project(
                "setup:", "  - mkdir gen; echo made >gen/one", "  - {name: home, run: \"echo here >~/note; pwd\"}")) {
            Ran ran = tasks.run(
                    tasks.task("cat gen/one ~/note", "echo two >a.txt").build());

            assertThat(ran.end().getTo()).isEqualTo(TaskState.TASK_STATE_SUCCEEDED);
            assertThat(ran.kinds())
                    .containsSubsequence(
                            "SETUP_START", "SETUP_END", "SETUP_START", "SETUP_END", "SNAPSHOT_CREATED", "TURN_START");
            assertThat(ran.of(Event.BodyCase.SETUP_START))
                    .extracting(event -> event.getSetupStart().getName())
                    .containsExactly("mkdir gen; echo made >gen/one", "home");
            assertThat(steps(ran)).extracting(SetupEnded::getExitCode).containsExactly(0, 0);
            assertThat(steps(ran).getLast().getOutput()).isEqualTo("/workspace");
            assertThat(ran.snapshot(0).getFilesList())
                    .extracting(FileChange::getPath)
                    .containsExactly("gen/one");
            assertThat(ran.snapshot(0).getTotalFilesChanged()).isZero();
            assertThat(ran.printed()).contains("made\nhere");
            assertThat(ran.snapshot(2).getTotalFilesChanged()).isEqualTo(1);
        }
    }

    @Test
    void a_step_that_fails_ends_the_task_before_a_model_is_asked() throws Exception {
        try (RealTasks tasks = project(
                "setup:",
                "  - echo fine",
                "  - {name: install, run: \"echo looking; echo not found >&2; exit 3\"}",
                "  - echo never")) {
            Ran ran = tasks.run(tasks.task("true").build());

            assertThat(ran.end().getTo()).isEqualTo(TaskState.TASK_STATE_FAILED);
            assertThat(ran.end().getStopReason()).isEqualTo("setup");
            assertThat(ran.end().getDetail())
                    .contains("step `install` failed with exit code 3", ".belay/environment.yaml:3:5", "not found")
                    .contains("belay logs t-1");
            assertThat(steps(ran)).extracting(SetupEnded::getExitCode).containsExactly(0, 3);
            assertThat(ran.kinds()).doesNotContain("TURN_START", "SNAPSHOT_CREATED");
        }
    }

    @Test
    void a_step_that_takes_too_long_ends_with_all_that_it_began() throws Exception {
        try (RealTasks tasks = project(
                "setup:", "  - {name: slow, run: \"echo begun; setsid sleep 1007 & sleep 1007\", timeout: 1s}")) {
            Assignment assignment = tasks.task("true").build();
            List<Event> events = new ArrayList<>();
            try (Place place = place(tasks, assignment)) {
                Optional<FailedSetUp> failed = new SetUp(place, event -> events.add(event.build())).carryOut();

                assertThat(failed.orElseThrow().refusal("t-1").what())
                        .isEqualTo("the set-up failed: step `slow` did not end within 1s, .belay/environment.yaml:2:5");
                assertThat(events.getLast().getSetupEnd().getTimedOut()).isTrue();
                assertThat(events.getLast().getSetupEnd().getOutput()).isEqualTo("begun");
                assertThat(events.getLast().getSetupEnd().getDurationMs()).isBetween(900L, 15_000L);
                assertThat(said(place, "cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -c 'sleep 100[7]'"))
                        .isEqualTo("0");
            }
        }
    }

    @Test
    void what_a_task_writes_to_the_file_is_not_for_itself() throws Exception {
        try (RealTasks tasks = project("setup:", "  - echo of the base")) {
            Ran first = tasks.run(tasks.task("printf \"setup:\\n  - echo of the task\\n\" >.belay/environment.yaml")
                    .build());
            Ran again = tasks.run(tasks.goesOn(first, "true").build(), first.untilLastStep());
            tasks.forgetWhatIsHere();
            Ran elsewhere = tasks.run(tasks.goesOn(first, "true").build(), first.untilLastStep());

            assertThat(List.of(steps(first), steps(again), steps(elsewhere)))
                    .allSatisfy(steps ->
                            assertThat(steps).extracting(SetupEnded::getOutput).containsExactly("of the base"));
        }
    }

    @Test
    void a_task_that_comes_to_another_runner_finds_again_what_no_snapshot_holds_and_else_exactly_its_files()
            throws Exception {
        try (RealTasks tasks = project("setup:", "  - " + BULK, "  - echo g >gone; echo c >changed; echo h >~/note")) {
            Ran first = tasks.run(tasks.task("rm gone; echo mine >changed").build());
            tasks.forgetWhatIsHere();
            Assignment assignment = tasks.goesOn(
                            first, "true", "ls node_modules/a | wc -l; cat changed ~/note; ls; git status --short")
                    .build();
            Ran then = tasks.run(assignment, first.untilLastStep());

            assertThat(first.snapshot(0).getNotCapturedList())
                    .extracting(lost -> lost.getPath())
                    .containsExactly("node_modules");
            assertThat(then.end().getTo()).isEqualTo(TaskState.TASK_STATE_SUCCEEDED);
            assertThat(then.warnings()).isEmpty();
            assertThat(then.of(Event.BodyCase.SETUP_START))
                    .isNotEmpty()
                    .allSatisfy(event ->
                            assertThat(event.getSetupStart().getAgain()).isTrue());
            assertThat(then.printed())
                    .contains("2100\nmine\nh\na.txt\nchanged\nnode_modules")
                    .doesNotContain("gone");
            assertThat(then.snapshot(2).getTree()).isEqualTo(first.snapshot(1).getTree());
        }
    }

    @Test
    void a_place_that_is_kept_has_a_new_home_and_the_same_files() throws Exception {
        try (RealTasks tasks = project("setup:", "  - echo g >gone; echo h >~/note")) {
            Ran first = tasks.run(tasks.task("rm gone").build());
            Ran then = tasks.run(tasks.goesOn(first, "true", "cat ~/note; ls").build(), first.untilLastStep());

            assertThat(then.end().getTo()).isEqualTo(TaskState.TASK_STATE_SUCCEEDED);
            assertThat(then.printed()).contains("h\na.txt").doesNotContain("gone");
            assertThat(then.snapshot(2).getTree()).isEqualTo(first.snapshot(1).getTree());
        }
    }

    /** What set-up makes there again is too much for a snapshot, and would hide what one holds. */
    @Test
    void what_the_task_made_where_set_up_makes_much_is_there_again_and_nothing_else() throws Exception {
        try (RealTasks tasks = project("setup:", "  - " + BULK)) {
            Ran first = tasks.run(tasks.task("rm -rf node_modules; mkdir node_modules; echo mine >node_modules/kept")
                    .build());
            Ran then = tasks.run(
                    tasks.goesOn(first, "true", "ls node_modules; cat node_modules/kept")
                            .build(),
                    first.untilLastStep());

            assertThat(first.snapshot(1).getNotCapturedList()).isEmpty();
            assertThat(then.end().getTo()).isEqualTo(TaskState.TASK_STATE_SUCCEEDED);
            assertThat(then.printed()).contains("kept\nmine");
            assertThat(then.snapshot(2).getTree()).isEqualTo(first.snapshot(1).getTree());
        }
    }

    @Test
    void a_replay_that_fails_is_told_to_people_and_model_and_the_task_goes_on() throws Exception {
        try (RealTasks tasks = project("setup:", "  - {name: install, run: \"test ! -e again && " + BULK + "\"}")) {
            Ran first = tasks.run(tasks.task("touch again").build());
            tasks.forgetWhatIsHere();
            Ran then = tasks.run(tasks.goesOn(first, "true", "ls").build(), first.untilLastStep());

            assertThat(then.end().getTo()).isEqualTo(TaskState.TASK_STATE_SUCCEEDED);
            assertThat(then.warnings()).containsExactly("W_SET_UP", "W_NOT_REBUILT");
            assertThat(then.of(Event.BodyCase.MODEL_NOTED).stream()
                            .map(event -> event.getModelNoted().getText())
                            .toList())
                    .anySatisfy(note -> assertThat(note).contains("step `install` failed with exit code 1"))
                    .anySatisfy(note -> assertThat(note).contains("not here any more: node_modules"));
        }
    }

    @Test
    void variables_reach_set_up_the_agents_commands_a_persons_and_the_check() throws Exception {
        try (RealTasks tasks = project(
                "setup:",
                "  - test \"$WORD\" = 'a b' && mkdir bin && printf '#!/bin/sh\\necho tool\\n' >bin/mytool && chmod +x bin/*",
                "env:",
                "  WORD: a b",
                "  CACHE: $HOME/cache$$",
                "  PATH: \"/workspace/bin:$PATH\"",
                "check: test \"$WORD\" = 'a b' && mytool")) {
            Assignment assignment =
                    tasks.task("mytool >mine; cat mine; echo $CACHE").build();
            Ran ran = tasks.run(assignment);

            assertThat(ran.printed()).contains("tool\n/home/belay/cache$");
            assertThat(ran.end().getTo()).isEqualTo(TaskState.TASK_STATE_SUCCEEDED);
            assertThat(ran.end().getCheck().getCommand()).startsWith("test \"$WORD\"");
            assertThat(ran.end().getCheck().getOutcome()).isEqualTo("passed");
            assertThat(ran.end().getCheck().getDetected()).isFalse();
            try (Place place = place(tasks, assignment)) {
                assertThat(said(place, "echo $WORD; echo $http_proxy")).startsWith("a b\nhttp://");
            }
        }
    }

    @Test
    void a_file_that_is_not_understood_ends_the_task_before_there_is_a_sandbox() throws Exception {
        try (RealTasks tasks = project("setup:", "  - run: true")) {
            Ran ran = tasks.run(tasks.task("true").build());

            assertThat(ran.end().getStopReason()).isEqualTo("environment");
            assertThat(ran.end().getDetail()).startsWith(".belay/environment.yaml:2:10: `run` must be a string");
            assertThat(ran.events()).hasSize(1);
        }
    }

    @Test
    void what_a_step_prints_is_bounded_and_holds_no_secret() throws Exception {
        try (RealTasks tasks = project(
                "setup:",
                "  - seq 1 200000; echo " + RealTasks.SECRET.replace("7", "''7")
                        + "; printf '\\033[31mred\\033[0m'; exit 1")) {
            Ran ran = tasks.run(tasks.task("true")
                    .addPolicy(PolicySource.newBuilder()
                            .setFile(".belay/policy.yaml")
                            .setText("policy: belay/1\nnetwork: {allow: [a.example]}\n"
                                    + "secrets: [{name: TOKEN, hosts: [a.example]}]\n"))
                    .build());

            SetupEnded ended = steps(ran).getFirst();
            assertThat(ended.getOutput())
                    .hasSizeLessThanOrEqualTo(4_000)
                    .contains("200000\n")
                    .endsWith("red");
            assertThat(ended.getBytesPrinted()).isGreaterThan(1_000_000);
            assertThat(ran.end().getDetail()).contains("200000 / ", " / red");
            assertThat(ran.events().toString()).doesNotContain(RealTasks.SECRET);
        }
    }

    @Test
    void a_persons_command_after_the_end_finds_what_set_up_made_and_changes_nothing_by_it() throws Exception {
        try (RealTasks tasks = project("setup:", "  - echo g >gone; echo h >~/note")) {
            Assignment assignment = tasks.task("rm gone").build();
            Ran ran = tasks.run(assignment);

            List<CommandResult> results =
                    tasks.afterwards(assignment, ran.snapshot(1), "test -e ~/note && ! test -e gone");

            assertThat(results)
                    .singleElement()
                    .satisfies(result ->
                            assertThat(result.hasExec()).as("%s", result).isTrue());
            assertThat(results.getFirst().getExec().getEnded().getExitCode()).isZero();
            List<Event> events = results.getFirst().getExec().getEventsList();
            assertThat(events)
                    .extracting(event -> event.getBodyCase().name())
                    .containsExactly("SETUP_START", "SETUP_END", "TOOL_CALL", "TOOL_RESULT", "SNAPSHOT_CREATED");
            assertThat(events.getLast().getSnapshotCreated().getSnapshot().getFilesChanged())
                    .isZero();
        }
    }
}
