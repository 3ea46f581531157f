package dev.belay.runner.gateway;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** One request that was judged, on its way to its server, and the answer on its way back. */
final class Exchange {
    private static final int MOST_INTERIM = 16;

    /** Longer than a packet that was lost takes to come again, so that no value is cut by one. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Means means;
    private final GatewayLimits limits;
    private final Connection connection;
    private final Wire client;
    private final HttpRequestHead request;

    Exchange(Means means, Connection connection, Wire client, HttpRequestHead request) {
        this.means = means;
        this.limits = means.limits();
        this.connection = connection;
        this.client = client;
        this.request = request;
    }

    /** May another request follow on the client's connection? */
    boolean goesOn(Optional<BodyReader> body) throws IOException {
        PutIn secrets = new PutIn(request, means.vault());
        Optional<Egress.Denial> ofSecrets = secrets.denial();
        if (ofSecrets.isPresent()) {
            means.warden().refused(request.target(), ofSecrets.get());
            return last(Answers.refusal(request.target(), ofSecrets.get()));
        }
        return switch (means.dialler().dial(request.target(), connection)) {
            case Dialled.Refused(Egress.Denial denial) -> {
                means.warden().refused(request.target(), denial);
                yield last(Answers.refusal(request.target(), denial));
            }
            case Dialled.Failed failed -> last(Answers.failure(request.target(), failed));
            case Dialled.Reached(Socket socket) -> {
                try {
                    yield passed(body, secrets, connection.wire(socket, means.quota()));
                } finally {
                    connection.end(socket);
                }
            }
        };
    }

    private boolean passed(Optional<BodyReader> body, PutIn secrets, Wire dialled) throws IOException {
        @Nullable Upload upload = null;
        HttpResponseHead response;
        Wire server = dialled;
        try {
            server = request.target().protocol() == Protocol.HTTPS
                    ? ServerTls.over(dialled, request.target(), means)
                    : dialled;
            server.write(secrets.head());
            if (body.isPresent()) {
                upload = Upload.of(
                        body.get(),
                        request.body().orElseGet(Framing::none).writer(server),
                        means.threads(),
                        () -> connection.end(dialled.socket()));
            }
            response = response(server, upload);
            if (secrets.guarded()) {
                Optional<String> hidden = Plainness.missing(response, request.method());
                if (hidden.isPresent()) {
                    throw new BadMessageException(hidden.get() + "; the secret could not be looked for");
                }
            }
            response = response.masked(means.scrubber());
        } catch (IOException failed) {
            return unanswered(failed, upload == null ? null : upload.fault());
        }
        boolean goesOn = request.keepsConnection() && (upload == null || upload.whole());
        answer(response, server, goesOn);
        return goesOn;
    }

    /** As it came. What comes before the answer itself is passed on at once. */
    private HttpResponseHead response(Wire server, @Nullable Upload upload) throws IOException {
        for (int interim = 0; interim < MOST_INTERIM; interim++) {
            awaitAnswer(server, upload);
            server.within(limits.idle());
            HttpResponseHead head = HttpResponseHead.of(RawHead.read(server, limits.headBytes()), limits);
            server.atEase();
            if (!head.interim()) {
                return head;
            }
            if (request.modern()) {
                client.write(head.masked(means.scrubber()).interimToClient());
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

    private boolean unanswered(IOException failed, @Nullable IOException clients) throws IOException {
        Target target = request.target();
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
            case SSLException tls
            when clients == null ->
                last(Answers.failure(target, new Dialled.Failed(false, ServerTls.why(tls, target))));
            case EOFException cut -> last(Answers.badServer(target, String.valueOf(cut.getMessage())));
            default -> last(Answers.badServer(target, "the connection broke"));
        };
    }

    /** From here on nothing can be said any more: what fails is cut off, so that nobody takes it for the whole. */
    private void answer(HttpResponseHead response, Wire server, boolean goesOn) throws IOException {
        try {
            client.write(response.toClient(request.method(), request.modern(), goesOn));
            Framing body = response.body(request.method());
            if (!body.equals(Framing.none())) {
                BodyWriter to = request.modern() ? body.writer(client) : BodyWriter.plain(client);
                MaskedBody masked = new MaskedBody(to, means::scrubber);
                server.whenPaused(PAUSE, masked::paused);
                body.reader(server, limits).copyTo(masked);
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
