package dev.belay.cli.project;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.ignore.IgnoreNode;

/** What git would ignore: the folders' own rules, nearest first, then the repository's, then the person's. */
final class IgnoreRules {
    static final String IGNORE = ".gitignore";

    private static final int LARGEST = 1 << 20;

    private final Map<String, IgnoreNode> folders = new HashMap<>();
    private final List<IgnoreNode> general = new ArrayList<>();

    IgnoreRules(Optional<GitLayout> git) throws IOException {
        if (git.isPresent()) {
            node(git.get().commonDir().resolve("info/exclude")).ifPresent(general::add);
        }
        node(PersonConfig.directory().resolve("ignore")).ifPresent(general::add);
    }

    /** Called for every folder before its contents are asked about; {@code path} of the root is empty. */
    void enter(String path, Path folder) throws IOException {
        node(folder.resolve(IGNORE)).ifPresent(node -> folders.put(path, node));
    }

    /** As {@link #enter(String, Path)}, when the folder's rules are not on disk yet. */
    void enter(String path, String rules) throws IOException {
        node(rules).ifPresent(node -> folders.put(path, node));
    }

    boolean isIgnored(String path, boolean directory) {
        int slash = path.lastIndexOf('/');
        while (true) {
            String folder = slash < 0 ? "" : path.substring(0, slash);
            IgnoreNode node = folders.get(folder);
            if (node != null) {
                Boolean said = node.checkIgnored(slash < 0 ? path : path.substring(slash + 1), directory);
                if (said != null) {
                    return said;
                }
            }
            if (slash < 0) {
                break;
            }
            slash = path.lastIndexOf('/', slash - 1);
        }
        for (IgnoreNode node : general) {
            Boolean said = node.checkIgnored(path, directory);
            if (said != null) {
                return said;
            }
        }
        return false;
    }

    private static Optional<IgnoreNode> node(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || !Files.isReadable(file)) {
            return Optional.empty();
        }
        return node(GitLayout.text(file, LARGEST));
    }

    private static Optional<IgnoreNode> node(String rules) throws IOException {
        IgnoreNode node = new IgnoreNode();
        node.parse(new ByteArrayInputStream(rules.getBytes(StandardCharsets.UTF_8)));
        return node.getRules().isEmpty() ? Optional.empty() : Optional.of(node);
    }
}
