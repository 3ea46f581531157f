package dev.belay.proto.snapshot;

import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.eclipse.jgit.lib.AbbreviatedObjectId;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;

/** Git objects that are nowhere on disk yet. */
public final class FreshObjects implements ObjectSink {
    private record Content(int type, byte[] bytes) {}

    private final Map<ObjectId, Content> objects = new LinkedHashMap<>();
    private final ObjectInserter.Formatter hash = new ObjectInserter.Formatter();

    @Override
    public ObjectId add(int type, byte[] bytes) {
        ObjectId id = hash.idFor(type, bytes);
        objects.putIfAbsent(id, new Content(type, bytes));
        return id;
    }

    /** In the order in which they came: what an object refers to comes before it. */
    public void into(ObjectSink sink) throws IOException {
        for (Content content : objects.values()) {
            sink.add(content.type(), content.bytes());
        }
    }

    /** Sees these, and what {@code below} sees; closing it leaves that one open. */
    public ObjectReader over(ObjectReader below) {
        return new Over(below);
    }

    private final class Over extends ObjectReader {
        private final ObjectReader below;

        Over(ObjectReader below) {
            this.below = below;
        }

        @Override
        public ObjectReader newReader() {
            return new Over(below.newReader());
        }

        @Override
        public Collection<ObjectId> resolve(AbbreviatedObjectId id) throws IOException {
            return below.resolve(id);
        }

        @Override
        public boolean has(AnyObjectId id, int type) throws IOException {
            return objects.containsKey(id.toObjectId()) || below.has(id, type);
        }

        @Override
        public ObjectLoader open(AnyObjectId id, int type) throws IOException {
            Content content = objects.get(id.toObjectId());
            if (content != null) {
                return new ObjectLoader.SmallObject(content.type(), content.bytes());
            }
            return id.equals(Constants.EMPTY_TREE_ID)
                    ? new ObjectLoader.SmallObject(Constants.OBJ_TREE, new byte[0])
                    : below.open(id, type);
        }

        @Override
        public Set<ObjectId> getShallowCommits() throws IOException {
            return below.getShallowCommits();
        }

        @Override
        public void close() {}
    }
}
