package dev.belay.controller.packs;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.PackStored;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.TooLargeObjectInPackException;
import org.eclipse.jgit.errors.TooLargePackException;
import org.eclipse.jgit.errors.UnpackException;
import org.eclipse.jgit.internal.JGitText;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.internal.storage.file.Pack;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdOwnerMap;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.RepositoryCache;
import org.eclipse.jgit.transport.PackParser;
import org.eclipse.jgit.transport.PackedObjectInfo;
import org.eclipse.jgit.util.FS;

/**
 * Packs in bare repositories under one directory, which several controllers may share. A pack is verified in a directory of
 * its own that borrows the scope's objects, and only then moved in: what is refused was never visible.
 */
public final class DiskPackStore implements PackStore {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final int OPEN_SCOPES = 64;
    private static final long MIB = 1L << 20;

    private final Path root;
    private final Path incoming;
    private final PackLimits limits;
    private final Completeness completeness;
    /** MiB that all verifications together may keep in memory. */
    private final Semaphore memory;

    private final Map<Path, OpenScope> open = new LinkedHashMap<>(16, 0.75f, true);

    private final boolean shared;

    /**
     * A scope stays open between calls, because a task stores a pack at every step. It is JGit's own shared instance,
     * the one that a quarantine or a task borrows from, so that indexes are read once.
     */
    private record OpenScope(ScopeFolder folder, FileRepository objects) {}

    private final String id;

    /** For a directory that no other process uses. */
    public DiskPackStore(Path root, PackLimits limits) throws IOException {
        this(root, "", limits);
    }

    /**
     * Sweeps what an earlier process of the same name left unfinished.
     *
     * @param process which of those that share the directory this is
     */
    public DiskPackStore(Path root, String process, PackLimits limits) throws IOException {
        HermeticGit.install();
        this.root = root.toAbsolutePath().normalize();
        this.shared = !process.isEmpty();
        this.incoming = this.root.resolve(process.isEmpty() ? ".incoming" : ".incoming-" + process);
        this.limits = limits;
        this.completeness = new Completeness(limits);
        this.memory = new Semaphore(permits(limits.maxHeldBytes()), true);
        Durable.delete(incoming);
        Files.createDirectories(incoming);
        this.id = Identity.of(this.root);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public PackStored put(Scope scope, InputStream bytes, Optional<String> sha256) throws IOException {
        ScopeFolder folder = ScopeFolder.of(root, scope);
        Path room = Files.createTempDirectory(incoming, "put-");
        try {
            Path pack = room.resolve("pack");
            String hash = receive(bytes, pack);
            if (sha256.isPresent() && !sha256.get().equals(hash)) {
                throw PackRefused.because("its bytes hash to " + hash + " and not to " + sha256.get());
            }
            OpenScope target = scope(folder, true).orElseThrow();
            Optional<ScopeFolder.Stored> known = target.folder.stored(hash);
            ScopeFolder.Stored stored = known.isPresent() ? known.get() : verifyAndPublish(target, room, pack, hash);
            return PackStored.newBuilder()
                    .setSha256(hash)
                    .setSize(stored.size())
                    .setObjects(stored.objects())
                    .build();
        } finally {
            Durable.delete(room);
        }
    }

    @Override
    public InputStream open(Scope scope, String sha256) throws IOException {
        return Files.newInputStream(locate(scope, sha256));
    }

    @Override
    public long size(Scope scope, String sha256) throws IOException {
        return Files.size(locate(scope, sha256));
    }

    @Override
    public List<String> held(Scope project, List<String> commits) throws IOException {
        Optional<OpenScope> scope = scope(ScopeFolder.of(root, project), false);
        List<String> held = new ArrayList<>();
        if (scope.isEmpty()) {
            return held;
        }
        try (ObjectReader reader = scope.get().objects.newObjectReader()) {
            for (String commit : commits) {
                if (ObjectId.isId(commit) && reader.has(ObjectId.fromString(commit), Constants.OBJ_COMMIT)) {
                    held.add(commit);
                }
            }
        }
        return held;
    }

    @Override
    public List<String> packs(Scope project) throws IOException {
        Optional<OpenScope> scope = scope(ScopeFolder.of(root, project), false);
        return scope.isEmpty()
                ? List.of()
                : List.copyOf(scope.get().folder.stored().keySet());
    }

    @Override
    public void lend(Scope from, Scope to, List<String> packs) throws IOException {
        if (!from.tenant().equals(to.tenant()) || !from.project().equals(to.project())) {
            throw new IllegalArgumentException("packs stay in their project: " + from + ", " + to);
        }
        if (packs.isEmpty()) {
            return;
        }
        ScopeFolder lender = ScopeFolder.of(root, from);
        ScopeFolder borrower = scope(ScopeFolder.of(root, to), true).orElseThrow().folder;
        Map<String, ScopeFolder.Stored> theirs = lender.stored();
        try (Publication mine = Publication.begin(root, borrower, shared)) {
            Map<String, ScopeFolder.Stored> already = borrower.stored();
            List<ScopeFolder.Stored> lent = new ArrayList<>();
            for (String pack : packs) {
                ScopeFolder.Stored stored = theirs.get(pack);
                if (stored == null) {
                    throw new IOException("task " + from.task() + " has no pack " + pack);
                }
                if (!already.containsKey(pack)) {
                    link(lender.pack(pack), borrower.pack(pack));
                    link(lender.index(pack), borrower.index(pack));
                    lent.add(stored);
                }
            }
            Durable.directory(borrower.objects().resolve("pack"));
            borrower.record(lent);
        }
    }

    /** The same bytes under another name, which outlives the first: packs are never written to. */
    private static void link(Path from, Path to) throws IOException {
        Files.deleteIfExists(to);
        try {
            Files.createLink(to, from);
        } catch (UnsupportedOperationException | FileSystemException noLinksHere) {
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
            Durable.file(to);
        }
    }

    /** Forgets a task's packs. Those of its project stay. */
    public void purge(Scope task) throws IOException {
        if (task.task().isEmpty()) {
            throw new IllegalArgumentException("only a task is purged: " + task);
        }
        ScopeFolder folder = ScopeFolder.of(root, task);
        OpenScope was;
        synchronized (open) {
            was = open.remove(folder.git());
        }
        if (was != null) {
            was.objects.close();
        }
        if (Files.exists(folder.git())) {
            Path grave = Files.createTempDirectory(incoming, "purge-");
            Files.move(folder.git(), grave.resolve("git"), StandardCopyOption.ATOMIC_MOVE);
            RepositoryCache.unregister(
                    RepositoryCache.FileKey.exact(folder.git().toFile(), FS.DETECTED));
            Durable.delete(grave);
        }
    }

    private Path locate(Scope scope, String sha256) throws IOException {
        if (SHA256.matcher(sha256).matches()) {
            List<Scope> visible = scope.task().isPresent()
                    ? List.of(scope, Scope.project(scope.tenant(), scope.project()))
                    : List.of(scope);
            for (Scope one : visible) {
                Optional<OpenScope> found = scope(ScopeFolder.of(root, one), false);
                if (found.isPresent() && found.get().folder.stored(sha256).isPresent()) {
                    return found.get().folder.pack(sha256);
                }
            }
        }
        throw BelayException.of(
                ErrorCode.E_NO_SUCH_PACK,
                "there is no such pack",
                "controller: " + scope.task().map(t -> "task " + t).orElse("project " + scope.project())
                        + " holds no pack with that hash",
                "");
    }

    private String receive(InputStream bytes, Path file) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[128 * 1024];
        long size = 0;
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int n; (n = bytes.read(buffer)) >= 0; ) {
                size += n;
                if (size > limits.maxBytes()) {
                    throw PackRefused.tooMuch("its size in bytes", limits.maxBytes());
                }
                digest.update(buffer, 0, n);
                for (ByteBuffer part = ByteBuffer.wrap(buffer, 0, n); part.hasRemaining(); ) {
                    out.write(part);
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private ScopeFolder.Stored verifyAndPublish(OpenScope target, Path room, Path pack, String hash)
            throws IOException {
        PackScan.Result scan = PackScan.of(pack, limits);
        int permits = permits(scan.heldBytes());
        memory.acquireUninterruptibly(permits);
        Path index;
        try {
            index = verify(target, room, pack);
        } finally {
            memory.release(permits);
        }
        Durable.file(pack);
        Durable.file(index);
        ScopeFolder folder = target.folder;
        try (Publication mine = Publication.begin(root, folder, shared)) {
            Optional<ScopeFolder.Stored> already = folder.stored(hash);
            if (already.isPresent()) {
                return already.get();
            }
            ScopeFolder.Stored stored = new ScopeFolder.Stored(hash, Files.size(pack), scan.objects());
            Files.move(pack, folder.pack(hash), StandardCopyOption.ATOMIC_MOVE);
            Files.move(index, folder.index(hash), StandardCopyOption.ATOMIC_MOVE);
            Durable.directory(folder.objects().resolve("pack"));
            folder.record(List.of(stored));
            return stored;
        }
    }

    /** Answers the pack's index. */
    private Path verify(OpenScope target, Path room, Path pack) throws IOException {
        Path objects = Files.createDirectories(room.resolve("objects"));
        Files.createDirectories(objects.resolve("pack"));
        // It borrows nothing: each object that the scope does not have yet would be looked for there, in vain and on
        // disk.
        ObjectDirectory quarantine = new ObjectDirectory(new Config(), objects.toFile(), null, FS.DETECTED, null);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(pack), 1 << 16);
                ObjectInserter inserter = quarantine.newInserter();
                ObjectReader incoming = quarantine.newReader();
                ObjectReader held = target.objects.newObjectReader()) {
            PackParser parser = inserter.newPackParser(in);
            parser.setAllowThin(false);
            parser.setObjectChecker(new TreeNames());
            parser.setMaxObjectSizeLimit(limits.maxObjectBytes());
            parser.setCheckEofAfterPackFooter(true);
            parser.parse(NullProgressMonitor.INSTANCE, NullProgressMonitor.INSTANCE);
            ObjectIdOwnerMap<PackedObjectInfo> objectsOfPack = new ObjectIdOwnerMap<>();
            for (PackedObjectInfo object : parser.getSortedObjectList(null)) {
                objectsOfPack.addIfAbsent(object);
            }
            completeness.check(incoming, objectsOfPack, held, packsOf(target));
        } catch (MissingObjectException e) {
            throw PackRefused.because("object " + e.getObjectId().name() + " is missing")
                    .causedBy(e);
        } catch (CorruptObjectException | UnpackException | TooLargePackException | TooLargeObjectInPackException e) {
            throw PackRefused.because(String.valueOf(e.getMessage())).causedBy(e);
        } catch (IOException e) {
            if (JGitText.get().packHasUnresolvedDeltas.equals(e.getMessage())) {
                throw PackRefused.because("a delta's base is not in it, and a pack must stand alone")
                        .causedBy(e);
            }
            throw e;
        } finally {
            quarantine.close();
        }
        try (DirectoryStream<Path> found = Files.newDirectoryStream(objects.resolve("pack"), "*.idx")) {
            for (Path index : found) {
                return index;
            }
        }
        throw new IOException("the parser left no index in " + objects);
    }

    private List<Pack> packsOf(OpenScope scope) throws IOException {
        List<Pack> packs = new ArrayList<>();
        Optional<ScopeFolder> project = scope.folder.project();
        if (project.isPresent()) {
            scope(project.get(), true)
                    .ifPresent(p -> packs.addAll(p.objects.getObjectDatabase().getPacks()));
        }
        packs.addAll(scope.objects.getObjectDatabase().getPacks());
        return packs;
    }

    private Optional<OpenScope> scope(ScopeFolder folder, boolean create) throws IOException {
        synchronized (open) {
            OpenScope known = open.get(folder.git());
            if (known != null) {
                return Optional.of(known);
            }
            if (!folder.exists() && !create) {
                return Optional.empty();
            }
            try (Publication mine = Publication.begin(root, folder, shared)) {
                folder.create();
                folder.sweep();
            }
            OpenScope scope = new OpenScope(folder, (FileRepository) RepositoryCache.open(
                    RepositoryCache.FileKey.exact(folder.git().toFile(), FS.DETECTED)));
            open.put(folder.git(), scope);
            while (open.size() > OPEN_SCOPES) {
                Path eldest = open.keySet().iterator().next();
                OpenScope old = open.remove(eldest);
                if (old != null) {
                    old.objects.close();
                }
            }
            return Optional.of(scope);
        }
    }

    private static int permits(long bytes) {
        return (int) Math.max(1, (bytes + MIB - 1) / MIB);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }
}
