package dev.belay.controller.packs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.v1.PackStored;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of packs that several controllers have. */
class SharedPacksTest {
    private static final Scope PROJECT = Scope.project("acme", "p-1");

    @TempDir
    Path temp;

    RealGit git;

    @BeforeEach
    void begin() throws IOException {
        git = RealGit.init(temp.resolve("repository"));
    }

    private DiskPackStore store(String process) throws IOException {
        return new DiskPackStore(temp.resolve("packs"), process, PackLimits.defaults());
    }

    private byte[] pack(String name) throws IOException {
        git.write(name, name + "\n");
        String before = name.equals("0") ? null : git.run("rev-parse", "HEAD").strip();
        String commit = git.commit(name);
        return before == null ? git.pack(commit) : git.pack(commit, before);
    }

    private static PackStored put(DiskPackStore store, byte[] pack) {
        try {
            return store.put(PROJECT, new ByteArrayInputStream(pack), Optional.empty());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Test
    void it_is_one_store_by_whatever_controller() throws IOException {
        DiskPackStore one = store("one");
        DiskPackStore other = store("other");

        byte[] pack = pack("0");
        String stored = put(one, pack).getSha256();

        assertThat(one.id()).isEqualTo(other.id()).isNotEmpty();
        assertThat(other.open(PROJECT, stored).readAllBytes()).isEqualTo(pack);
    }

    @Test
    void a_controller_that_starts_leaves_alone_what_another_one_is_receiving() throws IOException {
        store("one");
        Path receiving = Files.createFile(temp.resolve("packs/.incoming-one/pack"));

        store("other");
        assertThat(receiving).exists();

        store("one");
        assertThat(receiving).doesNotExist();
    }

    @Test
    void what_both_store_at_once_is_all_there() throws IOException {
        DiskPackStore one = store("one");
        DiskPackStore other = store("other");
        put(one, pack("0"));
        List<byte[]> packs = new ArrayList<>();
        String base = git.run("rev-parse", "HEAD").strip();
        for (int i = 1; i <= 12; i++) {
            git.run("checkout", "-q", base);
            git.write("f" + i, i + "\n");
            packs.add(git.pack(git.commit("c" + i), base));
        }

        List<CompletableFuture<PackStored>> all = new ArrayList<>();
        for (int i = 0; i < packs.size(); i++) {
            DiskPackStore store = i % 2 == 0 ? one : other;
            byte[] pack = packs.get(i);
            all.add(CompletableFuture.supplyAsync(() -> put(store, pack), Thread::startVirtualThread));
        }

        List<String> stored = all.stream()
                .map(CompletableFuture::join)
                .map(PackStored::getSha256)
                .toList();
        assertThat(one.packs(PROJECT)).hasSize(13).containsAll(stored);
        assertThat(other.packs(PROJECT)).containsExactlyElementsOf(one.packs(PROJECT));
    }
}
