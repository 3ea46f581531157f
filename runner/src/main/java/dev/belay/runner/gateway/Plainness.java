package dev.belay.runner.gateway;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Whether a value would stand in an answer as it is looked for: whole, and a byte for each of its letters. */
final class Plainness {
    private static final int PARTIAL_CONTENT = 206;
    private static final int IM_USED = 226;

    private static final Pattern CHARSET = Pattern.compile("(?i)charset\\s*=\\s*['\"]?([^;,'\"\\s]*)");

    private static final String ASCII =
            IntStream.rangeClosed(' ', '~').mapToObj(Character::toString).collect(Collectors.joining());

    private Plainness() {}

    /** Why it could not be found; empty where it could. */
    static Optional<String> missing(HttpResponseHead answer, String method) {
        if (answer.body(method).equals(Framing.none())) {
            return Optional.empty();
        }
        if (answer.encoded()) {
            return Optional.of("it answered encoded though asked not to");
        }
        if (answer.status() == PARTIAL_CONTENT || answer.status() == IM_USED) {
            return Optional.of("it answered with a part though asked for the whole");
        }
        return answer.fields().all("content-type").stream().allMatch(Plainness::hasPlainLetters)
                ? Optional.empty()
                : Optional.of("it answered in another character set than those that write ASCII as it is");
    }

    private static boolean hasPlainLetters(String contentType) {
        Matcher charset = CHARSET.matcher(contentType);
        while (charset.find()) {
            if (!charset.group(1).isEmpty() && !isPlain(charset.group(1))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(String name) {
        try {
            Charset charset = Charset.forName(name);
            return charset.canEncode()
                    && Arrays.equals(ASCII.getBytes(charset), ASCII.getBytes(StandardCharsets.US_ASCII));
        } catch (IllegalArgumentException unknown) {
            return false;
        }
    }
}
