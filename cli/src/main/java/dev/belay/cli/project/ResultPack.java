package dev.belay.cli.project;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.transport.PackParser;

/** The blobs of a result, each one checked against its id, beside those that the repository has. */
final class ResultPack implements AutoCloseable {
    private static final int LONGEST_LINK = 4_096;
    private static final int LARGEST_RULES = 1 << 20;

    private final ObjectView view;
    private final ObjectReader reader;

    private ResultPack(ObjectView view, ObjectReader reader) {
        this.view = view;
        this.reader = reader;
    }

    static ResultPack open(Optional<GitLayout> git, Path pack) throws IOException {
        ObjectView view = ObjectView.of(git, Path.of(System.getProperty("java.io.tmpdir")));
        try (InputStream in = new BufferedInputStream(Files.newInputStream(pack), 1 << 16);
                ObjectInserter inserter = view.objects().newInserter()) {
            PackParser parser = inserter.newPackParser(in);
            parser.setAllowThin(false);
            parser.parse(NullProgressMonitor.INSTANCE);
            return new ResultPack(view, view.objects().newReader());
        } catch (FileSystemException e) {
            // The disk's trouble and not the server's.
            view.close();
            throw e;
        } catch (IOException e) {
            view.close();
            throw damaged(String.valueOf(e.getMessage())).causedBy(e);
        } catch (RuntimeException e) {
            view.close();
            throw e;
        }
    }

    ObjectReader reader() {
        return reader;
    }

    ObjectLoader blob(ChangedPath change) throws IOException {
        try {
            return reader.open(change.newBlob(), Constants.OBJ_BLOB);
        } catch (MissingObjectException | IncorrectObjectTypeException e) {
            throw damaged("it is without the contents of " + Shown.path(change.path()))
                    .causedBy(e);
        }
    }

    Path linkTarget(ChangedPath change) throws IOException {
        ObjectLoader blob = blob(change);
        if (blob.getSize() == 0 || blob.getSize() > LONGEST_LINK) {
            throw ChangedPath.refused(change.path(), "the link's target is empty or too long");
        }
        try {
            String target = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(blob.getBytes()))
                    .toString();
            if (target.indexOf('\0') < 0) {
                return Path.of(target);
            }
        } catch (CharacterCodingException e) {
            throw ChangedPath.refused(change.path(), "the link's target is not UTF-8")
                    .causedBy(e);
        }
        throw ChangedPath.refused(change.path(), "the link's target is not a path");
    }

    /** A file of rules; what is larger than any such file says nothing. */
    String rules(ChangedPath change) throws IOException {
        ObjectLoader blob = blob(change);
        return blob.getSize() > LARGEST_RULES ? "" : new String(blob.getBytes(), StandardCharsets.UTF_8);
    }

    boolean hasCarriageReturns(ObjectId id) throws IOException {
        try (InputStream in =
                new BufferedInputStream(reader.open(id, Constants.OBJ_BLOB).openStream(), 1 << 16)) {
            int last = -1;
            for (int c; (c = in.read()) >= 0; last = c) {
                if (last == '\r' && c == '\n') {
                    return true;
                }
            }
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
        view.close();
    }

    private static BelayException damaged(String why) {
        return BelayException.of(
                ErrorCode.E_PACK_REFUSED,
                "the result that the server sent is damaged",
                why + " (layer: client)",
                "run the command again");
    }
}
