package dev.belay.policies.secrets;

import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.network.HostPattern;
import dev.belay.proto.bounds.SecretText;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One way that a secret may go: {@code NPM_TOKEN to registry.example:443 as $NPM_TOKEN}.
 *
 * @param variable the one that holds its placeholder in the sandbox; none where only the gateway speaks of it
 */
public record SecretPattern(String name, HostPattern host, Optional<String> variable) {
    private static final Pattern TEXT = Pattern.compile("(\\S+) to (\\S+)(?: as \\$(\\S+))?");

    public static SecretPattern parse(String text) throws PatternException {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches() || !SecretText.isName(matcher.group(1))) {
            throw new PatternException(
                    0, Quoted.of(text) + " names no secret", "write NPM_TOKEN to registry.example as $NPM_TOKEN");
        }
        if (matcher.group(3) != null && !SecretVariable.isName(matcher.group(3))) {
            throw new PatternException(
                    matcher.start(3), Quoted.of(matcher.group(3)) + " is not a variable", "write $NPM_TOKEN");
        }
        try {
            return new SecretPattern(
                    matcher.group(1), HostPattern.parse(matcher.group(2)), Optional.ofNullable(matcher.group(3)));
        } catch (PatternException wrong) {
            throw wrong.further(matcher.start(2));
        }
    }

    /** Whether whoever may use this may use the other. The name of a variable gives nobody more. */
    public boolean covers(SecretPattern other) {
        return name.equals(other.name) && host.covers(other.host);
    }

    @Override
    public String toString() {
        return name + " to " + host + variable.map(named -> " as $" + named).orElse("");
    }
}
