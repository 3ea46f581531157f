package dev.belay.cli.project;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.internal.storage.file.PackInserter;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevSort;
import org.eclipse.jgit.revwalk.RevWalk;
import org.jspecify.annotations.Nullable;

/**
 * The folder that a task works on: a repository's root, one folder of it, or a plain folder. It is looked through once,
 * when that is first needed.
 */
public final class ProjectFolder {
    private static final int MOST_COMMITS = 256;

    private final Path root;
    private final String scope;
    private final Optional<GitLayout> git;
    private final Optional<ObjectId> head;
    private final Optional<String> incomplete;
    private @Nullable WorkTree tree;
    private Optional<ObjectId> base = Optional.empty();

    private ProjectFolder(
            Path root, String scope, Optional<GitLayout> git, Optional<ObjectId> head, Optional<String> incomplete) {
        this.root = root;
        this.scope = scope;
        this.git = git;
        this.head = head;
        this.incomplete = incomplete;
    }

    /** @param scope only this folder's files, relative to {@code start} */
    public static ProjectFolder at(Path start, Optional<Path> scope) throws BelayException {
        HermeticGit.install();
        try {
            Path here = StartFolder.of(start);
            Optional<GitLayout> git = GitLayout.around(here);
            Path root = git.map(GitLayout::workTree).orElse(here);
            String inside = "";
            if (scope.isPresent()) {
                Path only = StartFolder.of(here.resolve(scope.get()));
                if (!only.startsWith(root)) {
                    throw StartFolder.bad(
                            only + " is not in the project",
                            "the project is " + root,
                            "belay run --path DIR, with a folder below " + root);
                }
                inside = root.relativize(only).toString();
            }
            StartFolder.refuseHome(root.resolve(inside), git.isPresent(), here);
            return new ProjectFolder(
                    root,
                    inside,
                    git,
                    git.isPresent() ? git.get().head() : Optional.empty(),
                    git.isPresent() ? git.get().incomplete() : Optional.empty());
        } catch (AccessDeniedException e) {
            throw WorkTree.unreadable(String.valueOf(e.getFile()), e);
        } catch (IOException e) {
            throw failed("the project cannot be read", e);
        }
    }

    /** The folder that paths are relative to. */
    public Path root() {
        return root;
    }

    /** Tells this checkout, and this part of it, from every other one of this machine and of others. */
    public String key() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : List.of(machine(), root.toString(), scope)) {
                digest.update(part.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, 40);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public String name() {
        Path last = root.getFileName();
        String name = last == null ? "project" : Shown.path(last.toString());
        return scope.isEmpty() ? name : name + "/" + Shown.path(scope);
    }

    /** Empty when HEAD is detached or there is no repository. */
    public String branch() {
        try {
            String ref = git.isPresent() ? git.get().headRef() : "";
            return ref.startsWith(Constants.R_HEADS) ? ref.substring(Constants.R_HEADS.length()) : "";
        } catch (IOException e) {
            throw failed("the repository's HEAD cannot be read", e);
        }
    }

    /** Empty when there is no commit yet or no repository. */
    public String headCommit() {
        return head.map(ObjectId::name).orElse("");
    }

    /** What the server may have: the folder as it is, then HEAD and its ancestors, newest first. */
    public List<String> commits() {
        try (ObjectView view = view();
                ObjectReader reader = view.objects().newReader()) {
            List<String> commits = new ArrayList<>();
            PackLimits limits = PackLimits.defaults();
            WorkTree files = tree(reader, limits);
            Optional<WorkTree.Entry> largest = BaseCommit.largest(files.top());
            if (largest.isEmpty() || largest.get().length() <= limits.maxFileBytes()) {
                base = Optional.of(
                        BaseCommit.compute(files, parent(reader), !files.mayConvert(), limits.maxFileBytes()));
                commits.add(base.get().name());
            }
            if (sendsHistory()) {
                try (RevWalk walk = new RevWalk(reader)) {
                    walk.sort(RevSort.COMMIT_TIME_DESC);
                    walk.setRetainBody(false);
                    walk.markStart(walk.parseCommit(head.orElseThrow()));
                    for (RevCommit commit; commits.size() < MOST_COMMITS && (commit = walk.next()) != null; ) {
                        if (!commits.contains(commit.name())) {
                            commits.add(commit.name());
                        }
                    }
                }
            }
            return commits;
        } catch (MissingObjectException | IncorrectObjectTypeException e) {
            throw damaged(e);
        } catch (IOException e) {
            throw failed("the project cannot be read", e);
        }
    }

    /** What a person should know before anything is read. */
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        incomplete.ifPresent(
                kind -> notes.add("this is a " + kind + " clone: its files go along, its history does not"));
        if (!scope.isEmpty()) {
            notes.add("only " + Shown.path(scope) + " goes along, without history");
        }
        if (git.isEmpty()) {
            notes.add("not a git repository: the folder itself is the base, and apply writes files without staging");
        }
        return notes;
    }

    /** Whether this file, seen from the root, is among what a task gets. */
    public boolean sends(String path) {
        try (ObjectView view = view();
                ObjectReader reader = view.objects().newReader()) {
            return tree(reader, PackLimits.defaults()).holds(path);
        } catch (MissingObjectException | IncorrectObjectTypeException e) {
            throw damaged(e);
        } catch (IOException e) {
            throw failed("the project cannot be read", e);
        }
    }

    /**
     * @param have commits of {@link #commits()} that the server holds with all that they refer to
     * @param tempDir where the pack is left, as its only new entry
     */
    public PackedProject pack(List<String> have, Path tempDir, PackLimits limits) {
        try (ObjectView view = view();
                ObjectReader reader = view.objects().newReader()) {
            WorkTree files = tree(reader, limits);
            Optional<WorkTree.Entry> largest = BaseCommit.largest(files.top());
            if (largest.isPresent() && largest.get().length() > limits.maxFileBytes()) {
                throw BaseCommit.tooLarge(largest.get(), limits.maxFileBytes());
            }
            if (base.isPresent() && have.contains(base.get().name())) {
                return new PackedProject(base.get().name(), Optional.empty(), 0, files.count(), files.notes());
            }
            try {
                return write(view, files, have, tempDir, limits, !files.mayConvert());
            } catch (MissingObjectException e) {
                // The index knows a blob that the repository has lost; the file itself is here.
                return write(view, files, have, tempDir, limits, false);
            }
        } catch (MissingObjectException | IncorrectObjectTypeException e) {
            throw damaged(e);
        } catch (IOException e) {
            throw failed("the project could not be packed", e);
        }
    }

    private PackedProject write(
            ObjectView view, WorkTree files, List<String> have, Path tempDir, PackLimits limits, boolean trustIndex)
            throws IOException {
        ObjectId commit;
        try (PackInserter inserter = view.objects().newPackInserter()) {
            inserter.setCompressionLevel(1);
            inserter.checkExisting(false);
            try (ObjectReader reader = view.objects().newReader()) {
                commit = BaseCommit.store(inserter, files, parent(reader), trustIndex, limits.maxFileBytes());
            }
        }
        Optional<Path> pack = have.contains(commit.name())
                ? Optional.empty()
                : Optional.of(ProjectPack.write(view, commit, have, tempDir));
        long bytes = pack.isPresent() ? Files.size(pack.get()) : 0;
        return new PackedProject(commit.name(), pack, bytes, files.count(), files.notes());
    }

    Optional<GitLayout> git() {
        return git;
    }

    /** The only folder that is the project's content, relative to the root; empty for all. */
    String scope() {
        return scope;
    }

    Optional<ObjectId> head() {
        return head;
    }

    private boolean sendsHistory() {
        return head.isPresent() && incomplete.isEmpty() && scope.isEmpty();
    }

    private Optional<RevCommit> parent(ObjectReader reader) throws IOException {
        if (!sendsHistory()) {
            return Optional.empty();
        }
        try (RevWalk walk = new RevWalk(reader)) {
            return Optional.of(walk.parseCommit(head.orElseThrow()));
        }
    }

    private WorkTree tree(ObjectReader reader, PackLimits limits) throws IOException {
        WorkTree known = tree;
        if (known == null) {
            TrackedFiles tracked = git.isPresent() ? TrackedFiles.of(git.get(), reader, head) : TrackedFiles.none();
            known = WorkTree.scan(root, scope, git, tracked, limits.maxFiles());
            tree = known;
        }
        return known;
    }

    private ObjectView view() throws IOException {
        return ObjectView.of(git, Path.of(System.getProperty("java.io.tmpdir")));
    }

    private static String machine() {
        try {
            return Files.readString(Path.of("/etc/machine-id")).strip();
        } catch (IOException e) {
            String host = System.getenv("HOSTNAME");
            return host == null ? "" : host;
        }
    }

    private static BelayException damaged(IOException cause) {
        return BelayException.of(
                        ErrorCode.E_BAD_PROJECT,
                        "the repository is damaged",
                        String.valueOf(cause.getMessage()) + " (layer: client)",
                        "git fsck")
                .causedBy(cause);
    }

    private static BelayException failed(String what, IOException cause) {
        if (cause instanceof AccessDeniedException denied) {
            return WorkTree.unreadable(String.valueOf(denied.getFile()), denied);
        }
        return BelayException.of(
                        ErrorCode.E_BAD_PROJECT,
                        what,
                        String.valueOf(cause.getMessage()) + " (layer: client)",
                        "git status")
                .causedBy(cause);
    }
}
