package dev.belay.cli.project;

import dev.belay.cli.project.TrackedFiles.Tracked;
import dev.belay.policies.shell.OneWord;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.jspecify.annotations.Nullable;

/** The files of a project as they lie on disk, without those that git ignores and those that look like secrets. */
final class WorkTree {
    private static final int DEEPEST = 250;
    private static final int LONGEST_PATH = 4_000;

    /** @param known the blob, when it need not be read; {@code file} may then be absent */
    record Entry(
            String name,
            String path,
            Path file,
            int mode,
            long length,
            @Nullable ObjectId known) {}

    static final class Folder {
        final Map<String, Folder> folders = new LinkedHashMap<>();
        final List<Entry> files = new ArrayList<>();
    }

    private final Path root;
    private final String scope;
    private final TrackedFiles tracked;
    private final IgnoreRules ignore;
    private final Conversions conversions;
    private final boolean trustExecutable;
    private final int maxFiles;

    private final Folder top = new Folder();
    private final Map<String, List<String>> leftOut = new LinkedHashMap<>();
    private int count;

    private WorkTree(
            Path root,
            String scope,
            TrackedFiles tracked,
            IgnoreRules ignore,
            Conversions conversions,
            boolean trustExecutable,
            int maxFiles) {
        this.root = root;
        this.scope = scope;
        this.tracked = tracked;
        this.ignore = ignore;
        this.conversions = conversions;
        this.trustExecutable = trustExecutable;
        this.maxFiles = maxFiles;
    }

    /** @param scope the only folder that is looked into, relative to the root; empty for all */
    static WorkTree scan(Path root, String scope, Optional<GitLayout> git, TrackedFiles tracked, int maxFiles)
            throws IOException {
        WorkTree tree = new WorkTree(
                root,
                scope,
                tracked,
                new IgnoreRules(git),
                new Conversions(git),
                git.isEmpty() || git.get().config().getBoolean("core", "filemode", true),
                maxFiles);
        tree.run();
        return tree;
    }

    boolean holds(String path) {
        Folder folder = top;
        String rest = path;
        for (int slash = rest.indexOf('/'); slash >= 0; slash = rest.indexOf('/')) {
            Folder below = folder.folders.get(rest.substring(0, slash));
            if (below == null) {
                return false;
            }
            folder = below;
            rest = rest.substring(slash + 1);
        }
        String name = rest;
        return folder.files.stream().anyMatch(entry -> entry.name().equals(name));
    }

    Folder top() {
        return top;
    }

    int count() {
        return count;
    }

    /** Whether a blob of the index may be other bytes than the file. */
    boolean mayConvert() {
        return conversions.mayApply();
    }

    List<String> notes() {
        List<String> notes = new ArrayList<>();
        leftOut.forEach((what, paths) -> notes.add(what + ": " + Shown.paths(paths)));
        return notes;
    }

    private void run() throws IOException {
        Folder into = top;
        Path directory = root;
        String path = "";
        ignore.enter("", root);
        conversions.enter("", root);
        if (!scope.isEmpty()) {
            for (String name : scope.split("/", -1)) {
                path = path.isEmpty() ? name : path + "/" + name;
                directory = directory.resolve(name);
                into = into.folders.computeIfAbsent(name, n -> new Folder());
                ignore.enter(path, directory);
                conversions.enter(path, directory);
            }
        }
        walk(directory, path, into, false, 0);
        wishedAway();
    }

    private void walk(Path directory, String path, Folder into, boolean trackedOnly, int depth) throws IOException {
        if (depth > DEEPEST || path.length() > LONGEST_PATH) {
            throw BelayException.of(
                    ErrorCode.E_BAD_PROJECT,
                    "the folders are nested too deep: " + Shown.path(path),
                    "more than " + DEEPEST + " levels or " + LONGEST_PATH + " characters (layer: client)",
                    "add it to .gitignore");
        }
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
            for (Path child : children) {
                child(child, path, into, trackedOnly, depth);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        } catch (AccessDeniedException e) {
            throw unreadable(path.isEmpty() ? root.toString() : path, e);
        }
    }

    private void child(Path child, String folder, Folder into, boolean trackedOnly, int depth) throws IOException {
        String name = String.valueOf(child.getFileName());
        String path = folder.isEmpty() ? name : folder + "/" + name;
        if (!isText(child, name)) {
            leave("left out, their names are not UTF-8", path);
            return;
        }
        if (name.equals(".git")) {
            if (!folder.isEmpty() && !tracked.isSubmodule(folder)) {
                leave("nested repositories go along as plain files, without their .git", folder);
            }
            return;
        }
        if (TreeNames.isDotGit(name)) {
            throw BelayException.of(
                    ErrorCode.E_BAD_PROJECT,
                    "a file has a name that some systems take for .git: " + Shown.path(path),
                    "such a name could overwrite a repository's settings elsewhere (layer: client)",
                    "rename it, or add it to .gitignore and remove it");
        }
        Optional<FileStat> found = FileStat.of(child);
        if (found.isEmpty()) {
            return;
        }
        FileStat stat = found.get();
        if (stat.isDirectory()) {
            folder(child, name, path, into, trackedOnly, depth);
            return;
        }
        boolean isTracked = tracked.get(path) != null;
        if (!isTracked && (trackedOnly || ignore.isIgnored(path, false))) {
            return;
        }
        if (!stat.isFile() && !stat.isLink()) {
            leave("left out, they are no files", path);
            return;
        }
        if (!isTracked && Credentials.looksLikeOne(name, child)) {
            leave("left out, they look like credentials (git add them if the task needs them)", path);
            return;
        }
        file(child, name, path, into, stat);
    }

    private void folder(Path child, String name, String path, Folder into, boolean trackedOnly, int depth)
            throws IOException {
        if (tracked.isSubmodule(path)) {
            leave("submodules go along as plain files, without their link", path);
        }
        boolean ignored = trackedOnly || ignore.isIgnored(path, true);
        if (ignored && !tracked.hasBelow(path)) {
            return;
        }
        ignore.enter(path, child);
        conversions.enter(path, child);
        Folder folder = new Folder();
        walk(child, path, folder, ignored, depth + 1);
        if (!folder.files.isEmpty() || !folder.folders.isEmpty()) {
            into.folders.put(name, folder);
        }
    }

    private void file(Path child, String name, String path, Folder into, FileStat stat) {
        if (++count > maxFiles) {
            throw BelayException.of(
                    ErrorCode.E_TOO_MANY_FILES,
                    "the project has more than " + String.format(java.util.Locale.ROOT, "%,d", maxFiles) + " files",
                    "counted without what git ignores (layer: client)",
                    "add build output and dependencies to .gitignore, or: belay run --path DIR …");
        }
        int mode = stat.gitMode();
        Tracked known = tracked.get(path);
        if (!trustExecutable && known != null && stat.isFile() && FileMode.fromBits(known.mode()) != FileMode.SYMLINK) {
            mode = known.mode();
        }
        ObjectId blob = tracked.unchanged(path, mode, stat.length(), stat.modified(), stat.changedMillis());
        into.files.add(new Entry(name, path, child, mode, stat.length(), blob));
    }

    /** Files that a sparse checkout keeps away are the project's all the same. */
    private void wishedAway() {
        tracked.all().forEach((path, entry) -> {
            boolean inScope = scope.isEmpty() || path.startsWith(scope + "/");
            if (!entry.absentByWish() || !inScope || FileMode.GITLINK.equals(entry.mode())) {
                return;
            }
            Folder at = top;
            String[] names = path.split("/", -1);
            for (int i = 0; i < names.length - 1; i++) {
                at = at.folders.computeIfAbsent(names[i], n -> new Folder());
            }
            String name = names[names.length - 1];
            if (at.files.stream().noneMatch(file -> file.name().equals(name))) {
                at.files.add(new Entry(name, path, root.resolve(path), entry.mode(), 0, entry.blob()));
                count++;
            }
        });
    }

    private void leave(String why, String path) {
        leftOut.computeIfAbsent(why, w -> new ArrayList<>()).add(path);
    }

    /** Whether the name survives the way to text and back. */
    private static boolean isText(Path child, String name) {
        if (name.indexOf('\uFFFD') < 0
                && StandardCharsets.US_ASCII.newEncoder().canEncode(name)
                && name.indexOf('?') < 0) {
            return true;
        }
        try {
            return child.resolveSibling(name).equals(child)
                    && StandardCharsets.UTF_8.newEncoder().canEncode(name);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    static BelayException unreadable(String path, IOException cause) {
        return BelayException.of(
                        ErrorCode.E_BAD_PROJECT,
                        "cannot read " + Shown.path(path),
                        "the operating system denies it to you (layer: client)",
                        "chmod u+r " + OneWord.of(Shown.path(path)) + ", or add it to .gitignore")
                .causedBy(cause);
    }
}
