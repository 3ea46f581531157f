package dev.belay.runner.workspace;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.PackRef;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.TooLargeObjectInPackException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.internal.storage.file.Pack;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.transport.PackParser;

/** One project's objects. What {@link #holds} says is verified and on disk. */
public final class ProjectObjects {
    private static final long MAX_OBJECT = 1L << 30;

    private final FileRepository repository;
    private final Path received;

    ProjectObjects(FileRepository repository, Path directory) throws IOException {
        this.repository = repository;
        this.received = Files.createDirectories(directory.resolve("received"));
    }

    FileRepository repository() {
        return repository;
    }

    /** For another repository's {@code objects/info/alternates}. */
    public Path objects() {
        return repository.getObjectsDirectory().toPath().toAbsolutePath();
    }

    /** Whether an object is in it. A project's objects are in packs alone. */
    public boolean has(AnyObjectId object) throws IOException {
        for (Pack pack : repository.getObjectDatabase().getPacks()) {
            if (pack.hasObject(object)) {
                return true;
            }
        }
        return false;
    }

    public boolean holds(String packSha256) {
        return Files.exists(received.resolve(Names.hash("pack", packSha256)));
    }

    /**
     * Verifies and indexes a pack. At most {@code ref.size} bytes are read and they must have the named hash; every
     * object is checked. Nothing is kept otherwise.
     *
     * @throws BelayException E_PACK_REFUSED
     */
    public synchronized void add(PackRef ref, InputStream bytes) throws IOException {
        Path mark = received.resolve(Names.hash("pack", ref.getSha256()));
        if (Files.exists(mark)) {
            return;
        }
        Path spool = Files.createTempFile(received, "tmp-", ".pack");
        try {
            receive(ref, bytes, spool);
            index(repository, spool);
            BareGit.replace(mark, new byte[0]);
        } finally {
            Files.deleteIfExists(spool);
        }
    }

    /**
     * Writes a pack to a file: at most {@code ref.size} bytes, which must have the named hash.
     *
     * @throws BelayException E_PACK_REFUSED
     */
    public static void receive(PackRef ref, InputStream bytes, Path spool) throws IOException {
        MessageDigest sha256;
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
        long left = ref.getSize();
        byte[] buffer = new byte[64 * 1024];
        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(spool), sha256)) {
            for (int count; (count = bytes.read(buffer)) > 0; ) {
                left -= count;
                if (left < 0) {
                    throw refused("it is larger than the " + ref.getSize() + " bytes it was announced with");
                }
                out.write(buffer, 0, count);
            }
        }
        if (left != 0 || !HexFormat.of().formatHex(sha256.digest()).equals(ref.getSha256())) {
            throw refused("its bytes are not those it was announced with");
        }
    }

    /** Checks every object of a pack file and makes it, durably, part of the repository. */
    public static void index(FileRepository repository, Path spool) throws IOException {
        Path packs = repository.getObjectDatabase().getPackDirectory().toPath();
        List<Path> before = list(packs);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(spool), 64 * 1024);
                ObjectInserter inserter = repository.newObjectInserter()) {
            PackParser parser = inserter.newPackParser(in);
            parser.setAllowThin(false);
            parser.setObjectChecker(new ObjectChecker());
            parser.setMaxObjectSizeLimit(MAX_OBJECT);
            parser.setCheckEofAfterPackFooter(true);
            parser.parse(NullProgressMonitor.INSTANCE);
            inserter.flush();
        } catch (CorruptObjectException | TooLargeObjectInPackException | MissingObjectException bad) {
            throw refused(String.valueOf(bad.getMessage()));
        }
        for (Path file : list(packs)) {
            if (!before.contains(file)) {
                BareGit.sync(file);
            }
        }
        BareGit.sync(packs);
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    private static BelayException refused(String why) {
        return BelayException.of(ErrorCode.E_PACK_REFUSED, "a pack was refused", "the runner: " + why, "");
    }
}
