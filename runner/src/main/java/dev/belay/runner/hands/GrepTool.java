package dev.belay.runner.hands;

import dev.belay.policies.ToolName;
import dev.belay.runner.agent.ToolOutcome;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Files by content. Patterns are Perl regular expressions; what .gitignore says does not matter; .git, binary files and
 * symlinks are passed over.
 */
final class GrepTool implements Tool {
    static final List<Field> FIELDS = List.of(
            Field.required("pattern", Kind.STRING, "A Perl regular expression."),
            Field.optional("path", Kind.STRING, "The file or folder to look in: the project unless given."),
            Field.optional("glob", Kind.STRING, "Only files whose names match, such as *.ts."),
            Field.optional("type", Kind.STRING, "Only files of this kind, such as java, py, js, md."),
            Field.optional("output_mode", Kind.STRING, "files_with_matches (unless given), content or count."),
            Field.optional("-i", Kind.BOOLEAN, "Upper and lower case are the same."),
            Field.optional("-n", Kind.BOOLEAN, "With line numbers, in mode content."),
            Field.optional("-A", Kind.INTEGER, "Lines to show after each match, in mode content."),
            Field.optional("-B", Kind.INTEGER, "Lines to show before each match, in mode content."),
            Field.optional("-C", Kind.INTEGER, "Lines to show before and after each match, in mode content."),
            Field.optional("head_limit", Kind.INTEGER, "At most so many lines or files: 250 unless given."),
            Field.optional("offset", Kind.INTEGER, "Pass over so many of them first."),
            Field.optional("multiline", Kind.BOOLEAN, "A match may go over several lines."));

    private static final List<String> MODES = List.of("files_with_matches", "content", "count");
    private static final int LINES = 250;
    private static final int CHARACTERS = 30_000;

    private static final Map<String, String> TYPES = new TreeMap<>(Map.ofEntries(
            Map.entry("c", "c,h"),
            Map.entry("cpp", "cpp,cc,cxx,hpp,hh,hxx,h"),
            Map.entry("css", "css,scss,sass,less"),
            Map.entry("go", "go"),
            Map.entry("html", "html,htm"),
            Map.entry("java", "java"),
            Map.entry("js", "js,jsx,mjs,cjs"),
            Map.entry("json", "json"),
            Map.entry("kotlin", "kt,kts"),
            Map.entry("md", "md,markdown"),
            Map.entry("php", "php"),
            Map.entry("perl", "pl,pm,t"),
            Map.entry("proto", "proto"),
            Map.entry("py", "py,pyi"),
            Map.entry("ruby", "rb"),
            Map.entry("rust", "rs"),
            Map.entry("sh", "sh,bash,zsh"),
            Map.entry("sql", "sql"),
            Map.entry("toml", "toml"),
            Map.entry("ts", "ts,tsx,mts,cts"),
            Map.entry("txt", "txt"),
            Map.entry("xml", "xml"),
            Map.entry("yaml", "yaml,yml")));

    /** Of names that are passed on; a command line has its bounds. */
    private static final int HIDDEN_CHARACTERS = 64_000;

    private final Search search;
    private final Guard guard;

    GrepTool(Search search, Guard guard) {
        this.search = search;
        this.guard = guard;
    }

    @Override
    public String name() {
        return right().word();
    }

    @Override
    public ToolName right() {
        return ToolName.GREP;
    }

    @Override
    public String description() {
        return "Finds files by what they contain. Binary files and .git are passed over.";
    }

    @Override
    public List<Field> fields() {
        return FIELDS;
    }

    @Override
    public String subject() {
        return "pattern";
    }

    @Override
    public List<Intent> intents(Arguments arguments) throws BadCallException {
        return List.of(
                new Intent.Reading(SandboxPath.resolve(Hand.HOME, SandboxPath.parse(arguments.text("path", ".")))));
    }

    @Override
    public ToolOutcome call(Arguments arguments) throws BadCallException, HandException, InterruptedException {
        String mode = arguments.text("output_mode", MODES.getFirst());
        if (!MODES.contains(mode)) {
            throw new BadCallException("Grep: the field \"output_mode\" must be one of %s; it is \"%s\"."
                    .formatted(String.join(", ", MODES), PlainText.line(mode, 60)));
        }
        String type = arguments.text("type");
        if (arguments.has("type") && !TYPES.containsKey(type)) {
            throw new BadCallException("Grep: there is no type \"%s\"; the types are %s. Use glob for others."
                    .formatted(PlainText.line(type, 60), String.join(", ", TYPES.keySet())));
        }
        int around = arguments.number("-C", 0, 0, 1000);
        int limit = arguments.number("head_limit", LINES, 0, 1_000_000);
        int offset = arguments.number("offset", 0, 0, 1_000_000_000);
        Map<String, String> options = new LinkedHashMap<>();
        options.put("pattern", arguments.text("pattern"));
        options.put("mode", mode);
        options.put("glob", arguments.text("glob"));
        options.put("extensions", TYPES.getOrDefault(type, ""));
        options.put("i", arguments.flag("-i", false) ? "1" : "");
        options.put("n", arguments.flag("-n", true) ? "1" : "");
        options.put("A", Integer.toString(arguments.number("-A", around, 0, 1000)));
        options.put("B", Integer.toString(arguments.number("-B", around, 0, 1000)));
        options.put("multiline", arguments.flag("multiline", false) ? "1" : "");
        options.put("limit", Integer.toString(limit));
        options.put("offset", Integer.toString(offset));
        String root = SandboxPath.resolve(Hand.HOME, SandboxPath.parse(arguments.text("path", ".")));
        options.put("except", String.join("\n", hidden(root, options)));
        return outcome(mode, offset, search.run("Grep", "grep", root, options));
    }

    /** Matching files, as the search shows their names, whose lines are not to be shown. */
    private List<String> hidden(String root, Map<String, String> options)
            throws BadCallException, HandException, InterruptedException {
        if (!guard.hidesAny()) {
            return List.of();
        }
        Map<String, String> names = new LinkedHashMap<>(options);
        names.putAll(Map.of("mode", MODES.getFirst(), "limit", "0", "offset", "0"));
        Search.Found matching = search.run("Grep", "grep", root, names);
        List<String> hidden = matching.lines().stream()
                .filter(shown -> guard.hides(SandboxPath.parse(shown)))
                .toList();
        if (matching.total() > matching.lines().size()
                || hidden.stream().mapToInt(String::length).sum() > HIDDEN_CHARACTERS) {
            throw new BadCallException(
                    "Grep: too many files match to leave out those that the policy does not let be read. Narrow the path, the glob or the pattern.");
        }
        return hidden;
    }

    private static ToolOutcome outcome(String mode, int offset, Search.Found found) {
        String unit = mode.equals("content") ? "line" : "file";
        boolean more = found.total() > (long) offset + found.lines().size();
        StringBuilder out = new StringBuilder();
        int shown = 0;
        for (String line : found.lines()) {
            if (out.length() + line.length() > CHARACTERS) {
                more = true;
                break;
            }
            out.append(PlainText.strip(line).stripTrailing()).append('\n');
            shown++;
        }
        String summary = shown + " " + unit + (shown == 1 ? "" : "s") + (more ? " and more" : "");
        if (shown == 0) {
            return ToolOutcome.done(
                    found.total() == 0 ? "No matches found." : "No more matches after offset " + offset + ".", summary);
        }
        if (more) {
            out.append("[there is more: go on with offset=%d, or narrow the search]".formatted(offset + shown));
        }
        return ToolOutcome.done(out.toString().stripTrailing(), summary);
    }
}
