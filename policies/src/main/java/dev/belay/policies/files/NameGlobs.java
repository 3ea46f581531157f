package dev.belay.policies.files;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The names of a path pattern, one below the other. */
final class NameGlobs {
    private final NameGlob[] globs;

    NameGlobs(List<NameGlob> globs) {
        this.globs = globs.toArray(NameGlob[]::new);
    }

    NameGlobs folded() {
        return new NameGlobs(Arrays.stream(globs).map(NameGlob::folded).toList());
    }

    /** Themselves, as something that another pattern is laid on. */
    Spelling marks() {
        return Spelling.ofMarks(Arrays.stream(globs).map(NameGlob::marks).toList());
    }

    /** Whether the names are those that the globs speak of, one by one. */
    boolean matches(Spelling names) {
        int glob = 0;
        int at = 0;
        int lastDepth = -1;
        int depthUntil = 0;
        while (at < names.size()) {
            if (glob < globs.length && globs[glob].isDepth()) {
                lastDepth = glob++;
                depthUntil = at;
                if (glob == globs.length) {
                    return true;
                }
            } else if (glob < globs.length && globs[glob].matches(names.name(at))) {
                glob++;
                at++;
            } else if (lastDepth >= 0) {
                glob = lastDepth + 1;
                at = ++depthUntil;
            } else {
                return false;
            }
        }
        while (glob < globs.length && globs[glob].isDepth()) {
            glob++;
        }
        return glob == globs.length;
    }

    @Override
    public String toString() {
        return Arrays.stream(globs).map(NameGlob::toString).collect(Collectors.joining("/"));
    }
}
