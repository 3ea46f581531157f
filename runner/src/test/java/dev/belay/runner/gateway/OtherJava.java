package dev.belay.runner.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A Java of its own, for what depends on how Java was started and on what it has loaded. */
final class OtherJava {
    private OtherJava() {}

    /** What it says and what it loads. */
    static String run(Path folder, List<String> options, String... words) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>();
        all.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        all.addAll(options);
        all.addAll(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                OtherJava.class.getName()));
        all.addAll(List.of(words));
        return Program.run(folder, all.toArray(String[]::new));
    }

    public static void main(String[] words) throws Exception {
        switch (words[0]) {
            case "gateway" -> refuseOne(Gateway.unknownAuthority());
            case "vouching gateway" -> {
                Authority authority = Gateway.unknownAuthority();
                authority.certificatePem();
                refuseOne(authority);
            }
            case "default" -> greet(SSLContext.getDefault(), Integer.parseInt(words[1]));
            case "runner" -> greet(Trust.OF_THE_RUNNER.context(), Integer.parseInt(words[1]));
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    private static void refuseOne(Authority authority) throws IOException {
        ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        try (Gateway gateway = new Gateway(
                        listener,
                        Egress.NOTHING,
                        Names.OF_THE_RUNNER,
                        GatewayLimits.STANDARD,
                        () -> 1,
                        _ -> {},
                        authority,
                        Trust.OF_THE_RUNNER,
                        Vault.EMPTY);
                Socket socket = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
            Outside.write(socket.getOutputStream(), "CONNECT x.test:443 HTTP/1.1\r\nHost: x.test:443\r\n\r\n");
            System.out.println(Outside.head(socket.getInputStream()));
            System.out.println(gateway.refusals());
        }
    }

    private static void greet(SSLContext context, int port) throws IOException, GeneralSecurityException {
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(Outside.loopback(1), port)) {
            socket.startHandshake();
            System.out.println("greeted");
            socket.getInputStream().readAllBytes();
        }
    }
}
