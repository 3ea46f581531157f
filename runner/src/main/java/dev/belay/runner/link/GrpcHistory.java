package dev.belay.runner.link;

import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.GetHistoryRequest;
import dev.belay.proto.v1.RunnerLinkGrpc;
import dev.belay.runner.task.History;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The log of a task over the controller's gRPC channel, asked for again while the controller is away. */
public final class GrpcHistory implements History {
    private static final long SECONDS = 60;

    private final RunnerLinkGrpc.RunnerLinkBlockingStub blocking;

    public GrpcHistory(RunnerLinkGrpc.RunnerLinkBlockingStub blocking) {
        this.blocking = blocking;
    }

    @Override
    public List<Event> of(String task, int epoch) throws IOException, InterruptedException {
        return Away.patiently(() -> whole(task, epoch));
    }

    private List<Event> whole(String task, int epoch) throws IOException {
        List<Event> events = new ArrayList<>();
        try {
            Iterator<Event> stream = blocking.withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
                    .getHistory(GetHistoryRequest.newBuilder()
                            .setTask(task)
                            .setEpoch(epoch)
                            .build());
            stream.forEachRemaining(events::add);
            return events;
        } catch (StatusRuntimeException refused) {
            throw new IOException("the controller gave no history: " + refused.getStatus(), refused);
        }
    }
}
