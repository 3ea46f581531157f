package dev.belay.cli.project;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.jgit.attributes.Attribute;
import org.eclipse.jgit.attributes.AttributesNode;
import org.eclipse.jgit.attributes.AttributesRule;
import org.eclipse.jgit.lib.Config;

/**
 * Whether git stores a file otherwise than byte for byte. Belay converts nothing; it must know where git would, because
 * there the index does not tell what the bytes are, and there staging is git's own work. In doubt the answer is yes.
 */
final class Conversions {
    private static final int LARGEST = 1 << 20;
    private static final Set<String> PROGRAMS = Set.of("filter", "ident", "working-tree-encoding");
    private static final Pattern ANY =
            Pattern.compile("(^|\\s)(text|eol|crlf|filter|ident|working-tree-encoding|\\[attr\\])", Pattern.MULTILINE);

    private record Rule(String folder, AttributesRule rule) {}

    private final List<Rule> rules = new ArrayList<>();
    private boolean lineEndings;
    private boolean any;

    Conversions(Optional<GitLayout> git) throws IOException {
        if (git.isEmpty()) {
            return;
        }
        GitLayout layout = git.get();
        settings(layout.config());
        settings(GitLayout.config(layout.gitDir().resolve("config.worktree")));
        for (Path file : PersonConfig.configFiles()) {
            if (Files.isReadable(file)) {
                settings(GitLayout.config(file));
            }
        }
        for (Path file : PersonConfig.attributeFiles()) {
            attributes("", file);
        }
        attributes("", layout.commonDir().resolve("info/attributes"));
        any |= lineEndings;
    }

    /** Called for every folder of the work tree. */
    void enter(String path, Path folder) throws IOException {
        attributes(path, folder.resolve(".gitattributes"));
    }

    /** False only when every file's blob is its bytes. */
    boolean mayApply() {
        return any;
    }

    /** Whether git would run a program or a rewriting of its own over this file. */
    boolean rewrites(String path) {
        for (Rule rule : rules) {
            boolean below = rule.folder.isEmpty() || path.startsWith(rule.folder + "/");
            String inside = rule.folder.isEmpty() || !below ? path : path.substring(rule.folder.length() + 1);
            if (below && rule.rule.isMatch(inside, false)) {
                for (Attribute attribute : rule.rule.getAttributes()) {
                    boolean on = attribute.getState() != Attribute.State.UNSET
                            && attribute.getState() != Attribute.State.UNSPECIFIED;
                    if (on && PROGRAMS.contains(attribute.getKey())) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private void settings(Config config) {
        String autocrlf = config.getString("core", null, "autocrlf");
        lineEndings |= autocrlf != null && !autocrlf.equalsIgnoreCase("false");
        // What an include sets is not known, because it is not followed.
        lineEndings |= !config.getNames("include").isEmpty()
                || !config.getSubsections("includeif").isEmpty();
    }

    private void attributes(String folder, Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || !Files.isReadable(file)) {
            return;
        }
        String text = GitLayout.text(file, LARGEST);
        if (!ANY.matcher(text).find()) {
            return;
        }
        any = true;
        AttributesNode node = new AttributesNode();
        node.parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        node.getRules().forEach(rule -> rules.add(new Rule(folder, rule)));
    }
}
