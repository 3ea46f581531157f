package dev.belay.runner.gateway;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Trusts whom Java's own default does. It is not that default, for that one may have a key, which would be shown to any
 * host that asks for it, in the name of whatever is in the sandbox.
 */
final class JavasTrust implements Trust {
    private static final KeyManager[] NO_KEYS = {};

    private @Nullable SSLContext context;

    /** Made once, for it reads all the certificates that Java trusts. */
    @Override
    public synchronized SSLContext context() throws GeneralSecurityException {
        if (context == null) {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init((KeyStore) null);
            SSLContext made = SSLContext.getInstance("TLS");
            made.init(NO_KEYS, trust.getTrustManagers(), null);
            context = made;
        }
        return context;
    }
}
