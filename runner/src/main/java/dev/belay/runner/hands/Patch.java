package dev.belay.runner.hands;

import java.util.List;
import java.util.Optional;

/** A patch as it was written, not yet held against any file. Paths are absolute; text is bytes, as {@link FileLines} has them. */
record Patch(List<Section> sections) {
    Patch {
        sections = List.copyOf(sections);
    }

    /** Whether it makes a file where none is, or takes one away. */
    boolean makesOrRemoves() {
        return sections.stream()
                .anyMatch(section ->
                        !(section instanceof Update update) || update.to().isPresent());
    }

    sealed interface Section {
        String path();
    }

    record Add(String path, List<String> lines) implements Section {
        Add {
            lines = List.copyOf(lines);
        }
    }

    record Delete(String path) implements Section {}

    /** @param to where the file goes */
    record Update(String path, Optional<String> to, List<Hunk> hunks) implements Section {
        Update {
            hunks = List.copyOf(hunks);
        }
    }

    /**
     * A change of lines that stand one below the other.
     *
     * @param anchors lines above it, from the outermost in
     * @param bareTail how many lines at its end are wholly empty: context, or only air before what follows
     * @param atEnd the file ends with it
     */
    record Hunk(List<String> anchors, List<Line> lines, int bareTail, boolean atEnd) {
        Hunk {
            anchors = List.copyOf(anchors);
            lines = List.copyOf(lines);
        }

        /** What it wants to find. */
        List<String> before() {
            return lines.stream()
                    .filter(line -> line.kind() != Kind.ADDED)
                    .map(Line::text)
                    .toList();
        }

        Hunk withoutTail() {
            return new Hunk(anchors, lines.subList(0, lines.size() - bareTail), 0, atEnd);
        }
    }

    record Line(Kind kind, String text) {}

    enum Kind {
        KEPT,
        REMOVED,
        ADDED
    }
}
