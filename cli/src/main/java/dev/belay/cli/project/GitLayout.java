package dev.belay.cli.project;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.ObjectId;

/**
 * Where a repository keeps what, found by reading its files.
 *
 * @param workTree the folder that holds {@code .git}
 * @param gitDir of this work tree: HEAD and index
 * @param commonDir of all work trees: objects, refs, config
 * @param config of the repository alone; its includes are not followed
 */
record GitLayout(Path workTree, Path gitDir, Path commonDir, Config config) {
    private static final int SMALL = 1 << 20;
    private static final int PACKED_REFS = 64 << 20;
    private static final int MOST_LINKS = 5;

    /** The repository that the folder is in, when it is in one. */
    static Optional<GitLayout> around(Path folder) throws IOException {
        for (Path at = folder; at != null; at = at.getParent()) {
            Path dotGit = at.resolve(".git");
            if (Files.isDirectory(dotGit)) {
                if (looksLikeGitDir(dotGit)) {
                    return Optional.of(open(at, dotGit));
                }
            } else if (Files.isRegularFile(dotGit)) {
                return Optional.of(open(at, linked(dotGit)));
            } else if (looksLikeGitDir(at)) {
                throw bare(at);
            }
        }
        return Optional.empty();
    }

    private static GitLayout open(Path workTree, Path gitDir) throws IOException {
        Path pointer = gitDir.resolve("commondir");
        Path common = Files.isRegularFile(pointer)
                ? gitDir.resolve(text(pointer, SMALL).strip()).normalize()
                : gitDir;
        Config config = config(common.resolve("config"));
        if (config.getBoolean("core", "bare", false) && gitDir.equals(common)) {
            throw bare(workTree);
        }
        String format = config.getString("extensions", null, "objectformat");
        String refs = config.getString("extensions", null, "refstorage");
        if (format != null && !format.equals("sha1") || refs != null && !refs.equals("files")) {
            throw BelayException.of(
                    ErrorCode.E_BAD_PROJECT,
                    "this repository is of a kind that Belay cannot read yet",
                    "it uses "
                            + (format == null || format.equals("sha1")
                                    ? "ref storage " + refs
                                    : "object format " + format)
                            + " (layer: client)",
                    "git clone it into a repository with sha1 objects and file refs");
        }
        return new GitLayout(workTree, gitDir, common, config);
    }

    private static Path linked(Path dotGit) throws IOException {
        String line = text(dotGit, SMALL).strip();
        Path target = line.startsWith("gitdir:")
                ? dotGit.resolveSibling(line.substring("gitdir:".length()).strip())
                        .normalize()
                : dotGit;
        if (!Files.isRegularFile(target.resolve("HEAD"))) {
            throw BelayException.of(
                    ErrorCode.E_BAD_PROJECT,
                    dotGit + " does not lead to a repository",
                    "it names " + Shown.path(target.toString()) + ", which is none (layer: client)",
                    "git worktree repair");
        }
        return target;
    }

    private static boolean looksLikeGitDir(Path directory) {
        return Files.isRegularFile(directory.resolve("HEAD"))
                && Files.isDirectory(directory.resolve("objects"))
                && Files.isDirectory(directory.resolve("refs"));
    }

    private static BelayException bare(Path at) {
        return BelayException.of(
                ErrorCode.E_BARE_REPOSITORY,
                at + " is a bare repository",
                "a task needs files to work on, and a bare repository has none (layer: client)",
                "git clone " + at + " work && belay run -C work \"…\"");
    }

    /** What HEAD says: {@code refs/heads/main}, or empty when it names a commit. */
    String headRef() throws IOException {
        String head = text(gitDir.resolve("HEAD"), SMALL).strip();
        return head.startsWith("ref:") ? head.substring(4).strip() : "";
    }

    /** The commit that HEAD leads to; none before the first commit. */
    Optional<ObjectId> head() throws IOException {
        String value = text(gitDir.resolve("HEAD"), SMALL).strip();
        for (int links = 0; links < MOST_LINKS; links++) {
            if (ObjectId.isId(value)) {
                return Optional.of(ObjectId.fromString(value));
            }
            if (!value.startsWith("ref:")) {
                break;
            }
            String ref = value.substring(4).strip();
            if (!ref.startsWith("refs/") || List.of(ref.split("/", -1)).contains("..")) {
                break;
            }
            Optional<String> next = loose(ref);
            if (next.isEmpty()) {
                return packed(ref);
            }
            value = next.get();
        }
        throw BelayException.of(
                ErrorCode.E_BAD_PROJECT,
                "the repository's HEAD cannot be read",
                gitDir.resolve("HEAD") + " names neither a branch nor a commit (layer: client)",
                "git -C " + workTree + " status");
    }

    private Optional<String> loose(String ref) throws IOException {
        for (Path place : gitDir.equals(commonDir) ? List.of(gitDir) : List.of(gitDir, commonDir)) {
            Path file = place.resolve(ref);
            if (Files.isRegularFile(file)) {
                return Optional.of(text(file, SMALL).strip());
            }
        }
        return Optional.empty();
    }

    private Optional<ObjectId> packed(String ref) throws IOException {
        Path file = commonDir.resolve("packed-refs");
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        for (String line : text(file, PACKED_REFS).split("\n", -1)) {
            if (line.length() > 41 && line.substring(41).equals(ref) && ObjectId.isId(line.substring(0, 40))) {
                return Optional.of(ObjectId.fromString(line.substring(0, 40)));
            }
        }
        return Optional.empty();
    }

    /** Whether objects of HEAD's history may be absent here. */
    Optional<String> incomplete() throws IOException {
        Path shallow = commonDir.resolve("shallow");
        if (Files.isRegularFile(shallow) && Files.size(shallow) > 0) {
            return Optional.of("shallow");
        }
        boolean promisor = config.getString("extensions", null, "partialclone") != null;
        for (String remote : config.getSubsections("remote")) {
            promisor |= config.getBoolean("remote", remote, "promisor", false);
        }
        return promisor ? Optional.of("partial") : Optional.empty();
    }

    Path index() {
        return gitDir.resolve("index");
    }

    /** The repository's objects and those that it borrows, to any depth. */
    List<Path> objectDirectories() throws IOException {
        Set<Path> found = new LinkedHashSet<>();
        List<Path> open = new ArrayList<>(List.of(commonDir.resolve("objects")));
        while (!open.isEmpty() && found.size() < 16) {
            Path objects = open.removeFirst();
            if (!Files.isDirectory(objects) || !found.add(objects.toRealPath())) {
                continue;
            }
            Path alternates = objects.resolve("info").resolve("alternates");
            if (Files.isRegularFile(alternates)) {
                for (String line : text(alternates, SMALL).split("\n", -1)) {
                    if (!line.isBlank() && !line.startsWith("#")) {
                        open.add(objects.resolve(line.strip()).normalize());
                    }
                }
            }
        }
        return List.copyOf(found);
    }

    static Config config(Path file) throws IOException {
        Config config = new Config();
        if (Files.isRegularFile(file)) {
            try {
                config.fromText(text(file, SMALL));
            } catch (ConfigInvalidException e) {
                throw BelayException.of(
                                ErrorCode.E_BAD_PROJECT,
                                file + " cannot be read",
                                String.valueOf(e.getMessage()) + " (layer: client)",
                                "git config --file " + file + " --list")
                        .causedBy(e);
            }
        }
        return config;
    }

    static String text(Path file, int most) throws IOException {
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw new IOException(file + " is larger than " + most + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw BelayException.of(
                            ErrorCode.E_BAD_PROJECT,
                            "the repository is damaged",
                            file + " is missing (layer: client)",
                            "git fsck")
                    .causedBy(e);
        }
    }
}
