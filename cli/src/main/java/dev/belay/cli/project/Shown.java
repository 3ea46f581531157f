package dev.belay.cli.project;

import java.util.List;

/** Names from a work tree, made fit for a message: they may hold anything. */
final class Shown {
    private static final int MOST = 5;

    private Shown() {}

    static String path(String path) {
        StringBuilder out = new StringBuilder();
        path.codePoints().limit(300).forEach(c -> {
            if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                out.append('?');
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.toString();
    }

    /** At most five of them, and how many more there are. */
    static String paths(List<String> paths) {
        String shown = String.join(
                ", ",
                paths.subList(0, Math.min(MOST, paths.size())).stream()
                        .map(Shown::path)
                        .toList());
        return paths.size() > MOST ? shown + " and " + (paths.size() - MOST) + " more" : shown;
    }
}
