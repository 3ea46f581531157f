package dev.belay.runner.gateway;

import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;

/**
 * One host as the sandbox meets it.
 *
 * @param context of its own, so that a session with one host is never resumed as one with another
 */
record Leaf(X509Certificate certificate, SSLContext context) {}
