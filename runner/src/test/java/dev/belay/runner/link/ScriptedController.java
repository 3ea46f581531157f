package dev.belay.runner.link;

import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Carried;
import dev.belay.proto.v1.Command;
import dev.belay.proto.v1.CommandResult;
import dev.belay.proto.v1.ControllerMessage;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.EventAck;
import dev.belay.proto.v1.EventBatch;
import dev.belay.proto.v1.GetHistoryRequest;
import dev.belay.proto.v1.GetPackRequest;
import dev.belay.proto.v1.Kill;
import dev.belay.proto.v1.PackChunk;
import dev.belay.proto.v1.PackStored;
import dev.belay.proto.v1.RunnerEvent;
import dev.belay.proto.v1.RunnerLinkGrpc;
import dev.belay.proto.v1.RunnerMessage;
import dev.belay.proto.v1.Visit;
import dev.belay.proto.v1.Welcome;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The controller's side of the wire on a real socket, doing what a test says. */
final class ScriptedController extends RunnerLinkGrpc.RunnerLinkImplBase implements AutoCloseable {
    final BlockingQueue<RunnerMessage> heard = new LinkedBlockingQueue<>();
    private final BlockingQueue<Carried> carried = new LinkedBlockingQueue<>();
    private final List<Event> log = new ArrayList<>();
    private final List<String> packsStored = new ArrayList<>();
    private final Server server;
    private @Nullable StreamObserver<ControllerMessage> out;
    private long durable;
    private List<Event> history = List.of();
    private volatile Predicate<RunnerEvent> cutBefore = event -> false;
    private volatile boolean refusePacks;
    private final ThreadLocal<String> caller = ThreadLocal.withInitial(() -> "");
    private volatile String from = "";

    ScriptedController() throws Exception {
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .addService(ServerInterceptors.intercept(this, new ServerInterceptor() {
                    @Override
                    public <Q, A> ServerCall.Listener<Q> interceptCall(
                            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                        caller.set(String.valueOf(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)));
                        return next.startCall(call, headers);
                    }
                }))
                .build()
                .start();
    }

    /** Where the present session comes from. */
    String connection() {
        return from;
    }

    int port() {
        return server.getPort();
    }

    /** The connection breaks, once, when this event arrives; it and what follows is not acknowledged. */
    void cutBefore(Predicate<RunnerEvent> event) {
        cutBefore = event;
    }

    /** Ends the session as a controller does that goes down. */
    synchronized void cut() {
        if (out != null) {
            out.onError(Status.UNAVAILABLE.asRuntimeException());
            out = null;
        }
    }

    void refusePacks() {
        refusePacks = true;
    }

    synchronized void say(ControllerMessage.Builder message) {
        if (out != null) {
            out.onNext(message.build());
        }
    }

    void assign(Assignment assignment) {
        say(ControllerMessage.newBuilder().setAssign(assignment));
    }

    void kill(String task, int epoch) {
        say(ControllerMessage.newBuilder()
                .setKill(Kill.newBuilder().setTask(task).setEpoch(epoch).setReason("test")));
    }

    void command(Command command) {
        say(ControllerMessage.newBuilder().setCommand(command));
    }

    RunnerMessage hear(Predicate<RunnerMessage> wanted) throws InterruptedException {
        while (true) {
            RunnerMessage message = heard.poll(20, TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("the runner did not say it within 20 s");
            }
            if (wanted.test(message)) {
                return message;
            }
        }
    }

    CommandResult answer(String id) throws InterruptedException {
        return hear(message -> message.hasCommandResult()
                        && message.getCommandResult().getCommand().equals(id))
                .getCommandResult();
    }

    /** What the runner says to a visit, to the end of its call. */
    List<Carried> visit(Visit visit) throws InterruptedException {
        carried.clear();
        say(ControllerMessage.newBuilder().setVisit(visit));
        List<Carried> all = new ArrayList<>();
        while (true) {
            Carried next = carried.poll(20, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("the visit has no end; until now: " + all);
            }
            if (next.getBodyCase() == Carried.BodyCase.BODY_NOT_SET) {
                return all;
            }
            all.add(next);
        }
    }

    @Override
    public StreamObserver<Carried> carry(StreamObserver<Carried> responses) {
        return new StreamObserver<>() {
            @Override
            public void onNext(Carried piece) {
                carried.add(piece);
            }

            @Override
            public void onError(Throwable broken) {
                carried.add(Carried.getDefaultInstance());
            }

            @Override
            public void onCompleted() {
                carried.add(Carried.getDefaultInstance());
                responses.onCompleted();
            }
        };
    }

    /** Events as they were committed, in order. */
    synchronized List<Event> log() {
        return new ArrayList<>(log);
    }

    synchronized List<String> packsStored() {
        return new ArrayList<>(packsStored);
    }

    synchronized List<Event> awaitLog(Predicate<List<Event>> until) throws InterruptedException {
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!until.test(log)) {
            long left = TimeUnit.NANOSECONDS.toMillis(patience - System.nanoTime());
            if (left <= 0) {
                throw new AssertionError("the log did not become what was awaited: " + log);
            }
            wait(left);
        }
        return log();
    }

    @Override
    public StreamObserver<RunnerMessage> session(StreamObserver<ControllerMessage> responses) {
        from = caller.get();
        return new StreamObserver<>() {
            @Override
            public void onNext(RunnerMessage message) {
                if (message.hasHello()) {
                    synchronized (ScriptedController.this) {
                        out = responses;
                    }
                    say(ControllerMessage.newBuilder()
                            .setWelcome(Welcome.newBuilder()
                                    .setProtocol(1)
                                    .setVersion("test")
                                    .setLeaseSeconds(30)));
                } else if (message.hasEvents()) {
                    events(message.getEvents(), responses);
                }
                heard.add(message);
            }

            @Override
            public void onError(Throwable broken) {}

            @Override
            public void onCompleted() {
                responses.onCompleted();
            }
        };
    }

    /** What the next {@link #getHistory} tells, and that records begin anew. */
    synchronized void nextEpoch(List<Event> told) {
        history = List.copyOf(told);
        durable = 0;
        log.clear();
    }

    @Override
    public synchronized void getHistory(GetHistoryRequest request, StreamObserver<Event> responses) {
        history.forEach(responses::onNext);
        responses.onCompleted();
    }

    private synchronized void events(EventBatch batch, StreamObserver<ControllerMessage> responses) {
        for (RunnerEvent event : batch.getEventsList()) {
            if (event.getRunnerSeq() <= durable) {
                continue;
            }
            if (cutBefore.test(event)) {
                cutBefore = later -> false;
                responses.onError(Status.UNAVAILABLE.asRuntimeException());
                return;
            }
            if (event.getRunnerSeq() != durable + 1) {
                throw new AssertionError("a gap: " + durable + " then " + event.getRunnerSeq());
            }
            String pack = event.getEvent().getSnapshotCreated().getSnapshot().getPackSha256();
            if (!pack.isEmpty() && !packsStored.contains(pack)) {
                throw new AssertionError("a snapshot before its pack: " + pack);
            }
            durable = event.getRunnerSeq();
            log.add(event.getEvent());
        }
        notifyAll();
        responses.onNext(ControllerMessage.newBuilder()
                .setEventAck(EventAck.newBuilder()
                        .setTask(batch.getTask())
                        .setEpoch(batch.getEpoch())
                        .setDurableRunnerSeq(durable))
                .build());
    }

    @Override
    public StreamObserver<PackChunk> putPack(StreamObserver<PackStored> responses) {
        return new StreamObserver<>() {
            private String sha256 = "";

            @Override
            public void onNext(PackChunk chunk) {
                if (chunk.hasHeader()) {
                    sha256 = chunk.getHeader().getSha256();
                }
            }

            @Override
            public void onError(Throwable broken) {}

            @Override
            public void onCompleted() {
                if (refusePacks && !sha256.equals("hash-0")) {
                    responses.onError(
                            Status.INVALID_ARGUMENT.withDescription("too large").asRuntimeException());
                    return;
                }
                synchronized (ScriptedController.this) {
                    packsStored.add(sha256);
                }
                responses.onNext(PackStored.newBuilder().setSha256(sha256).build());
                responses.onCompleted();
            }
        };
    }

    @Override
    public void getPack(GetPackRequest request, StreamObserver<PackChunk> responses) {
        responses.onError(Status.NOT_FOUND.asRuntimeException());
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
