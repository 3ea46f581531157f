package dev.belay.cli.project;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** The folder that a person names or stands in. */
final class StartFolder {
    private StartFolder() {}

    /** The folder without links in its path. */
    static Path of(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            throw bad(path + " does not exist", "there is no such folder", "belay run -C DIR …");
        }
        if (!Files.isDirectory(path)) {
            throw bad(path + " is not a folder", "a task works on a folder", "belay run -C DIR …");
        }
        return path.toRealPath();
    }

    /** A task sees its whole project: that is never all that a person has. */
    static void refuseHome(Path folder, boolean repository, Path here) throws IOException {
        String what = folder.getParent() == null ? "the root of the machine" : "";
        for (Path home : PersonConfig.homes()) {
            Path real = Files.exists(home) ? home.toRealPath() : home;
            if (what.isEmpty() && real.startsWith(folder)) {
                what = folder.equals(real) ? "your home folder" : "a folder above your home";
            }
        }
        if (what.isEmpty()) {
            return;
        }
        throw bad(
                repository && !here.equals(folder)
                        ? "the repository around " + here + " is " + what
                        : folder + " is " + what,
                "a task sees its whole project, and that must not be " + what,
                "cd into the project, or: belay run --path DIR …");
    }

    static BelayException bad(String what, String why, String next) {
        return BelayException.of(ErrorCode.E_BAD_PROJECT, what, why + " (layer: client)", next);
    }
}
