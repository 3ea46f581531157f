package dev.belay.runner.sandbox.docker;

import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.command.RootFS;
import com.github.dockerjava.api.model.ContainerConfig;
import dev.belay.runner.sandbox.SandboxException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An image that is here. It is never fetched.
 *
 * @param id of its content: what runs stays the same when the name is given to another
 * @param volumes where it would have Docker make writable directories of this machine
 */
record LocalImage(String id, Set<String> volumes) {
    private static final String DIGEST = "@sha256:";

    static LocalImage find(Daemon daemon, String name) throws SandboxException {
        int at = name.indexOf(DIGEST);
        InspectImageResponse found = inspect(daemon, name);
        if (found == null && at > 0) {
            found = inspect(daemon, name.substring(0, at));
            if (found != null && !has(found, name.substring(at + 1))) {
                throw new SandboxException("engine docker: the local image " + name.substring(0, at)
                        + " is not the one with the digest " + name.substring(at + 1) + ": docker pull " + name);
            }
        }
        if (found == null || found.getId() == null) {
            throw new SandboxException("engine docker: there is no image " + name
                    + " here, and none is fetched: sudo sandbox-images/build --docker SOCKET base, or docker pull");
        }
        return new LocalImage(found.getId(), volumes(found.getConfig()));
    }

    private static @Nullable InspectImageResponse inspect(Daemon daemon, String name) throws SandboxException {
        return daemon.find(
                "image " + name, docker -> docker.inspectImageCmd(name).exec());
    }

    private static boolean has(InspectImageResponse image, String digest) {
        List<String> digests = image.getRepoDigests() == null ? List.of() : image.getRepoDigests();
        return Stream.concat(Stream.concat(digests.stream(), Stream.ofNullable(image.getId())), content(image))
                .anyMatch(known -> known.equals(digest) || known.endsWith("@" + digest));
    }

    /** Of an image that was built here, the digest of the archive that it was made of: the same for every engine. */
    private static Stream<String> content(InspectImageResponse image) {
        RootFS files = image.getRootFS();
        List<String> layers = files == null || files.getLayers() == null ? List.of() : files.getLayers();
        return layers.size() == 1 ? layers.stream() : Stream.empty();
    }

    private static Set<String> volumes(@Nullable ContainerConfig config) {
        Map<String, ?> volumes = config == null ? null : config.getVolumes();
        return volumes == null ? Set.of() : Set.copyOf(volumes.keySet());
    }
}
