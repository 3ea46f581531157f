package dev.belay.runner.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.CancelCommand;
import dev.belay.proto.v1.Carried;
import dev.belay.proto.v1.Command;
import dev.belay.proto.v1.CommandResult;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.Hello;
import dev.belay.proto.v1.MoveHeadCommand;
import dev.belay.proto.v1.NotCaptured;
import dev.belay.proto.v1.RunCommand;
import dev.belay.proto.v1.RunnerLinkGrpc;
import dev.belay.proto.v1.RunnerMessage;
import dev.belay.proto.v1.Snapshot;
import dev.belay.proto.v1.Spoken;
import dev.belay.proto.v1.TaskState;
import dev.belay.proto.v1.Visit;
import dev.belay.runner.model.NoModels;
import dev.belay.runner.task.TaskHouse;
import dev.belay.runner.task.Tenure;
import dev.belay.runner.task.WrittenPlaces;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControllerLinkTest {
    private static final String TWO_CALLS = """
            model: script/1
            turns:
              - say: "First."
                calls: [{Bash: {command: "true"}}]
              - calls: [{Bash: {command: "true"}}]
              - say: "Done."
            """;

    @TempDir
    Path directory;

    private final AtomicReference<Duration> sinceBoot = new AtomicReference<>(Duration.ofHours(1));

    private ScriptedController controller;
    private WrittenPlaces places;
    private TaskHouse house;
    private final List<TaskHouse> houses = new ArrayList<>();
    private ControllerLink link;
    private ManagedChannel channel;
    private Thread thread;

    @BeforeEach
    void start() throws Exception {
        controller = new ScriptedController();
        places = new WrittenPlaces(Files.createDirectory(directory.resolve("packs")));
        startRunner();
    }

    private void startRunner() throws Exception {
        channel = NettyChannelBuilder.forAddress("127.0.0.1", controller.port())
                .usePlaintext()
                .build();
        RunnerLinkGrpc.RunnerLinkBlockingStub blocking = RunnerLinkGrpc.newBlockingStub(channel);
        GrpcPacks packs = new GrpcPacks(blocking, RunnerLinkGrpc.newStub(channel));
        house = new TaskHouse(
                directory.resolve("spool"),
                2,
                places,
                new TaskHouse.Archive(packs, new GrpcHistory(blocking)),
                NoModels.here(),
                new Tenure(sinceBoot::get),
                InstantSource.system());
        houses.add(house);
        house.recover();
        link = new ControllerLink(
                RunnerLinkGrpc.newStub(channel),
                packs,
                house,
                new ControllerLink.Introduction(
                        Hello.newBuilder().setRunner("r1").setBootId("b1").build(), directory),
                new Random(7));
        thread = Thread.ofPlatform().start(() -> {
            try {
                link.run();
            } catch (InterruptedException | ControllerLink.RefusedException ended) {
                Thread.currentThread().interrupt();
            }
        });
        controller.hear(RunnerMessage::hasHello);
    }

    @AfterEach
    void stop() throws Exception {
        // What a process that died would not do either: its tasks go on no more, and write nothing.
        for (TaskHouse died : houses.subList(0, houses.size() - 1)) {
            died.close();
        }
        places.hold.countDown();
        link.stop();
        house.close();
        channel.shutdownNow();
        thread.join();
        controller.close();
    }

    @Test
    void what_a_model_is_saying_goes_out_while_it_is_said_and_from_the_beginning_after_a_broken_connection()
            throws Exception {
        String words = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen";
        controller.assign(assignment("t-1", 1).toBuilder()
                .setScript("{model: script/1, turns: [{pace: 40, say: \"" + words + "\"}]}")
                .build());

        Spoken first = spoken();
        assertThat(first.getFrom()).isZero();
        assertThat(first.getTurn()).isEqualTo(1);
        Spoken second = spoken();
        assertThat(second.getFrom()).isEqualTo(first.getText().length());
        controller.cut();
        controller.hear(RunnerMessage::hasHello);
        Spoken again = spoken();

        assertThat(again.getFrom()).isZero();
        assertThat(again.getText()).startsWith(first.getText() + second.getText());
        assertThat(words).startsWith(again.getText());
        assertThat(controller.awaitLog(ControllerLinkTest::ended).stream()
                        .filter(Event::hasModelMessage)
                        .map(event -> event.getModelMessage().getText()))
                .containsExactly(words);
    }

    private Spoken spoken() throws InterruptedException {
        return controller.hear(RunnerMessage::hasSpoken).getSpoken();
    }

    private static Visit visit(String task, int epoch, int port) {
        return Visit.newBuilder()
                .setId("v-1")
                .setTask(task)
                .setEpoch(epoch)
                .setPort(port)
                .build();
    }

    @Test
    void a_visit_is_told_what_listens_whatever_call_is_at_work() throws Exception {
        places.hold = new CountDownLatch(1);
        places.listening = new TreeSet<>(List.of(3000, 5173));
        controller.assign(assignment("t-1", 1));
        places.calling.await();

        List<Carried> said = controller.visit(visit("t-1", 1, 0));

        assertThat(said).hasSize(2);
        assertThat(said.getFirst().getVisit()).isEqualTo("v-1");
        assertThat(said.getLast().getListening().getListeningList()).containsExactly(3000, 5173);
    }

    @ParameterizedTest
    @CsvSource({
        "t-1, 1, 5173, E_NOT_FOUND",
        "t-1, 2, 5173, E_STALE_EPOCH",
        "t-2, 1, 0, E_STALE_EPOCH",
        "t-1, 0, 0, E_TASK_ENDED"
    })
    void a_visit_that_cannot_be_is_refused_by_name_and_its_call_ends(String task, int epoch, int port, String code)
            throws Exception {
        places.hold = new CountDownLatch(1);
        controller.assign(assignment("t-1", 1));
        places.calling.await();

        List<Carried> said = controller.visit(visit(task, epoch, port));

        assertThat(said.getLast().getFailed().getCode()).isEqualTo(code);
    }

    @Test
    void a_task_is_acknowledged_run_and_told_in_order_and_its_record_is_dropped_at_the_end() throws Exception {
        controller.assign(assignment("t-1", 1));

        controller.hear(RunnerMessage::hasAssignAck);
        List<Event> log = controller.awaitLog(ControllerLinkTest::ended);

        assertThat(log.stream().map(event -> event.getBodyCase().name()))
                .containsExactly(
                        "SNAPSHOT_CREATED",
                        "TASK_STATE",
                        "TURN_START",
                        "MODEL_MESSAGE",
                        "TOOL_CALL",
                        "TOOL_RESULT",
                        "SNAPSHOT_CREATED",
                        "TURN_END",
                        "TURN_START",
                        "TOOL_CALL",
                        "TOOL_RESULT",
                        "SNAPSHOT_CREATED",
                        "TURN_END",
                        "TURN_START",
                        "MODEL_MESSAGE",
                        "TURN_END",
                        "TASK_STATE");
        assertThat(log.getLast().getTaskState().getTo()).isEqualTo(TaskState.TASK_STATE_SUCCEEDED);
        assertThat(controller.packsStored()).containsExactly("hash-0", "hash-1", "hash-2");
        assertThat(places.open).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 5, 7, 12, 17})
    void a_connection_that_breaks_at_any_event_loses_and_repeats_nothing(long seq) throws Exception {
        controller.cutBefore(event -> event.getRunnerSeq() == seq);

        controller.assign(assignment("t-1", 1));

        assertThat(controller.awaitLog(ControllerLinkTest::ended)).hasSize(17);
    }

    @Test
    void a_task_that_was_taken_away_ends_at_once_and_says_nothing_more() throws Exception {
        places.hold = new CountDownLatch(1);
        controller.assign(assignment("t-1", 1));
        places.calling.await();
        int said = controller
                .awaitLog(log -> log.stream().anyMatch(Event::hasToolCall))
                .size();

        controller.kill("t-1", 1);

        assertThat(places.closed.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        assertThat(controller.log()).hasSize(said);
    }

    @Test
    void a_cancelled_task_keeps_the_state_of_the_interrupted_step() throws Exception {
        places.hold = new CountDownLatch(1);
        controller.assign(assignment("t-1", 1));
        places.calling.await();

        controller.command(Command.newBuilder()
                .setId("c1")
                .setTask("t-1")
                .setEpoch(1)
                .setCancel(CancelCommand.newBuilder().setReason("ada cancelled it"))
                .build());

        List<Event> log = controller.awaitLog(ControllerLinkTest::ended);
        assertThat(log.getLast().getTaskState().getTo()).isEqualTo(TaskState.TASK_STATE_CANCELLED);
        assertThat(log)
                .anySatisfy(event ->
                        assertThat(event.getToolResult().getInterrupted()).isEqualTo("cancelled"))
                .anySatisfy(event -> assertThat(
                                event.getSnapshotCreated().getSnapshot().getStep())
                        .isEqualTo(1));
    }

    @Test
    void a_call_that_its_sandbox_ended_in_has_a_result_that_says_so_and_its_state_is_kept() throws Exception {
        places.loseTools = true;

        controller.assign(assignment("t-1", 1));

        List<Event> log = controller.awaitLog(ControllerLinkTest::ended);
        assertThat(log.getLast().getTaskState().getStopReason()).isEqualTo("sandbox_lost");
        assertThat(log.stream()
                        .filter(Event::hasToolResult)
                        .map(event -> event.getToolResult().getInterrupted()))
                .containsExactly("sandbox_lost");
        assertThat(log.stream()
                        .filter(Event::hasSnapshotCreated)
                        .map(event -> event.getSnapshotCreated().getSnapshot().getStep()))
                .containsExactly(0, 1);
    }

    @Test
    void a_command_waits_for_the_running_step_and_is_carried_out_once_however_often_it_is_sent() throws Exception {
        places.hold = new CountDownLatch(1);
        controller.assign(assignment("t-1", 1));
        places.calling.await();
        Command exec = Command.newBuilder()
                .setId("c1")
                .setTask("t-1")
                .setEpoch(1)
                .setActor("ada")
                .setRun(RunCommand.newBuilder().addArgv("ls").setTimeoutSeconds(5))
                .build();

        controller.command(exec);
        controller.hear(message -> message.hasCommandOutput()
                && message.getCommandOutput().getWaiting().contains("running Bash call"));
        controller.command(exec);
        places.hold.countDown();

        CommandResult answer = controller.answer("c1");
        assertThat(answer.getExec().getEnded().getExitCode()).isEqualTo(7);
        List<Event> log = controller.awaitLog(ControllerLinkTest::ended);
        assertThat(log.stream()
                        .filter(event -> event.getToolCall().getTool().equals("exec"))
                        .count())
                .isEqualTo(1);
    }

    @Test
    void a_rollback_is_refused_when_the_head_moved_and_done_when_it_did_not() throws Exception {
        places.hold = new CountDownLatch(1);
        controller.assign(assignment("t-1", 1));
        places.calling.await();
        controller.command(move("c1", 5));
        controller.command(move("c2", 1));
        controller.hear(message -> message.getCommandOutput().getCommand().equals("c1"));
        controller.hear(message -> message.getCommandOutput().getCommand().equals("c2"));
        places.hold.countDown();

        assertThat(controller.answer("c1").getFailed().getCode()).isEqualTo("E_HEAD_MOVED");
        assertThat(controller.answer("c2").getOperation().getTo()).isEqualTo("s0");
        List<Event> log = controller.awaitLog(ControllerLinkTest::ended);
        assertThat(log.stream().filter(Event::hasOperation).count()).isEqualTo(1);
    }

    @Test
    void a_snapshot_that_the_controller_refuses_is_told_as_missing_and_stops_the_task() throws Exception {
        controller.refusePacks();
        places.hold = new CountDownLatch(0);

        controller.assign(assignment("t-1", 1));

        List<Event> log = controller.awaitLog(ControllerLinkTest::ended);
        assertThat(log).anyMatch(Event::hasSnapshotFailed);
        assertThat(log.stream()
                        .filter(Event::hasSnapshotCreated)
                        .map(event -> event.getSnapshotCreated().getSnapshot().getId()))
                .containsExactly("s0");
    }

    @Test
    void a_command_on_an_ended_task_whose_snapshot_is_refused_leaves_nothing_that_the_next_would_build_on()
            throws Exception {
        controller.refusePacks();

        controller.command(Command.newBuilder()
                .setId("c1")
                .setTask("t-9")
                .setRun(RunCommand.newBuilder()
                        .addArgv("ls")
                        .setTimeoutSeconds(5)
                        .setStep(3))
                .build());

        assertThat(controller.answer("c1").hasFailed()).isTrue();
        assertThat(places.discarded).containsExactly("t-9");
    }

    @Test
    void a_snapshot_that_cannot_be_taken_stops_the_task_with_its_reason() throws Exception {
        places.failCaptures = true;

        controller.assign(assignment("t-1", 1));

        List<Event> log = controller.awaitLog(ControllerLinkTest::ended);
        assertThat(log.getLast().getTaskState().getStopReason()).isEqualTo("snapshot_failed");
        assertThat(log.getLast().getTaskState().getDetail()).contains("no space left");
    }

    @Test
    void a_rollback_that_fails_has_recorded_what_it_kept_of_the_state_before() throws Exception {
        places.failMoves = true;
        places.hold = new CountDownLatch(1);
        controller.assign(assignment("t-1", 1));
        places.calling.await();
        controller.command(move("c1", 0));
        controller.hear(message -> message.getCommandOutput().getCommand().equals("c1"));
        places.hold.countDown();

        assertThat(controller.answer("c1").getFailed().getDetail()).contains("no space left");
        assertThat(controller.awaitLog(ControllerLinkTest::ended).stream()
                        .filter(Event::hasSnapshotCreated)
                        .map(event -> event.getSnapshotCreated().getSnapshot().getKind()))
                .containsExactly("base", "step", "safety", "step");
    }

    @Test
    void after_a_restart_an_unfinished_task_is_given_back() throws Exception {
        places.hold = new CountDownLatch(1);
        controller.assign(assignment("t-1", 1));
        places.calling.await();
        controller.awaitLog(log -> log.stream().anyMatch(Event::hasToolCall));
        link.stop();
        channel.shutdownNow();
        thread.join();

        startRunner();

        List<Event> log = controller.awaitLog(ControllerLinkTest::ended);
        assertThat(log.getLast().getTaskState().getTo()).isEqualTo(TaskState.TASK_STATE_QUEUED);
        assertThat(log.getLast().getTaskState().getStopReason()).isEqualTo("runner_restarted");
    }

    @Test
    void what_cannot_stand_still_ends_before_the_lease_does_and_the_task_is_given_back() throws Exception {
        places.canHold = false;
        places.hold = new CountDownLatch(1);
        controller.assign(assignment("t-1", 1));
        places.calling.await();
        controller.awaitLog(log -> log.stream().anyMatch(Event::hasToolCall));

        sinceBoot.updateAndGet(now -> now.plusSeconds(26));

        List<Event> log = controller.awaitLog(ControllerLinkTest::ended);
        assertThat(log.getLast().getTaskState().getTo()).isEqualTo(TaskState.TASK_STATE_QUEUED);
        assertThat(log.getLast().getTaskState().getStopReason()).isEqualTo("fenced");
        assertThat(places.open).hasValue(0);
        assertThat(log.stream().filter(Event::hasSnapshotCreated))
                .as("the interrupted call's files are not looked at any more")
                .hasSize(1);
    }

    @Test
    void without_an_acknowledged_renewal_everything_stands_still_and_goes_on_when_the_controller_is_back()
            throws Exception {
        places.hold = new CountDownLatch(1);
        controller.assign(assignment("t-1", 1));
        places.calling.await();

        sinceBoot.updateAndGet(now -> now.plusSeconds(26));
        assertThat(places.held.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        places.hold.countDown();
        sinceBoot.updateAndGet(now -> now.plusSeconds(40));
        List<Event> before = controller.awaitLog(log -> log.stream().anyMatch(Event::hasToolResult));
        assertThat(places.released.availablePermits()).isZero();
        controller.cut();

        List<Event> log = controller.awaitLog(ControllerLinkTest::ended);
        assertThat(before.stream().filter(Event::hasTurnStart))
                .as("no model was asked meanwhile")
                .hasSize(1);
        assertThat(log.getLast().getTaskState().getTo()).isEqualTo(TaskState.TASK_STATE_SUCCEEDED);
        assertThat(log.stream()
                        .filter(event -> event.hasWarning())
                        .map(event -> event.getWarning().getText()))
                .containsExactly("the runner could not reach the controller: the sandbox stood still for 40s"
                        + " and went on where it was");
        assertThat(places.released.availablePermits()).isEqualTo(1);
    }

    @Test
    void a_controller_that_takes_renewals_and_answers_none_is_left_for_whoever_answers() throws Exception {
        String first = controller.connection();

        sinceBoot.updateAndGet(now -> now.plusSeconds(10));
        controller.hear(RunnerMessage::hasRenew);
        controller.hear(RunnerMessage::hasHello);

        assertThat(controller.connection()).as("dialled anew").isNotEqualTo(first);
    }

    @Test
    void what_stood_still_is_ended_when_the_task_is_another_s() throws Exception {
        places.hold = new CountDownLatch(1);
        controller.assign(assignment("t-1", 1));
        places.calling.await();
        sinceBoot.updateAndGet(now -> now.plusSeconds(26));
        assertThat(places.held.tryAcquire(20, TimeUnit.SECONDS)).isTrue();

        controller.kill("t-1", 1);

        assertThat(places.closed.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        assertThat(places.released.availablePermits()).isZero();
    }

    @Test
    void what_stands_still_for_an_hour_is_given_back() throws Exception {
        places.hold = new CountDownLatch(1);
        controller.assign(assignment("t-1", 1));
        places.calling.await();
        sinceBoot.updateAndGet(now -> now.plusSeconds(26));
        assertThat(places.held.tryAcquire(20, TimeUnit.SECONDS)).isTrue();

        sinceBoot.updateAndGet(now -> now.plusHours(1));

        List<Event> log = controller.awaitLog(ControllerLinkTest::ended);
        assertThat(log.getLast().getTaskState().getTo()).isEqualTo(TaskState.TASK_STATE_QUEUED);
        assertThat(log.getLast().getTaskState().getStopReason()).isEqualTo("fenced");
    }

    @Test
    void no_tool_is_called_and_no_model_asked_after_a_machine_slept_past_its_lease() throws Exception {
        places.canHold = false;
        places.hold = new CountDownLatch(1);
        controller.assign(assignment("t-1", 1));
        places.calling.await();

        sinceBoot.updateAndGet(now -> now.plusMinutes(5));
        places.hold.countDown();

        List<Event> log = controller.awaitLog(ControllerLinkTest::ended);
        assertThat(log.getLast().getTaskState().getStopReason()).isEqualTo("fenced");
        assertThat(log.stream().filter(Event::hasTurnStart)).hasSize(1);
        assertThat(log.stream().filter(Event::hasToolCall)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"prepare", "capture"})
    void a_task_whose_files_are_interrupted_is_given_back_and_not_called_failed(String where) throws Exception {
        places.canHold = false;
        places.holdsAt = where;
        places.holdFiles = new CountDownLatch(1);
        controller.assign(assignment("t-1", 1));
        places.atFiles.await();

        sinceBoot.updateAndGet(now -> now.plusSeconds(26));

        List<Event> log = controller.awaitLog(ControllerLinkTest::ended);
        assertThat(log.getLast().getTaskState().getTo()).isEqualTo(TaskState.TASK_STATE_QUEUED);
        assertThat(log.getLast().getTaskState().getStopReason()).isEqualTo("fenced");
        assertThat(places.open).hasValue(0);
    }

    @Test
    void a_task_goes_on_after_what_another_epoch_did() throws Exception {
        controller.assign(assignment("t-1", 1));
        List<Event> first = controller.awaitLog(ControllerLinkTest::ended);
        List<Event> told =
                first.stream().takeWhile(event -> event.getTurn() < 2).toList();
        controller.nextEpoch(told);
        places.missing =
                List.of(NotCaptured.newBuilder().setPath("node_modules").build());

        controller.assign(assignment("t-1", 2).toBuilder()
                .setResume(Snapshot.newBuilder().setId("s1").setStep(1))
                .setLastStep(1)
                .setLastTurn(1)
                .build());

        List<Event> log = controller.awaitLog(ControllerLinkTest::ended);
        assertThat(log.stream().map(event -> event.getBodyCase().name()))
                .containsExactly(
                        "TASK_STATE",
                        "WARNING",
                        "MODEL_NOTED",
                        "TURN_START",
                        "TOOL_CALL",
                        "TOOL_RESULT",
                        "SNAPSHOT_CREATED",
                        "TURN_END",
                        "TURN_START",
                        "MODEL_MESSAGE",
                        "TURN_END",
                        "TASK_STATE");
        assertThat(log.get(1).getWarning().getText()).contains("node_modules");
        assertThat(log.get(2).getModelNoted().getText()).contains("node_modules");
        assertThat(log.get(4).getStep()).isEqualTo(2);
        assertThat(log.get(4).getTurn()).isEqualTo(2);
        assertThat(log.getLast().getTaskState().getTo()).isEqualTo(TaskState.TASK_STATE_SUCCEEDED);
    }

    @Test
    void more_tasks_than_places_are_handed_back() throws Exception {
        places.hold = new CountDownLatch(1);
        controller.assign(assignment("t-1", 1));
        controller.assign(assignment("t-2", 1));
        controller.assign(assignment("t-3", 1));

        RunnerMessage rejected = controller.hear(RunnerMessage::hasAssignReject);

        assertThat(rejected.getAssignReject().getTask()).isIn("t-1", "t-2", "t-3");
        assertThat(rejected.getAssignReject().getReason()).isEqualTo("no free place");
    }

    private static Command move(String id, int expected) {
        return Command.newBuilder()
                .setId(id)
                .setTask("t-1")
                .setEpoch(1)
                .setMoveHead(MoveHeadCommand.newBuilder()
                        .setKind("rollback")
                        .setTo(Snapshot.newBuilder().setId("s0").setStep(0))
                        .setExpectedHeadStep(expected)
                        .setOperationNumber(3))
                .build();
    }

    private static Assignment assignment(String task, int epoch) {
        return Assignment.newBuilder()
                .setTask(task)
                .setShortId(task)
                .setEpoch(epoch)
                .setPrompt("fix it")
                .setModel("script")
                .setScript(TWO_CALLS)
                .setScriptName("two-calls.yaml")
                .build();
    }

    private static boolean ended(List<Event> log) {
        return !log.isEmpty()
                && log.getLast().hasTaskState()
                && log.getLast().getTaskState().getTo() != TaskState.TASK_STATE_RUNNING;
    }
}
