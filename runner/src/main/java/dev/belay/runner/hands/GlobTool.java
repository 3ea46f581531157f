package dev.belay.runner.hands;

import dev.belay.policies.ToolName;
import dev.belay.runner.agent.ToolOutcome;
import java.util.List;
import java.util.Map;

/** Files by name, newest first. What .gitignore says does not matter; .git is never entered, symlinks are not followed. */
final class GlobTool implements Tool {
    static final List<Field> FIELDS = List.of(
            Field.required("pattern", Kind.STRING, "Such as **/*.java or src/*/pom.xml."),
            Field.optional("path", Kind.STRING, "The folder to look in: the project unless given."));

    private static final int MOST = 100;

    private final Search search;

    GlobTool(Search search) {
        this.search = search;
    }

    @Override
    public String name() {
        return right().word();
    }

    @Override
    public ToolName right() {
        return ToolName.GLOB;
    }

    @Override
    public String description() {
        return "Finds files by name, the newest first, at most 100.";
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
    public ToolOutcome call(Arguments arguments) throws BadCallException, HandException, InterruptedException {
        String pattern = arguments.text("pattern");
        String root = SandboxPath.resolve(Hand.HOME, SandboxPath.parse(arguments.text("path", ".")));
        if (pattern.isEmpty()) {
            throw new BadCallException("Glob: the field \"pattern\" is empty.");
        }
        boolean anchored = pattern.startsWith("/");
        if (anchored) {
            int wild = (pattern + "*").replaceAll("[\\[{?\\\\]", "*").indexOf('*');
            int slash = pattern.lastIndexOf('/', wild);
            root = SandboxPath.resolve("/", pattern.substring(0, slash));
            pattern = pattern.substring(slash + 1);
        }
        Search.Found found = search.run(
                "Glob",
                "glob",
                root,
                Map.of("pattern", pattern, "anchored", anchored ? "1" : "", "limit", Integer.toString(MOST)));
        String summary = found.total() == 1 ? "1 file" : found.total() + " files";
        if (found.total() == 0) {
            return ToolOutcome.done("No files found.", summary);
        }
        String more = found.total() > found.lines().size()
                ? "\n[the %d newest of %,d files; narrow the pattern or the path to see others]"
                        .formatted(found.lines().size(), found.total())
                : "";
        return ToolOutcome.done(PlainText.strip(String.join("\n", found.lines())) + more, summary);
    }
}
