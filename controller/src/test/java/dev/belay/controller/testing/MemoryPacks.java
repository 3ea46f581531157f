package dev.belay.controller.testing;

import dev.belay.controller.packs.History;
import dev.belay.controller.packs.PackStore;
import dev.belay.controller.packs.Scope;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.ChangeSet;
import dev.belay.proto.v1.EntryChange;
import dev.belay.proto.v1.PackStored;
import dev.belay.proto.v1.Snapshot;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Packs in memory, unverified; every two different commits differ in one file. */
public final class MemoryPacks implements PackStore, History {
    /** A commit that every project holds. */
    public static final String BASE = "b".repeat(40);

    private final Map<Scope, Map<String, byte[]>> packs = new ConcurrentHashMap<>();

    @Override
    public PackStored put(Scope scope, InputStream bytes, Optional<String> sha256) throws IOException {
        byte[] pack = bytes.readAllBytes();
        String hash = sha256(pack);
        if (sha256.isPresent() && !sha256.get().equals(hash)) {
            throw BelayException.of(ErrorCode.E_PACK_REFUSED, "the pack was refused", "its hash is another", "");
        }
        synchronized (this) {
            packs.computeIfAbsent(scope, any -> new LinkedHashMap<>()).put(hash, pack);
        }
        return PackStored.newBuilder()
                .setSha256(hash)
                .setSize(pack.length)
                .setObjects(1)
                .build();
    }

    @Override
    public InputStream open(Scope scope, String sha256) {
        return new ByteArrayInputStream(find(scope, sha256));
    }

    @Override
    public long size(Scope scope, String sha256) {
        return find(scope, sha256).length;
    }

    @Override
    public synchronized void lend(Scope from, Scope to, List<String> lent) {
        lent.forEach(
                pack -> packs.computeIfAbsent(to, any -> new LinkedHashMap<>()).put(pack, find(from, pack)));
    }

    private synchronized byte[] find(Scope scope, String sha256) {
        byte[] pack = packs.getOrDefault(scope, Map.of()).get(sha256);
        if (pack == null && scope.task().isPresent()) {
            pack = packs.getOrDefault(Scope.project(scope.tenant(), scope.project()), Map.of())
                    .get(sha256);
        }
        if (pack == null) {
            throw BelayException.of(ErrorCode.E_NO_SUCH_PACK, "there is no such pack", "", "");
        }
        return pack;
    }

    @Override
    public List<String> held(Scope project, List<String> commits) {
        return commits.stream().filter(BASE::equals).toList();
    }

    @Override
    public synchronized List<String> packs(Scope project) {
        return List.copyOf(packs.getOrDefault(project, Map.of()).keySet());
    }

    @Override
    public ChangeSet changes(Scope task, String fromCommit, String toCommit) {
        return ChangeSet.newBuilder()
                .addEntries(EntryChange.newBuilder()
                        .setPath("file")
                        .setOldBlob(fromCommit)
                        .setOldMode(33188)
                        .setNewBlob(toCommit)
                        .setNewMode(33188)
                        .setLinesAdded(2)
                        .setLinesRemoved(1))
                .build();
    }

    @Override
    public void diff(Scope task, String fromCommit, String toCommit, List<String> paths, OutputStream out)
            throws IOException {
        out.write(("diff " + fromCommit + " " + toCommit + " " + paths + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void deltaPack(Scope task, String fromCommit, String toCommit, OutputStream out) throws IOException {
        out.write(("PACK " + fromCommit + " " + toCommit).getBytes(StandardCharsets.UTF_8));
    }

    /** A tree that is named by the step that is gone from it; of a step that another one builds on, a conflict. */
    @Override
    public Undone undo(Scope task, Undo step) {
        if (step.name().equals("s1")) {
            throw BelayException.of(ErrorCode.E_CONFLICT, "s1 cannot be undone alone", "the controller: file", "");
        }
        byte[] pack = ("PACK of " + step).getBytes(StandardCharsets.UTF_8);
        ChangeSet changes = changes(task, step.now(), step.before());
        return new Undone(
                Snapshot.newBuilder()
                        .setId("s" + step.step())
                        .setStep(step.step())
                        .setKind("revert")
                        .setCommit("%040x".formatted(0xbacc00L + step.step()))
                        .setTree("%040x".formatted(0xbacced00L + step.step()))
                        .setParentCommit(step.now())
                        .setReverts(step.name())
                        .setPackSha256(sha256(pack))
                        .setFilesChanged(1)
                        .setTotalFilesChanged(7)
                        .build(),
                changes,
                changes,
                pack);
    }

    public static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public String id() {
        return "memory-" + System.identityHashCode(this);
    }
}
