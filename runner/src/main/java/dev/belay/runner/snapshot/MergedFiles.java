package dev.belay.runner.snapshot;

import dev.belay.proto.snapshot.TreeDiff;
import dev.belay.runner.linux.Directory;
import dev.belay.runner.linux.Entry;
import dev.belay.runner.linux.Errno;
import dev.belay.runner.linux.OpenFile;
import dev.belay.runner.linux.Stat;
import dev.belay.runner.workspace.Names;
import dev.belay.runner.workspace.Workspace;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;

/**
 * Carries a rollback out in the merged view. Everything new is written beside its place first, so that a full disk is met
 * before anything is changed; then room is made, the new takes its place by renames, and what must go goes last.
 */
final class MergedFiles implements AutoCloseable {
    private final Workspace workspace;
    private final ObjectReader reader;
    private final Rollback rollback;
    private final Faults faults;
    private final String stageName;
    private final Reach reach;
    private final Map<String, String> staged = new HashMap<>();

    MergedFiles(Workspace workspace, ObjectReader reader, Rollback rollback, Faults faults, String stageName)
            throws IOException {
        this.workspace = workspace;
        this.reader = reader;
        this.rollback = rollback;
        this.faults = faults;
        this.stageName = stageName;
        this.reach = new Reach(workspace.merged());
    }

    static void removeStage(Workspace workspace, String stageName) throws IOException {
        try (Directory root = Directory.open(workspace.merged())) {
            root.removeAll(stageName);
        }
    }

    /** Changes nothing of the project. */
    void prepare() throws IOException {
        workspace.giveReserve();
        reach.root().mkdir(stageName, 0700);
        try (Directory stage = reach.root().directory(stageName)) {
            for (TreeDiff.Change change : rollback.writes.values()) {
                String name = Integer.toString(staged.size());
                if (change.newMode() == FileMode.TYPE_SYMLINK) {
                    stage.symlink(Names.raw(reader.open(change.newId()).getCachedBytes()), name);
                    stage.chown(name, workspace.uid(), workspace.gid());
                } else {
                    int permissions = rollback.permissionsOf(change.path(), change.newMode());
                    write(stage, name, change.newId(), permissions);
                }
                staged.put(change.path(), name);
            }
        }
        faults.reach("staged");
    }

    private void write(Directory directory, String name, ObjectId blob, int permissions) throws IOException {
        try (OpenFile file = directory.create(name, 0600);
                InputStream in = reader.open(blob).openStream()) {
            copy(in, file);
            finish(file, permissions);
        }
    }

    private static void copy(InputStream in, OpenFile file) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        for (int count; (count = in.read(buffer)) > 0; ) {
            file.write(buffer, 0, count);
        }
    }

    /** Owner first: a change of owner takes set-uid away. */
    private void finish(OpenFile file, int permissions) throws IOException {
        file.chown(workspace.uid(), workspace.gid());
        file.chmod(permissions);
    }

    void carryOut() throws IOException {
        for (String path : rollback.inTheWay) {
            unlink(path);
        }
        if (rollback.dropsGitObjects()) {
            reach.directory(".git").removeAll("objects");
        }
        for (String path : rollback.replacedDirectories) {
            rmdir(path);
        }
        reach.forget();
        faults.reach("room-made");
        for (String path : rollback.directories) {
            mkdir(path, rollback.permissionsOfDirectory(path));
        }
        if (rollback.needsGitObjects()) {
            gitObjects();
        }
        faults.reach("directories-made");
        place();
        faults.reach("placed");
        for (Map.Entry<String, Integer> one : rollback.permissions.entrySet()) {
            try (OpenFile file = reach.parent(one.getKey()).file(Reach.name(one.getKey()))) {
                file.chmod(one.getValue());
            }
        }
        for (String path : rollback.deletes) {
            unlink(path);
        }
        faults.reach("deleted");
        reach.forget();
        for (String path : rollback.emptied) {
            rmdir(path);
        }
        reach.forget();
        for (Map.Entry<String, Integer> one : rollback.directoryPermissions.entrySet()) {
            reach.directory(one.getKey()).chmod(one.getValue());
        }
        reach.forget();
        reach.root().removeAll(stageName);
        faults.reach("stage-removed");
    }

    private void place() throws IOException {
        try (Directory stage = reach.root().directory(stageName)) {
            int half = rollback.writes.size() / 2;
            for (String path : rollback.writes.keySet()) {
                String from = staged.get(path);
                if (from == null) {
                    throw new IllegalStateException("not prepared: " + path);
                }
                stage.rename(from, reach.parent(path), Reach.name(path));
                if (half-- == 0) {
                    faults.reach("half-placed");
                }
            }
        }
    }

    private void unlink(String path) throws IOException {
        try {
            reach.parent(path).unlink(Reach.name(path));
        } catch (Errno refused) {
            if (!refused.isAbsent()) {
                throw refused;
            }
        }
    }

    /** Leaves a directory that still holds something: no snapshot holds that. */
    private void rmdir(String path) throws IOException {
        reach.forget();
        try {
            reach.parent(path).rmdir(Reach.name(path));
        } catch (Errno refused) {
            if (!refused.isAbsent() && refused.number() != Errno.ENOTEMPTY) {
                throw refused;
            }
        }
    }

    private void mkdir(String path, int permissions) throws IOException {
        Directory parent = reach.parent(path);
        String name = Reach.name(path);
        if (parent.statIfPresent(name).isPresent()) {
            return;
        }
        parent.mkdir(name, 0700);
        try (Directory made = parent.directory(name)) {
            made.chown(workspace.uid(), workspace.gid());
            made.chmod(permissions);
        }
    }

    /** Adds what is missing of the project's own objects and of the task's; never removes or replaces one. */
    private void gitObjects() throws IOException {
        mkdir(".git", rollback.permissionsOfDirectory(".git"));
        mkdirOfObjects(".git/objects");
        try (Directory lower = Directory.open(workspace.lower().resolve(".git").resolve("objects"))) {
            copyMissing(lower, ".git/objects");
        }
        for (Map.Entry<String, ObjectId> object : rollback.objects().entrySet()) {
            String path = object.getKey();
            mkdirs(Reach.above(path));
            Directory parent = reach.parent(path);
            if (parent.statIfPresent(Reach.name(path)).isEmpty()) {
                write(parent, Reach.name(path), object.getValue(), 0444);
            }
        }
    }

    /** What stands where git keeps objects and is no directory is in no snapshot, and would be in the way for ever. */
    private void mkdirOfObjects(String path) throws IOException {
        Directory parent = reach.parent(path);
        Optional<Stat> there = parent.statIfPresent(Reach.name(path));
        if (there.isPresent() && !there.get().isDirectory()) {
            parent.unlink(Reach.name(path));
        }
        mkdir(path, 0755);
    }

    private void mkdirs(String path) throws IOException {
        try {
            reach.directory(path);
        } catch (Errno missing) {
            if (!missing.isAbsent()) {
                throw missing;
            }
            mkdirs(Reach.above(path));
            mkdirOfObjects(path);
        }
    }

    private void copyMissing(Directory lower, String path) throws IOException {
        for (Entry entry : lower.list()) {
            String child = path + "/" + entry.name();
            if (entry.kind() == Entry.Kind.DIRECTORY) {
                mkdirOfObjects(child);
                try (Directory below = lower.directory(entry.name())) {
                    copyMissing(below, child);
                }
            } else {
                Directory parent = reach.directory(path);
                if (parent.statIfPresent(entry.name()).isEmpty()) {
                    try (OpenFile from = lower.file(entry.name());
                            OpenFile file = parent.create(entry.name(), 0600)) {
                        copy(from.stream(), file);
                        finish(file, 0444);
                    }
                }
            }
        }
    }

    @Override
    public void close() {
        reach.close();
        workspace.takeReserve();
    }
}
