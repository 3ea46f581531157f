package dev.belay.runner.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Vouches inside one sandbox for the hosts whose TLS is opened on its gateway, and nowhere else: its key is made for one
 * task, is in memory only, and ends with it.
 *
 * <p>A task in which nothing is inspected pays nothing: the key is made when it is first needed.
 */
public final class Authority {
    static final int MOST_LEAVES = 256;

    /** A task may wait for people for long. */
    private static final Duration LIFE = Duration.ofDays(90);

    private static final Duration LEAF_LIFE = Duration.ofDays(1);
    /** A connection that begins with a leaf should not outlive it. */
    private static final Duration LEAF_REST = Duration.ofHours(6);
    /** For clocks that are set back a little. */
    private static final Duration BEFORE = Duration.ofHours(1);

    private static final String LEAF_NAME = "inspected by Belay";
    private static final int LONGEST_LABEL = 40;

    private final String name;
    private final Clock clock;
    private @Nullable Root root;
    private final Map<String, Leaf> leaves = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Leaf> eldest) {
            return size() > MOST_LEAVES;
        }
    };

    /** @param certificate the issuer's of itself */
    private record Root(Issuer issuer, X509Certificate certificate) {}

    private Authority(String name, Clock clock) {
        this.name = name;
        this.clock = clock;
    }

    /** @param taskLabel for people who look at the certificate */
    public static Authority create(String taskLabel, Clock clock) {
        String label = taskLabel.replaceAll("[^ -~]", "?");
        return new Authority("Belay gateway of " + label.substring(0, Math.min(label.length(), LONGEST_LABEL)), clock);
    }

    /** What has to be trusted inside the sandbox; no secret. */
    public String certificatePem() {
        try {
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                            .encodeToString(certificate().getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (CertificateEncodingException itWasDecoded) {
            throw new IllegalStateException(itWasDecoded);
        }
    }

    X509Certificate certificate() {
        return root().certificate();
    }

    Issuer issuer() {
        return root().issuer();
    }

    /** @param host a canonical name or address that was judged: whatever it is, it is vouched for */
    synchronized Leaf leaf(String host) throws IOException {
        Instant now = clock.instant();
        Leaf known = leaves.get(host);
        if (known != null
                && now.plus(LEAF_REST)
                        .isBefore(known.certificate().getNotAfter().toInstant())) {
            return known;
        }
        try {
            Leaf leaf = made(host, now);
            leaves.put(host, leaf);
            return leaf;
        } catch (GeneralSecurityException failed) {
            throw new IOException("no certificate could be made", failed);
        }
    }

    synchronized int kept() {
        return leaves.size();
    }

    private synchronized Root root() {
        if (root == null) {
            root = newRoot();
        }
        return root;
    }

    private Root newRoot() {
        try {
            Issuer issuer = new Issuer(name, Issuer.newKeys());
            Instant now = clock.instant();
            return new Root(
                    issuer, issuer.authority(name, issuer.keys().getPublic(), now.minus(BEFORE), now.plus(LIFE)));
        } catch (GeneralSecurityException everyJavaCan) {
            throw new IllegalStateException(everyJavaCan);
        }
    }

    private Leaf made(String host, Instant now) throws GeneralSecurityException {
        KeyPair keys = Issuer.newKeys();
        X509Certificate own =
                issuer().server(LEAF_NAME, host, keys.getPublic(), now.minus(BEFORE), now.plus(LEAF_LIFE));
        SSLContext context = SSLContext.getInstance("TLS");
        // No client has to show who it is, so nobody's certificates are loaded to trust in.
        context.init(
                new KeyManager[] {new LeafKey(keys.getPrivate(), List.of(own, certificate()))},
                new TrustManager[] {},
                new SecureRandom());
        return new Leaf(own, context);
    }
}
