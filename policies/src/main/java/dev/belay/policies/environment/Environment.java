package dev.belay.policies.environment;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * How a project's sandbox is made ready.
 *
 * @param setup in their order, before the first snapshot and wherever the sandbox is a new one
 * @param variables for set-up, the agent's commands and the check
 */
public record Environment(List<Step> setup, List<Variable> variables, Optional<Check> check) {
    /** As seen from the project's root. */
    public static final String FILE = ".belay/environment.yaml";

    public static final int MOST_BYTES = 64 << 10;

    public static final Environment NONE = new Environment(List.of(), List.of(), Optional.empty());

    public Environment {
        setup = List.copyOf(setup);
        variables = List.copyOf(variables);
    }

    /**
     * Never throws, whatever the text is.
     *
     * @param name of the file, in messages
     */
    public static Parsed parse(String name, String text) {
        return EnvironmentFile.read(name, text);
    }

    /** The same, of a file's bytes: one more than {@link #MOST_BYTES} are enough of one that is too large. */
    public static Parsed parse(String name, byte[] bytes) {
        if (bytes.length > MOST_BYTES) {
            return parse(name, new String(bytes, StandardCharsets.UTF_8));
        }
        try {
            return parse(
                    name,
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString());
        } catch (CharacterCodingException noText) {
            return Parsed.Refused.whole(name, "it is no UTF-8", "save it as UTF-8");
        }
    }
}
