package dev.belay.runner.link;

import dev.belay.proto.v1.AssignAck;
import dev.belay.proto.v1.AssignReject;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Command;
import dev.belay.proto.v1.ControllerMessage;
import dev.belay.proto.v1.EventAck;
import dev.belay.proto.v1.Hello;
import dev.belay.proto.v1.Kill;
import dev.belay.proto.v1.ModelProvider;
import dev.belay.proto.v1.Renew;
import dev.belay.proto.v1.RunnerLinkGrpc;
import dev.belay.proto.v1.RunnerMessage;
import dev.belay.proto.v1.RunningTask;
import dev.belay.proto.v1.Visit;
import dev.belay.proto.v1.Welcome;
import dev.belay.runner.task.Packs;
import dev.belay.runner.task.TaskHouse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Logger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the session with the controller: dials, says who it is and what it holds, and dials again when the session breaks.
 * What tasks write meanwhile waits in their spools.
 */
public final class ControllerLink {
    private static final Logger LOG = Logger.getLogger(ControllerLink.class.getName());
    private static final int PROTOCOL = 1;
    private static final Duration RENEWAL = Duration.ofSeconds(10);
    /** Of Hello and of a renewal. Whoever is silent for longer may be silent for long, and others may answer in time. */
    private static final Duration ANSWER = Duration.ofSeconds(7);

    private static final long ANSWER_LOOK_MS = 500;
    private static final long FIRST_WAIT_MS = 100;
    private static final long LONGEST_WAIT_MS = 5_000;
    private static final Duration STEADY = Duration.ofSeconds(5);
    private static final long FENCE_LOOK_MS = 1_000;

    /** What the runner says of itself in Hello. */
    public record Introduction(Hello hello, Path state) {}

    private final RunnerLinkGrpc.RunnerLinkStub stub;
    private final Packs packs;
    private final TaskHouse house;
    private final Introduction introduction;
    private final RandomGenerator random;
    private final Map<String, RecordSender> senders = new ConcurrentHashMap<>();
    private final Map<String, Carriage> carriages = new ConcurrentHashMap<>();
    private volatile boolean stopping;
    private volatile @Nullable Session session;
    private final AtomicLong sessions = new AtomicLong();

    public ControllerLink(
            RunnerLinkGrpc.RunnerLinkStub stub,
            Packs packs,
            TaskHouse house,
            Introduction introduction,
            RandomGenerator random) {
        this.stub = stub;
        this.packs = packs;
        this.house = house;
        this.introduction = introduction;
        this.random = random;
    }

    /** Returns after {@link #stop()}; throws when the controller refuses this runner for good. */
    public void run() throws InterruptedException, RefusedException {
        house.onOpen(this::sendRecord);
        house.records().forEach(this::sendRecord);
        Thread fence = Thread.ofPlatform().daemon().name("fence").start(this::watchTenure);
        try {
            keepSession();
        } finally {
            fence.interrupt();
        }
    }

    /** Looks often enough for a machine that slept: a timer of its own would have slept with it. */
    private void watchTenure() {
        try {
            while (!stopping) {
                long left = house.tenure().left().toMillis();
                if (left <= 0 && house.used() > 0) {
                    house.fence();
                }
                TimeUnit.MILLISECONDS.sleep(left <= 0 ? FENCE_LOOK_MS : Math.min(left, FENCE_LOOK_MS));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void keepSession() throws InterruptedException, RefusedException {
        long wait = FIRST_WAIT_MS;
        while (!stopping) {
            // The channel's own patience grows to minutes, and until its end every session fails by the last reason.
            if (stub.getChannel() instanceof ManagedChannel channel) {
                channel.resetConnectBackoff();
            }
            Session attempt = new Session();
            attempt.open();
            Status end = attempt.awaitEnd();
            session = null;
            if (stopping) {
                return;
            }
            if (stub.getChannel() instanceof ManagedChannel channel) {
                // The connection may stand, and behind it a controller that cannot serve now: another may be there.
                channel.enterIdle();
            }
            switch (end.getCode()) {
                case UNAUTHENTICATED, PERMISSION_DENIED ->
                    throw new RefusedException("the controller does not accept this runner: " + end.getDescription());
                default ->
                    LOG.warning("the session with the controller ended: " + end.getCode()
                            + (end.getDescription() == null ? "" : " (" + end.getDescription() + ")"));
            }
            wait = attempt.wasSteady() ? FIRST_WAIT_MS : Math.min(LONGEST_WAIT_MS, wait * 2);
            TimeUnit.MILLISECONDS.sleep(wait / 2 + random.nextLong(wait));
        }
    }

    /** No new session; the present one is closed. */
    public void stop() {
        stopping = true;
        Session now = session;
        if (now != null) {
            now.close();
        }
    }

    private void sendRecord(TaskHouse.Open record) {
        RecordSender sender = new RecordSender(
                record,
                packs,
                this::send,
                (refused, reason) -> house.snapshotRefused(refused.task(), refused.epoch(), reason),
                () -> {
                    senders.remove(key(record.task(), record.epoch()));
                    house.forget(record.task(), record.epoch());
                });
        senders.put(key(record.task(), record.epoch()), sender);
        Session now = session;
        if (now != null) {
            sender.connected();
        }
        sender.start();
        new SpeechSender(record, this::sendNow, sessions::get).start();
    }

    /** @return false when the session does not take it at once */
    private boolean sendNow(RunnerMessage message) {
        Session now = session;
        return now != null && now.sendNow(message);
    }

    /** @return false when there is no session to send on */
    private boolean send(RunnerMessage message) {
        Session now = session;
        return now != null && now.send(message);
    }

    private static String key(String task, int epoch) {
        return task + "@" + epoch;
    }

    private RunningTask running(TaskHouse.Open record) {
        return RunningTask.newBuilder()
                .setTask(record.task())
                .setEpoch(record.epoch())
                .setLastRunnerSeq(record.spool().lastWritten())
                .setAckedRunnerSeq(record.spool().lastAcked())
                .build();
    }

    /** The controller will not have this runner, whatever it tries. */
    public static final class RefusedException extends Exception {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    /**
     * @param at by the clock that tenure counts by
     * @param nanos by one that a machine's sleep does not count in
     */
    private record Sent(Duration at, long nanos) {
        boolean isOverdue() {
            return System.nanoTime() - nanos > ANSWER.toNanos();
        }
    }

    private final class Session implements ClientResponseObserver<RunnerMessage, ControllerMessage> {
        private static final long PATIENCE_SECONDS = 30;

        private final CountDownLatch ended = new CountDownLatch(1);
        private @Nullable ClientCallStreamObserver<RunnerMessage> out;
        private Status status = Status.UNKNOWN;
        private volatile boolean welcome;
        private volatile boolean over;
        private final Duration begun = house.tenure().now();
        private Duration lease = Duration.ZERO;
        private long nonce;
        private List<ModelProvider> offered = List.of();
        /** When Hello and each renewal without an answer were sent; Hello is nonce 0. */
        private final Map<Long, Sent> sent = new ConcurrentHashMap<>();

        @Override
        public synchronized void beforeStart(ClientCallStreamObserver<RunnerMessage> requests) {
            requests.setOnReadyHandler(this::wake);
            out = requests;
        }

        private synchronized void wake() {
            notifyAll();
        }

        /** Waits until the controller has taken what was sent before, so that a flood is held back at its source. */
        synchronized boolean sendInTurn(RunnerMessage message) throws InterruptedException {
            long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!over && out != null && !out.isReady()) {
                long left = TimeUnit.NANOSECONDS.toMillis(patience - System.nanoTime());
                if (left <= 0) {
                    return false;
                }
                wait(left);
            }
            return send(message);
        }

        synchronized boolean sendNow(RunnerMessage message) {
            return out != null && out.isReady() && send(message);
        }

        void open() {
            offered = house.models().offered();
            stub.session(this);
            Hello.Builder hello = introduction.hello().toBuilder()
                    .setProtocol(PROTOCOL)
                    .setTakesNone(house.disk().takesNone())
                    .addAllProviders(offered);
            house.records().forEach(record -> hello.addRunning(running(record)));
            sent.put(nonce, new Sent(house.tenure().now(), System.nanoTime()));
            send(RunnerMessage.newBuilder().setHello(hello).build());
        }

        /** One that breaks again and again as soon as it stands is no reason to hurry. */
        boolean wasSteady() {
            return welcome && house.tenure().now().minus(begun).compareTo(STEADY) > 0;
        }

        Status awaitEnd() throws InterruptedException {
            Duration next = begun.plus(RENEWAL);
            while (!ended.await(ANSWER_LOOK_MS, TimeUnit.MILLISECONDS)) {
                Duration now = house.tenure().now();
                if (sent.values().stream().anyMatch(Sent::isOverdue)) {
                    giveUp();
                } else if (welcome && (now.compareTo(next) >= 0 || offersOthers())) {
                    renew();
                    next = now.plus(RENEWAL);
                }
            }
            return status;
        }

        /** Somebody has just signed in, and waits for it. */
        private boolean offersOthers() {
            return !house.models().offered().equals(offered);
        }

        /** The connection may stand all the same: the controller's database may be what does not answer. */
        private synchronized void giveUp() {
            if (!over && out != null) {
                over = true;
                out.cancel("the controller did not answer for " + ANSWER.toSeconds() + " s", null);
            }
        }

        private void renew() {
            offered = house.models().offered();
            Renew.Builder renew = Renew.newBuilder()
                    .setNonce(++nonce)
                    .setFreeDiskBytes(freeDisk())
                    .setTakesNone(house.disk().takesNone())
                    .addAllProviders(offered);
            house.records().forEach(record -> renew.addRunning(running(record)));
            sent.put(nonce, new Sent(house.tenure().now(), System.nanoTime()));
            send(RunnerMessage.newBuilder().setRenew(renew).build());
        }

        private void renewed(long answered) {
            Sent asked = sent.remove(answered);
            if (asked != null) {
                house.tenure().renewed(asked.at(), lease);
                house.goOn();
            }
        }

        private long freeDisk() {
            try {
                return Files.getFileStore(introduction.state()).getUsableSpace();
            } catch (IOException unknown) {
                LOG.warning("free disk space is not known: " + unknown.getMessage());
                return 0;
            }
        }

        synchronized boolean send(RunnerMessage message) {
            if (over || out == null) {
                return false;
            }
            try {
                out.onNext(message);
                return true;
            } catch (IllegalStateException closedMeanwhile) {
                over = true;
                return false;
            }
        }

        synchronized void close() {
            if (!over && out != null) {
                over = true;
                out.onCompleted();
            }
            status = Status.CANCELLED;
            ended.countDown();
        }

        @Override
        public void onNext(ControllerMessage message) {
            switch (message.getBodyCase()) {
                case WELCOME -> welcome(message.getWelcome());
                case ASSIGN -> assign(message.getAssign());
                case EVENT_ACK -> acknowledged(message.getEventAck());
                case RENEW_RESULT -> {
                    message.getRenewResult()
                            .getStaleList()
                            .forEach(stale -> kill(stale.getTask(), stale.getEpoch(), "the lease is lost"));
                    renewed(message.getRenewResult().getNonce());
                }
                case COMMAND -> house.command(message.getCommand(), new Answer(message.getCommand()));
                case KILL -> kill(message.getKill());
                case VISIT -> visit(message.getVisit());
                case BODY_NOT_SET -> LOG.fine("a message of a newer controller was passed over");
            }
        }

        private void visit(Visit asked) {
            if (asked.getOver()) {
                Optional.ofNullable(carriages.get(asked.getId())).ifPresent(Carriage::leave);
            } else {
                Carriage.begin(asked, house, stub, carriages);
            }
        }

        private void welcome(Welcome greeting) {
            if (greeting.getProtocol() != PROTOCOL) {
                LOG.severe("the controller speaks protocol " + greeting.getProtocol() + ", this runner " + PROTOCOL
                        + ": upgrade the older one");
            }
            greeting.getKillList().forEach(this::kill);
            lease = Duration.ofSeconds(greeting.getLeaseSeconds());
            renewed(0);
            welcome = true;
            sessions.incrementAndGet();
            session = this;
            LOG.info("connected to controller " + greeting.getVersion());
            senders.values().forEach(RecordSender::connected);
        }

        /** On a thread of its own, because a place that is just coming free is waited for. */
        private void assign(Assignment assignment) {
            Thread.ofVirtual().name("take-" + assignment.getShortId()).start(() -> {
                try {
                    take(assignment);
                } catch (InterruptedException stopping) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        private void take(Assignment assignment) throws InterruptedException {
            RunnerMessage answer = house.take(assignment)
                    .map(reason -> RunnerMessage.newBuilder()
                            .setAssignReject(AssignReject.newBuilder()
                                    .setTask(assignment.getTask())
                                    .setEpoch(assignment.getEpoch())
                                    .setReason(reason))
                            .build())
                    .orElseGet(() -> RunnerMessage.newBuilder()
                            .setAssignAck(AssignAck.newBuilder()
                                    .setTask(assignment.getTask())
                                    .setEpoch(assignment.getEpoch()))
                            .build());
            send(answer);
        }

        private void acknowledged(EventAck ack) {
            if (ack.getStale()) {
                kill(ack.getTask(), ack.getEpoch(), "the controller gave the task away");
                return;
            }
            RecordSender sender = senders.get(key(ack.getTask(), ack.getEpoch()));
            if (sender != null) {
                sender.acknowledged(ack.getDurableRunnerSeq());
            }
        }

        private void kill(Kill kill) {
            kill(kill.getTask(), kill.getEpoch(), kill.getReason());
        }

        private void kill(String task, int epoch, String reason) {
            RecordSender sender = senders.remove(key(task, epoch));
            if (sender != null) {
                sender.stop();
            }
            house.kill(task, epoch, reason);
        }

        @Override
        public void onError(Throwable failure) {
            end(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            end(Status.OK.withDescription("the controller closed it"));
        }

        private void end(Status why) {
            synchronized (this) {
                over = true;
                status = why;
                notifyAll();
            }
            senders.values().forEach(RecordSender::disconnected);
            carriages.values().forEach(Carriage::leave);
            ended.countDown();
        }
    }

    /** Answers survive a change of session: they go out on whichever is open. */
    private final class Answer implements dev.belay.runner.task.Replies {
        private final Command command;

        Answer(Command command) {
            this.command = command;
        }

        @Override
        public void stdout(byte[] bytes) {
            output(dev.belay.proto.v1.CommandOutput.newBuilder()
                    .setStdout(com.google.protobuf.ByteString.copyFrom(bytes)));
        }

        @Override
        public void stderr(byte[] bytes) {
            output(dev.belay.proto.v1.CommandOutput.newBuilder()
                    .setStderr(com.google.protobuf.ByteString.copyFrom(bytes)));
        }

        @Override
        public void waiting(String why) {
            output(dev.belay.proto.v1.CommandOutput.newBuilder().setWaiting(why));
        }

        private void output(dev.belay.proto.v1.CommandOutput.Builder output) {
            Session now = session;
            if (now == null) {
                return;
            }
            try {
                now.sendInTurn(RunnerMessage.newBuilder()
                        .setCommandOutput(output.setCommand(command.getId()))
                        .build());
            } catch (InterruptedException ending) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void result(dev.belay.proto.v1.CommandResult.Builder result) {
            RunnerMessage message = RunnerMessage.newBuilder()
                    .setCommandResult(result.setCommand(command.getId()))
                    .build();
            if (!send(message)) {
                LOG.warning("the answer to command " + command.getId()
                        + " found no session; the controller asks again after it reconnects");
            }
        }
    }
}
