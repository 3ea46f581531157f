package dev.belay.runner.model;

import dev.belay.runner.agent.Reply;
import dev.belay.runner.model.wire.Wire;
import dev.belay.runner.model.wire.WireException;
import dev.belay.runner.model.wire.WireException.Trouble;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One question to a provider, and its answer.
 *
 * <p>The key goes to the provider's own address alone: no redirect is followed.
 */
final class Exchange {
    private static final Logger LOG = Logger.getLogger(Exchange.class.getName());
    private static final int REFUSAL_BYTES = 64 << 10;
    private static final int MOST_PIECES = 100;
    private static final int MOST_CALLS = 128;
    private static final Duration REST = Duration.ofSeconds(2);

    private final HttpClient http;
    private final Provider provider;
    private final Waits waits;

    Exchange(HttpClient http, Provider provider, Waits waits) {
        this.http = http;
        this.provider = provider;
        this.waits = waits;
    }

    /** For all providers of a runner. */
    static HttpClient client(Waits waits, Map<String, String> environment) {
        return HttpClient.newBuilder()
                .proxy(EnvironmentProxy.of(environment))
                .connectTimeout(waits.connect())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** An answer that is none, and when the provider wants to be asked again. */
    static final class RefusedException extends IOException {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        private final WireException why;
        private final Duration wished;

        RefusedException(WireException why, Duration wished) {
            super(why.getMessage(), why);
            this.why = why;
            this.wished = wished;
        }

        WireException why() {
            return why;
        }

        Duration wished() {
            return wished;
        }
    }

    Reply ask(Wire wire, Wire.Question question, Map<String, String> keyHeaders, Consumer<String> heard)
            throws RefusedException, InterruptedException {
        Wire.Outgoing outgoing = wire.request(question);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(provider.address() + outgoing.path()))
                .timeout(waits.first())
                .header("content-type", "application/json")
                .header("accept", "text/event-stream")
                .header("user-agent", "belay")
                .POST(HttpRequest.BodyPublishers.ofString(outgoing.body().print()));
        if (provider.address().getScheme().equals("http")) {
            // Servers without TLS know no other, and some stumble over an offer of another.
            request.version(HttpClient.Version.HTTP_1_1);
        }
        outgoing.headers().forEach(request::setHeader);
        provider.headers().forEach(request::setHeader);
        keyHeaders.forEach(request::setHeader);
        try {
            HttpResponse<Arriving> response = http.send(request.build(), head -> new Arriving());
            try (Arriving body = response.body()) {
                return answer(wire, question.model(), response, body, heard);
            }
        } catch (RefusedException refused) {
            throw refused;
        } catch (WireException said) {
            throw new RefusedException(said, Duration.ZERO);
        } catch (IOException failed) {
            throw new RefusedException(new WireException(Trouble.BUSY, unreached(failed)), Duration.ZERO);
        }
    }

    private Reply answer(
            Wire wire, String model, HttpResponse<Arriving> response, Arriving body, Consumer<String> heard)
            throws IOException, InterruptedException {
        if (response.statusCode() != 200) {
            throw new RefusedException(wire.refused(response.statusCode(), text(body)), wished(response));
        }
        Wire.Incoming incoming = wire.incoming(model, heard);
        ServerSentEvents events = new ServerSentEvents(incoming::event);
        long begun = System.nanoTime();
        boolean more = true;
        while (more && !incoming.whole()) {
            if (System.nanoTime() - begun > waits.whole().toNanos()) {
                throw new WireException(
                        Trouble.BROKEN,
                        "an answer came to no end in " + waits.whole().toMinutes() + " min");
            }
            more = read(body, waits.idle(), events);
        }
        if (more) {
            readRest(body, events);
        }
        Reply reply = incoming.reply();
        if (reply.calls().size() > MOST_CALLS) {
            throw new WireException(
                    Trouble.BROKEN,
                    "an answer with %,d calls of tools, and %,d are taken"
                            .formatted(reply.calls().size(), MOST_CALLS));
        }
        return reply;
    }

    /** False at the end. */
    private static boolean read(Arriving body, Duration patience, ServerSentEvents events)
            throws IOException, InterruptedException {
        Optional<ByteBuffer> next = body.next(patience);
        if (next.isPresent()) {
            events.add(next.get());
        } else {
            events.end();
        }
        return next.isPresent();
    }

    /** What follows a whole answer may say what it took; that it breaks off takes nothing from the answer. */
    private static void readRest(Arriving body, ServerSentEvents events) throws InterruptedException {
        try {
            for (int pieces = 0; pieces < MOST_PIECES && read(body, REST, events); pieces++) {
                // Until its end.
            }
        } catch (IOException brokenOff) {
            LOG.log(Level.FINE, "after a whole answer", brokenOff);
        }
    }

    private String text(Arriving body) throws IOException, InterruptedException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Optional<ByteBuffer> next = body.next(waits.idle());
        while (next.isPresent() && bytes.size() < REFUSAL_BYTES) {
            byte[] piece = new byte[Math.min(next.get().remaining(), REFUSAL_BYTES)];
            next.get().get(piece);
            bytes.writeBytes(piece);
            next = body.next(waits.idle());
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** In seconds; a date is not looked at. */
    private static Duration wished(HttpResponse<?> response) {
        String value = response.headers().firstValue("retry-after").orElse("").strip();
        return value.matches("\\d{1,6}") ? Duration.ofSeconds(Long.parseLong(value)) : Duration.ZERO;
    }

    private String unreached(IOException failed) {
        String place = provider.address().getHost()
                + (provider.address().getPort() < 0
                        ? ""
                        : ":" + provider.address().getPort());
        return switch (failed) {
            case HttpConnectTimeoutException _ -> place + " does not answer a connection";
            case HttpTimeoutException _ -> place + " is silent";
            case ConnectException refused
            when refused.getCause() instanceof UnresolvedAddressException ->
                place + " has no address: is there a network?";
            case ConnectException _ -> place + " takes no connection";
            default -> "the connection to " + place + " broke: " + failed.getMessage();
        };
    }
}
