package dev.belay.runner.gateway;

import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a certificate says of its key.
 *
 * @param critical who does not understand it must not accept the certificate
 */
record Extension(String identifier, boolean critical, byte[] value) {
    private static final int KEY_IDENTIFIER = 20;

    static Extension authority(int pathLength) {
        return new Extension("2.5.29.19", true, Der.sequence(Der.yes(), Der.integer(BigInteger.valueOf(pathLength))));
    }

    static Extension noAuthority() {
        return new Extension("2.5.29.19", true, Der.sequence());
    }

    static Extension signsCertificates() {
        return new Extension("2.5.29.15", true, Der.bits(2, new byte[] {0b100}));
    }

    static Extension signsGreetings() {
        return new Extension("2.5.29.15", true, Der.bits(7, new byte[] {(byte) 0b1000_0000}));
    }

    static Extension ofServers() {
        return new Extension("2.5.29.37", false, Der.sequence(Der.identifier("1.3.6.1.5.5.7.3.1")));
    }

    static Extension keyOf(PublicKey subject) {
        return new Extension("2.5.29.14", false, Der.octets(keyIdentifier(subject)));
    }

    static Extension signedBy(PublicKey issuer) {
        return new Extension("2.5.29.35", false, Der.sequence(Der.of(0x80, keyIdentifier(issuer))));
    }

    /** @param host a canonical name or address */
    static Extension vouchesFor(String host) {
        Optional<InetAddress> address = HostText.address(host);
        return new Extension(
                "2.5.29.17",
                false,
                Der.sequence(
                        address.isPresent()
                                ? Der.of(0x87, address.get().getAddress())
                                : Der.of(0x82, host.getBytes(StandardCharsets.US_ASCII))));
    }

    byte[] encoded() {
        byte[] content = Der.octets(value);
        return critical
                ? Der.sequence(Der.identifier(identifier), Der.yes(), content)
                : Der.sequence(Der.identifier(identifier), content);
    }

    private static byte[] keyIdentifier(PublicKey key) {
        try {
            return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()), KEY_IDENTIFIER);
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
