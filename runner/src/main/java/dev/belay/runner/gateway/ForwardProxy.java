package dev.belay.runner.gateway;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Speaks HTTP with the sandbox: one request after the other, each judged anew, each on a connection of its own to its
 * server. A message is taken apart and framed anew in both directions, so that nobody behind the gateway can find other
 * messages in it than those that were judged.
 */
final class ForwardProxy {
    private static final int MOST_INTERIM = 16;

    private final Means means;
    private final GatewayLimits limits;
    private final Connection connection;
    private final Wire client;

    ForwardProxy(Means means, Connection connection, Wire client) {
        this.means = means;
        this.limits = means.limits();
        this.connection = connection;
        this.client = client;
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
        Target target = RequestTarget.of(raw);
        Optional<Egress.Denial> denial = means.warden().judge(target);
        if (denial.isPresent()) {
            return last(Answers.refusal(target, denial.get()));
        }
        try {
            HttpRequestHead request = HttpRequestHead.of(raw, target, limits);
            Optional<BodyReader> body = request.body().map(framing -> framing.reader(client, limits));
            if (!request.expectsContinue() && body.orElse(null) instanceof ChunkedBody chunked) {
                chunked.begin();
            }
            return dialled(request, body);
        } catch (BadMessageException bad) {
            return last(Answers.badRequest(bad));
        } catch (EOFException cut) {
            return last(Answers.badRequest(new BadMessageException("its body is not complete")));
        }
    }

    private boolean dialled(HttpRequestHead request, Optional<BodyReader> body) throws IOException {
        return switch (means.dialler().dial(request.target(), connection)) {
            case Dialled.Refused(Egress.Denial denial) -> {
                means.warden().refused(request.target(), denial);
                yield last(Answers.refusal(request.target(), denial));
            }
            case Dialled.Failed failed -> last(Answers.failure(request.target(), failed));
            case Dialled.Reached(Socket socket) -> {
                try {
                    yield passed(request, body, connection.wire(socket, means.quota()));
                } finally {
                    connection.end(socket);
                }
            }
        };
    }

    private boolean passed(HttpRequestHead request, Optional<BodyReader> body, Wire server) throws IOException {
        if (request.isConnect()) {
            client.write(Answers.tunnelBegins());
            new Tunnel(means, connection, request.target(), client, server).run();
            return false;
        }
        @Nullable Upload upload = null;
        HttpResponseHead response;
        try {
            server.write(request.toServer());
            if (body.isPresent()) {
                upload = Upload.of(
                        body.get(),
                        request.body().orElseGet(Framing::none).writer(server),
                        means.threads(),
                        () -> connection.end(server.socket()));
            }
            response = response(request, server, upload);
        } catch (IOException failed) {
            return unanswered(request.target(), failed, upload == null ? null : upload.fault());
        }
        boolean goesOn = request.keepsConnection() && (upload == null || upload.whole());
        answer(request, response, server, goesOn);
        return goesOn;
    }

    /** What comes before the answer itself is passed on at once. */
    private HttpResponseHead response(HttpRequestHead request, Wire server, @Nullable Upload upload)
            throws IOException {
        for (int interim = 0; interim < MOST_INTERIM; interim++) {
            awaitAnswer(server, upload);
            server.within(limits.idle());
            HttpResponseHead head = HttpResponseHead.of(RawHead.read(server, limits.headBytes()), limits);
            server.atEase();
            if (!head.interim()) {
                return head;
            }
            if (request.modern()) {
                client.write(head.interimToClient());
            }
        }
        throw new BadMessageException("too many interim answers");
    }

    private static void awaitAnswer(Wire server, @Nullable Upload upload) throws IOException {
        while (true) {
            try {
                if (server.peek() < 0) {
                    throw new EOFException("it closed the connection without one");
                }
                return;
            } catch (SocketTimeoutException quiet) {
                if (upload == null || !upload.running()) {
                    throw quiet;
                }
            }
        }
    }

    private boolean unanswered(Target target, IOException failed, @Nullable IOException clients) throws IOException {
        IOException cause = clients == null ? failed : clients;
        return switch (cause) {
            case SpentException spent -> {
                means.warden().refused(target, spent.denial());
                yield last(Answers.refusal(target, spent.denial()));
            }
            case BadMessageException bad when clients != null -> last(Answers.badRequest(bad));
            case EOFException _
            when clients != null -> last(Answers.badRequest(new BadMessageException("its body is not complete")));
            case SocketTimeoutException _
            when clients != null ->
                last(Answers.badRequest(new BadMessageException(408, "its body did not arrive in time")));
            case SocketTimeoutException _ ->
                last(Answers.failure(target, new Dialled.Failed(true, "no answer came in time")));
            case BadMessageException bad -> last(Answers.badServer(target, String.valueOf(bad.getMessage())));
            case EOFException cut -> last(Answers.badServer(target, String.valueOf(cut.getMessage())));
            default -> last(Answers.badServer(target, "the connection broke"));
        };
    }

    /** From here on nothing can be said any more: what fails is cut off, so that nobody takes it for the whole. */
    private void answer(HttpRequestHead request, HttpResponseHead response, Wire server, boolean goesOn)
            throws IOException {
        try {
            client.write(response.toClient(request.method(), request.modern(), goesOn));
            Framing body = response.body(request.method());
            if (!body.equals(Framing.none())) {
                body.reader(server, limits).copyTo(request.modern() ? body.writer(client) : BodyWriter.plain(client));
            }
        } catch (SpentException spent) {
            means.warden().refused(request.target(), spent.denial());
            connection.abort();
            throw spent;
        } catch (IOException cut) {
            connection.abort();
            throw cut;
        }
    }

    private boolean last(byte[] answer) throws IOException {
        client.write(answer);
        return false;
    }
}
