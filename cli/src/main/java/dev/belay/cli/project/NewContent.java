package dev.belay.cli.project;

import dev.belay.cli.project.Comparison.Ready;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.eclipse.jgit.lib.FileMode;

/** What a result puts in a place, with the rights and the owner that the place has already. */
final class NewContent {
    private NewContent() {}

    /** @param temporary is made; nothing is there yet */
    static void write(Ready ready, Path place, Path temporary, ResultPack results) throws IOException {
        ChangedPath change = ready.change();
        FileStat before = ready.before();
        if (change.becomesLink()) {
            Files.createSymbolicLink(temporary, results.linkTarget(change));
            return;
        }
        try (OutputStream out = new BufferedOutputStream(
                Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), 1 << 16)) {
            results.blob(change).copyTo(out);
        }
        Set<PosixFilePermission> rights = before != null && before.isFile()
                ? Files.getPosixFilePermissions(place, LinkOption.NOFOLLOW_LINKS)
                : Files.getPosixFilePermissions(temporary);
        if (before != null && before.isFile()) {
            keepOwner(place, temporary);
        }
        Files.setPosixFilePermissions(
                temporary, executable(rights, change.newMode() == FileMode.EXECUTABLE_FILE.getBits()));
    }

    /** Who reads the file may run it, as git does; a file that is executable to nobody loses every such right. */
    private static Set<PosixFilePermission> executable(Set<PosixFilePermission> rights, boolean wanted) {
        Set<PosixFilePermission> out = new HashSet<>(rights);
        if (wanted == out.contains(PosixFilePermission.OWNER_EXECUTE)) {
            return out;
        }
        Map<PosixFilePermission, PosixFilePermission> pairs = Map.of(
                PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_EXECUTE,
                PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_EXECUTE,
                PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_EXECUTE);
        pairs.forEach((read, run) -> {
            out.remove(run);
            if (wanted && out.contains(read)) {
                out.add(run);
            }
        });
        return out;
    }

    /** Root works in other people's folders too; who may not give a file away has none of theirs. */
    private static void keepOwner(Path from, Path to) throws IOException {
        Map<String, Object> old = Files.readAttributes(from, "unix:uid,gid", LinkOption.NOFOLLOW_LINKS);
        Map<String, Object> own = Files.readAttributes(to, "unix:uid,gid", LinkOption.NOFOLLOW_LINKS);
        if (!old.equals(own) && Integer.valueOf(0).equals(own.get("uid"))) {
            Files.setAttribute(to, "unix:uid", old.get("uid"), LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(to, "unix:gid", old.get("gid"), LinkOption.NOFOLLOW_LINKS);
        }
    }
}
