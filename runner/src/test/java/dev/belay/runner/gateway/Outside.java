package dev.belay.runner.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A gateway whose outside is this machine's loopback: names of a table, and servers that hear what arrives. */
final class Outside implements AutoCloseable {
    static final String HOST = "allowed.test";

    final List<Refusal> reported = new CopyOnWriteArrayList<>();
    final AtomicInteger step = new AtomicInteger(7);
    final Map<String, List<InetAddress>> names = new ConcurrentHashMap<>();
    final List<String> asked = new CopyOnWriteArrayList<>();
    final Set<String> deniedHosts = ConcurrentHashMap.newKeySet();
    final Set<InetAddress> deniedAddresses = ConcurrentHashMap.newKeySet();
    final List<InetAddress> judged = new CopyOnWriteArrayList<>();
    final Set<String> inspectedHosts = ConcurrentHashMap.newKeySet();
    /** Each request that was judged: its target, method and path. */
    final List<String> requests = new CopyOnWriteArrayList<>();
    /** Of method and path, as in {@code GET /x}. */
    final Set<String> deniedRequests = ConcurrentHashMap.newKeySet();
    /** Each ref of a push that was judged: the target, the path and the ref. */
    final List<String> pushes = new CopyOnWriteArrayList<>();
    /** Where they are kept while they are looked through. */
    volatile Optional<Path> keptPushes = Optional.empty();

    final List<String> packs = new CopyOnWriteArrayList<>();
    /** Trusted inside the sandbox. */
    final Authority authority = Authority.create("task 7", Clock.systemUTC());
    /** Vouches for the servers. */
    final Authority worldsAuthority = Authority.create("the world", Clock.systemUTC());
    /** Before it is down to zero, no name is resolved. */
    volatile CountDownLatch lookup = new CountDownLatch(0);

    final Gateway gateway;

    private final ServerSocket listener;
    private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();

    /** Speaks with one connection; when it returns or throws, the connection is closed. */
    @FunctionalInterface
    interface Talk {
        void with(InputStream in, OutputStream out) throws Exception;
    }

    Outside() throws IOException {
        this(GatewayLimits.STANDARD);
    }

    Outside(GatewayLimits limits) throws IOException {
        this(limits, Vault.EMPTY);
    }

    Outside(GatewayLimits limits, Vault vault) throws IOException {
        listener = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
        names.put(HOST, List.of(loopback(1)));
        gateway = new Gateway(
                listener,
                new Judge(),
                this::resolve,
                limits,
                step::get,
                reported::add,
                authority,
                () -> Inspected.trusting(worldsAuthority),
                vault);
    }

    private List<InetAddress> resolve(String host) throws IOException {
        asked.add(host);
        try {
            lookup.await();
        } catch (InterruptedException stopped) {
            throw new IOException(stopped);
        }
        List<InetAddress> found = names.get(host);
        if (found == null) {
            throw new java.net.UnknownHostException(host);
        }
        return found;
    }

    private final class Judge implements Egress {
        @Override
        public Optional<Denial> judge(Target target) {
            boolean known = target.host().endsWith(".test") || target.host().startsWith("127.");
            return known && !deniedHosts.contains(target.host())
                    ? Optional.empty()
                    : Optional.of(new Denial("RESTRICTED network (test)", "policy.yaml:3", "not on the list", "ask"));
        }

        @Override
        public boolean inspects(Target target) {
            return inspectedHosts.contains(target.host());
        }

        @Override
        public Optional<Denial> judgeRequest(Target target, String method, String path) {
            requests.add(target.label() + " " + method + " " + path);
            return deniedRequests.contains(method + " " + path)
                    ? Optional.of(new Denial(
                            "RESTRICTED requests (test)", "policy.yaml:9", method + " " + path + " is denied", "ask"))
                    : Optional.empty();
        }

        @Override
        public Optional<Denial> judgePush(Target target, String path, String ref) {
            pushes.add(target.label() + " " + path + " " + ref);
            return ref.startsWith("refs/heads/belay/t-1/")
                    ? Optional.empty()
                    : Optional.of(new Denial(
                            "RESTRICTED git push (test)",
                            "policy.yaml:12",
                            "only branches of this task are pushed",
                            "push to refs/heads/belay/t-1/"));
        }

        @Override
        public Optional<Path> keepsPushes() {
            return keptPushes;
        }

        @Override
        public Optional<Denial> judgePushed(Target target, List<String> tips, InputStream pack) throws IOException {
            packs.add(String.join(",", tips) + " " + new String(pack.readAllBytes(), StandardCharsets.ISO_8859_1));
            return Optional.empty();
        }

        @Override
        public Optional<Denial> judgeAddress(Target target, InetAddress address) {
            judged.add(address);
            return deniedAddresses.contains(address)
                    ? Optional.of(new Denial("RESTRICTED network (test)", "default", "a private address", "ask"))
                    : Optional.empty();
        }
    }

    static InetAddress loopback(int last) throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
    }

    int port() {
        return listener.getLocalPort();
    }

    InetSocketAddress address() {
        return new InetSocketAddress(listener.getInetAddress(), port());
    }

    Socket connect() throws IOException {
        Socket socket = new Socket(listener.getInetAddress(), port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    /** Says all of it, nothing more, and hears all of the answer. */
    String say(String text) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    Server server(Talk talk) throws IOException {
        return server(loopback(1), talk);
    }

    Server server(InetAddress at, Talk talk) throws IOException {
        return server(new ServerSocket(0, 256, at), talk);
    }

    Server server(ServerSocket listener, Talk talk) {
        Server server = new Server(listener, talk);
        opened.add(server);
        return server;
    }

    <T extends AutoCloseable> T closing(T resource) {
        opened.add(resource);
        return resource;
    }

    List<String> reasons() {
        return reported.stream()
                .map(refusal ->
                        refusal.target().label() + ": " + refusal.denial().reason())
                .toList();
    }

    @Override
    public void close() throws Exception {
        gateway.close();
        for (AutoCloseable resource : opened) {
            resource.close();
        }
    }

    static GatewayLimits limits(int connections, Duration greeting, Duration idle, long up, long down, long rate) {
        GatewayLimits standard = GatewayLimits.STANDARD;
        return new GatewayLimits(
                connections,
                greeting,
                standard.headBytes(),
                standard.headers(),
                idle,
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                Duration.ofSeconds(4),
                up,
                down,
                rate);
    }

    /** Up to the empty line; what was read of it when the stream ends. */
    static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int next = in.read();
        while (next >= 0) {
            head.write(next);
            if (head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                break;
            }
            next = in.read();
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** Hears on a port of its own. */
    static final class Server implements AutoCloseable {
        private final ServerSocket listener;
        private final List<Socket> sockets = new CopyOnWriteArrayList<>();
        private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

        private Server(ServerSocket listener, Talk talk) {
            this.listener = listener;
            Thread.ofVirtual().start(() -> {
                while (!listener.isClosed()) {
                    try {
                        Socket socket = listener.accept();
                        sockets.add(socket);
                        Thread.ofVirtual().start(() -> talk(socket, talk));
                    } catch (IOException closed) {
                        Thread.yield();
                    }
                }
            });
        }

        private void talk(Socket socket, Talk talk) {
            try (socket) {
                InputStream in = socket.getInputStream();
                talk.with(
                        new InputStream() {
                            @Override
                            public int read() throws IOException {
                                int next = in.read();
                                if (next >= 0) {
                                    hear(new byte[] {(byte) next}, 1);
                                }
                                return next;
                            }

                            @Override
                            public int read(byte[] bytes, int at, int most) throws IOException {
                                int count = in.read(bytes, at, most);
                                if (count > 0) {
                                    hear(java.util.Arrays.copyOfRange(bytes, at, at + count), count);
                                }
                                return count;
                            }
                        },
                        socket.getOutputStream());
            } catch (Exception over) {
                Thread.yield();
            }
        }

        private void hear(byte[] bytes, int count) {
            synchronized (heard) {
                heard.write(bytes, 0, count);
            }
        }

        int port() {
            return listener.getLocalPort();
        }

        /** The authority of its address. */
        String at() {
            return HOST + ":" + port();
        }

        int connections() {
            return sockets.size();
        }

        String heard() {
            synchronized (heard) {
                return heard.toString(StandardCharsets.ISO_8859_1);
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
