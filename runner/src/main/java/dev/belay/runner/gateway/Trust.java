package dev.belay.runner.gateway;

import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;

/** Whom the gateway believes to be the host that they say they are. */
@FunctionalInterface
interface Trust {
    /** What Java on this machine trusts. */
    Trust OF_THE_RUNNER = new JavasTrust();

    SSLContext context() throws GeneralSecurityException;
}
