package dev.belay.cli.project;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.attributes.Attribute;
import org.eclipse.jgit.attributes.AttributesNode;
import org.eclipse.jgit.attributes.AttributesRule;
import org.eclipse.jgit.lib.Config;

/**
 * Whether git stores a file otherwise than byte for byte. Belay converts nothing; it must know where git would, because
 * there the index does not tell what the bytes are, and there staging is git's own work. In doubt the answer is yes.
 */
final class Conversions {
    static final String ATTRIBUTES = ".gitattributes";

    private static final int LARGEST = 1 << 20;
    private static final String MACRO = "[attr]";
    private static final Set<String> LINE_ENDINGS = Set.of("text", "eol", "crlf");
    private static final Set<String> PROGRAMS = Set.of("filter", "ident", "working-tree-encoding");

    private record Rule(String folder, AttributesRule rule) {}

    private final List<Rule> rules = new ArrayList<>();
    private final Set<String> programs = new HashSet<>(PROGRAMS);
    private boolean any;

    Conversions(Optional<GitLayout> git) throws IOException {
        if (git.isEmpty()) {
            return;
        }
        GitLayout layout = git.get();
        settings(layout.config(), layout);
        settings(GitLayout.config(layout.gitDir().resolve("config.worktree")), layout);
        for (Path file : PersonConfig.configFiles()) {
            if (Files.isReadable(file)) {
                settings(GitLayout.config(file), layout);
            }
        }
        for (Path file : PersonConfig.attributeFiles()) {
            attributes("", file);
        }
        attributes("", layout.commonDir().resolve("info/attributes"));
    }

    /** Called for every folder of the work tree. */
    void enter(String path, Path folder) throws IOException {
        attributes(path, folder.resolve(ATTRIBUTES));
    }

    /** As {@link #enter(String, Path)}, when the folder's attributes are not on disk yet. */
    void enter(String path, String attributes) throws IOException {
        AttributesNode node = new AttributesNode();
        node.parse(new ByteArrayInputStream(attributes.getBytes(StandardCharsets.UTF_8)));
        for (AttributesRule rule : node.getRules()) {
            boolean macro = rule.getPattern().startsWith(MACRO);
            boolean converts = macro;
            for (Attribute attribute : rule.getAttributes()) {
                boolean program = isOn(attribute) && programs.contains(attribute.getKey());
                converts |= program || isOn(attribute) && LINE_ENDINGS.contains(attribute.getKey());
                if (macro && program) {
                    programs.add(rule.getPattern().substring(MACRO.length()).strip());
                }
            }
            if (converts) {
                any = true;
            }
            rules.add(new Rule(path, rule));
        }
    }

    /** False only when every file's blob is its bytes. */
    boolean mayApply() {
        return any;
    }

    /**
     * Whether git would run a program or a rewriting of its own over this file.
     *
     * @param carriageReturns the file has a line that ends in CR LF
     */
    boolean rewrites(String path, boolean carriageReturns) {
        if (carriageReturns && any) {
            return true;
        }
        for (Rule rule : rules) {
            boolean below = rule.folder.isEmpty() || path.startsWith(rule.folder + "/");
            String inside = rule.folder.isEmpty() || !below ? path : path.substring(rule.folder.length() + 1);
            if (below && rule.rule.isMatch(inside, false)) {
                for (Attribute attribute : rule.rule.getAttributes()) {
                    if (isOn(attribute) && programs.contains(attribute.getKey())) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static boolean isOn(Attribute attribute) {
        return attribute.getState() != Attribute.State.UNSET && attribute.getState() != Attribute.State.UNSPECIFIED;
    }

    private void settings(Config config, GitLayout layout) throws IOException {
        String autocrlf = config.getString("core", null, "autocrlf");
        any |= autocrlf != null && !autocrlf.equalsIgnoreCase("false");
        // What an include sets is not known, because it is not followed.
        any |= !config.getNames("include").isEmpty()
                || !config.getSubsections("include").isEmpty()
                || !config.getSubsections("includeif").isEmpty();
        String elsewhere = config.getString("core", null, "attributesfile");
        if (elsewhere != null) {
            attributes(
                    "",
                    elsewhere.startsWith("~/")
                            ? PersonConfig.home().resolve(elsewhere.substring(2))
                            : layout.workTree().resolve(elsewhere));
        }
    }

    private void attributes(String folder, Path file) throws IOException {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.isReadable(file)) {
            enter(folder, GitLayout.text(file, LARGEST));
        }
    }
}
