package dev.belay.controller.link;

import dev.belay.controller.dispatch.Leases;
import dev.belay.controller.events.RunnerEvents;
import dev.belay.controller.runners.ConnectedRunner;
import dev.belay.controller.runners.Offers;
import dev.belay.controller.tasks.TaskView;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.v1.ControllerMessage;
import dev.belay.proto.v1.EventAck;
import dev.belay.proto.v1.EventBatch;
import dev.belay.proto.v1.Hello;
import dev.belay.proto.v1.Renew;
import dev.belay.proto.v1.RenewResult;
import dev.belay.proto.v1.RunnerMessage;
import dev.belay.proto.v1.RunningTask;
import dev.belay.proto.v1.Spoken;
import dev.belay.proto.v1.Welcome;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One runner's connection. Its messages are handled one after another on a virtual thread; while one is handled, gRPC
 * reads no more than a window of the next, so a runner cannot fill the controller's memory.
 */
final class Session implements StreamObserver<RunnerMessage>, ConnectedRunner {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}");
    static final int PROTOCOL = 1;
    private static final int SLOTS = 10_000;

    private final LinkServices services;
    private final Outbox outbox;
    private volatile @Nullable Hello hello;
    private volatile String takesNone = "";
    private volatile Offers offers = Offers.NONE;
    /** What it holds for certain, each in which epoch: what it has just written for, and what it has renewed. */
    private final Map<String, Integer> holds = new ConcurrentHashMap<>();
    /** Something of the runner's was left unread on a full disk. */
    private boolean leftUnread;

    Session(LinkServices services, ServerCallStreamObserver<ControllerMessage> stream) {
        this.services = services;
        this.outbox = new Outbox(stream, "session", this::left);
        stream.setOnCancelHandler(this::gone);
        outbox.start();
    }

    @Override
    public void onNext(RunnerMessage message) {
        try {
            handle(message);
        } catch (BelayException refused) {
            outbox.close(GrpcErrors.status(refused));
        } catch (RuntimeException unexpected) {
            // The runner keeps what was not acknowledged, and sends it again on its next session.
            LOG.error("a message of {} failed", hello == null ? "a runner" : name(), unexpected);
            outbox.close(Status.UNAVAILABLE.withDescription("the controller could not take the message; come back"));
        }
    }

    private void handle(RunnerMessage message) {
        if (hello == null) {
            if (!message.hasHello()) {
                throw GrpcErrors.bad("the first message of a session is Hello");
            }
            greet(message.getHello());
            return;
        }
        switch (message.getBodyCase()) {
            case HELLO -> throw GrpcErrors.bad("a session has one Hello");
            case ASSIGN_ACK -> services.acknowledgements().take(this, message.getAssignAck());
            case ASSIGN_REJECT ->
                services.assignments()
                        .rejected(
                                name(),
                                message.getAssignReject().getTask(),
                                message.getAssignReject().getEpoch(),
                                message.getAssignReject().getReason());
            case EVENTS -> append(message.getEvents());
            case RENEW -> renew(message.getRenew());
            case COMMAND_OUTPUT -> services.commands().output(name(), message.getCommandOutput());
            case COMMAND_RESULT -> services.commands().result(name(), message.getCommandResult());
            case SPOKEN -> spoken(message.getSpoken());
            case BODY_NOT_SET -> LOG.debug("{} sent a message of a newer version", name());
        }
    }

    private void greet(Hello given) {
        if (!NAME.matcher(given.getRunner()).matches()) {
            throw GrpcErrors.bad("a runner's name is 1 to 63 letters, digits, dots, dashes");
        }
        if (given.getProtocol() != PROTOCOL) {
            throw GrpcErrors.version(given.getVersion(), services.version());
        }
        if (given.getSlots() < 0 || given.getSlots() > SLOTS) {
            throw GrpcErrors.bad("a runner has 0 to " + SLOTS + " slots");
        }
        takesNone = given.getTakesNone();
        offers = Offers.of(given.getProvidersList());
        hello = given;
        Leases.Renewed renewed;
        services.fleet().arrives(this);
        try {
            renewed = welcome(given);
            services.fleet().joined(this);
        } finally {
            services.fleet().arrived(this);
        }
        if (outbox.isOver()) {
            left();
        }
        LOG.info(
                "{} connected: version {}, {} slots, holds {} tasks, {} taken from it",
                name(),
                given.getVersion(),
                given.getSlots(),
                renewed.held().size(),
                renewed.stale().size());
        services.wishes().remind(this);
        services.commands().resume(this);
        services.wakeup().ring();
    }

    private Leases.Renewed welcome(Hello given) {
        String boot = services.rows().connected(services.owner(), given, offers);
        if (!boot.isEmpty() && !boot.equals(given.getBootId())) {
            services.leases()
                    .heldWithout(name(), given.getRunningList())
                    .forEach(task -> services.janitor().died(task.tenant(), task.id(), task.epoch()));
        }
        Leases.Renewed renewed = services.leases().renew(name(), given.getRunningList());
        Welcome.Builder welcome = Welcome.newBuilder()
                .setVersion(services.version())
                .setProtocol(PROTOCOL)
                .setServerTime(TaskView.time(services.clock().instant()))
                .setLeaseSeconds((int) Math.max(1, services.timings().lease().toSeconds()));
        for (RunningTask held : renewed.held()) {
            holds.put(held.getTask(), held.getEpoch());
            services.assignments().acked(name(), held.getTask(), held.getEpoch());
        }
        renewed.stale().forEach(task -> welcome.addKill(ConnectedRunner.notHeld(task.getTask(), task.getEpoch())));
        send(ControllerMessage.newBuilder().setWelcome(welcome).build());
        return renewed;
    }

    private void append(EventBatch batch) {
        if (services.disk().full()) {
            // Its runner keeps it, and renews its leases meanwhile.
            leftUnread = true;
            return;
        }
        RunnerEvents.Appended appended = services.events().append(name(), batch);
        send(ControllerMessage.newBuilder()
                .setEventAck(EventAck.newBuilder()
                        .setTask(batch.getTask())
                        .setEpoch(batch.getEpoch())
                        .setDurableRunnerSeq(appended.durable())
                        .setStale(appended.stale()))
                .build());
        if (appended.stale() || appended.ended()) {
            holdsNot(batch.getTask(), batch.getEpoch());
        } else {
            holds.put(batch.getTask(), batch.getEpoch());
            batch.getEventsList()
                    .forEach(event -> services.speeches().logged(batch.getTask(), batch.getEpoch(), event.getEvent()));
        }
        if (appended.ended()) {
            services.wakeup().ring();
        }
    }

    /** Of a task that it does not hold it may say nothing, and what it says is not worth an answer. */
    private void spoken(Spoken spoken) {
        if (Integer.valueOf(spoken.getEpoch()).equals(holds.get(spoken.getTask()))) {
            services.speeches().add(spoken);
        }
    }

    private void holdsNot(String task, int epoch) {
        if (holds.remove(task, epoch)) {
            services.speeches().forget(task);
        }
    }

    private void renew(Renew renew) {
        boolean tookNone = !takesNone.isEmpty();
        Offers before = offers;
        takesNone = renew.getTakesNone();
        // A runner of a version that says it in Hello alone says nothing here.
        if (renew.getProvidersCount() > 0) {
            offers = Offers.of(renew.getProvidersList());
        }
        services.rows().heard(name(), renew.getFreeDiskBytes(), takesNone, offers);
        Leases.Renewed renewed = services.leases().renew(name(), renew.getRunningList());
        send(ControllerMessage.newBuilder()
                .setRenewResult(RenewResult.newBuilder()
                        .setNonce(renew.getNonce())
                        .addAllHeld(renewed.held())
                        .addAllStale(renewed.stale()))
                .build());
        renewed.stale().forEach(stale -> holdsNot(stale.getTask(), stale.getEpoch()));
        if ((tookNone && takesNone.isEmpty()) || !offers.equals(before)) {
            services.wakeup().ring();
        }
        if (leftUnread && !services.disk().full()) {
            outbox.close(Status.UNAVAILABLE.withDescription("there is space again: send what was not acknowledged"));
        }
    }

    @Override
    public void onError(Throwable broken) {
        gone();
    }

    @Override
    public void onCompleted() {
        gone();
        outbox.close(Status.CANCELLED.withDescription("the runner ended the session"));
    }

    private void gone() {
        outbox.close(Status.CANCELLED);
    }

    /** Frees nothing: the tasks stay the runner's until their leases end. */
    private void left() {
        Hello said = hello;
        if (said != null && services.fleet().left(this)) {
            LOG.info("{} disconnected", said.getRunner());
            holds.keySet().forEach(services.speeches()::forget);
        }
    }

    @Override
    public String name() {
        return known().getRunner();
    }

    @Override
    public String bootId() {
        return known().getBootId();
    }

    @Override
    public int slots() {
        return known().getSlots();
    }

    @Override
    public String takesNone() {
        return takesNone;
    }

    @Override
    public List<String> weaker() {
        return known().getWeakerList();
    }

    @Override
    public Offers offers() {
        return offers;
    }

    @Override
    public boolean carries() {
        return known().getCarries();
    }

    private Hello known() {
        if (hello == null) {
            throw new IllegalStateException("no Hello yet");
        }
        return hello;
    }

    @Override
    public boolean send(ControllerMessage message) {
        return outbox.send(message);
    }

    @Override
    public void close(String why) {
        outbox.close(Status.ABORTED.withDescription(why));
    }
}
