package dev.belay.runner.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** The gateway as a client of TLS, as strict as the client in the sandbox would be that it stands for. */
final class ServerTls {
    static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};
    static final String[] APPLICATION = {"http/1.1"};

    private static final int MOST_CAUSES = 16;

    private ServerTls() {}

    static Wire over(Wire under, Target target, Means means) throws IOException {
        TlsWire wire = new TlsWire(under, engine(target, means.trust()), new byte[0]);
        under.within(means.limits().dialAll());
        wire.handshake();
        under.atEase();
        return wire;
    }

    /** What became of it, as a part of a sentence. */
    static String why(SSLException failed, Target target) {
        List<Throwable> causes = causes(failed);
        if (causes.stream()
                .anyMatch(cause -> cause instanceof CertificateExpiredException
                        || cause instanceof CertificateNotYetValidException)) {
            return "its certificate is not valid at this time";
        }
        // Of all that can be wrong with a certificate, only its name is complained of without more words.
        if (causes.stream().anyMatch(cause -> cause.getClass() == CertificateException.class)) {
            return "its certificate is not valid for " + target.host();
        }
        return causes.stream().anyMatch(CertificateException.class::isInstance)
                ? "its certificate is not trusted by this runner"
                : "it does not speak TLS as it should";
    }

    private static List<Throwable> causes(SSLException failed) {
        List<Throwable> causes = new ArrayList<>();
        for (Throwable cause = failed.getCause();
                cause != null && causes.size() < MOST_CAUSES;
                cause = cause.getCause()) {
            causes.add(cause);
        }
        return causes;
    }

    private static SSLEngine engine(Target target, Trust trust) throws IOException {
        try {
            SSLEngine engine = trust.context().createSSLEngine(target.host(), target.port());
            engine.setUseClientMode(true);
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            parameters.setProtocols(VERSIONS);
            parameters.setApplicationProtocols(APPLICATION);
            if (HostText.address(target.host()).isEmpty()) {
                parameters.setServerNames(List.of(new SNIHostName(target.host().getBytes(StandardCharsets.US_ASCII))));
            }
            engine.setSSLParameters(parameters);
            return engine;
        } catch (GeneralSecurityException | IllegalArgumentException unable) {
            throw new SSLException("TLS cannot be spoken to it", unable);
        }
    }
}
