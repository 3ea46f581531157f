package dev.belay.runner.gateway;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** A client in the sandbox that speaks TLS through the gateway, and servers of TLS that it can meet. */
final class Inspected {
    private Inspected() {}

    static SSLContext trusting(Authority... authorities) throws GeneralSecurityException {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            for (int number = 0; number < authorities.length; number++) {
                trusted.setCertificateEntry("authority" + number, authorities[number].certificate());
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException neverRead) {
            throw new GeneralSecurityException(neverRead);
        }
    }

    /** A server whose certificate says a name, by an authority. */
    static Outside.Server server(Outside outside, Authority by, String name, Outside.Talk talk) throws Exception {
        return outside.server(
                by.leaf(name).context().getServerSocketFactory().createServerSocket(0, 256, Outside.loopback(1)), talk);
    }

    /** By the authority of the world, but of last week. */
    static Outside.Server expired(Outside outside, Outside.Talk talk) throws Exception {
        KeyPair keys = Issuer.newKeys();
        Instant now = Instant.now();
        X509Certificate old = outside.worldsAuthority
                .issuer()
                .server("old", Outside.HOST, keys.getPublic(), now.minus(Duration.ofDays(7)), now.minusSeconds(60));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                new KeyManager[] {new LeafKey(keys.getPrivate(), List.of(old))},
                new TrustManager[] {},
                new SecureRandom());
        return outside.server(context.getServerSocketFactory().createServerSocket(0, 256, Outside.loopback(1)), talk);
    }

    /** After the gateway promised a tunnel. */
    static Socket tunnel(Outside outside, String authority) throws IOException {
        Socket socket = outside.connect();
        Outside.write(
                socket.getOutputStream(), "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n");
        String answer = Outside.head(socket.getInputStream());
        if (!answer.equals("HTTP/1.1 200 Connection established\r\n\r\n")) {
            throw new IOException(answer);
        }
        return socket;
    }

    /** Inside the tunnel, in TLS. */
    static SSLSocket enter(SSLContext context, Socket tunnel, String host, String... application) throws IOException {
        SSLSocket inside = (SSLSocket) context.getSocketFactory().createSocket(tunnel, host, 443, true);
        SSLParameters parameters = inside.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setApplicationProtocols(application);
        if (HostText.address(host).isEmpty()) {
            parameters.setServerNames(List.of(new SNIHostName(host)));
        }
        inside.setSSLParameters(parameters);
        inside.startHandshake();
        return inside;
    }

    static SSLSocket enter(Outside outside, Outside.Server server) throws Exception {
        return enter(trusting(outside.authority), tunnel(outside, server.at()), Outside.HOST, "http/1.1");
    }

    /** Says all of it and hears all of the answer; each end is announced. */
    static String say(Outside outside, Outside.Server server, String text) throws Exception {
        try (SSLSocket inside = enter(outside, server)) {
            Outside.write(inside.getOutputStream(), text);
            inside.shutdownOutput();
            return new String(inside.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    static Certificate shown(SSLSocket inside) throws IOException {
        return inside.getSession().getPeerCertificates()[0];
    }
}
