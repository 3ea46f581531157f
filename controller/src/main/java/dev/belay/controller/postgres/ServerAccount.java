package dev.belay.controller.postgres;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Whom PostgreSQL runs as. It refuses to be root, and it wants a user that has a name.
 *
 * @param prefix what stands before each of its commands
 * @param uid whom its files must belong to, as this process sees it; -1 when that is this process's own user
 */
record ServerAccount(List<String> prefix, int uid) {
    private static final int NOBODY = 65534;

    static ServerAccount choose() throws IOException {
        int me = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if (me == 0 && isMapped(NOBODY)) {
            return new ServerAccount(
                    List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--no-new-privs"),
                    NOBODY);
        }
        if (me == 0 || !hasName(me)) {
            return new ServerAccount(List.of("unshare", "--user", "--map-user=" + NOBODY, "--map-group=" + NOBODY), -1);
        }
        return new ServerAccount(List.of(), -1);
    }

    /** Root of a user namespace may have no other user to become. */
    private static boolean isMapped(int uid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/uid_map"))) {
            String[] range = line.strip().split("\\s+", -1);
            long first = Long.parseLong(range[0]);
            if (uid >= first && uid < first + Long.parseLong(range[2])) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasName(int uid) throws IOException {
        try {
            return new ProcessBuilder("getent", "passwd", Integer.toString(uid))
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while looking up the user", e);
        }
    }

    /** Gives a directory, and what is in it, to the server. */
    void own(Path path) throws IOException {
        if (uid < 0) {
            return;
        }
        Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(path, "unix:gid", uid, LinkOption.NOFOLLOW_LINKS);
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
                for (Path child : children) {
                    own(child);
                }
            }
        }
    }

    /**
     * The server must be able to walk to its files. The two directories above them are Belay's own and are opened for
     * walking (not for reading); nobody else's directory is touched.
     */
    void letWalkTo(Path directory) throws IOException {
        if (uid < 0) {
            return;
        }
        int ours = 2;
        for (Path above = directory; above != null; above = above.getParent(), ours--) {
            Set<PosixFilePermission> permissions = EnumSet.copyOf(Files.getPosixFilePermissions(above));
            if (permissions.contains(PosixFilePermission.OTHERS_EXECUTE)) {
                continue;
            }
            boolean home = above.equals(Path.of("/root")) || above.equals(Path.of(System.getProperty("user.home")));
            if (ours <= 0 || home) {
                throw BelayException.of(
                        ErrorCode.E_SETUP,
                        "PostgreSQL cannot reach " + directory,
                        "controller: it runs as user " + uid + ", who may not enter " + above,
                        "set BELAY_STATE to a directory below /var/lib, or: chmod o+x " + above);
            }
            permissions.add(PosixFilePermission.OTHERS_EXECUTE);
            permissions.add(PosixFilePermission.GROUP_EXECUTE);
            Files.setPosixFilePermissions(above, permissions);
        }
    }
}
