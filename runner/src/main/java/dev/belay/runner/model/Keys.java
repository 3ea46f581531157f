package dev.belay.runner.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys of this runner. They are read when a provider is asked and kept nowhere else: no sandbox, event or log has them.
 * The file of {@code belay login} goes before a variable: that command is what a refused key leads to.
 */
public final class Keys {
    private static final int MOST_BYTES = 8 << 10;
    private static final Set<PosixFilePermission> OWNERS =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private final Map<String, String> environment;
    private final Path folder;

    /** @param folder with a file for each provider, which only its owner can read */
    public Keys(Map<String, String> environment, Path folder) {
        this.environment = Map.copyOf(environment);
        this.folder = folder;
    }

    /** The key, or why there is none. */
    public sealed interface Found {
        record Key(String value) implements Found {
            @Override
            public String toString() {
                return "Key[…]";
            }
        }

        /** The provider asks for none. */
        record NotNeeded() implements Found {}

        record Missing(String why) implements Found {}
    }

    public Found of(Provider provider) {
        Path file = folder.resolve(provider.name());
        try {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                String unsafe = unsafe(file);
                return unsafe == null
                        ? checked(Files.readString(file).strip(), "the key of belay login")
                        : new Found.Missing("the key of belay login is not used: " + unsafe);
            }
        } catch (NoSuchFileException gone) {
            // As if it had never been there.
        } catch (IOException unreadable) {
            return new Found.Missing("the key of belay login cannot be read");
        }
        Optional<String> variable = provider.keyVariable();
        String set = variable.map(name -> environment.getOrDefault(name, ""))
                .orElse("")
                .strip();
        if (!set.isEmpty()) {
            return checked(set, "the variable " + variable.orElse(""));
        }
        return variable.isEmpty() ? new Found.NotNeeded() : new Found.Missing(variable.get() + " is not set");
    }

    private static @Nullable String unsafe(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return "it is no plain file";
        }
        if (!OWNERS.containsAll(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS))) {
            return "others can read its file";
        }
        return Files.size(file) > MOST_BYTES ? "its file is too large for a key" : null;
    }

    /** It stands in a header of a request: what cannot stand there is no key. */
    private static Found checked(String key, String place) {
        return key.matches("[\\x21-\\x7e]{1," + MOST_BYTES + "}")
                ? new Found.Key(key)
                : new Found.Missing(place + " holds what cannot be a key: blanks, line ends or letters beyond ASCII");
    }
}
