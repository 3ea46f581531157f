package dev.belay.runner.gateway;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * The inside of a tunnel to a host whose requests are judged: TLS ends here, and each request goes on in TLS of the
 * gateway's own. Nothing of it is ever a stream that nobody reads.
 */
final class Inspection {
    private static final int END = -1;
    private static final int SILENCE = -2;

    private final Means means;
    private final Connection connection;
    private final Target target;
    private final Wire client;

    Inspection(Means means, Connection connection, Target target, Wire client) {
        this.means = means;
        this.connection = connection;
        this.target = target;
        this.client = client;
    }

    /** After the tunnel was promised. */
    void serve() throws IOException {
        if (!means.heap().take(HeapShare.INSPECTION)) {
            refused(OwnDenials.noRoomToInspect());
            return;
        }
        try {
            inspected();
        } finally {
            means.heap().giveBack(HeapShare.INSPECTION);
        }
    }

    private void inspected() throws IOException {
        client.within(means.limits().greeting());
        int first = first();
        if (first == END) {
            return;
        }
        Optional<ClientHello> hello = first == ClientHello.HANDSHAKE ? hello() : Optional.empty();
        if (hello.isEmpty()) {
            refused(OwnDenials.noHelloToInspect());
            return;
        }
        Optional<Egress.Denial> denial = hello.get().denial(target);
        if (denial.isPresent()) {
            refused(denial.get());
            return;
        }
        TlsWire inside = new TlsWire(client, engine(), hello.get().bytes());
        inside.handshake();
        client.atEase();
        try {
            new ForwardProxy(means, connection, inside, raw -> RequestTarget.inside(target, raw)).serve();
        } catch (SocketTimeoutException idle) {
            // Between two requests; an answer that is cut off has aborted the connection, and its end is not announced.
            Thread.yield();
        }
        inside.endOutput();
    }

    /** One that waits for the server to speak first waits in vain. */
    private int first() throws IOException {
        try {
            return client.peek();
        } catch (SocketTimeoutException silent) {
            return SILENCE;
        }
    }

    private Optional<ClientHello> hello() {
        try {
            return Optional.of(ClientHello.read(client));
        } catch (IOException malformedOrLate) {
            return Optional.empty();
        }
    }

    private void refused(Egress.Denial denial) throws IOException {
        means.warden().refused(target, denial);
        client.write(Answers.TLS_DENIED);
    }

    private SSLEngine engine() throws IOException {
        SSLEngine engine = means.authority().leaf(target.host()).context().createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(ServerTls.VERSIONS);
        parameters.setApplicationProtocols(ServerTls.APPLICATION);
        engine.setSSLParameters(parameters);
        return engine;
    }
}
