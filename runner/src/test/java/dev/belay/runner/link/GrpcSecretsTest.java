package dev.belay.runner.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.v1.GetSecretsRequest;
import dev.belay.proto.v1.RunnerLinkGrpc;
import dev.belay.proto.v1.SecretValue;
import dev.belay.proto.v1.SecretValues;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrpcSecretsTest extends RunnerLinkGrpc.RunnerLinkImplBase {
    private volatile Status answer = Status.OK;
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void open() throws Exception {
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .addService(this)
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void close() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    @Override
    public void getSecrets(GetSecretsRequest request, StreamObserver<SecretValues> out) {
        if (!answer.isOk()) {
            out.onError(answer.withDescription("E_WHY: it says why").asRuntimeException());
            return;
        }
        out.onNext(SecretValues.newBuilder()
                .addSecrets(SecretValue.newBuilder()
                        .setName(request.getTask() + "@" + request.getEpoch())
                        .setValue("value-of-the-token")
                        .addHosts("api.example"))
                .build());
        out.onCompleted();
    }

    private GrpcSecrets secrets() {
        return new GrpcSecrets(RunnerLinkGrpc.newBlockingStub(channel));
    }

    @Test
    void values_come_with_where_they_may_go() throws Exception {
        assertThat(secrets().again("t-1", 3)).singleElement().satisfies(held -> {
            assertThat(held.name()).isEqualTo("t-1@3");
            assertThat(held.value().reveal()).isEqualTo("value-of-the-token");
            assertThat(held.hosts()).hasToString("[api.example]");
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"PERMISSION_DENIED", "FAILED_PRECONDITION", "UNAUTHENTICATED", "INTERNAL", "UNIMPLEMENTED"})
    void a_refusal_is_no_silence(Status.Code code) {
        answer = code.toStatus();

        assertThatExceptionOfType(BelayException.class)
                .isThrownBy(() -> secrets().again("t-1", 3))
                .satisfies(refused -> assertThat(refused.why()).contains("it says why", "controller"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"UNAVAILABLE", "DEADLINE_EXCEEDED", "ABORTED"})
    void a_controller_that_is_away_has_refused_nothing(Status.Code code) {
        answer = code.toStatus();

        assertThat(catchThrowable(() -> secrets().again("t-1", 3))).isInstanceOf(IOException.class);
    }
}
