package dev.belay.runner.gateway;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** SOCKS 4, 4a and 5, outgoing connections only, nobody asked for a password. */
final class Socks {
    private static final int CONNECT = 1;

    private enum Answer {
        GRANTED(0, 0x5a),
        DENIED(2, 0x5b),
        UNREACHABLE(4, 0x5b),
        NOT_ACCEPTED(5, 0x5b),
        NO_SUCH_COMMAND(7, 0x5b),
        NO_SUCH_ADDRESS(8, 0x5b);

        private final byte fifth;
        private final byte fourth;

        Answer(int fifth, int fourth) {
            this.fifth = (byte) fifth;
            this.fourth = (byte) fourth;
        }

        byte[] bytes(Protocol protocol) {
            return protocol == Protocol.SOCKS5
                    ? new byte[] {5, fifth, 0, 1, 0, 0, 0, 0, 0, 0}
                    : new byte[] {0, fourth, 0, 0, 0, 0, 0, 0};
        }
    }

    /** @param known its kind of address */
    private record Request(Target target, int command, boolean known) {}

    private final Means means;
    private final Connection connection;
    private final Wire client;

    Socks(Means means, Connection connection, Wire client) {
        this.means = means;
        this.connection = connection;
        this.client = client;
    }

    void serve() throws IOException {
        Optional<Request> request = client.read() == 4 ? Optional.of(fourth()) : fifth();
        if (request.isPresent()) {
            judged(request.get());
        }
    }

    private void judged(Request request) throws IOException {
        Target target = request.target();
        if (means.warden().judge(target).isPresent()) {
            say(
                    target,
                    !request.known()
                            ? Answer.NO_SUCH_ADDRESS
                            : request.command() == CONNECT ? Answer.DENIED : Answer.NO_SUCH_COMMAND);
        } else if (request.command() != CONNECT) {
            means.warden().refused(target, OwnDenials.onlyConnect());
            say(target, Answer.NO_SUCH_COMMAND);
        } else if (means.warden().inspects(target)) {
            say(target, Answer.GRANTED);
            new Inspection(means, connection, target, client).serve();
        } else {
            dialled(target);
        }
    }

    private void dialled(Target target) throws IOException {
        switch (means.dialler().dial(target, connection)) {
            case Dialled.Refused(Egress.Denial denial) -> {
                means.warden().refused(target, denial);
                say(target, Answer.DENIED);
            }
            case Dialled.Failed(boolean late, String _) -> say(target, late ? Answer.UNREACHABLE : Answer.NOT_ACCEPTED);
            case Dialled.Reached(Socket socket) -> {
                say(target, Answer.GRANTED);
                new Tunnel(means, connection, target, client, connection.wire(socket, means.quota())).run();
            }
        }
    }

    private void say(Target target, Answer answer) throws IOException {
        client.write(answer.bytes(target.protocol()));
    }

    private Request fourth() throws IOException {
        byte[] head = client.upTo(7);
        if (head.length < 7) {
            return new Request(Target.unreadable(Protocol.SOCKS4), CONNECT, true);
        }
        zeroTerminated();
        boolean named = head[3] == 0 && head[4] == 0 && head[5] == 0 && head[6] != 0;
        String host = named ? zeroTerminated() : HostText.of(java.util.Arrays.copyOfRange(head, 3, 7));
        return new Request(Target.named(host, port(head, 1), Protocol.SOCKS4, method(head[0])), head[0], true);
    }

    /** Empty: it wants to log in somehow. */
    private Optional<Request> fifth() throws IOException {
        byte[] methods = client.upTo(client.read());
        if (new String(methods, StandardCharsets.ISO_8859_1).indexOf(0) < 0) {
            client.write(new byte[] {5, (byte) 0xff});
            return Optional.empty();
        }
        client.write(new byte[] {5, 0});
        byte[] head = client.upTo(4);
        if (head.length < 4 || head[0] != 5) {
            return Optional.of(new Request(Target.unreadable(Protocol.SOCKS5), CONNECT, true));
        }
        String host = switch (head[3]) {
            case 1 -> HostText.of(client.upTo(4));
            case 3 -> new String(client.upTo(client.read()), StandardCharsets.ISO_8859_1);
            case 4 -> HostText.of(client.upTo(16));
            default -> "";
        };
        boolean known = head[3] == 1 || head[3] == 3 || head[3] == 4;
        int port = known ? port(client.upTo(2), 0) : 0;
        return Optional.of(new Request(Target.named(host, port, Protocol.SOCKS5, method(head[1])), head[1], known));
    }

    private static String method(byte command) {
        return switch (command) {
            case CONNECT -> "CONNECT";
            case 2 -> "BIND";
            case 3 -> "UDP";
            default -> "";
        };
    }

    /** Longer than any name: unreadable. */
    private String zeroTerminated() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int next = client.read(); next > 0; next = client.read()) {
            if (text.length() > means.limits().headBytes()) {
                return "";
            }
            text.append((char) next);
        }
        return text.toString();
    }

    private static int port(byte[] bytes, int at) {
        return bytes.length < at + 2 ? 0 : (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }
}
