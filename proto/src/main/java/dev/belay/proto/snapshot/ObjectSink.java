package dev.belay.proto.snapshot;

import java.io.IOException;
import org.eclipse.jgit.lib.ObjectId;

/** Takes git objects; one that it has already is not taken twice. */
public interface ObjectSink {
    ObjectId add(int type, byte[] bytes) throws IOException;
}
