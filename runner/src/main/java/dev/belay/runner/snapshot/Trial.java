package dev.belay.runner.snapshot;

import dev.belay.runner.linux.Directory;
import dev.belay.runner.workspace.BareGit;
import dev.belay.runner.workspace.ObjectPack;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.jspecify.annotations.Nullable;

/** A capture that is only looked at: its objects lie beside the shadow repository, and go when this is closed. */
final class Trial implements AutoCloseable {
    static final String PREFIX = "trial-";

    private final Shadow shadow;
    private final Path directory;
    private final ObjectPack pack;
    private @Nullable FileRepository repository;

    private Trial(Shadow shadow, Path directory, ObjectPack pack) {
        this.shadow = shadow;
        this.directory = directory;
        this.pack = pack;
    }

    static Trial of(Shadow shadow) throws IOException {
        Path directory = Files.createTempDirectory(shadow.directory(), PREFIX);
        return new Trial(shadow, directory, ObjectPack.create(directory, shadow::has));
    }

    ObjectPack pack() {
        return pack;
    }

    /** Sees the shadow's objects and, once nothing more is added, the trial's. */
    ObjectReader reader() throws IOException {
        if (pack.objects() == 0) {
            return shadow.reader();
        }
        FileRepository trial = BareGit.open(directory.resolve("git"));
        repository = trial;
        Files.writeString(
                directory.resolve("git/objects/info/alternates"),
                shadow.directory().toAbsolutePath().resolve("objects") + "\n",
                StandardCharsets.UTF_8);
        pack.seal();
        Path published = pack.publish(ObjectId.zeroId(), () -> {});
        Path packs = trial.getObjectDatabase().getPackDirectory().toPath();
        Path moved = packs.resolve(published.getFileName());
        Files.move(ObjectPack.index(published), ObjectPack.index(moved));
        Files.move(published, moved);
        trial.openPack(moved.toFile());
        return trial.newObjectReader();
    }

    @Override
    public void close() throws IOException {
        pack.close();
        if (repository != null) {
            repository.close();
        }
        try (Directory above = Directory.open(shadow.directory())) {
            above.removeAll(directory.getFileName().toString());
        }
    }
}
