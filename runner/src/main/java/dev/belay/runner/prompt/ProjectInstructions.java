package dev.belay.runner.prompt;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a project writes down for agents: AGENTS.md and CLAUDE.md of its root, with the files that they import.
 *
 * <p>Guarantees: no file twice; imports at most {@value #DEPTH} deep; at most {@value #MOST} bytes in all; what is left out is
 * named, with the reason. Nothing outside the project is read.
 */
public final class ProjectInstructions {
    private static final List<String> ROOTS = List.of("AGENTS.md", "CLAUDE.md");
    private static final int DEPTH = 4;
    private static final int MOST = 128 << 10;
    private static final Pattern IMPORT = Pattern.compile("(?:^|\\s)@((?:\\./)?[\\w][\\w./-]*)");
    private static final Pattern COMMENT = Pattern.compile("(?ms)^[ \\t]*<!--.*?-->[ \\t]*\\n?");

    /** @param leftOut what is not in the text, in words */
    public record Gathered(String text, List<String> leftOut) {
        public Gathered {
            leftOut = List.copyOf(leftOut);
        }
    }

    private record Wanted(String path, int depth, String importedBy) {}

    private final ProjectFiles files;
    private final Set<String> seen = new LinkedHashSet<>();
    private final Set<String> contents = new LinkedHashSet<>();
    private final List<String> leftOut = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();

    private ProjectInstructions(ProjectFiles files) {
        this.files = files;
    }

    public static Gathered of(ProjectFiles files) throws IOException {
        ProjectInstructions instructions = new ProjectInstructions(files);
        for (String root : ROOTS) {
            instructions.take(new Wanted(root, 0, ""));
        }
        return new Gathered(instructions.text.toString(), instructions.leftOut);
    }

    private void take(Wanted first) throws IOException {
        Deque<Wanted> open = new ArrayDeque<>(List.of(first));
        while (!open.isEmpty()) {
            Wanted wanted = open.pop();
            if (!seen.add(wanted.path())) {
                continue;
            }
            String read = text(wanted);
            if (read == null) {
                continue;
            }
            List<Wanted> imports = new ArrayList<>();
            for (String path : imports(read)) {
                String resolved = beside(wanted.path(), path);
                if (resolved.isEmpty()) {
                    leftOut.add(path + ": outside the project");
                } else if (wanted.depth() >= DEPTH) {
                    leftOut.add(resolved + ": imported more than " + DEPTH + " deep");
                } else {
                    imports.add(new Wanted(resolved, wanted.depth() + 1, wanted.path()));
                }
            }
            imports.reversed().forEach(open::push);
        }
    }

    private @Nullable String text(Wanted wanted) throws IOException {
        Optional<String> read = files.read(wanted.path(), MOST + 1);
        if (read.isEmpty()) {
            // What looks like an import and names no file is a word, such as somebody's name.
            return null;
        }
        String plain = COMMENT.matcher(read.get()).replaceAll("").strip();
        if (plain.isEmpty() || !contents.add(plain)) {
            return null;
        }
        if (text.length() + plain.length() > MOST) {
            leftOut.add(wanted.path() + ": the instructions of this project are longer than " + (MOST >> 10) + " KiB");
            return null;
        }
        text.append(text.isEmpty() ? "" : "\n\n")
                .append("# ")
                .append(wanted.path())
                .append(wanted.importedBy().isEmpty() ? "" : " (imported by " + wanted.importedBy() + ")")
                .append("\n\n")
                .append(plain);
        return plain;
    }

    /** Not those in code. */
    private static List<String> imports(String text) {
        List<String> found = new ArrayList<>();
        boolean fenced = false;
        for (String line : text.lines().toList()) {
            if (line.strip().startsWith("```") || line.strip().startsWith("~~~")) {
                fenced = !fenced;
            } else if (!fenced) {
                Matcher matcher = IMPORT.matcher(line.replaceAll("`[^`]*`", ""));
                while (matcher.find()) {
                    String path = matcher.group(1);
                    found.add(path.endsWith(".") ? path.substring(0, path.length() - 1) : path);
                }
            }
        }
        return found;
    }

    /** The path from the project's root, or empty when it leads out of it. */
    private static String beside(String file, String path) {
        Deque<String> names = new ArrayDeque<>(List.of(file.split("/")));
        names.removeLast();
        for (String name : path.split("/")) {
            if (name.equals("..")) {
                if (names.pollLast() == null) {
                    return "";
                }
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.addLast(name);
            }
        }
        return String.join("/", names);
    }
}
