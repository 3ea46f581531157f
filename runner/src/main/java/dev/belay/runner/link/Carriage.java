package dev.belay.runner.link;

import com.google.protobuf.ByteString;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.Carried;
import dev.belay.proto.v1.Empty;
import dev.belay.proto.v1.Ports;
import dev.belay.proto.v1.RunnerLinkGrpc;
import dev.belay.proto.v1.Visit;
import dev.belay.runner.hands.HandException;
import dev.belay.runner.ports.PortVisit;
import dev.belay.runner.task.Place;
import dev.belay.runner.task.Problems;
import dev.belay.runner.task.TaskHouse;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One visit on its way between the controller and what listens in a sandbox. Neither side is sent more than it takes: one
 * piece of the controller's is asked for at a time, and what comes from inside waits until the connection has room.
 */
final class Carriage implements ClientResponseObserver<Carried, Carried>, PortVisit.Visitor {
    private static final Logger LOG = Logger.getLogger(Carriage.class.getName());
    private static final int PIECE = 64 << 10;
    private static final Carried OVER = Carried.getDefaultInstance();

    private final Visit asked;
    private final TaskHouse house;
    private final BlockingQueue<Carried> fromOutside = new LinkedBlockingQueue<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private volatile @Nullable ClientCallStreamObserver<Carried> call;
    private boolean over;
    private boolean toldOpen;
    private volatile boolean left;
    private volatile @Nullable PortVisit present;

    private Carriage(Visit asked, TaskHouse house) {
        this.asked = asked;
        this.house = house;
    }

    /**
     * Returns at once; the rest is done on threads of its own.
     *
     * @param underWay where it is found by its id until it ends
     */
    static void begin(
            Visit asked, TaskHouse house, RunnerLinkGrpc.RunnerLinkStub stub, Map<String, Carriage> underWay) {
        Carriage carriage = new Carriage(asked, house);
        underWay.put(asked.getId(), carriage);
        stub.carry(carriage);
        Thread.ofVirtual().name("carriage-" + asked.getPort()).start(() -> {
            try {
                carriage.carry();
            } finally {
                underWay.remove(asked.getId(), carriage);
            }
        });
    }

    private void carry() {
        try {
            send(Carried.newBuilder().setVisit(asked.getId()).build());
            Place place = house.visited(asked.getTask(), asked.getEpoch());
            if (!house.admitVisit()) {
                throw overloaded();
            }
            try {
                if (asked.getPort() == 0) {
                    send(Carried.newBuilder().setListening(ports(place)).build());
                } else {
                    visit(place);
                }
            } finally {
                house.visitEnded();
            }
        } catch (HandException refused) {
            LOG.log(Level.FINE, "a visit of " + asked.getTask() + " was refused inside", refused);
            send(Carried.newBuilder().setFailed(Problems.of(named(refused))).build());
        } catch (IOException | RuntimeException failed) {
            LOG.log(Level.FINE, "a visit of " + asked.getTask() + " ended", failed);
            send(Carried.newBuilder().setFailed(Problems.of(failed)).build());
        } catch (InterruptedException nobodyInterruptsThis) {
            Thread.currentThread().interrupt();
        } finally {
            end();
        }
    }

    private static Ports ports(Place place) throws IOException {
        return Ports.newBuilder().addAllListening(place.listening()).build();
    }

    private static BelayException overloaded() {
        return BelayException.of(
                ErrorCode.E_OVERLOADED,
                "too many connections to ports of sandboxes",
                "runner: it carries so many at once for all its tasks and no more",
                "close some of them");
    }

    private void visit(Place place) throws IOException, InterruptedException {
        Optional<PortVisit> begun = place.visit(asked.getPort(), this);
        if (begun.isEmpty()) {
            throw nothingListens(ports(place));
        }
        try (PortVisit visit = begun.get()) {
            present = visit;
            if (left) {
                return;
            }
            opened();
            Thread.ofVirtual().name("visit-in").start(() -> sendInside(visit));
            if (visit.awaitEnd()) {
                send(Carried.newBuilder().setEnd(Empty.getDefaultInstance()).build());
            }
        }
    }

    private static BelayException named(HandException refused) {
        return refused.lost()
                ? BelayException.of(
                        ErrorCode.E_TASK_ENDED,
                        "the task's sandbox has ended",
                        "runner: what listened in it ended with it",
                        "belay show TASK")
                : BelayException.of(
                        ErrorCode.E_OVERLOADED,
                        "the task's sandbox has no room for a connection",
                        "runner: " + refused.getMessage(),
                        "try again in a moment");
    }

    private BelayException nothingListens(Ports ports) {
        return BelayException.of(
                ErrorCode.E_NOT_FOUND,
                "nothing answers on port " + asked.getPort() + " in the sandbox",
                "runner: "
                        + (ports.getListeningCount() == 0
                                ? "nothing listens there at all"
                                : "what listens there: "
                                        + String.join(
                                                ", ",
                                                ports.getListeningList().stream()
                                                        .map(String::valueOf)
                                                        .toList())),
                "belay ports TASK");
    }

    /** Before any data, which may come from inside at once. */
    private void opened() {
        lock.lock();
        try {
            if (!toldOpen) {
                toldOpen = true;
                send(Carried.newBuilder()
                        .setListening(Ports.getDefaultInstance())
                        .build());
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean take(byte[] bytes) {
        opened();
        for (int at = 0; at < bytes.length; at += PIECE) {
            ByteString piece = ByteString.copyFrom(bytes, at, Math.min(PIECE, bytes.length - at));
            if (!send(Carried.newBuilder().setData(piece).build())) {
                return false;
            }
        }
        return true;
    }

    /** Until the other side says that it ends, or is gone. */
    private void sendInside(PortVisit visit) {
        try {
            while (true) {
                Carried next = fromOutside.take();
                switch (next.getBodyCase()) {
                    case DATA -> visit.send(next.getData().toByteArray());
                    case END -> visit.endSending();
                    default -> {
                        visit.close();
                        return;
                    }
                }
                another();
            }
        } catch (HandException gone) {
            LOG.log(Level.FINE, "a visit ended with its sandbox", gone);
        } catch (InterruptedException nobodyInterruptsThis) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Carried> requests) {
        requests.disableAutoRequestWithInitial(1);
        requests.setOnReadyHandler(this::wake);
        call = requests;
    }

    private void another() {
        if (call != null) {
            call.request(1);
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

    /** Waits until the connection has room; false when nobody is there any more. */
    private boolean send(Carried piece) {
        lock.lock();
        try {
            while (!over && call != null && !call.isReady()) {
                room.await();
            }
            if (over || call == null) {
                return false;
            }
            call.onNext(piece);
            return true;
        } catch (InterruptedException nobodyInterruptsThis) {
            Thread.currentThread().interrupt();
            return false;
        } catch (IllegalStateException closedMeanwhile) {
            over = true;
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            if (!over && call != null) {
                over = true;
                room.signalAll();
                call.onCompleted();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onNext(Carried piece) {
        fromOutside.add(piece);
    }

    @Override
    public void onError(Throwable broken) {
        gone();
    }

    @Override
    public void onCompleted() {
        gone();
    }

    /**
     * The other side has gone. Not left to the call to tell: while a piece of it waits here, the end of the call waits behind.
     */
    void leave() {
        left = true;
        ClientCallStreamObserver<Carried> open = call;
        if (open != null) {
            open.cancel("the visit is over", null);
        }
        gone();
    }

    private void gone() {
        left = true;
        lock.lock();
        try {
            over = true;
            room.signalAll();
        } finally {
            lock.unlock();
        }
        fromOutside.add(OVER);
        PortVisit visit = present;
        if (visit != null) {
            visit.close();
        }
    }
}
