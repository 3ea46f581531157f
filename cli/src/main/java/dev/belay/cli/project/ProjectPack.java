package dev.belay.cli.project;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.internal.storage.pack.PackWriter;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.storage.pack.PackConfig;

/** The objects of a commit that the server is without, as one file that stands on what the server has. */
final class ProjectPack {
    private static final long LARGEST = 2L << 30;

    private ProjectPack() {}

    /** @param have commits that the server holds with all that they refer to */
    static Path write(ObjectView view, ObjectId commit, List<String> have, Path folder) throws IOException {
        Path pack = folder.resolve("project.pack");
        PackConfig config = new PackConfig();
        config.setDeltaCompress(false);
        config.setReuseDeltas(true);
        config.setReuseObjects(true);
        config.setCompressionLevel(1);
        config.setThreads(1);
        try (ObjectReader reader = view.objects().newReader();
                PackWriter writer = new PackWriter(config, reader);
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(pack), 1 << 16)) {
            Set<ObjectId> held = new HashSet<>();
            for (String known : have) {
                if (ObjectId.isId(known) && reader.has(ObjectId.fromString(known), Constants.OBJ_COMMIT)) {
                    held.add(ObjectId.fromString(known));
                }
            }
            writer.setDeltaBaseAsOffset(true);
            writer.setThin(false);
            writer.setUseBitmaps(false);
            writer.preparePack(NullProgressMonitor.INSTANCE, Set.of(commit), held);
            writer.writePack(NullProgressMonitor.INSTANCE, NullProgressMonitor.INSTANCE, out);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(pack);
            throw e;
        }
        long bytes = Files.size(pack);
        if (bytes > LARGEST) {
            Files.delete(pack);
            throw BelayException.of(
                    ErrorCode.E_FILE_TOO_LARGE,
                    "the project packs to " + (bytes >> 20) + " MiB, the limit is " + (LARGEST >> 20) + " MiB",
                    "its files and its history together (layer: client)",
                    "belay run --path DIR …, which takes one folder without history");
        }
        return pack;
    }
}
