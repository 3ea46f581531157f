package dev.belay.runner.gateway;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.util.Optional;
import java.util.function.Function;

/**
 * Speaks HTTP with the sandbox: one request after the other, each judged anew, each on a connection of its own to its
 * server. A message is taken apart and framed anew in both directions, so that nobody behind the gateway can find other
 * messages in it than those that were judged.
 */
final class ForwardProxy {
    private final Means means;
    private final GatewayLimits limits;
    private final Connection connection;
    private final Wire client;
    private final Function<RawHead, Target> targets;

    /** Of requests to any host, and of tunnels. */
    ForwardProxy(Means means, Connection connection, Wire client) {
        this(means, connection, client, RequestTarget::of);
    }

    /** @param targets where each request wants to go */
    ForwardProxy(Means means, Connection connection, Wire client, Function<RawHead, Target> targets) {
        this.means = means;
        this.limits = means.limits();
        this.connection = connection;
        this.client = client;
        this.targets = targets;
    }

    void serve() throws IOException {
        boolean goesOn = true;
        while (goesOn && client.peek() >= 0) {
            client.within(limits.greeting());
            RawHead raw = RawHead.read(client, limits.headBytes());
            client.atEase();
            goesOn = served(raw);
        }
    }

    /** False: nothing more is read from this client. */
    private boolean served(RawHead raw) throws IOException {
        Target target = targets.apply(raw);
        Optional<Egress.Denial> denial = means.warden().judge(target);
        if (denial.isPresent()) {
            return last(Answers.refusal(target, denial.get()));
        }
        HttpRequestHead request;
        try {
            request = HttpRequestHead.of(raw, target, limits);
        } catch (BadMessageException bad) {
            return last(Answers.badRequest(bad));
        }
        if (request.isConnect()) {
            // Not one word of HTTP is said any more once a tunnel was promised.
            tunnelled(target);
            return false;
        }
        try {
            return exchanged(request);
        } catch (BadMessageException bad) {
            return last(Answers.badRequest(bad));
        } catch (EOFException cut) {
            return last(Answers.badRequest(new BadMessageException("its body is not complete")));
        }
    }

    private boolean exchanged(HttpRequestHead request) throws IOException {
        Optional<Egress.Denial> denial = means.warden().judge(request);
        if (denial.isPresent()) {
            return last(Answers.refusal(request.target(), denial.get()));
        }
        Optional<BodyReader> body = request.body().map(framing -> framing.reader(client, limits));
        if (!request.expectsContinue() && body.orElse(null) instanceof ChunkedBody chunked) {
            chunked.begin();
        }
        return PushRequest.is(request)
                ? new Push(means, connection, client, request).goesOn(body)
                : new Exchange(means, connection, client, request).goesOn(body);
    }

    private void tunnelled(Target target) throws IOException {
        if (means.warden().inspects(target)) {
            client.write(Answers.tunnelBegins());
            new Inspection(means, connection, target, client).serve();
            return;
        }
        switch (means.dialler().dial(target, connection)) {
            case Dialled.Refused(Egress.Denial denial) -> {
                means.warden().refused(target, denial);
                client.write(Answers.refusal(target, denial));
            }
            case Dialled.Failed failed -> client.write(Answers.failure(target, failed));
            case Dialled.Reached(Socket socket) -> {
                try {
                    Wire server = connection.wire(socket, means.quota());
                    client.write(Answers.tunnelBegins());
                    new Tunnel(means, connection, target, client, server).run();
                } finally {
                    connection.end(socket);
                }
            }
        }
    }

    private boolean last(byte[] answer) throws IOException {
        client.write(answer);
        return false;
    }
}
