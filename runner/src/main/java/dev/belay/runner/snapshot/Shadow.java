package dev.belay.runner.snapshot;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.snapshot.SnapshotCommit;
import dev.belay.proto.snapshot.State;
import dev.belay.runner.linux.Directory;
import dev.belay.runner.linux.Entry;
import dev.belay.runner.workspace.BareGit;
import dev.belay.runner.workspace.Checkout;
import dev.belay.runner.workspace.ObjectPack;
import dev.belay.runner.workspace.ProjectObjects;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.internal.storage.file.PackIndex;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.jspecify.annotations.Nullable;

/**
 * A task's snapshots as commits of a bare repository outside the workspace, over the project's objects. Nothing is ever
 * taken out of it. One process has it open.
 */
final class Shadow implements AutoCloseable {
    /** The newest snapshot in time; every snapshot is reachable from it. */
    private static final String STEPS = "steps";
    /** The snapshot that the workspace was made from last. */
    private static final String HEAD = "head";

    private final Path directory;
    private final FileRepository repository;
    private final FileChannel lockFile;
    private final Set<ObjectId> commits = new HashSet<>();
    private final List<Inventory.Borrowed> borrowed;
    private Inventory inventory;

    private Shadow(Path directory, FileRepository repository, FileChannel lockFile, List<Inventory.Borrowed> borrowed)
            throws IOException {
        this.directory = directory;
        this.repository = repository;
        this.lockFile = lockFile;
        this.borrowed = borrowed;
        readCommits();
        sweep();
        this.inventory = Inventory.of(packs(), borrowed);
    }

    static Shadow open(Path directory, ProjectObjects project, Checkout checkout) throws IOException {
        FileRepository repository = BareGit.open(directory);
        FileChannel lockFile =
                FileChannel.open(directory.resolve("belay.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            return opened(directory, repository, lockFile, project, checkout);
        } catch (IOException | RuntimeException failed) {
            lockFile.close();
            repository.close();
            throw failed;
        }
    }

    private static Shadow opened(
            Path directory, FileRepository repository, FileChannel lockFile, ProjectObjects project, Checkout checkout)
            throws IOException {
        if (!locked(lockFile)) {
            throw BelayException.of(
                    ErrorCode.E_BUSY,
                    "the task's snapshots are in use",
                    "the runner: another writer has them open",
                    "");
        }
        List<Path> alternates = List.of(project.objects(), checkout.stateObjects());
        Path info = Files.createDirectories(directory.resolve("objects/info"));
        String lines = String.join("\n", alternates.stream().map(Path::toString).toList()) + "\n";
        BareGit.replace(info.resolve("alternates"), lines.getBytes(StandardCharsets.UTF_8));
        PackIndex state = PackIndex.open(ObjectPack.index(checkout.statePack()).toFile());
        return new Shadow(directory, repository, lockFile, List.of(project::has, state::hasObject));
    }

    static boolean holds(Path directory, ObjectId commit) throws IOException {
        Path adopted = directory.resolve("adopted-commits");
        return Files.exists(directory.resolve("objects/pack/pack-" + commit.name() + ".idx"))
                || (Files.exists(adopted) && Files.readAllLines(adopted).contains(commit.name()));
    }

    private static boolean locked(FileChannel file) throws IOException {
        try {
            FileLock lock = file.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException ours) {
            return false;
        }
    }

    private void readCommits() throws IOException {
        try (RevWalk walk = new RevWalk(repository)) {
            List<ObjectId> starts = new ArrayList<>();
            newest().ifPresent(starts::add);
            Path adopted = directory.resolve("adopted-commits");
            if (Files.exists(adopted)) {
                Files.readAllLines(adopted).forEach(line -> starts.add(ObjectId.fromString(line)));
            }
            for (ObjectId start : starts) {
                walk.markStart(walk.parseCommit(start));
            }
            for (RevCommit commit : walk) {
                commits.add(commit.copy());
            }
        }
    }

    /** Removes what a killed writer left: its objects must not be taken for recorded ones. */
    private void sweep() throws IOException {
        Path adopted = directory.resolve("adopted-packs");
        Set<String> kept = Files.exists(adopted) ? new HashSet<>(Files.readAllLines(adopted)) : new HashSet<>();
        try (Stream<Path> files = Files.list(packs())) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                String stem = name.replaceFirst("\\.[a-z]+$", "");
                boolean recorded = stem.matches("pack-[0-9a-f]{40}")
                        && (commits.contains(ObjectId.fromString(stem.substring(5))) || kept.contains(stem));
                if (!recorded) {
                    Files.delete(file);
                }
            }
        }
        for (String ref : List.of(STEPS, HEAD)) {
            BareGit.forgetHalf(file(ref));
        }
        try (Directory own = Directory.open(directory)) {
            for (Entry entry : own.list()) {
                if (entry.name().startsWith(Trial.PREFIX)) {
                    own.removeAll(entry.name());
                }
            }
        }
    }

    Path directory() {
        return directory;
    }

    Path packs() {
        return repository.getObjectDatabase().getPackDirectory().toPath();
    }

    Path pack(AnyObjectId commit) {
        return packs().resolve("pack-" + commit.name() + ".pack");
    }

    FileRepository repository() {
        return repository;
    }

    ObjectReader reader() {
        return repository.newObjectReader();
    }

    boolean has(AnyObjectId id) throws IOException {
        return inventory.has(id);
    }

    /** Unlike {@link #has}: in this repository itself. */
    boolean holds(AnyObjectId id) {
        return inventory.holds(id);
    }

    boolean knows(ObjectId commit) {
        return commits.contains(commit);
    }

    Optional<ObjectId> newest() throws IOException {
        return ref(STEPS);
    }

    Optional<ObjectId> head() throws IOException {
        return ref(HEAD);
    }

    /** The snapshot that all others were made after. */
    Optional<ObjectId> first() throws IOException {
        Optional<ObjectId> newest = newest();
        if (newest.isEmpty()) {
            return newest;
        }
        try (RevWalk walk = new RevWalk(repository)) {
            walk.markStart(walk.parseCommit(newest.get()));
            ObjectId last = newest.get();
            for (RevCommit commit : walk) {
                if (commit.getParentCount() == 0) {
                    last = commit.copy();
                }
            }
            return Optional.of(last);
        }
    }

    private Optional<ObjectId> ref(String name) throws IOException {
        Path file = file(name);
        return Files.exists(file)
                ? Optional.of(ObjectId.fromString(Files.readString(file).strip()))
                : Optional.empty();
    }

    private void ref(String name, ObjectId commit) throws IOException {
        BareGit.replace(file(name), line(commit));
    }

    private Path file(String ref) {
        return directory.resolve("refs/heads").resolve(ref);
    }

    private static byte[] line(ObjectId commit) {
        return (commit.name() + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** The last act of a capture: before it the snapshot does not exist. */
    void record(ObjectId commit, Runnable halfway) throws IOException {
        BareGit.replace(file(STEPS), file(HEAD), line(commit), halfway);
        learn(commit);
    }

    /** Like {@link #record}, of a snapshot that the files do not equal yet: {@link #moveHead} says that they do. */
    void recordBeside(ObjectId commit) throws IOException {
        ref(STEPS, commit);
        learn(commit);
    }

    private void learn(ObjectId commit) throws IOException {
        inventory.add(ObjectPack.index(pack(commit)));
        commits.add(commit);
    }

    /** As the refs were before something that failed in the middle of {@link #record}. */
    void takeBackRefs(Optional<ObjectId> newest, Optional<ObjectId> head) throws IOException {
        refAgain(STEPS, newest);
        refAgain(HEAD, head);
    }

    private void refAgain(String name, Optional<ObjectId> was) throws IOException {
        if (ref(name).equals(was)) {
            return;
        }
        if (was.isPresent()) {
            ref(name, was.get());
        } else {
            Files.delete(file(name));
        }
    }

    /** Takes back a snapshot that nothing came of and nobody heard of. */
    void takeBack(ObjectId commit, ObjectId newestBefore) throws IOException {
        ref(STEPS, newestBefore);
        commits.remove(commit);
        withdraw(commit);
        inventory = Inventory.of(packs(), borrowed);
    }

    /** Forgets what cannot be reached from {@code newest}: its objects must not be taken for recorded ones. */
    void goBackTo(ObjectId newest) throws IOException {
        ref(STEPS, newest);
        commits.clear();
        readCommits();
        sweep();
        repository.getObjectDatabase().close();
        inventory = Inventory.of(packs(), borrowed);
    }

    /** Takes back a pack that no snapshot came of. */
    void withdraw(ObjectId commit) throws IOException {
        Path pack = pack(commit);
        Files.deleteIfExists(ObjectPack.index(pack));
        Files.deleteIfExists(pack);
        repository.getObjectDatabase().close();
    }

    void moveHead(ObjectId commit) throws IOException {
        ref(HEAD, commit);
    }

    void use(Path pack) throws IOException {
        repository.openPack(pack.toFile());
    }

    ObjectId commit(ObjectPack pack, State state, String task, Moment moment, Instant at) throws IOException {
        List<ObjectId> parents = new ArrayList<>();
        head().ifPresent(parents::add);
        newest().filter(commit -> !parents.contains(commit)).ifPresent(parents::add);
        SnapshotCommit.Marks marks =
                new SnapshotCommit.Marks(task, moment.step(), moment.turn(), moment.kind(), moment.tool());
        return SnapshotCommit.write(pack::add, state, marks, parents, at);
    }

    State read(ObjectId commit) throws IOException {
        try (ObjectReader reader = reader()) {
            return SnapshotCommit.read(reader, commit);
        }
    }

    /** Takes in packs that another runner made of this task. */
    void adopt(List<Path> adopted) throws IOException {
        Set<String> before = stems();
        for (Path pack : adopted) {
            ProjectObjects.index(repository, pack);
        }
        Set<String> fresh = stems();
        fresh.removeAll(before);
        List<String> found = new ArrayList<>();
        try (ObjectReader reader = reader()) {
            for (String stem : fresh) {
                for (PackIndex.MutableEntry entry :
                        PackIndex.open(packs().resolve(stem + ".idx").toFile())) {
                    ObjectId id = entry.toObjectId();
                    if (reader.open(id).getType() == Constants.OBJ_COMMIT) {
                        found.add(id.name());
                    }
                }
            }
        }
        append("adopted-packs", fresh);
        append("adopted-commits", found);
        readCommits();
        inventory = Inventory.of(packs(), borrowed);
    }

    private void append(String name, java.util.Collection<String> lines) throws IOException {
        Path file = directory.resolve(name);
        Set<String> all = new java.util.LinkedHashSet<>(Files.exists(file) ? Files.readAllLines(file) : List.of());
        all.addAll(lines);
        BareGit.replace(file, String.join("\n", all).getBytes(StandardCharsets.US_ASCII));
    }

    private Set<String> stems() throws IOException {
        try (Stream<Path> files = Files.list(packs())) {
            return new HashSet<>(files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".pack"))
                    .map(name -> name.substring(0, name.length() - 5))
                    .toList());
        }
    }

    /** Whether {@code earlier} can be reached from {@code later}, or is it. */
    boolean leads(ObjectId later, ObjectId earlier) throws IOException {
        try (RevWalk walk = new RevWalk(repository)) {
            return walk.isMergedInto(walk.parseCommit(earlier), walk.parseCommit(later));
        }
    }

    /** The step number that a snapshot's commit says, or −1. */
    int step(ObjectId commit) throws IOException {
        try (RevWalk walk = new RevWalk(repository)) {
            @Nullable String said = walk.parseCommit(commit).getFooterLines("Belay-Step").stream()
                    .findFirst()
                    .orElse(null);
            return said == null ? -1 : Integer.parseInt(said);
        }
    }

    @Override
    public void close() throws IOException {
        lockFile.close();
        repository.close();
    }
}
