package dev.belay.cli.task;

import dev.belay.cli.seam.ScriptCheck;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.error.Nearest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Which model is to work, checked before anything is started.
 *
 * @param model the name that the server knows
 * @param script the conversation's text
 * @param scriptName what messages call it
 */
record ModelChoice(String model, String script, String scriptName) {
    private static final String PREFIX = "script:";
    private static final int MOST_PROVIDER = 32;
    private static final int MOST_NAME = 128;
    private static final int MOST_BYTES = 4 << 20;

    static ModelChoice of(String name, Path cwd, ScriptCheck check) {
        if (isProviders(name)) {
            return new ModelChoice(name, "", "");
        }
        if (!name.startsWith(PREFIX)) {
            throw unknown(name);
        }
        Path file = cwd.resolve(name.substring(PREFIX.length()));
        String text = read(file, name.substring(PREFIX.length()));
        check.check(file.getFileName().toString(), text);
        return new ModelChoice("script", text, file.getFileName().toString());
    }

    /** Whether it can be one; the server says whether it is. */
    private static boolean isProviders(String name) {
        int slash = name.indexOf('/');
        return slash > 0
                && slash <= MOST_PROVIDER
                && slash < name.length() - 1
                && name.length() - slash - 1 <= MOST_NAME
                && name.chars().limit(slash).allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')
                && name.chars().skip(slash).allMatch(c -> c > ' ' && c < 0x7f);
    }

    private static BelayException unknown(String name) {
        return BelayException.of(
                ErrorCode.E_UNKNOWN_MODEL,
                name.isEmpty()
                        ? "no model was named"
                        : "no model is called " + name + Nearest.hint(name, List.of("script:")),
                "a model is PROVIDER/MODEL, or script:FILE, which needs no key and no network (layer: client)",
                "belay models   or   export BELAY_MODEL=…");
    }

    private static String read(Path file, String named) {
        if (named.isEmpty()) {
            throw wrong("script: names no file", "a file must follow the colon");
        }
        if (Files.isDirectory(file)) {
            throw wrong(named + " is a folder", "a script is a file");
        }
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw wrong(named + " is larger than 4 MiB", "a script is a written conversation");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
        } catch (NoSuchFileException absent) {
            throw wrong(named + " does not exist", "looked for " + file).causedBy(absent);
        } catch (AccessDeniedException denied) {
            throw wrong(named + " cannot be read", "no permission for " + file).causedBy(denied);
        } catch (CharacterCodingException bytes) {
            throw wrong(named + " is not text", "it is not UTF-8").causedBy(bytes);
        } catch (IOException failed) {
            throw wrong(named + " cannot be read", String.valueOf(failed.getMessage()))
                    .causedBy(failed);
        }
    }

    private static BelayException wrong(String what, String why) {
        return BelayException.of(
                ErrorCode.E_SCRIPT,
                what,
                why + " (layer: client)",
                "belay run --model script:FILE \"…\" with your file");
    }
}
