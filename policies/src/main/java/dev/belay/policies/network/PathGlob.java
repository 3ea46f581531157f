package dev.belay.policies.network;

import dev.belay.policies.commands.Wildcard;
import dev.belay.policies.delivery.Names;
import dev.belay.policies.language.PatternException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Paths of requests: {@code *} stands for any characters of one segment, {@code **} for any number of whole segments. It is
 * written in plain characters, without escapes.
 *
 * <p>As a permission it has to match what was sent and what that stands for, letter by letter. As a prohibition it holds for
 * whatever a lenient server could read: in any letter case, with a slash at the end or without, with parameters or without.
 */
public final class PathGlob {
    public static final PathGlob EVERY = new PathGlob(List.of("**"));

    private static final String DEPTH = "**";
    /** What stands for {@link #DEPTH} where a glob is laid on another; no segment has one. */
    private static final String SOME_DEPTH = "/";

    private final String text;
    private final List<String> meant;
    private final List<String> spelt;
    private final List<String> folded;

    /** @param segments without empty ones, but for the last where the path ends with a slash */
    PathGlob(List<String> segments) {
        text = "/" + String.join("/", segments);
        meant = List.copyOf(segments);
        spelt = segments.stream().map(PathSpelling::of).toList();
        folded = withoutEnd(segments.stream().map(Names::letters).toList());
    }

    public static PathGlob parse(String text) throws PatternException {
        return new PathGlobParser(text).glob();
    }

    static List<String> withoutEnd(List<String> segments) {
        boolean ends = !segments.isEmpty() && segments.getLast().isEmpty();
        return List.copyOf(ends ? segments.subList(0, segments.size() - 1) : segments);
    }

    /** Whether it names one path, and has no star. */
    public boolean isExact() {
        return text.indexOf('*') < 0;
    }

    boolean permits(RequestPath.Plain path) {
        return matches(meant, path.meant()) && matches(spelt, path.spelt());
    }

    boolean forbids(RequestPath.Plain path) {
        return path.loose().stream().anyMatch(segments -> matches(folded, segments));
    }

    /** Whether this, as a prohibition, leaves nothing of the other. False is no proof that it leaves something. */
    boolean covers(PathGlob other) {
        return matches(
                folded,
                other.folded.stream()
                        .map(segment -> segment.equals(DEPTH) ? SOME_DEPTH : segment)
                        .toList());
    }

    /** The same for two globs that mean the same as prohibitions. */
    String folded() {
        return folded.stream().collect(Collectors.joining("/", "/", ""));
    }

    /** Takes pattern times path in the worst case, and no stack. */
    static boolean matches(List<String> globs, List<? extends CharSequence> segments) {
        int glob = 0;
        int at = 0;
        int lastDepth = -1;
        int depthUntil = 0;
        while (at < segments.size()) {
            if (glob < globs.size() && globs.get(glob).equals(DEPTH)) {
                lastDepth = glob++;
                depthUntil = at;
            } else if (glob < globs.size() && isOne(globs.get(glob), segments.get(at))) {
                glob++;
                at++;
            } else if (lastDepth >= 0) {
                glob = lastDepth + 1;
                at = ++depthUntil;
            } else {
                return false;
            }
        }
        while (glob < globs.size() && globs.get(glob).equals(DEPTH)) {
            glob++;
        }
        return glob == globs.size();
    }

    /** A star alone is something: a folder itself is not one of the things in it. */
    private static boolean isOne(String glob, CharSequence segment) {
        if (segment.isEmpty() || glob.isEmpty()) {
            return segment.isEmpty() && glob.isEmpty();
        }
        return !SOME_DEPTH.contentEquals(segment) && Wildcard.matches(glob, segment);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PathGlob glob && glob.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
