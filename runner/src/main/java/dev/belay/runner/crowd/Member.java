package dev.belay.runner.crowd;

import dev.belay.proto.v1.AssignAck;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.ControllerMessage;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.EventAck;
import dev.belay.proto.v1.EventBatch;
import dev.belay.proto.v1.Hello;
import dev.belay.proto.v1.Renew;
import dev.belay.proto.v1.RunnerEvent;
import dev.belay.proto.v1.RunnerLinkGrpc;
import dev.belay.proto.v1.RunnerMessage;
import dev.belay.proto.v1.TaskState;
import dev.belay.proto.v1.TaskStateChanged;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One runner's session, spoken as the protocol asks, without a sandbox behind it. */
final class Member implements StreamObserver<ControllerMessage> {
    /** What a scenario wants to hear; on the session's thread. */
    interface Ear {
        default void assigned(Member member, Assignment assignment) {}

        default void acknowledged(Member member, EventAck ack) {}

        default void renewed(Member member, long nonce) {}
    }

    private final String name;
    private final int slots;
    private final Ear ear;
    private final CompletableFuture<Member> welcome = new CompletableFuture<>();
    private @Nullable StreamObserver<RunnerMessage> out;

    Member(String name, int slots, Ear ear) {
        this.name = name;
        this.slots = slots;
        this.ear = ear;
    }

    /** Complete when the controller has greeted it, or with its refusal. */
    CompletableFuture<Member> join(RunnerLinkGrpc.RunnerLinkStub stub) {
        synchronized (this) {
            out = stub.session(this);
        }
        send(RunnerMessage.newBuilder()
                .setHello(Hello.newBuilder()
                        .setRunner(name)
                        .setBootId(UUID.randomUUID().toString())
                        .setVersion("crowd")
                        .setProtocol(1)
                        .setSlots(slots))
                .build());
        return welcome;
    }

    synchronized void send(RunnerMessage message) {
        if (out == null) {
            throw new IllegalStateException("it has not joined");
        }
        out.onNext(message);
    }

    void take(Assignment assignment) {
        send(RunnerMessage.newBuilder()
                .setAssignAck(
                        AssignAck.newBuilder().setTask(assignment.getTask()).setEpoch(assignment.getEpoch()))
                .build());
    }

    /** @param first the runner_seq of the first of them */
    void say(Assignment of, long first, List<Event> events) {
        EventBatch.Builder batch = EventBatch.newBuilder().setTask(of.getTask()).setEpoch(of.getEpoch());
        for (int i = 0; i < events.size(); i++) {
            batch.addEvents(RunnerEvent.newBuilder().setRunnerSeq(first + i).setEvent(events.get(i)));
        }
        send(RunnerMessage.newBuilder().setEvents(batch).build());
    }

    void renew(long nonce) {
        send(RunnerMessage.newBuilder()
                .setRenew(Renew.newBuilder().setNonce(nonce))
                .build());
    }

    static Event state(TaskState to, String reason) {
        return Event.newBuilder()
                .setActor("runner")
                .setTaskState(TaskStateChanged.newBuilder().setTo(to).setStopReason(reason))
                .build();
    }

    @Override
    public void onNext(ControllerMessage message) {
        switch (message.getBodyCase()) {
            case WELCOME -> welcome.complete(this);
            case ASSIGN -> ear.assigned(this, message.getAssign());
            case EVENT_ACK -> ear.acknowledged(this, message.getEventAck());
            case RENEW_RESULT -> ear.renewed(this, message.getRenewResult().getNonce());
            default -> {}
        }
    }

    @Override
    public void onError(Throwable broken) {
        welcome.completeExceptionally(broken);
    }

    @Override
    public void onCompleted() {
        welcome.completeExceptionally(new IllegalStateException("the controller ended the session"));
    }
}
