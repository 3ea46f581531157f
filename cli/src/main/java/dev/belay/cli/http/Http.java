package dev.belay.cli.http;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import jdk.net.ExtendedSocketOptions;

/**
 * Sends requests to one server, a connection each. A connection that cannot be made is tried again, since nothing was
 * sent; a request that was sent and not answered is sent again only when it is repeatable.
 */
public final class Http {
    private static final int KEEP_SECONDS = 20;
    private static final Duration BEGINS = Duration.ofSeconds(30);
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final List<Duration> REFUSED = List.of(Duration.ofMillis(200), Duration.ofMillis(800));
    /** Somebody takes connections and drops them: what stands in front of a fleet, while its servers change. */
    private static final List<Duration> DROPPED =
            List.of(Duration.ofMillis(200), Duration.ofMillis(800), Duration.ofSeconds(2), Duration.ofSeconds(4));

    private final Address address;
    private final String token;
    private final Pause pause;

    public Http(Address address, String token, Pause pause) {
        this.address = address;
        this.token = token;
        this.pause = pause;
    }

    public Address address() {
        return address;
    }

    /** The answer, whatever its status; E_UNREACHABLE when there is none. */
    public Answer send(Request request) {
        long begun = System.nanoTime();
        for (int tried = 1; ; tried++) {
            boolean sent = false;
            try {
                Socket socket = connect(request.silence());
                sent = true;
                return exchange(socket, request);
            } catch (IOException failed) {
                // Who was silent for so long once is not asked three times: the person waits meanwhile.
                boolean silent = sent && failed instanceof SocketTimeoutException;
                boolean again = (!sent || request.repeatable()) && !silent && !(failed instanceof UnknownHostException);
                List<Duration> pauses = sent ? DROPPED : REFUSED;
                if (tried > pauses.size() || !again) {
                    throw unreachable(failed, request, sent, tried, begun);
                }
                rest(pauses.get(tried - 1));
            }
        }
    }

    /** One try; for callers with a plan of their own for failures. */
    public Answer sendOnce(Request request) throws IOException {
        return exchange(connect(request.silence()), request);
    }

    /** The answer has begun, and the body is still to be sent; E_UNREACHABLE when there is none. */
    public Duplex duplex(String path) {
        Request request = new Request("POST", path, Map.of("Transfer-Encoding", "chunked"), null, BEGINS, false);
        long begun = System.nanoTime();
        boolean sent = false;
        try {
            Socket socket = connect(request.silence());
            sent = true;
            keepAlive(socket);
            return new Duplex(socket, socket.getOutputStream(), exchange(socket, request));
        } catch (IOException failed) {
            throw unreachable(failed, request, sent, 1, begun);
        }
    }

    /** A connection that may be silent for long, and is found out when nobody is there any more. */
    private static void keepAlive(Socket socket) throws IOException {
        socket.setKeepAlive(true);
        if (socket.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
            socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEP_SECONDS);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEP_SECONDS);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 3);
        }
    }

    private Socket connect(Duration silence) throws IOException {
        Socket socket = new Socket();
        try {
            InetSocketAddress to = new InetSocketAddress(address.dialled(), address.port());
            if (to.isUnresolved()) {
                throw new UnknownHostException(address.host());
            }
            socket.setTcpNoDelay(true);
            socket.connect(to, (int) CONNECT.toMillis());
            socket.setSoTimeout((int) silence.toMillis());
            return address.tls() ? encrypted(socket) : socket;
        } catch (IOException failed) {
            socket.close();
            throw failed;
        }
    }

    private Socket encrypted(Socket plain) throws IOException {
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        SSLSocket socket = (SSLSocket) factory.createSocket(plain, address.dialled(), address.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private Answer exchange(Socket socket, Request request) throws IOException {
        try {
            InputStream in = new BufferedInputStream(socket.getInputStream(), 16 << 10);
            try {
                write(socket.getOutputStream(), request);
            } catch (IOException refusedWhileSending) {
                // A server that refuses a body answers and closes before it has read all of it: the answer counts.
                return answerAfter(refusedWhileSending, socket, in);
            }
            return Answer.read(socket, in);
        } catch (IOException failed) {
            socket.close();
            throw failed;
        }
    }

    private static Answer answerAfter(IOException refused, Socket socket, InputStream in) throws IOException {
        try {
            return Answer.read(socket, in);
        } catch (IOException noAnswer) {
            refused.addSuppressed(noAnswer);
            throw refused;
        }
    }

    private void write(OutputStream raw, Request request) throws IOException {
        OutputStream out = new BufferedOutputStream(raw, 64 << 10);
        StringBuilder head = new StringBuilder(256)
                .append(request.method())
                .append(' ')
                .append(request.path())
                .append(" HTTP/1.1\r\nHost: ")
                .append(address.authority())
                .append("\r\nConnection: close\r\nUser-Agent: belay-cli\r\n");
        if (!token.isEmpty()) {
            head.append("Authorization: Bearer ").append(token).append("\r\n");
        }
        for (Map.Entry<String, String> header : request.headers().entrySet()) {
            head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
        }
        Request.Body body = request.body();
        if (body != null) {
            head.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        if (body != null) {
            try (InputStream from = body.open()) {
                from.transferTo(out);
            }
        }
        out.flush();
    }

    private BelayException unreachable(IOException failed, Request request, boolean sent, int tries, long begun) {
        boolean changes = sent && !request.method().equals("GET");
        long millis = (System.nanoTime() - begun) / 1_000_000;
        String after =
                " (" + tries + (tries == 1 ? " try, " : " tries, ") + millis / 1000 + "." + millis / 100 % 10 + " s)";
        return BelayException.of(
                        ErrorCode.E_UNREACHABLE,
                        "controller " + address + " " + reason(failed, sent) + after,
                        "(layer: network) "
                                + (sent ? "the request was sent, its answer is not known" : "nothing was sent"),
                        changes ? "not known; belay ps shows it" : BelayException.NOTHING_CHANGED,
                        "belay status")
                .causedBy(failed);
    }

    private static String reason(IOException failed, boolean sent) {
        return switch (failed) {
            case UnknownHostException _ -> "has a name that does not resolve";
            case SocketTimeoutException _ -> sent ? "did not answer" : "could not be reached in time";
            case ConnectException _ -> "refused the connection";
            case javax.net.ssl.SSLException _ -> "could not agree on TLS";
            default -> sent ? "closed the connection" : "could not be reached";
        };
    }

    private void rest(Duration time) {
        try {
            pause.pause(time);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }
}
