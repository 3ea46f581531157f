package dev.belay.controller.link;

import com.google.protobuf.ByteString;
import dev.belay.controller.ports.OpenVisit;
import dev.belay.controller.ports.Outlet;
import dev.belay.controller.ports.Visits;
import dev.belay.controller.problems.Problems;
import dev.belay.proto.v1.Carried;
import dev.belay.proto.v1.Empty;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A runner's call for one visit: it may be a few pieces ahead of what was taken. */
final class CarriedVisit implements StreamObserver<Carried>, Outlet {
    private static final Logger LOG = LoggerFactory.getLogger(CarriedVisit.class);

    private static final int AHEAD = 2;

    private final Visits visits;
    private final String runner;
    private final ServerCallStreamObserver<Carried> call;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private boolean over;
    private volatile @Nullable OpenVisit visit;
    private volatile boolean ended;

    /** To be made while the call is still on gRPC's own thread. */
    CarriedVisit(Visits visits, String runner, ServerCallStreamObserver<Carried> call) {
        this.visits = visits;
        this.runner = runner;
        this.call = call;
        call.setOnReadyHandler(this::wake);
        call.setOnCancelHandler(this::gone);
        call.disableAutoRequest();
        call.request(AHEAD);
    }

    @Override
    public void onNext(Carried piece) {
        OpenVisit present = visit;
        if (present == null) {
            meet(piece);
            call.request(1);
            return;
        }
        switch (piece.getBodyCase()) {
            case LISTENING -> present.opened(piece.getListening().getListeningList());
            case FAILED -> present.refused(Problems.told(piece.getFailed()));
            case DATA -> arrived(present, piece.getData());
            case END -> {
                ended = true;
                present.ended();
            }
            case VISIT, BODY_NOT_SET -> LOG.debug("{} sent of a visit what none has", runner);
        }
        if (!piece.hasData()) {
            call.request(1);
        }
    }

    private void arrived(OpenVisit present, ByteString bytes) {
        if (bytes.size() > OpenVisit.PIECE) {
            LOG.warn("{} sent a piece of {} bytes of a visit, which ends there", runner, bytes.size());
            present.broken();
        } else {
            present.arrived(bytes.toByteArray());
        }
    }

    @Override
    public void another() {
        call.request(1);
    }

    private void meet(Carried first) {
        OpenVisit met =
                first.hasVisit() ? visits.met(runner, first.getVisit(), this).orElse(null) : null;
        if (met == null) {
            refuse();
        }
        visit = met;
    }

    private void refuse() {
        lock.lock();
        try {
            if (!over) {
                over = true;
                call.onError(Status.NOT_FOUND
                        .withDescription("nobody waits for this visit")
                        .asRuntimeException());
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean send(byte[] bytes, int count) throws InterruptedException {
        return send(Carried.newBuilder()
                .setData(ByteString.copyFrom(bytes, 0, count))
                .build());
    }

    private boolean send(Carried piece) throws InterruptedException {
        lock.lock();
        try {
            while (!over && !call.isReady()) {
                room.await();
            }
            if (over) {
                return false;
            }
            call.onNext(piece);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Small, and the last: it does not wait for room. */
    @Override
    public void end() {
        lock.lock();
        try {
            if (!over) {
                call.onNext(
                        Carried.newBuilder().setEnd(Empty.getDefaultInstance()).build());
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (!over) {
                over = true;
                room.signalAll();
                call.onCompleted();
            }
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        lock.lock();
        try {
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onError(Throwable broken) {
        gone();
    }

    /** All that came before it was handed on; without an end of what comes from inside, that was broken off. */
    @Override
    public void onCompleted() {
        OpenVisit present = visit;
        if (present != null && !ended) {
            present.broken();
        }
        close();
    }

    private void gone() {
        lock.lock();
        try {
            over = true;
            room.signalAll();
        } finally {
            lock.unlock();
        }
        OpenVisit present = visit;
        if (present != null && !ended) {
            present.broken();
        }
    }
}
