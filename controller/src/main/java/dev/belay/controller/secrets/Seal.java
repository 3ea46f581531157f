package dev.belay.controller.secrets;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals a value under a key of its own, and that under a key of the controller; both by AES-256-GCM, both bound to what the
 * value is for. What it makes is: a byte for the form, the wrapped key, the value; the latter two with their nonces first.
 */
final class Seal {
    private static final byte FORMAT = 1;
    private static final int NONCE = 12;
    private static final int TAG = 16;
    private static final int WRAPPED = NONCE + WrappingKey.BYTES + TAG;

    private final SecureRandom random = new SecureRandom();

    byte[] close(WrappingKey key, SealedFor purpose, String value) {
        byte[] bound = purpose.bytes(FORMAT);
        byte[] own = new byte[WrappingKey.BYTES];
        random.nextBytes(own);
        byte[] plain = value.getBytes(StandardCharsets.UTF_8);
        try {
            byte[] wrapped = encrypt(key.key(), bound, own);
            byte[] hidden = encrypt(new SecretKeySpec(own, "AES"), bound, plain);
            return ByteBuffer.allocate(1 + wrapped.length + hidden.length)
                    .put(FORMAT)
                    .put(wrapped)
                    .put(hidden)
                    .array();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java has AES-GCM", impossible);
        } finally {
            Arrays.fill(own, (byte) 0);
            Arrays.fill(plain, (byte) 0);
        }
    }

    /** Nothing where it was sealed with another key, for something else, in another form, or was changed. */
    Optional<String> open(WrappingKey key, SealedFor purpose, byte[] sealed) {
        if (sealed.length < 1 + WRAPPED + NONCE + TAG || sealed[0] != FORMAT) {
            return Optional.empty();
        }
        byte[] bound = purpose.bytes(FORMAT);
        byte[] own = new byte[0];
        byte[] plain = new byte[0];
        try {
            own = decrypt(key.key(), bound, Arrays.copyOfRange(sealed, 1, 1 + WRAPPED));
            plain = decrypt(
                    new SecretKeySpec(own, "AES"), bound, Arrays.copyOfRange(sealed, 1 + WRAPPED, sealed.length));
            return Optional.of(new String(plain, StandardCharsets.UTF_8));
        } catch (AEADBadTagException another) {
            return Optional.empty();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java has AES-GCM", impossible);
        } finally {
            Arrays.fill(own, (byte) 0);
            Arrays.fill(plain, (byte) 0);
        }
    }

    private byte[] encrypt(SecretKey key, byte[] bound, byte[] plain) throws GeneralSecurityException {
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        byte[] hidden = cipher(Cipher.ENCRYPT_MODE, key, bound, nonce).doFinal(plain);
        return ByteBuffer.allocate(NONCE + hidden.length).put(nonce).put(hidden).array();
    }

    private static byte[] decrypt(SecretKey key, byte[] bound, byte[] hidden) throws GeneralSecurityException {
        byte[] nonce = Arrays.copyOf(hidden, NONCE);
        return cipher(Cipher.DECRYPT_MODE, key, bound, nonce).doFinal(hidden, NONCE, hidden.length - NONCE);
    }

    private static Cipher cipher(int mode, SecretKey key, byte[] bound, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG * Byte.SIZE, nonce));
        cipher.updateAAD(bound);
        return cipher;
    }
}
