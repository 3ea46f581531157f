package dev.belay.runner.sandbox.docker;

import com.github.dockerjava.api.command.InspectVolumeResponse;
import com.github.dockerjava.api.model.Container;
import dev.belay.runner.sandbox.SandboxException;
import dev.belay.runner.sandbox.shared.Life;
import dev.belay.runner.sandbox.shared.UidMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a life of this runner left that ended without closing it. */
final class LeftOvers {
    static final String DIRECTORY = "io-";

    private final Daemon daemon;
    private final Owner owner;
    private final Rinse rinse;

    LeftOvers(Daemon daemon, Owner owner, Rinse rinse) {
        this.daemon = daemon;
        this.owner = owner;
        this.rinse = rinse;
    }

    void remove(Path engine) throws IOException {
        Map<String, String> label = Map.of(Owner.RUNNER, owner.runner());
        List<Container> containers = daemon.ask(
                "its containers",
                docker -> docker.listContainersCmd()
                        .withShowAll(true)
                        .withLabelFilter(label)
                        .exec());
        for (Container container : containers) {
            if (isLeft(container.getLabels())) {
                daemon.find(
                        "the end of a container",
                        docker -> docker.removeContainerCmd(container.getId())
                                .withForce(true)
                                .withRemoveVolumes(true)
                                .exec());
            }
        }
        List<InspectVolumeResponse> volumes = daemon.ask(
                        "its volumes",
                        docker -> docker.listVolumesCmd()
                                .withFilter("label", List.of(Owner.RUNNER + "=" + owner.runner()))
                                .exec())
                .getVolumes();
        for (InspectVolumeResponse volume : volumes == null ? List.<InspectVolumeResponse>of() : volumes) {
            if (isLeft(volume.getLabels())) {
                rinse(volume.getName());
                daemon.find(
                        "the end of a volume",
                        docker -> docker.removeVolumeCmd(volume.getName()).exec());
            }
        }
        removeDirectories(engine);
    }

    private void rinse(String volume) {
        try {
            rinse.of(volume, UidMap.own().kernelUid(0));
        } catch (SandboxException gone) {
            // Its layers are not there any more: then nobody can want to remove their working directory by hand.
            return;
        }
    }

    private static void tryToRemove(Path directory) {
        try {
            IoDirectory.remove(directory);
        } catch (IOException kept) {
            // It costs a little space, and is tried again at every start: no reason to have no engine.
            return;
        }
    }

    private static boolean isLeft(@Nullable Map<String, String> labels) {
        String life = labels == null ? null : labels.get(Owner.LIFE);
        return life != null && !Life.parse(life).goesOn();
    }

    private static void removeDirectories(Path engine) throws IOException {
        try (var entries = Files.newDirectoryStream(engine, DIRECTORY + "*")) {
            for (Path entry : entries) {
                String[] word = entry.getFileName().toString().split("-");
                if (word.length == 4 && !Life.parse(word[1] + "-" + word[2]).goesOn()) {
                    tryToRemove(entry);
                }
            }
        }
    }
}
