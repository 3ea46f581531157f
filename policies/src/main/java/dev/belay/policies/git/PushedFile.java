package dev.belay.policies.git;

import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Quoted;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A protected file in one content, which a person lets a task push: {@code .github/workflows/ci.yml@1f0e3dad9990}. Another
 * content of it is another question.
 *
 * @param path as seen from the project's root
 * @param version how git names the content, at least its first 12 digits; or {@link #DELETED}
 */
public record PushedFile(String path, String version) {
    public static final String DELETED = "deleted";

    private static final int SHOWN = 12;
    private static final Pattern TEXT =
            Pattern.compile("([^/\\p{Cntrl}][^\\p{Cntrl}]{0,4095})@([0-9a-f]{12,64}|" + DELETED + ")");

    public static PushedFile parse(String text) throws PatternException {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new PatternException(
                    0,
                    Quoted.of(text) + " names no content of a file",
                    "write PATH@VERSION as the refusal of the push has it");
        }
        return new PushedFile(matcher.group(1), matcher.group(2));
    }

    /** Of whole digits, as git has them. */
    public boolean covers(String changed, String content) {
        return path.equals(changed)
                && (version.equals(DELETED) ? content.equals(DELETED) : content.startsWith(version));
    }

    /** As a person is told to write it. */
    public static String text(String path, String content) {
        return path + "@" + (content.length() > SHOWN ? content.substring(0, SHOWN) : content);
    }

    @Override
    public String toString() {
        return path + "@" + version;
    }
}
