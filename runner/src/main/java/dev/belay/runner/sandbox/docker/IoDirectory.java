package dev.belay.runner.sandbox.docker;

import dev.belay.runner.linux.Directory;
import dev.belay.runner.sandbox.shared.SyntheticEtc;
import dev.belay.runner.sandbox.shared.UidMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One sandbox's own directory in the runner's state: the channel and the door, shown read-only at {@value #INSIDE}, and who
 * the sandbox's uid is. It goes with the sandbox.
 *
 * @param owner the sandbox's uid, as the runner sees it
 */
record IoDirectory(Path top, int owner, long kernelUid, long kernelGid) {
    static final String INSIDE = "/run/belay-io";

    private static final AtomicInteger NUMBER = new AtomicInteger();

    static IoDirectory make(Path engine, Owner whose, int owner) throws IOException {
        Path top = Files.createDirectory(
                engine.resolve(LeftOvers.DIRECTORY + whose.life() + "-" + NUMBER.incrementAndGet()));
        Files.setPosixFilePermissions(top, PosixFilePermissions.fromString("rwx--x--x"));
        IoDirectory made = new IoDirectory(
                top, owner, UidMap.own().kernelUid(owner), UidMap.ownGroups().kernelUid(owner));
        Files.createDirectory(made.work());
        Files.createDirectory(made.path());
        Files.setPosixFilePermissions(made.path(), PosixFilePermissions.fromString("rwx------"));
        Files.setAttribute(made.path(), "unix:uid", owner);
        Files.setAttribute(made.path(), "unix:gid", owner);
        made.write("passwd", SyntheticEtc.passwd(made.kernelUid(), made.kernelGid()));
        made.write("group", SyntheticEtc.group(made.kernelGid()));
        return made;
    }

    private void write(String name, String text) throws IOException {
        Files.setPosixFilePermissions(
                Files.writeString(top.resolve(name), text), PosixFilePermissions.fromString("rw-r--r--"));
    }

    /** What the container sees. */
    Path path() {
        return top.resolve("io");
    }

    /** For the kernel's own use while the daemon has layers mounted. */
    Path work() {
        return top.resolve("work");
    }

    Path door() {
        return path().resolve("gate");
    }

    void delete() throws IOException {
        remove(top);
    }

    static void remove(Path top) throws IOException {
        // The kernel made them in the daemon's name: they can be removed, and not looked into.
        for (String name : List.of("work/work", "work/index")) {
            Files.deleteIfExists(top.resolve(name));
        }
        try (Directory above = Directory.open(Objects.requireNonNull(top.getParent()))) {
            above.removeAll(top.getFileName().toString());
        }
    }
}
