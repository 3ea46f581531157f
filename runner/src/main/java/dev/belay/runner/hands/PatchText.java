package dev.belay.runner.hands;

import dev.belay.runner.hands.Patch.Hunk;
import dev.belay.runner.hands.Patch.Kind;
import dev.belay.runner.hands.Patch.Line;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the text of a patch. Mends what can have one meaning only: a shell's wrapper around it, an empty line without its
 * blank, blank lines between sections. Everything else is refused with the number of the line.
 */
final class PatchText {
    static final String TOOL = "apply_patch";

    private static final String BEGIN = "*** Begin Patch";
    private static final String END = "*** End Patch";
    private static final String ADD = "*** Add File:";
    private static final String UPDATE = "*** Update File:";
    private static final String DELETE = "*** Delete File:";
    private static final String MOVE = "*** Move to:";
    private static final String END_OF_FILE = "*** End of File";
    private static final Pattern WRAPPER = Pattern.compile("(?:apply_patch\\s+)?<<-?\\s*(['\"]?)(\\w+)\\1\\s*");
    private static final Pattern FILE =
            Pattern.compile("(?m)^\\*\\*\\* (?:Add|Update|Delete) File:[ \\t]*(\\S.*?)[ \\t\\r]*$");
    private static final Pattern NUMBERS = Pattern.compile("-\\d+(?:,\\d+)? \\+\\d+(?:,\\d+)? @@(.*)");

    private final List<String> lines;
    private final int end;
    private int at;

    private PatchText(List<String> lines, int at, int end) {
        this.lines = lines;
        this.at = at;
        this.end = end;
    }

    static Patch read(String input) throws BadCallException {
        String text = FileLines.latin(input.getBytes(StandardCharsets.UTF_8));
        List<String> lines =
                List.of((FileLines.endsLinesWithCrLf(text) ? text.replace("\r\n", "\n") : text).split("\n", -1));
        int first = 0;
        int last = lines.size() - 1;
        while (first < last && lines.get(first).isBlank()) {
            first++;
        }
        while (last > first && lines.get(last).isBlank()) {
            last--;
        }
        Matcher wrapper = WRAPPER.matcher(lines.get(first).strip());
        if (last - first >= 2 && wrapper.matches() && lines.get(last).strip().equals(wrapper.group(2))) {
            first++;
            last--;
        }
        if (!lines.get(first).strip().equals(BEGIN)) {
            throw wrong(first, "the patch must begin with \"" + BEGIN + "\"; it begins with", lines.get(first));
        }
        if (last == first || !lines.get(last).strip().equals(END)) {
            throw wrong(
                    last,
                    "the patch must end with \"" + END + "\", and may have been cut; its last line is",
                    lines.get(last));
        }
        return new PatchText(lines, first + 1, last).patch();
    }

    /** The first file that it is about, and how many more, for a person; a patch that is wrong may have none. */
    static String about(String input) {
        List<String> files = FILE.matcher(input)
                .results()
                .map(found -> found.group(1))
                .distinct()
                .toList();
        return switch (files.size()) {
            case 0 -> input;
            case 1 -> files.getFirst();
            default -> files.getFirst() + " and " + (files.size() - 1) + " more";
        };
    }

    private Patch patch() throws BadCallException {
        List<Patch.Section> sections = new ArrayList<>();
        while (at < end) {
            String header = lines.get(at).stripTrailing();
            if (header.isEmpty()) {
                at++;
            } else if (header.startsWith(ADD)) {
                sections.add(add(path(header, ADD)));
            } else if (header.startsWith(DELETE)) {
                sections.add(new Patch.Delete(path(header, DELETE)));
            } else if (header.startsWith(UPDATE)) {
                sections.add(update(path(header, UPDATE)));
            } else {
                throw wrong(
                        at,
                        "a section begins with \"" + ADD + " PATH\", \"" + UPDATE + " PATH\" or \"" + DELETE
                                + " PATH\"; there is",
                        header);
            }
        }
        if (sections.isEmpty()) {
            throw new BadCallException(TOOL + ": the patch has no section; nothing would change.");
        }
        return new Patch(sections);
    }

    /** Steps over the header that it is in. */
    private String path(String header, String word) throws BadCallException {
        String path = SandboxPath.decode(
                FileLines.bytes(header.substring(word.length()).strip()));
        at++;
        return FilePaths.own(TOOL, "the path of line " + at + " of the patch", path);
    }

    private Patch.Add add(String path) throws BadCallException {
        List<String> added = new ArrayList<>();
        int blank = -1;
        for (; at < end && !lines.get(at).startsWith("*** "); at++) {
            String line = lines.get(at);
            if (line.isBlank()) {
                blank = blank < 0 ? at : blank;
            } else if (!line.startsWith("+") || blank >= 0) {
                int where = line.startsWith("+") ? blank : at;
                throw wrong(where, "every line of an added file begins with \"+\"; there is", lines.get(where));
            } else {
                added.add(line.substring(1));
            }
        }
        return new Patch.Add(path, added);
    }

    private Patch.Update update(String path) throws BadCallException {
        int header = at - 1;
        Optional<String> to = Optional.empty();
        if (at < end && lines.get(at).startsWith(MOVE)) {
            to = Optional.of(path(lines.get(at).stripTrailing(), MOVE));
        }
        List<Hunk> hunks = new ArrayList<>();
        skipBlank();
        while (at < end && !isHeader(lines.get(at))) {
            hunks.add(hunk(hunks.isEmpty()));
            skipBlank();
        }
        if (hunks.isEmpty() && to.isEmpty()) {
            throw wrong(
                    header, "an update needs a hunk or \"" + MOVE + " PATH\"; this one has neither", lines.get(header));
        }
        return new Patch.Update(path, to, hunks);
    }

    /** @param first the first one of a file may begin without {@code @@} */
    private Hunk hunk(boolean first) throws BadCallException {
        int begin = at;
        List<String> anchors = new ArrayList<>();
        for (; at < end && lines.get(at).startsWith("@@"); at++) {
            String anchor = anchor(lines.get(at).substring(2).strip());
            if (!anchor.isEmpty()) {
                anchors.add(anchor);
            }
        }
        if (begin == at && !first) {
            throw wrong(at, "a hunk begins with \"@@\"; there is", lines.get(at));
        }
        List<Line> body = new ArrayList<>();
        int bare = 0;
        for (; at < end && !isHeader(lines.get(at)) && !lines.get(at).startsWith("@@"); at++) {
            String line = lines.get(at);
            if (line.stripTrailing().equals(END_OF_FILE)) {
                at++;
                return whole(begin, new Hunk(anchors, body, bare, true));
            }
            if (line.startsWith("\\ No newline")) {
                continue;
            }
            body.add(line(line));
            bare = line.isEmpty() ? bare + 1 : 0;
        }
        return whole(begin, new Hunk(anchors, body, bare, false));
    }

    private Hunk whole(int begin, Hunk hunk) throws BadCallException {
        if (hunk.lines().size() == hunk.bareTail()) {
            throw wrong(
                    begin, "a hunk needs lines that begin with a blank, \"-\" or \"+\"; none follow", lines.get(begin));
        }
        return hunk;
    }

    private Line line(String line) throws BadCallException {
        if (line.isEmpty()) {
            return new Line(Kind.KEPT, "");
        }
        Kind kind = switch (line.charAt(0)) {
            case ' ' -> Kind.KEPT;
            case '-' -> Kind.REMOVED;
            case '+' -> Kind.ADDED;
            default -> throw wrong(at, "a line of a hunk begins with a blank, \"-\" or \"+\"; there is", line);
        };
        return new Line(kind, line.substring(1));
    }

    /** Line numbers of another form of patch say nothing here. */
    private static String anchor(String text) {
        Matcher numbers = NUMBERS.matcher(text);
        return numbers.matches() ? "" : text;
    }

    private static boolean isHeader(String line) {
        return line.startsWith("*** ") && !line.stripTrailing().equals(END_OF_FILE);
    }

    private void skipBlank() {
        while (at < end && lines.get(at).isEmpty()) {
            at++;
        }
    }

    private static BadCallException wrong(int index, String why, String line) {
        return new BadCallException("%s: line %d: %s: %s"
                .formatted(TOOL, index + 1, why, FileLines.shown(line).isEmpty() ? "nothing" : FileLines.shown(line)));
    }
}
