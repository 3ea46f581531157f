package dev.belay.controller.testing;

import com.google.protobuf.ByteString;
import dev.belay.proto.v1.AssignAck;
import dev.belay.proto.v1.AssignReject;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Carried;
import dev.belay.proto.v1.CommandResult;
import dev.belay.proto.v1.ControllerMessage;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.EventAck;
import dev.belay.proto.v1.EventBatch;
import dev.belay.proto.v1.GetHistoryRequest;
import dev.belay.proto.v1.GetPackRequest;
import dev.belay.proto.v1.GetSecretsRequest;
import dev.belay.proto.v1.Hello;
import dev.belay.proto.v1.ModelMessage;
import dev.belay.proto.v1.ModelProvider;
import dev.belay.proto.v1.PackChunk;
import dev.belay.proto.v1.PackHeader;
import dev.belay.proto.v1.PackStored;
import dev.belay.proto.v1.Ports;
import dev.belay.proto.v1.Renew;
import dev.belay.proto.v1.RenewResult;
import dev.belay.proto.v1.RunnerEvent;
import dev.belay.proto.v1.RunnerLinkGrpc;
import dev.belay.proto.v1.RunnerMessage;
import dev.belay.proto.v1.RunningTask;
import dev.belay.proto.v1.SecretValues;
import dev.belay.proto.v1.Snapshot;
import dev.belay.proto.v1.SnapshotCreated;
import dev.belay.proto.v1.Spoken;
import dev.belay.proto.v1.TaskState;
import dev.belay.proto.v1.TaskStateChanged;
import dev.belay.proto.v1.ToolCalled;
import dev.belay.proto.v1.ToolReturned;
import dev.belay.proto.v1.TurnStarted;
import dev.belay.proto.v1.Welcome;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A runner that does what its test says, over the real wire. */
public final class ScriptedRunner implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 15;

    private final ManagedChannel channel;
    private final RunnerLinkGrpc.RunnerLinkStub stub;
    private final LinkedBlockingQueue<ControllerMessage> inbox = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> ended = new CompletableFuture<>();
    private final StreamObserver<RunnerMessage> out;
    private final Set<RunningTask> gaveBack = new HashSet<>();

    private ScriptedRunner(int port, String token, String name) {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        metadata.put(Metadata.Key.of("belay-runner", Metadata.ASCII_STRING_MARSHALLER), name);
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        stub = RunnerLinkGrpc.newStub(channel).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
        out = stub.session(new StreamObserver<>() {
            @Override
            public void onNext(ControllerMessage message) {
                inbox.add(message);
            }

            @Override
            public void onError(Throwable failure) {
                ended.complete(Status.fromThrowable(failure));
            }

            @Override
            public void onCompleted() {
                ended.complete(Status.OK);
            }
        });
    }

    /** Opens a session and says nothing yet. */
    public static ScriptedRunner dial(int port, String token, String name) {
        return new ScriptedRunner(port, token, name);
    }

    public static ScriptedRunner connect(int port, String token, String name, String bootId, int slots) {
        ScriptedRunner runner = dial(port, token, name);
        runner.hello(name, bootId, slots);
        return runner;
    }

    public Welcome hello(String name, String bootId, int slots, RunningTask... running) {
        return hello(name, bootId, slots, List.of(), running);
    }

    public Welcome hello(String name, String bootId, int slots, List<String> weaker, RunningTask... running) {
        return hello(name, bootId, slots, weaker, List.of(), running);
    }

    public Welcome hello(
            String name,
            String bootId,
            int slots,
            List<String> weaker,
            List<ModelProvider> providers,
            RunningTask... running) {
        send(RunnerMessage.newBuilder()
                .setHello(Hello.newBuilder()
                        .setRunner(name)
                        .setBootId(bootId)
                        .setVersion("0.1.0")
                        .setProtocol(1)
                        .setSlots(slots)
                        .addEngines("namespace")
                        .addAllWeaker(weaker)
                        .addAllProviders(providers)
                        .setHost("test")
                        .setCarries(true)
                        .addAllRunning(List.of(running)))
                .build());
        return expect(ControllerMessage.BodyCase.WELCOME).getWelcome();
    }

    public void send(RunnerMessage message) {
        out.onNext(message);
    }

    /**
     * The next message, which must be of this kind. Passed over is that it does not hold what it gave back itself: its
     * word that it took the task may be written down after that.
     */
    public ControllerMessage expect(ControllerMessage.BodyCase kind) {
        ControllerMessage message = next(kind.name());
        while (message.hasKill()
                && gaveBack.contains(
                        runs(message.getKill().getTask(), message.getKill().getEpoch()))) {
            message = next(kind.name());
        }
        if (message.getBodyCase() != kind) {
            throw new AssertionError("wanted " + kind + ", got " + message);
        }
        return message;
    }

    /** The next message, of whatever kind. */
    public ControllerMessage next() {
        return next("message");
    }

    private ControllerMessage next(String wanted) {
        try {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            ControllerMessage message = null;
            boolean over = false;
            while (message == null && !over) {
                // Looked at before the inbox: what came before the end is in it.
                over = ended.isDone() || System.nanoTime() > deadline;
                message = inbox.poll(50, TimeUnit.MILLISECONDS);
            }
            if (message == null) {
                throw new AssertionError("no " + wanted + " came; the session: " + ended);
            }
            return message;
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /** Whether nothing came for so long. */
    public boolean hearsNothing(long millis) {
        try {
            return inbox.poll(millis, TimeUnit.MILLISECONDS) == null;
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    public Status end() {
        try {
            return ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (Exception failed) {
            throw new AssertionError("the session did not end", failed);
        }
    }

    public Assignment assignment() {
        return expect(ControllerMessage.BodyCase.ASSIGN).getAssign();
    }

    public void ack(Assignment assignment) {
        send(RunnerMessage.newBuilder()
                .setAssignAck(
                        AssignAck.newBuilder().setTask(assignment.getTask()).setEpoch(assignment.getEpoch()))
                .build());
    }

    public void reject(Assignment assignment, String reason) {
        send(RunnerMessage.newBuilder()
                .setAssignReject(AssignReject.newBuilder()
                        .setTask(assignment.getTask())
                        .setEpoch(assignment.getEpoch())
                        .setReason(reason))
                .build());
    }

    /** Takes the next assignment and brings it to running, with its base snapshot: events 1 and 2. */
    public Assignment begin() {
        Assignment assignment = assignment();
        ack(assignment);
        EventAck ack = events(assignment, 1, snapshot("base", 0), running());
        if (ack.getStale() || ack.getDurableRunnerSeq() != 2) {
            throw new AssertionError("the beginning was not taken: " + ack);
        }
        return assignment;
    }

    /** A piece of what its model is just saying. */
    public void say(Assignment assignment, int turn, int from, String text) {
        send(RunnerMessage.newBuilder()
                .setSpoken(Spoken.newBuilder()
                        .setTask(assignment.getTask())
                        .setEpoch(assignment.getEpoch())
                        .setTurn(turn)
                        .setFrom(from)
                        .setText(text))
                .build());
    }

    public EventAck events(Assignment assignment, long first, Event... events) {
        return events(assignment.getTask(), assignment.getEpoch(), first, events);
    }

    public EventAck events(String task, int epoch, long first, Event... events) {
        for (Event event : events) {
            if (event.getTaskState().getTo() == TaskState.TASK_STATE_QUEUED) {
                gaveBack.add(runs(task, epoch));
            }
        }
        send(batch(task, epoch, first, events));
        return expect(ControllerMessage.BodyCase.EVENT_ACK).getEventAck();
    }

    public static RunnerMessage batch(Assignment assignment, long first, Event... events) {
        return batch(assignment.getTask(), assignment.getEpoch(), first, events);
    }

    private static RunnerMessage batch(String task, int epoch, long first, Event... events) {
        EventBatch.Builder batch = EventBatch.newBuilder().setTask(task).setEpoch(epoch);
        long seq = first;
        for (Event event : events) {
            batch.addEvents(RunnerEvent.newBuilder().setRunnerSeq(seq++).setEvent(event));
        }
        return RunnerMessage.newBuilder().setEvents(batch).build();
    }

    public RenewResult renew(RunningTask... running) {
        return renew(List.of(), running);
    }

    public RenewResult renew(List<ModelProvider> providers, RunningTask... running) {
        send(renewal(providers, running));
        return expect(ControllerMessage.BodyCase.RENEW_RESULT).getRenewResult();
    }

    public static RunnerMessage renewal(List<ModelProvider> providers, RunningTask... running) {
        return RunnerMessage.newBuilder()
                .setRenew(Renew.newBuilder()
                        .setNonce(7)
                        .addAllRunning(List.of(running))
                        .addAllProviders(providers))
                .build();
    }

    /** A provider whose models the runner can ask. */
    public static ModelProvider usable(String provider) {
        return ModelProvider.newBuilder().setName(provider).setUsable(true).build();
    }

    /** One that it knows and cannot ask. */
    public static ModelProvider lacking(String provider, String missing) {
        return ModelProvider.newBuilder().setName(provider).setMissing(missing).build();
    }

    public void answer(CommandResult.Builder result) {
        send(RunnerMessage.newBuilder().setCommandResult(result).build());
    }

    public static Event running() {
        return state(TaskState.TASK_STATE_RUNNING, "", "");
    }

    public static Event state(TaskState to, String reason, String detail) {
        return event("runner", 0, 0)
                .setTaskState(TaskStateChanged.newBuilder()
                        .setTo(to)
                        .setStopReason(reason)
                        .setDetail(detail)
                        .setSandbox("namespace"))
                .build();
    }

    public static Event succeeded() {
        return state(TaskState.TASK_STATE_SUCCEEDED, "done", "the script ended");
    }

    public static Event turn(int turn) {
        return event("agent", turn, 0)
                .setTurnStart(TurnStarted.newBuilder().setModel("script"))
                .build();
    }

    public static Event message(int turn, String text) {
        return event("agent", turn, 0)
                .setModelMessage(ModelMessage.newBuilder().setText(text))
                .build();
    }

    public static Event call(int turn, int step) {
        return event("agent", turn, step)
                .setToolCall(ToolCalled.newBuilder()
                        .setCallId("call-" + step)
                        .setTool("Bash")
                        .setInputJson("{\"command\":\"make test\"}")
                        .setSummary("make test"))
                .build();
    }

    public static Event result(int turn, int step) {
        return event("agent", turn, step)
                .setToolResult(ToolReturned.newBuilder()
                        .setCallId("call-" + step)
                        .setTool("Bash")
                        .setExitCode(0)
                        .setOutput("exit code: 0"))
                .build();
    }

    /** The runner's last word in an epoch that it does not bring to an end. */
    public static Event givenBack(String reason) {
        return event("runner", 0, 0)
                .setTaskState(TaskStateChanged.newBuilder()
                        .setTo(TaskState.TASK_STATE_QUEUED)
                        .setStopReason(reason)
                        .setDetail("its runner says " + reason))
                .build();
    }

    public List<Event> history(String task, int epoch) throws Exception {
        CompletableFuture<List<Event>> all = new CompletableFuture<>();
        List<Event> events = new ArrayList<>();
        stub.getHistory(
                GetHistoryRequest.newBuilder().setTask(task).setEpoch(epoch).build(), new StreamObserver<>() {
                    @Override
                    public void onNext(Event event) {
                        events.add(event);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        all.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        all.complete(events);
                    }
                });
        return all.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    public static Event snapshot(String kind, int step) {
        return snapshot(kind, step, step);
    }

    /** @param asIn the project's files are those of this step */
    public static Event snapshot(String kind, int step, int asIn) {
        return event("agent", 1, step)
                .setSnapshotCreated(SnapshotCreated.newBuilder()
                        .setSnapshot(Snapshot.newBuilder()
                                .setId("s" + step)
                                .setStep(step)
                                .setTurn(1)
                                .setKind(kind)
                                .setCommit(commit(step))
                                .setParentCommit(step == 0 ? "" : commit(step - 1))
                                .setTree("%040x".formatted(0xf11e500L + asIn))
                                .setTotalFilesChanged(step)))
                .build();
    }

    public static String commit(int step) {
        return "%040x".formatted(0xc0ffee00L + step);
    }

    private static Event.Builder event(String actor, int turn, int step) {
        return Event.newBuilder().setActor(actor).setTurn(turn).setStep(step);
    }

    public static RunningTask runs(Assignment assignment) {
        return runs(assignment.getTask(), assignment.getEpoch());
    }

    public static RunningTask runs(String task, int epoch) {
        return RunningTask.newBuilder().setTask(task).setEpoch(epoch).build();
    }

    /** Sends a pack in chunks of 3 bytes. */
    public PackStored putPack(String task, int epoch, byte[] pack, long announced) throws Exception {
        CompletableFuture<PackStored> answer = new CompletableFuture<>();
        StreamObserver<PackChunk> chunks = stub.putPack(into(answer, new ArrayList<>()));
        PackHeader header = PackHeader.newBuilder()
                .setTask(task)
                .setEpoch(epoch)
                .setSha256(MemoryPacks.sha256(pack))
                .setSize(announced)
                .build();
        PackChunk.Builder chunk = PackChunk.newBuilder().setHeader(header);
        for (int from = 0; from < pack.length; from += 3) {
            int length = Math.min(3, pack.length - from);
            chunks.onNext(chunk.setData(ByteString.copyFrom(pack, from, length)).build());
            chunk = PackChunk.newBuilder();
        }
        chunks.onCompleted();
        return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    public byte[] getPack(String task, String sha256) throws Exception {
        CompletableFuture<PackChunk> last = new CompletableFuture<>();
        List<PackChunk> chunks = new ArrayList<>();
        stub.getPack(GetPackRequest.newBuilder().setTask(task).setSha256(sha256).build(), into(last, chunks));
        last.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (PackChunk chunk : chunks) {
            chunk.getData().writeTo(bytes);
        }
        return bytes.toByteArray();
    }

    public SecretValues getSecrets(String task, int epoch) throws Exception {
        CompletableFuture<SecretValues> answer = new CompletableFuture<>();
        stub.getSecrets(
                GetSecretsRequest.newBuilder().setTask(task).setEpoch(epoch).build(), into(answer, new ArrayList<>()));
        return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Answers a visit: the runner's side of the call. */
    public Carrying carry(String visit) {
        return new Carrying(visit);
    }

    /** One call of Carry. */
    public final class Carrying {
        private final LinkedBlockingQueue<Carried> pieces = new LinkedBlockingQueue<>();
        private final CompletableFuture<Status> over = new CompletableFuture<>();
        private final ClientCallStreamObserver<Carried> call;

        private Carrying(String visit) {
            call = (ClientCallStreamObserver<Carried>) stub.carry(new StreamObserver<>() {
                @Override
                public void onNext(Carried piece) {
                    pieces.add(piece);
                }

                @Override
                public void onError(Throwable failure) {
                    over.complete(Status.fromThrowable(failure));
                }

                @Override
                public void onCompleted() {
                    over.complete(Status.OK);
                }
            });
            call.onNext(Carried.newBuilder().setVisit(visit).build());
        }

        public Carrying listening(Integer... ports) {
            call.onNext(Carried.newBuilder()
                    .setListening(Ports.newBuilder().addAllListening(List.of(ports)))
                    .build());
            return this;
        }

        public void says(Carried.Builder piece) {
            call.onNext(piece.build());
        }

        public void says(String text) {
            says(Carried.newBuilder().setData(ByteString.copyFromUtf8(text)));
        }

        public void ends() {
            call.onCompleted();
        }

        public void breaks() {
            call.onError(Status.CANCELLED.asRuntimeException());
        }

        /** Whether the other side takes more, now or in a moment. */
        public boolean isReady() throws InterruptedException {
            for (int look = 0; look < 100 && !call.isReady(); look++) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            return call.isReady();
        }

        public Carried next() throws InterruptedException {
            Carried piece = pieces.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (piece == null) {
                throw new AssertionError("nothing came; the call: " + over);
            }
            return piece;
        }

        public Status end() throws Exception {
            return over.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static <T> StreamObserver<T> into(CompletableFuture<T> last, List<T> all) {
        return new StreamObserver<>() {
            @Override
            public void onNext(T message) {
                all.add(message);
            }

            @Override
            public void onError(Throwable failure) {
                last.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {
                last.complete(all.getLast());
            }
        };
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
