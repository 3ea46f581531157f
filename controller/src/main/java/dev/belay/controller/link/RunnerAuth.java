package dev.belay.controller.link;

import dev.belay.controller.secrets.Overheard;
import dev.belay.controller.tokens.Token;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/** Lets in who has the runners' token. A runner names itself on the calls beside its session. */
final class RunnerAuth implements ServerInterceptor {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> RUNNER =
            Metadata.Key.of("belay-runner", Metadata.ASCII_STRING_MARSHALLER);
    /** Empty when the runner did not say. */
    static final Context.Key<String> NAME = Context.keyWithDefault("belay-runner", "");
    /** Whether nobody else can read what the runner is told. */
    static final Context.Key<Boolean> ALONE = Context.keyWithDefault("belay-alone", false);

    private final Token token;

    RunnerAuth(Token token) {
        this.token = token;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String given = headers.get(AUTHORIZATION);
        if (given == null || !token.authorizes(given)) {
            call.close(
                    Status.UNAUTHENTICATED.withDescription("E_SIGNED_OUT: the runner's token is missing or wrong"),
                    new Metadata());
            return new ServerCall.Listener<>() {};
        }
        String name = headers.get(RUNNER);
        boolean alone = !Overheard.possible(
                call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR),
                call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION) != null);
        return Contexts.interceptCall(
                Context.current().withValues(NAME, name == null ? "" : name, ALONE, alone), call, headers, next);
    }
}
