package dev.belay.controller.secrets;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where an administrator keeps a key: {@code file:/etc/belay/secrets.key}, or {@code env:BELAY_KEY}. */
public sealed interface KeySource {
    private static Optional<KeySource> parse(String word, Map<String, String> environment) {
        if (word.startsWith("file:/")) {
            return Optional.of(
                    new InFile(Path.of(word.substring("file:".length())).normalize()));
        }
        if (word.startsWith("env:")
                && InVariable.NAME.matcher(word.substring(4)).matches()) {
            String name = word.substring(4);
            return Optional.of(new InVariable(name, Optional.ofNullable(environment.get(name))));
        }
        return Optional.empty();
    }

    /**
     * Those of BELAY_SECRETS_KEY, as they stand there: the first seals, all open.
     *
     * @throws BelayException E_USAGE
     */
    static List<KeySource> from(Map<String, String> environment) {
        String setting =
                Optional.ofNullable(environment.get("BELAY_SECRETS_KEY")).orElse("");
        if (setting.isBlank()) {
            return List.of();
        }
        return Stream.of(setting.split(",", -1))
                .map(String::strip)
                .map(word -> parse(word, environment).orElseThrow(KeySource::unusable))
                .toList();
    }

    /** Who writes the key itself there by mistake does not find it in a log. */
    private static BelayException unusable() {
        return BelayException.of(
                ErrorCode.E_USAGE,
                "BELAY_SECRETS_KEY is not usable",
                "the controller wants file:/PATH or env:NAME, several of them with commas between",
                "unset BELAY_SECRETS_KEY or change it");
    }

    /** @throws BelayException E_USAGE naming the source, and nothing of what it holds */
    WrappingKey read();

    /** In a file of its own. */
    record InFile(Path file) implements KeySource {
        @Override
        public WrappingKey read() {
            return new KeyFile(file).read();
        }

        @Override
        public String toString() {
            return "file:" + file;
        }
    }

    /** In a variable of the controller's environment. */
    record InVariable(String name, Optional<String> text) implements KeySource {
        private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,99}");

        @Override
        public WrappingKey read() {
            return new WrappingKey(
                    text.flatMap(KeyText::ofVariable)
                            .orElseThrow(() -> BelayException.of(
                                    ErrorCode.E_USAGE,
                                    "the variable " + name + " of BELAY_SECRETS_KEY holds no key",
                                    "the controller: "
                                            + (text.isEmpty()
                                                    ? "it is not set"
                                                    : "it holds neither 64 hex digits nor 44 characters of base64"),
                                    "set it to one, or change BELAY_SECRETS_KEY")),
                    toString());
        }

        @Override
        public String toString() {
            return "env:" + name;
        }
    }
}
