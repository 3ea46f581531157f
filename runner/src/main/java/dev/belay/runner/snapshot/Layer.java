package dev.belay.runner.snapshot;

import dev.belay.proto.v1.NotCaptured;
import dev.belay.runner.linux.Stat;
import java.util.Map;
import java.util.Objects;
import org.eclipse.jgit.lib.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * What the overlay's upper directory holds, by name. A node that did not change between two scans is the same object in
 * both, which is what lets a capture cost what changed.
 */
sealed interface Layer {
    /** Changes whenever the file does, except by stores through a shared mapping. */
    record Key(long device, long inode, int mode, long size, long modified, long changed) {
        static Key of(Stat stat) {
            return new Key(stat.device(), stat.inode(), stat.mode(), stat.size(), stat.modified(), stat.changed());
        }
    }

    /** A whiteout: the name is deleted. */
    record Gone() implements Layer {}

    record Link(Key key, ObjectId blob) implements Layer {}

    /** Something that is not captured. */
    record Left(NotCaptured what) implements Layer {}

    final class Content implements Layer {
        final Key key;
        final ObjectId blob;
        /** The realtime nanosecond at which the scan that read it began. */
        long readAt;

        Content(Key key, ObjectId blob, long readAt) {
            this.key = key;
            this.blob = blob;
            this.readAt = readAt;
        }

        int permissions() {
            return key.mode() & 07777;
        }

        boolean executable() {
            return (key.mode() & 0100) != 0;
        }
    }

    final class Folder implements Layer {
        /** Nothing of the lower directory shows through. */
        final boolean opaque;

        final int permissions;
        final Map<String, Layer> children;
        /** Set when its tree has been computed; the position of a folder fixes what it lies on. */
        @Nullable ObjectId tree;

        /** True: in the merged view nothing at all is in it. */
        boolean empty;

        Folder(boolean opaque, int permissions, Map<String, Layer> children) {
            this.opaque = opaque;
            this.permissions = permissions;
            this.children = children;
        }

        static Folder nothing() {
            return new Folder(false, 0755, Map.of());
        }

        boolean sameAs(Folder other) {
            if (opaque != other.opaque
                    || permissions != other.permissions
                    || children.size() != other.children.size()) {
                return false;
            }
            for (Map.Entry<String, Layer> child : children.entrySet()) {
                if (!same(child.getValue(), other.children.get(child.getKey()))) {
                    return false;
                }
            }
            return true;
        }

        private static boolean same(Layer one, @Nullable Layer other) {
            return one instanceof Folder || one instanceof Content ? one == other : Objects.equals(one, other);
        }
    }
}
