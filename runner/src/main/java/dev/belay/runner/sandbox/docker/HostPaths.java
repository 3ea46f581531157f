package dev.belay.runner.sandbox.docker;

import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.SandboxException;
import java.nio.file.Path;

/** Paths as Docker's daemon has them, which is outside the runner's room: only what lies in the runner's state has one. */
record HostPaths(Path state, Path hostState) {
    static HostPaths of(Room room) throws SandboxException {
        return new HostPaths(
                room.state(),
                room.hostState()
                        .orElseThrow(
                                () -> new SandboxException(
                                        "engine docker: BELAY_ROOM_HOST_STATE is not set; start the runner by libexec/belay-runner")));
    }

    Path of(Path path) throws SandboxException {
        Path whole = path.toAbsolutePath().normalize();
        if (!whole.startsWith(state)) {
            throw new SandboxException(
                    "engine docker: " + path + " is not in the runner's state, so Docker cannot be shown it");
        }
        return hostState.resolve(state.relativize(whole).toString());
    }
}
