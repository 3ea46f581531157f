package dev.belay.runner.link;

import dev.belay.policies.language.PatternException;
import dev.belay.policies.network.HostPattern;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.GetSecretsRequest;
import dev.belay.proto.v1.RunnerLinkGrpc;
import dev.belay.runner.secrets.SecretValue;
import dev.belay.runner.task.Secrets;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A task's secrets over the controller's gRPC channel. */
public final class GrpcSecrets implements Secrets {
    private static final long SECONDS = 5;

    private final RunnerLinkGrpc.RunnerLinkBlockingStub blocking;

    public GrpcSecrets(RunnerLinkGrpc.RunnerLinkBlockingStub blocking) {
        this.blocking = blocking;
    }

    @Override
    public List<Held> first(String task, int epoch) throws IOException, InterruptedException {
        return Away.patiently(() -> again(task, epoch));
    }

    @Override
    public List<Held> again(String task, int epoch) throws IOException {
        List<Held> held = new ArrayList<>();
        try {
            for (var secret : blocking.withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
                    .getSecrets(GetSecretsRequest.newBuilder()
                            .setTask(task)
                            .setEpoch(epoch)
                            .build())
                    .getSecretsList()) {
                held.add(new Held(
                        secret.getName(), new SecretValue(secret.getValue()), patterns(secret.getHostsList())));
            }
            return held;
        } catch (StatusRuntimeException refused) {
            throw refusal(refused);
        }
    }

    private static IOException refusal(StatusRuntimeException refused) {
        Status status = refused.getStatus();
        String said = String.valueOf(status.getDescription());
        return switch (status.getCode()) {
            case PERMISSION_DENIED, FAILED_PRECONDITION, UNAUTHENTICATED, INTERNAL, UNIMPLEMENTED ->
                throw BelayException.of(
                                ErrorCode.E_NO_KEY,
                                "the task's secrets cannot be had",
                                said + " (layer: controller)",
                                "belay secret list; then start the task again")
                        .causedBy(refused);
            default -> new IOException("the controller gave no secrets: " + status, refused);
        };
    }

    private static List<HostPattern> patterns(List<String> hosts) throws IOException {
        List<HostPattern> patterns = new ArrayList<>();
        for (String host : hosts) {
            try {
                patterns.add(HostPattern.parse(host));
            } catch (PatternException newer) {
                throw new IOException("this runner does not understand where a secret may go: " + host, newer);
            }
        }
        return patterns;
    }
}
