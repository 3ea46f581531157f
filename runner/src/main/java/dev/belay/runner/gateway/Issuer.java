package dev.belay.runner.gateway;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A name and its key, which signs certificates. The cryptography is Java's own: Bouncy Castle writes down what is signed,
 * and nobody else of this package knows it, so that it is not loaded before a certificate is made.
 */
record Issuer(String name, KeyPair keys) {
    private static final int SERIAL_BITS = 126;

    static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    /** For a key that signs certificates of servers, and of no further authority. */
    X509Certificate authority(String subject, PublicKey key, Instant from, Instant to) throws GeneralSecurityException {
        try {
            return signed(certificate(subject, key, from, to)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign)));
        } catch (CertIOException notWritten) {
            throw new GeneralSecurityException(notWritten);
        }
    }

    /** @param host a canonical name or address, and all that the certificate vouches for */
    X509Certificate server(String subject, String host, PublicKey key, Instant from, Instant to)
            throws GeneralSecurityException {
        try {
            return signed(certificate(subject, key, from, to)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(
                            Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                    .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(named(host))));
        } catch (CertIOException notWritten) {
            throw new GeneralSecurityException(notWritten);
        }
    }

    private X509v3CertificateBuilder certificate(String subject, PublicKey key, Instant from, Instant to)
            throws GeneralSecurityException, CertIOException {
        // Its highest bit is set, so that it has one length and is never zero.
        BigInteger serial = new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(SERIAL_BITS);
        JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
        return new JcaX509v3CertificateBuilder(
                        commonName(name), serial, Date.from(from), Date.from(to), commonName(subject), key)
                .addExtension(Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(key))
                .addExtension(
                        Extension.authorityKeyIdentifier,
                        false,
                        identifiers.createAuthorityKeyIdentifier(keys.getPublic()));
    }

    private X509Certificate signed(X509v3CertificateBuilder certificate) throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            certificate.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
        } catch (OperatorCreationException notSigned) {
            throw new GeneralSecurityException(notSigned);
        }
    }

    private static GeneralName named(String host) {
        return HostText.address(host)
                .map(address -> new GeneralName(GeneralName.iPAddress, new DEROctetString(address.getAddress())))
                .orElseGet(() -> new GeneralName(GeneralName.dNSName, host));
    }

    /** As the text that it is: no character of it has a meaning. */
    private static X500Name commonName(String text) {
        return new X500NameBuilder().addRDN(BCStyle.CN, new DERUTF8String(text)).build();
    }
}
