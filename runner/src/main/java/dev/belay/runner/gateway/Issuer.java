package dev.belay.runner.gateway;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.List;

/** A name and its key, which signs certificates. */
record Issuer(String name, KeyPair keys) {
    private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.identifier("1.2.840.10045.4.3.2"));
    private static final byte[] VERSION_3 = Der.of(0xa0, Der.integer(BigInteger.TWO));
    private static final int SERIAL_BITS = 126;

    static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    X509Certificate issue(String subject, PublicKey key, Instant from, Instant to, List<Extension> extensions)
            throws GeneralSecurityException {
        // Its highest bit is set, so that it has one length and is never zero.
        BigInteger serial = new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(SERIAL_BITS);
        byte[] content = Der.sequence(
                VERSION_3,
                Der.integer(serial),
                ECDSA_WITH_SHA256,
                commonName(name),
                Der.sequence(Der.time(from), Der.time(to)),
                commonName(subject),
                key.getEncoded(),
                Der.of(
                        0xa3,
                        Der.sequence(extensions.stream().map(Extension::encoded).toArray(byte[][]::new))));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(keys.getPrivate());
        signature.update(content);
        byte[] certificate = Der.sequence(content, ECDSA_WITH_SHA256, Der.bits(0, signature.sign()));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate));
    }

    private static byte[] commonName(String name) {
        return Der.sequence(Der.set(Der.sequence(Der.identifier("2.5.4.3"), Der.text(name))));
    }
}
