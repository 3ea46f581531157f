package dev.belay.controller.link;

import dev.belay.controller.Settings;
import dev.belay.controller.tokens.Token;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The port that runners dial. Calls run on virtual threads, so what serves them may block. */
@Singleton
public final class RunnerDoor implements AutoCloseable {
    private static final int MESSAGE_BYTES = 8 << 20;

    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    private final Server server;

    RunnerDoor(Settings settings, RunnerLink link, @Named("runners") Token token) {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(settings.bind(), settings.grpcPort()))
                .executor(calls)
                .addService(link)
                .intercept(new RunnerAuth(token))
                .maxInboundMessageSize(MESSAGE_BYTES)
                .maxInboundMetadataSize(16 << 10)
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .build();
    }

    /** @return the port */
    public int open() throws IOException {
        server.start();
        return server.getPort();
    }

    @Override
    public void close() throws InterruptedException {
        server.shutdownNow();
        server.awaitTermination(5, TimeUnit.SECONDS);
        // What is being written for a runner is written to its end; an interrupt would break its transaction.
        calls.shutdown();
        if (!calls.awaitTermination(5, TimeUnit.SECONDS)) {
            calls.shutdownNow();
        }
    }
}
