package dev.belay.runner.task;

import dev.belay.runner.gateway.Authority;
import dev.belay.runner.hands.Hand;
import dev.belay.runner.hands.HandException;
import dev.belay.runner.sandbox.Inside;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * What programs in a sandbox trust where the gateway opens TLS: what the runner trusts, and the gateway's authority of this
 * one task. Files in the sandbox, told of by the variables that programs read; whoever changes them there deceives himself.
 */
final class TrustedInside {
    private static final String FOLDER = Inside.HOME + "/.belay";
    private static final String ALL = FOLDER + "/trusted.pem";
    private static final String OWN = FOLDER + "/gateway.pem";
    private static final String STORE = FOLDER + "/trusted.p12";
    /** No secret: certificates are public, and JVMs open their own store by this word. */
    private static final String PASSWORD = "changeit";

    private static final List<X509Certificate> OF_THE_RUNNER = ofTheRunner();

    private TrustedInside() {}

    static void write(Hand hand, Authority authority) throws HandException {
        String own = authority.certificatePem();
        StringBuilder all = new StringBuilder(own);
        OF_THE_RUNNER.forEach(certificate -> all.append(pem(certificate)));
        hand.write(OWN, own.getBytes(StandardCharsets.US_ASCII));
        hand.write(ALL, all.toString().getBytes(StandardCharsets.US_ASCII));
        hand.write(STORE, store(own));
    }

    /** For a program each, or a library; in place of what it comes with. */
    static Map<String, String> variables() {
        return Map.of(
                "SSL_CERT_FILE", ALL,
                "CURL_CA_BUNDLE", ALL,
                "GIT_SSL_CAINFO", ALL,
                "REQUESTS_CA_BUNDLE", ALL,
                "PIP_CERT", ALL,
                "CARGO_HTTP_CAINFO", ALL,
                "AWS_CA_BUNDLE", ALL,
                "npm_config_cafile", ALL,
                "NODE_EXTRA_CA_CERTS", OWN);
    }

    static String jvmOptions() {
        return "-Djavax.net.ssl.trustStore=" + STORE + " -Djavax.net.ssl.trustStoreType=PKCS12"
                + " -Djavax.net.ssl.trustStorePassword=" + PASSWORD;
    }

    private static byte[] store(String own) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry(
                    "gateway",
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(own.getBytes(StandardCharsets.US_ASCII))));
            for (int i = 0; i < OF_THE_RUNNER.size(); i++) {
                store.setCertificateEntry("of-the-runner-" + i, OF_THE_RUNNER.get(i));
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            store.store(bytes, PASSWORD.toCharArray());
            return bytes.toByteArray();
        } catch (GeneralSecurityException | IOException everyJavaCan) {
            throw new IllegalStateException(everyJavaCan);
        }
    }

    private static List<X509Certificate> ofTheRunner() {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            List<X509Certificate> all = new ArrayList<>();
            Arrays.stream(factory.getTrustManagers())
                    .filter(X509TrustManager.class::isInstance)
                    .forEach(manager -> all.addAll(List.of(((X509TrustManager) manager).getAcceptedIssuers())));
            return List.copyOf(all);
        } catch (GeneralSecurityException everyJavaCan) {
            throw new IllegalStateException(everyJavaCan);
        }
    }

    private static String pem(X509Certificate certificate) {
        try {
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                            .encodeToString(certificate.getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException itWasDecoded) {
            throw new IllegalStateException(itWasDecoded);
        }
    }
}
