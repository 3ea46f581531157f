package dev.belay.runner.snapshot;

import dev.belay.proto.snapshot.State;
import dev.belay.runner.workspace.Checkout;
import dev.belay.runner.workspace.ObjectPack;
import dev.belay.runner.workspace.Workspace;
import java.io.IOException;
import java.util.Set;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.jspecify.annotations.Nullable;

/** Turns what the workspace holds now into git objects of a pack. */
final class Capture {
    /** What was found, and the nodes by which the next capture tells what is new. */
    record Found(State state, Layer.Folder layer) {}

    private static final int TRIES = 5;

    private final Workspace workspace;
    private final Shadow shadow;
    private final Bulk bulk;
    private final Settings settings;

    Capture(Workspace workspace, Shadow shadow, Settings settings) {
        this.workspace = workspace;
        this.shadow = shadow;
        this.settings = settings;
        this.bulk = new Bulk(shadow.repository(), workspace.checkout().workTree(), settings.bulkFiles());
    }

    /**
     * @param before the layer of the last recorded capture
     * @param objects the git objects captured so far
     */
    Found run(ObjectPack pack, Layer.Folder before, ObjectId objects, Stillness stillness)
            throws IOException, SnapshotException {
        Layer.Folder layer;
        try {
            boolean still = stillness.freeze();
            Set<Long> mapped = Mapped.inodes(stillness.processes());
            layer = still ? scan(pack, before, mapped) : untilStable(pack, before, mapped);
        } finally {
            stillness.thaw();
        }
        settings.faults().reach("scanned");
        Checkout checkout = workspace.checkout();
        try (ObjectReader reader = shadow.reader()) {
            Splice splice = new Splice(reader, pack, checkout.emptyDirectories());
            ObjectId work = splice.tree(layer, checkout.workTree(), "", ".git");
            State.Slot git = git(splice, layer.children.get(".git"), checkout);
            ObjectId allObjects = splice.objects(objects, objectsOf(layer), objectsOf(before));
            return new Found(new State(work, git, allObjects, splice.meta(layer)), layer);
        }
    }

    private Layer.Folder scan(ObjectPack pack, Layer.Folder before, @Nullable Set<Long> mapped) throws IOException {
        return new UpperScan(workspace.upper(), pack, shadow::has, bulk, settings, mapped).scan(before);
    }

    /** Two scans in a row that saw the same. */
    private Layer.Folder untilStable(ObjectPack pack, Layer.Folder before, @Nullable Set<Long> mapped)
            throws IOException, SnapshotException {
        Layer.Folder last = null;
        String moving = "the files kept changing";
        for (int i = 0; i < TRIES; i++) {
            try {
                Layer.Folder now = scan(pack, last == null ? before : last, mapped);
                if (now == last) {
                    return now;
                }
                last = now;
            } catch (UpperScan.Moving changed) {
                moving = String.valueOf(changed.getMessage());
                last = null;
            }
        }
        throw new SnapshotException("the sandbox could not be frozen, and " + moving);
    }

    private static State.Slot git(Splice splice, @Nullable Layer child, Checkout checkout) throws IOException {
        return switch (child) {
            case null -> new State.Slot(FileMode.TYPE_TREE, checkout.gitTree());
            case Layer.Gone gone -> State.Slot.NONE;
            case Layer.Left left -> State.Slot.NONE;
            case Layer.Link link -> new State.Slot(FileMode.TYPE_SYMLINK, link.blob());
            case Layer.Content content -> new State.Slot(content.executable() ? 0100755 : 0100644, content.blob);
            case Layer.Folder folder -> {
                ObjectId tree = splice.tree(folder, checkout.gitTree(), ".git", "objects");
                yield tree.equals(Constants.EMPTY_TREE_ID) ? State.Slot.NONE : new State.Slot(FileMode.TYPE_TREE, tree);
            }
        };
    }

    private static Layer.@Nullable Folder objectsOf(Layer.Folder root) {
        return root.children.get(".git") instanceof Layer.Folder git
                        && git.children.get("objects") instanceof Layer.Folder objects
                ? objects
                : null;
    }
}
