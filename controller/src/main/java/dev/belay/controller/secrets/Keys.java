package dev.belay.controller.secrets;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The keys that this controller has: one seals, each opens what it sealed. */
public final class Keys {
    private final SecureRandom random = new SecureRandom();
    private final Optional<KeyFile> own;
    private volatile List<WrappingKey> keys;

    private Keys(List<WrappingKey> keys, Optional<KeyFile> own) {
        this.keys = keys;
        this.own = own;
    }

    /**
     * @param named by an administrator, and then all that there are
     * @param own the file that is the controller's own, made when a value is sealed; none where several controllers share
     *     a database, because only one of them could open what it seals
     * @throws BelayException E_USAGE where one cannot be used: nothing starts with fewer keys than somebody named
     */
    public static Keys of(List<KeySource> named, Optional<Path> own) {
        if (!named.isEmpty()) {
            return new Keys(named.stream().map(KeySource::read).toList(), Optional.empty());
        }
        List<WrappingKey> made = own.filter(Files::exists).map(file -> new KeyFile(file).read()).stream()
                .toList();
        return new Keys(made, own.map(KeyFile::new));
    }

    /** @throws BelayException E_USAGE where none was named and none may be made */
    synchronized WrappingKey toSeal() {
        if (keys.isEmpty()) {
            keys = List.of(own.orElseThrow(Keys::none).readOrMake(random));
        }
        return keys.getFirst();
    }

    private static BelayException none() {
        return BelayException.of(
                ErrorCode.E_USAGE,
                "there is no key to seal secrets with",
                "the controller: other controllers may use its database, and would need the same key",
                "put 32 random bytes into a file, chmod 600, and start each controller with BELAY_SECRETS_KEY=file:/PATH");
    }

    Optional<WrappingKey> withId(String id) {
        return keys.stream().filter(key -> key.id().equals(id)).findFirst();
    }

    /** Where the key is that seals; empty where there is none. */
    String source() {
        return keys.stream()
                .findFirst()
                .map(WrappingKey::source)
                .or(() -> own.map(KeyFile::toString))
                .orElse("");
    }

    /** {@code file:/etc/belay/new.key (4f1d…), env:OLD (09ab…)}. */
    String inWords() {
        return keys.isEmpty()
                ? "no key"
                : keys.stream().map(key -> key.source() + " (" + key.id() + ")").collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return "Keys[" + inWords() + "]";
    }
}
