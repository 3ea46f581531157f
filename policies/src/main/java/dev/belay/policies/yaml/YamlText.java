package dev.belay.policies.yaml;

import dev.belay.policies.language.Quoted;
import dev.belay.policies.language.Spot;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** The part of YAML that Belay's own files may use: one document, and nothing in it that stands for something elsewhere. */
public final class YamlText {
    private static final int MAX_DEPTH = 12;

    private final String text;
    private final Kind kind;
    private final Problems problems;
    private final LoadSettings settings;

    /**
     * What a text is, in messages.
     *
     * @param some with its article: {@code a policy}
     * @param smaller what to do about one that is larger than {@code most} bytes
     * @param beginning what one begins with
     */
    public record Kind(String some, int most, String smaller, String beginning) {
        static final Kind POLICY = new Kind(
                "a policy", 256 << 10, "name folders instead of single files", "policy: " + PolicyFile.VERSION);

        String the() {
            return "the" + some.substring(some.indexOf(' '));
        }
    }

    private YamlText(String text, Kind kind, Problems problems) {
        this.text = text;
        this.kind = kind;
        this.problems = problems;
        this.settings = LoadSettings.builder()
                .setMaxAliasesForCollections(0)
                .setCodePointLimit(kind.most())
                .setAllowDuplicateKeys(true)
                .setAllowNonScalarKeys(true)
                .build();
    }

    /** Empty when there are problems. Keys may be there twice. */
    public static Optional<Node> root(String text, Kind kind, Problems problems) {
        if (text.getBytes(StandardCharsets.UTF_8).length > kind.most()) {
            problems.wholeFile(kind.the() + " is larger than " + (kind.most() >> 10) + " KiB", kind.smaller());
            return Optional.empty();
        }
        return new YamlText(text.startsWith("\ufeff") ? text.substring(1) : text, kind, problems).root();
    }

    private Optional<Node> root() {
        if (!isReadable()) {
            return Optional.empty();
        }
        try {
            events();
            if (problems.any()) {
                return Optional.empty();
            }
            Optional<Node> root = new Compose(settings).composeString(text);
            if (root.isEmpty()) {
                problems.add(problems.spot(1, 1), kind.the() + " is empty", "begin with: " + kind.beginning());
            }
            return root;
        } catch (MarkedYamlEngineException bad) {
            unreadable(bad);
        } catch (YamlEngineException bad) {
            problems.wholeFile(firstLine(bad.getMessage()), "mend the YAML");
        } catch (NumberFormatException | IndexOutOfBoundsException unforeseen) {
            // The parser's own, where an escape is cut off by the end of the text.
            problems.wholeFile(firstLine("an escape in quotes is not complete"), "mend the YAML");
        }
        return Optional.empty();
    }

    private void unreadable(MarkedYamlEngineException bad) {
        Spot spot = problems.spot(bad.getProblemMark());
        Spot began = problems.spot(bad.getContextMark());
        String context = bad.getContext() == null ? "" : bad.getContext();
        if (context.contains("alias")) {
            problems.add(
                    began,
                    "a star begins an alias of YAML, which " + kind.some() + " does not have",
                    "put what begins with a star in quotes: \"*.example.com\"");
            return;
        }
        boolean above = began.line() > 0 && began.line() < spot.line();
        problems.add(
                spot,
                firstLine(bad.getProblem()) + (above ? ", in what began at line " + began.line() : ""),
                "mend the YAML there");
    }

    private static String firstLine(@Nullable String text) {
        StringBuilder line = new StringBuilder("this is not YAML: ");
        // The parser repeats what it found, be it a character that a terminal obeys.
        (text == null || text.isBlank()
                        ? "it cannot be read"
                        : text.lines().findFirst().orElse(text).strip())
                .codePoints()
                .map(Quoted::visible)
                .forEach(line::appendCodePoint);
        return line.toString();
    }

    /** What cannot be seen, or turns the direction of reading, would let a person read another policy than Belay does. */
    private boolean isReadable() {
        int line = 1;
        int column = 1;
        for (int at = 0; at < text.length(); ) {
            int point = text.codePointAt(at);
            if (isHidden(point)) {
                problems.add(
                        problems.spot(line, column),
                        String.format("the character U+%04X is not one that %s may have", point, kind.some()),
                        "take it out");
                return false;
            }
            at += Character.charCount(point);
            column = point == '\n' ? 1 : column + 1;
            line += point == '\n' ? 1 : 0;
        }
        return true;
    }

    private static boolean isHidden(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL -> point != '\t' && point != '\n' && point != '\r';
            case Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default ->
                point == 0x61c
                        || point >= 0x200e && point <= 0x200f
                        || point >= 0x202a && point <= 0x202e
                        || point >= 0x2066 && point <= 0x2069
                        || point == 0xfeff
                        || (point & 0xfffe) == 0xfffe;
        };
    }

    private void events() {
        int documents = 0;
        int depth = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            switch (event.getEventId()) {
                case DocumentStart -> documents += document((DocumentStartEvent) event, documents);
                case MappingStart, SequenceStart -> depth++;
                case MappingEnd, SequenceEnd -> depth--;
                default -> {}
            }
            if (documents > 1) {
                return;
            }
            if (depth > MAX_DEPTH) {
                problems.add(problems.spot(event.getStartMark()), "this is nested too deep", "take a level out");
                return;
            }
            if (event instanceof NodeEvent node) {
                plain(node);
            }
        }
    }

    private int document(DocumentStartEvent event, int before) {
        if (before > 0) {
            problems.add(
                    problems.spot(event.getStartMark()),
                    "a second document begins here",
                    "keep one, and take the line --- out");
        }
        return 1;
    }

    private void plain(NodeEvent event) {
        if (event instanceof AliasEvent alias) {
            String name = alias.getAlias().toString();
            problems.add(
                    problems.spot(event.getStartMark()),
                    "`*" + name + "` is an alias of YAML, which " + kind.some() + " does not have",
                    "put what begins with a star in quotes: \"*" + name + "\"");
        } else if (event.getAnchor().isPresent()) {
            String name = event.getAnchor().get().toString();
            problems.add(
                    problems.spot(event.getStartMark()),
                    "`&" + name + "` is an anchor of YAML, which " + kind.some() + " does not have",
                    "take it out, or put the text in quotes");
        } else if (tagged(event)) {
            problems.add(
                    problems.spot(event.getStartMark()),
                    "this has a tag of YAML, which " + kind.some() + " does not have",
                    "take out what begins with `!`, or put the text in quotes");
        }
    }

    private static boolean tagged(NodeEvent event) {
        return switch (event) {
            case ScalarEvent scalar -> scalar.getTag().isPresent();
            case CollectionStartEvent collection -> collection.getTag().isPresent();
            default -> false;
        };
    }
}
