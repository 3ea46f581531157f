package dev.belay.cli.project;

import dev.belay.cli.project.WorkTree.Entry;
import dev.belay.cli.project.WorkTree.Folder;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.TreeFormatter;
import org.eclipse.jgit.revwalk.RevCommit;

/**
 * The commit that stands for a folder as it is, files as their bytes. The same folder on the same HEAD is the same commit
 * every time, so that a server that has it is sent nothing.
 */
final class BaseCommit {
    private static final String MESSAGE = "The work tree as it was when the task was handed over\n";

    private final ObjectInserter objects;
    private final boolean write;
    private final boolean trustIndex;
    private final long maxFileBytes;

    private BaseCommit(ObjectInserter objects, boolean write, boolean trustIndex, long maxFileBytes) {
        this.objects = objects;
        this.write = write;
        this.trustIndex = trustIndex;
        this.maxFileBytes = maxFileBytes;
    }

    /** Reads what must be read and answers the id alone. */
    static ObjectId compute(WorkTree tree, Optional<RevCommit> head, boolean trustIndex, long maxFileBytes)
            throws IOException {
        try (ObjectInserter hash = new ObjectInserter.Formatter()) {
            return new BaseCommit(hash, false, trustIndex, maxFileBytes).commit(tree, head);
        }
    }

    /** Stores every object that is not the repository's already. */
    static ObjectId store(
            ObjectInserter objects, WorkTree tree, Optional<RevCommit> head, boolean trustIndex, long maxFileBytes)
            throws IOException {
        ObjectId commit = new BaseCommit(objects, true, trustIndex, maxFileBytes).commit(tree, head);
        objects.flush();
        return commit;
    }

    private ObjectId commit(WorkTree tree, Optional<RevCommit> head) throws IOException {
        ObjectId root = folder(tree.top());
        if (head.isPresent() && head.get().getTree().equals(root)) {
            return head.get().copy();
        }
        CommitBuilder commit = new CommitBuilder();
        Instant when = Instant.ofEpochSecond(head.map(RevCommit::getCommitTime).orElse(0));
        PersonIdent belay = new PersonIdent("Belay", "belay@localhost", when, ZoneOffset.UTC);
        commit.setTreeId(root);
        head.ifPresent(commit::setParentId);
        commit.setAuthor(belay);
        commit.setCommitter(belay);
        commit.setMessage(MESSAGE);
        return write ? objects.insert(commit) : objects.idFor(Constants.OBJ_COMMIT, commit.build());
    }

    private record Item(byte[] name, byte[] order, FileMode mode, ObjectId id) {}

    private ObjectId folder(Folder folder) throws IOException {
        List<Item> items = new ArrayList<>(folder.files.size() + folder.folders.size());
        for (Entry file : folder.files) {
            byte[] name = file.name().getBytes(StandardCharsets.UTF_8);
            items.add(new Item(name, name, FileMode.fromBits(file.mode()), blob(file)));
        }
        for (var child : folder.folders.entrySet()) {
            byte[] name = child.getKey().getBytes(StandardCharsets.UTF_8);
            byte[] order = Arrays.copyOf(name, name.length + 1);
            order[name.length] = '/';
            if (!isEmpty(child.getValue())) {
                items.add(new Item(name, order, FileMode.TREE, folder(child.getValue())));
            }
        }
        items.sort((a, b) -> Arrays.compareUnsigned(a.order, b.order));
        TreeFormatter tree = new TreeFormatter();
        for (Item item : items) {
            tree.append(item.name, item.mode, item.id);
        }
        return write ? objects.insert(tree) : tree.computeId(objects);
    }

    private static boolean isEmpty(Folder folder) {
        return folder.files.isEmpty() && folder.folders.values().stream().allMatch(BaseCommit::isEmpty);
    }

    private ObjectId blob(Entry file) throws IOException {
        ObjectId known = file.known();
        if (known != null && (trustIndex || !Files.exists(file.file(), LinkOption.NOFOLLOW_LINKS))) {
            return known;
        }
        if (file.mode() == FileMode.SYMLINK.getBits()) {
            byte[] target = Files.readSymbolicLink(file.file()).toString().getBytes(StandardCharsets.UTF_8);
            return write ? objects.insert(Constants.OBJ_BLOB, target) : objects.idFor(Constants.OBJ_BLOB, target);
        }
        if (file.length() > maxFileBytes) {
            throw tooLarge(file, maxFileBytes);
        }
        try (InputStream in = Files.newInputStream(file.file(), LinkOption.NOFOLLOW_LINKS)) {
            ObjectId id = write
                    ? objects.insert(Constants.OBJ_BLOB, file.length(), in)
                    : objects.idFor(Constants.OBJ_BLOB, file.length(), in);
            if (in.read() >= 0) {
                throw new EOFException();
            }
            return id;
        } catch (EOFException | NoSuchFileException e) {
            throw BelayException.of(
                            ErrorCode.E_BAD_PROJECT,
                            Shown.path(file.path()) + " changed while it was read",
                            "another program is writing to the project (layer: client)",
                            "run the command again")
                    .causedBy(e);
        } catch (AccessDeniedException e) {
            throw WorkTree.unreadable(file.path(), e);
        } catch (FileSystemException e) {
            throw new IOException("cannot read " + Shown.path(file.path()), e);
        }
    }

    static BelayException tooLarge(Entry file, long limit) {
        return BelayException.of(
                ErrorCode.E_FILE_TOO_LARGE,
                Shown.path(file.path()) + " is " + mebibytes(file.length()) + ", the limit is " + mebibytes(limit),
                "a task takes its whole project along (layer: client)",
                "add it to .gitignore, or: belay run --max-file " + (file.length() / (1 << 20) + 1) + "M …");
    }

    private static String mebibytes(long bytes) {
        return bytes < 1 << 20 ? bytes + " bytes" : (bytes >> 20) + " MiB";
    }

    /** For a message before anything is read. */
    static Optional<Entry> largest(Folder folder) {
        Optional<Entry> largest = Optional.empty();
        for (Entry file : folder.files) {
            if (largest.isEmpty() || file.length() > largest.get().length()) {
                largest = Optional.of(file);
            }
        }
        for (Folder child : folder.folders.values()) {
            Optional<Entry> below = largest(child);
            if (below.isPresent()
                    && (largest.isEmpty()
                            || below.get().length() > largest.get().length())) {
                largest = below;
            }
        }
        return largest;
    }
}
