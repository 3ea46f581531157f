package dev.belay.controller.rights;

import dev.belay.policies.Compiled;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Source;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.PolicySource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What whoever runs this controller lets anybody grant: a file of theirs, read anew for each task that is begun, so that a
 * change holds for the next one. Where it was to be and cannot be read or understood, nothing begins.
 */
public final class Ceiling {
    private final Optional<Path> file;

    public Ceiling(Optional<Path> file) {
        this.file = file;
    }

    /** @throws BelayException naming the file, and the line where it is not understood */
    public Optional<PolicySource> now() {
        return file.map(path -> {
            String name = String.valueOf(path.getFileName());
            try {
                if (Files.size(path) > PolicyCompiler.MAX_SOURCE_CHARACTERS) {
                    throw new IOException("it is larger than " + (PolicyCompiler.MAX_SOURCE_CHARACTERS >> 10) + " KiB");
                }
                PolicySource source = PolicySource.newBuilder()
                        .setFile(name)
                        .setText(Files.readString(path))
                        .build();
                check(source);
                return source;
            } catch (IOException unreadable) {
                throw BelayException.of(
                                ErrorCode.E_POLICY,
                                "the administrator's policy " + name + " cannot be read",
                                "BELAY_CEILING of the controller: " + unreadable.getMessage(),
                                "whoever runs the controller mends the file, or unsets BELAY_CEILING")
                        .causedBy(unreadable);
            }
        });
    }

    private static void check(PolicySource source) {
        Compiled alone = PolicyCompiler.compile(
                List.of(), List.of(), Optional.of(new Source(source.getFile(), source.getText())));
        if (!alone.problems().isEmpty()) {
            Problem first = alone.problems().getFirst();
            throw BelayException.of(
                    ErrorCode.E_POLICY,
                    "the administrator's policy is not understood: " + first.spot() + ": " + first.what(),
                    "BELAY_CEILING of the controller: nothing begins under a ceiling that is not understood",
                    first.fix());
        }
    }
}
