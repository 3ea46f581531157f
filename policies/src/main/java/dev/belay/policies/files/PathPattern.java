package dev.belay.policies.files;

import dev.belay.policies.language.Effect;
import dev.belay.policies.language.PatternException;
import java.util.ArrayList;
import java.util.List;

/**
 * Paths in the style of {@code .gitignore}, as seen from the project's root.
 *
 * <p>{@code *} stands for any characters of one name, {@code ?} for one, {@code [a-z]} for one of these, and {@code **} for
 * any number of folders. {@code ./} or {@code /} in front means the project's root. A folder means everything below.
 *
 * <p>The same text says less as a permission than as a prohibition, so that neither says more than its author meant:
 *
 * <ul>
 *   <li>a single name is meant at any depth by a prohibition; by a permission only if it has a wildcard ({@code *.md}) and is
 *       not written as a folder;
 *   <li>a last name with a wildcard means folders too in a prohibition; in a permission only if {@code /} or {@code /**}
 *       follows, or else who may write {@code *.md} could write anything in a folder {@code x.md};
 *   <li>a prohibition holds for every spelling that some file system takes for the same; a permission for this spelling.
 * </ul>
 */
public final class PathPattern {
    private final NameGlobs permits;
    private final NameGlobs forbids;
    private final NameGlobs forbidsFolded;
    private final Spelling permitted;
    private final Spelling forbidden;

    PathPattern(List<NameGlob> names, boolean anchored, boolean below) {
        boolean single = names.size() == 1 && !anchored;
        boolean wild = !names.isEmpty() && names.getLast().wild();
        permits = around(names, single && wild && !below, below || !wild);
        forbids = around(names, single, true);
        forbidsFolded = forbids.folded();
        permitted = permits.folded().marks();
        forbidden = forbidsFolded.marks();
    }

    public static PathPattern parse(String text) throws PatternException {
        return new PathPatternParser(text).pattern();
    }

    private static NameGlobs around(List<NameGlob> names, boolean anywhere, boolean below) {
        List<NameGlob> all = new ArrayList<>();
        if (anywhere) {
            all.add(NameGlob.DEPTH);
        }
        all.addAll(names);
        if (below) {
            all.add(NameGlob.DEPTH);
        }
        return new NameGlobs(all);
    }

    /** Whether, as a permission, it speaks of this path. A path that leaves the project is none. */
    public boolean matches(String projectPath) {
        return ProjectPath.of(projectPath) instanceof ProjectPath.Inside inside && permits(inside);
    }

    boolean permits(ProjectPath.Inside path) {
        return permits.matches(path.written());
    }

    boolean forbids(ProjectPath.Inside path) {
        return forbidsFolded.matches(path.folded()) || forbids.matches(path.written());
    }

    /**
     * Whether this, as a prohibition or a question, leaves nothing of what the other speaks of. False is no proof that it
     * leaves something.
     *
     * @param effect of the other
     */
    public boolean covers(PathPattern other, Effect effect) {
        return forbidsFolded.matches(effect == Effect.ALLOW ? other.permitted : other.forbidden);
    }

    /** The same for two texts that mean the same, in rules of this effect. */
    public String canonical(Effect effect) {
        return (effect == Effect.ALLOW ? permits : forbidsFolded).toString();
    }
}
