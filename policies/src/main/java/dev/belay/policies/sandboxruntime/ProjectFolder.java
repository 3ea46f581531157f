package dev.belay.policies.sandboxruntime;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a project lies on the machine that the settings are for, because they name paths of that machine.
 *
 * @param root absolute
 * @param home of the person, absolute: what {@code ~} stands for
 */
public record ProjectFolder(String root, String home) {
    /** The names from the machine's root to the project. */
    List<String> rootNames() {
        return resolved(List.of(), root);
    }

    /** The names of a path, relative ones as seen from the project, without {@code .} and {@code ..}. */
    List<String> names(String path) {
        if (path.equals("~") || path.startsWith("~/")) {
            return resolved(resolved(List.of(), home), path.substring(1));
        }
        return resolved(path.startsWith("/") ? List.of() : rootNames(), path);
    }

    private static List<String> resolved(List<String> from, String path) {
        List<String> names = new ArrayList<>(from);
        for (String name : path.split("/")) {
            if (name.equals("..")) {
                if (!names.isEmpty()) {
                    names.removeLast();
                }
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        return names;
    }
}
