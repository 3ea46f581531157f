package dev.belay.runner.snapshot;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.jgit.internal.storage.file.PackIndex;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdSubclassMap;

/**
 * Which objects a task's shadow repository holds, known by heart. Git's library, asked for an object that is not there,
 * reads the whole directory of packs again each time; and what a capture asks for is mostly not there yet.
 */
final class Inventory {
    /** Whether a repository that the shadow borrows from has an object. */
    interface Borrowed {
        boolean has(AnyObjectId id) throws IOException;
    }

    private final ObjectIdSubclassMap<ObjectId> own = new ObjectIdSubclassMap<>();
    private final List<Borrowed> borrowed;

    /** @param packs the directory of the packs that are the shadow's own */
    static Inventory of(Path packs, List<Borrowed> borrowed) throws IOException {
        Inventory inventory = new Inventory(borrowed);
        try (DirectoryStream<Path> indexes = Files.newDirectoryStream(packs, "*.idx")) {
            for (Path index : indexes) {
                inventory.add(index);
            }
        }
        return inventory;
    }

    private Inventory(List<Borrowed> borrowed) {
        this.borrowed = borrowed;
    }

    /** The objects of another pack that a snapshot came of. */
    void add(Path index) throws IOException {
        for (PackIndex.MutableEntry entry : PackIndex.open(index.toFile())) {
            own.addIfAbsent(entry.toObjectId());
        }
    }

    /** In the shadow itself or in what it borrows from. */
    boolean has(AnyObjectId id) throws IOException {
        if (own.contains(id)) {
            return true;
        }
        for (Borrowed other : borrowed) {
            if (other.has(id)) {
                return true;
            }
        }
        return false;
    }

    /** In the shadow itself. */
    boolean holds(AnyObjectId id) {
        return own.contains(id);
    }
}
