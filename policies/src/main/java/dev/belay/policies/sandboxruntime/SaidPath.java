package dev.belay.policies.sandboxruntime;

import dev.belay.policies.delivery.Names;
import dev.belay.policies.files.PathPattern;
import dev.belay.policies.language.PatternException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A path as it is written there: absolute, of the home folder, or as seen from the project, with stars or without. As a
 * prohibition it is taken for all that it could mean; as a permission for what it means on every system.
 */
final class SaidPath {
    private static final String DEPTH = "**";

    private final String text;
    private final boolean permits;
    private final boolean glob;
    private final boolean below;
    private final List<String> names;
    private final List<String> root;

    SaidPath(String text, ProjectFolder project, boolean permits) {
        this.text = text;
        this.permits = permits;
        this.glob = text.chars().anyMatch(c -> "*?[]".indexOf(c) >= 0);
        this.names = new ArrayList<>(project.names(text));
        this.root = project.rootNames();
        int said = names.size();
        while (glob && !names.isEmpty() && names.getLast().equals(DEPTH)) {
            names.removeLast();
        }
        this.below = names.size() < said;
    }

    /** Nothing where it leads elsewhere, which is in no sandbox; several where a star may stand for folders above it. */
    List<Location> locations() throws PatternException {
        if (text.matches("([A-Za-z]:[\\\\/]|\\\\\\\\).*")) {
            return List.of();
        }
        Set<Location> found = new LinkedHashSet<>();
        Set<Integer> states = skipping(Set.of(0));
        for (int at = 0; at < root.size(); at++) {
            if (states.contains(names.size())) {
                whole(root.size() - at, found);
            }
            Set<Integer> next = new TreeSet<>();
            for (int state : states) {
                if (isDepth(state)) {
                    next.add(state);
                } else if (state < names.size() && isNamed(names.get(state), root.get(at))) {
                    next.add(state + 1);
                }
            }
            states = skipping(next);
        }
        for (int state : states) {
            if (state == names.size()) {
                whole(0, found);
            } else if (state == 0 || !isDepth(state - 1) || !states.contains(state - 1)) {
                found.add(new Location.Inside(pattern(names.subList(state, names.size()))));
            }
        }
        return List.copyOf(found);
    }

    private boolean isDepth(int state) {
        return glob && state < names.size() && names.get(state).equals(DEPTH);
    }

    private Set<Integer> skipping(Set<Integer> states) {
        Set<Integer> all = new TreeSet<>(states);
        for (int state : states) {
            for (int next = state; isDepth(next); next++) {
                all.add(next + 1);
            }
        }
        return all;
    }

    /** A pattern that permits a folder permits nothing in it, unless it says so. */
    private void whole(int up, Set<Location> found) {
        if (!permits || !glob || below) {
            found.add(new Location.Whole(up));
        }
    }

    /** Two spellings of a name may be one on the machine that a prohibition was written on. */
    private boolean isNamed(String said, String name) throws PatternException {
        if (!isWild(said)) {
            return said.equals(name) || !permits && Names.letters(said).equals(Names.letters(name));
        }
        PathPattern pattern = PathPattern.parse("./" + translated(said));
        return pattern.matches(name) || !permits && pattern.matches(Names.letters(name));
    }

    private boolean isWild(String name) {
        return glob && name.chars().anyMatch(c -> "*?[".indexOf(c) >= 0);
    }

    private String pattern(List<String> rest) throws PatternException {
        boolean wild = rest.stream().anyMatch(this::isWild);
        if (permits && wild && !below && !isWild(rest.getLast())) {
            throw new PatternException(
                    0,
                    "`" + text + "` means what has this name and nothing below, which no pattern says",
                    "name the folders, or write /** behind it");
        }
        StringBuilder pattern = new StringBuilder(".");
        for (String name : rest) {
            pattern.append('/').append(name.equals(DEPTH) && glob ? name : translated(name));
        }
        if (permits && below) {
            pattern.append("/").append(DEPTH);
        }
        PathPattern.parse(pattern.toString());
        return pattern.toString();
    }

    /** A class that begins with an exclamation mark holds it there, and stands for all others here. */
    private String translated(String name) throws PatternException {
        if (glob && name.contains("[!")) {
            throw new PatternException(
                    0,
                    "`" + text + "` has a class that begins with an exclamation mark, which means something else here",
                    "write [^a] for all but a, or the mark as the last of its class");
        }
        return name.replace("{", "[{]");
    }
}
