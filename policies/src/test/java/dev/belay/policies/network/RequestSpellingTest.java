package dev.belay.policies.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.language.Clause;
import dev.belay.policies.language.PatternException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Random rules and random paths: what one server or another makes of a path that is let through is never what is denied. */
class RequestSpellingTest {
    private static final String[] NAMES = {"a", "b", "admin", "a+b", "x y", "é", "a;b", "a:b"};
    private static final String[] GLOBS = {"a", "b", "admin", "a+b", "x y", "é", "*", "a*", "**"};
    private static final String[] PIECES = {
        "/", "/", "/", "a", "b", "admin", "+", "%2B", "%2b", "%20", "%C3%A9", "%c3%a9", "é", ";b", "%3b", "%3B", ":b",
        "%3A", ".", "..", "%2e", "%2E%2e", "%2f", "%2F", "%5c", "\\", "%252e", "%25", "%61", "%00", "?", "%3F", "#",
        "//", "/./", "/../", ";"
    };

    private final Random random = new Random(31);

    private String glob() {
        StringBuilder glob = new StringBuilder();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            glob.append('/').append(GLOBS[random.nextInt(GLOBS.length)]);
        }
        return glob.toString();
    }

    /** A path that is near what rules speak of: names as they are sent, with something put into it. */
    private String path() {
        StringBuilder path = new StringBuilder();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            path.append('/').append(PathSpelling.of(NAMES[random.nextInt(NAMES.length)]));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            path.insert(1 + random.nextInt(path.length()), PIECES[random.nextInt(PIECES.length)]);
        }
        return path.toString();
    }

    /** Everything that comes of a path where each of these is done or not, in any order. */
    private static Set<String> readings(String path) {
        Set<String> all = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>(List.of(path));
        for (int steps = 0; steps < 40 && !open.isEmpty(); steps++) {
            String one = open.remove();
            if (all.add(one)) {
                open.add(withoutDots(one));
                open.add(upperHex(one));
                if (one.equals(path)) {
                    open.add(decodedOnce(one));
                    open.add(decodedOnce(withoutDots(one)));
                }
            }
        }
        return all;
    }

    private static String decodedOnce(String path) {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        byte[] decoded = new byte[bytes.length];
        int length = 0;
        for (int at = 0; at < bytes.length; at++) {
            int high = at + 2 < bytes.length ? Character.digit(bytes[at + 1], 16) : -1;
            int low = at + 2 < bytes.length ? Character.digit(bytes[at + 2], 16) : -1;
            boolean escape = bytes[at] == '%' && high >= 0 && low >= 0;
            decoded[length++] = escape ? (byte) (high * 16 + low) : bytes[at];
            at += escape ? 2 : 0;
        }
        return new String(decoded, 0, length, StandardCharsets.UTF_8);
    }

    private static String upperHex(String path) {
        StringBuilder upper = new StringBuilder(path);
        for (int at = path.indexOf('%'); at >= 0 && at + 3 <= path.length(); at = path.indexOf('%', at + 1)) {
            upper.replace(at, at + 3, path.substring(at, at + 3).toUpperCase(Locale.ROOT));
        }
        return upper.toString();
    }

    /** As the standard for addresses removes them; empty segments stay. */
    private static String withoutDots(String path) {
        List<String> kept = new ArrayList<>();
        String[] segments = path.substring(path.startsWith("/") ? 1 : 0).split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            boolean last = i + 1 == segments.length;
            if (segments[i].equals("..")) {
                if (!kept.isEmpty()) {
                    kept.removeLast();
                }
            } else if (!segments[i].equals(".")) {
                kept.add(segments[i]);
                continue;
            }
            if (last) {
                kept.add("");
            }
        }
        return "/" + String.join("/", kept);
    }

    private static String withoutQuery(String path) {
        return path.indexOf('?') < 0 ? path : path.substring(0, path.indexOf('?'));
    }

    /** Whether a server that takes the text as it is finds it under the glob. */
    private static boolean isUnder(String glob, String path) {
        return PathGlob.matches(
                List.of(glob.substring(1).split("/", -1)),
                List.of(path.substring(1).split("/", -1)));
    }

    @Test
    void no_path_is_let_through_that_is_denied_in_another_spelling() throws PatternException {
        int through = 0;
        int near = 0;
        for (int round = 0; round < 60_000; round++) {
            String denied = glob();
            List<Clause> clauses = RequestRulesTest.clauses(
                    (random.nextBoolean() ? "allow api.example.com" : "allow * api.example.com" + glob())
                            + "; deny * api.example.com" + denied);
            String path = path();
            List<String> found = readings(withoutQuery(path)).stream()
                    .filter(reading -> isUnder(denied, reading))
                    .toList();
            near += found.isEmpty() ? 0 : 1;
            if (RequestRulesTest.rules(clauses)
                    .judge("api.example.com", 443, "GET", path)
                    .allowed()) {
                through++;
                assertThat(found).as(path + " under a denial of " + denied).isEmpty();
            }
        }
        assertThat(through).isGreaterThan(5_000);
        assertThat(near).isGreaterThan(5_000);
    }

    /** The other way round: what is let through by a permission alone is under it as it was sent and as it is read. */
    @Test
    void no_path_is_let_through_by_a_permission_that_it_leaves_in_another_spelling() throws PatternException {
        int through = 0;
        for (int round = 0; round < 60_000; round++) {
            String permitted = glob();
            String path = path();
            if (RequestRulesTest.rules(RequestRulesTest.clauses("allow * api.example.com" + permitted))
                    .judge("api.example.com", 443, "GET", path)
                    .allowed()) {
                through++;
                String sent = withoutQuery(path);
                assertThat(withoutDots(sent)).isEqualTo(sent);
                assertThat(isUnder(permitted, decodedOnce(sent)))
                        .as(path + " under a permission of " + permitted)
                        .isTrue();
                assertThat(withoutDots(decodedOnce(sent))).isEqualTo(decodedOnce(sent));
            }
        }
        assertThat(through).isGreaterThan(2_000);
    }
}
