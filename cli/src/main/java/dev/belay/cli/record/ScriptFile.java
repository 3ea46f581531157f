package dev.belay.cli.record;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The file that a script goes to: all of it or nothing, and never over another one unless that was said.
 *
 * @param named as the person named it
 */
record ScriptFile(Path path, String named, boolean force) {
    /** Whatever is wrong with the place is said here, before anything is done. */
    static ScriptFile checked(Path folder, String named, boolean force) {
        ScriptFile file = new ScriptFile(folder.resolve(named).toAbsolutePath().normalize(), named, force);
        Path parent = file.parent();
        if (named.isEmpty() || file.path.getFileName() == null || Files.isDirectory(file.path)) {
            throw unfit(named.isEmpty() ? "no file is named" : named + " is a folder", "a script is a file");
        }
        if (!Files.isDirectory(parent)) {
            throw unfit(named + " cannot be written", "there is no folder " + parent);
        }
        if (file.isThere()) {
            if (!force) {
                throw file.there();
            }
            if (!Files.isRegularFile(file.path)) {
                throw unfit(named + " is no plain file", "it would be replaced by one");
            }
        }
        if (!Files.isWritable(parent)) {
            throw unfit(named + " cannot be written", "no permission for " + parent);
        }
        return file;
    }

    void write(String text) {
        Path temporary = parent().resolve(
                        "." + path.getFileName() + "." + ProcessHandle.current().pid() + ".new");
        try {
            try {
                Files.writeString(temporary, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                if (force) {
                    Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                } else {
                    Files.move(temporary, path);
                }
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (FileAlreadyExistsException meanwhile) {
            throw there().causedBy(meanwhile);
        } catch (IOException failed) {
            throw unfit(named + " cannot be written", failed.getClass().getSimpleName() + ": " + failed.getMessage())
                    .causedBy(failed);
        }
    }

    private Path parent() {
        Path parent = path.getParent();
        return parent == null ? path : parent;
    }

    private boolean isThere() {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    private BelayException there() {
        return BelayException.of(
                ErrorCode.E_CONFLICT,
                named + " is there already",
                "it is not overwritten (layer: client)",
                "name another file   or   belay record T " + named + " --force");
    }

    private static BelayException unfit(String what, String why) {
        return BelayException.of(
                ErrorCode.E_USAGE, what, why + " (layer: client)", "belay record T FILE with a file of your own");
    }
}
