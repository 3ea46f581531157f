package dev.belay.cli;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** The first file of its name in a project's {@code .belay}. One that is there is never written over. */
public final class FirstFile {
    private final Path target;
    private final String name;
    private final String show;

    /**
     * @param name as seen from the project's root
     * @param show the command that tells what one holds that is there
     */
    public FirstFile(Path root, String name, String show) {
        this.target = root.resolve(name);
        this.name = name;
        this.show = show;
    }

    public Path target() {
        return target;
    }

    /** @throws BelayException E_CONFLICT when there is something at its place, be it a link to nowhere */
    public void refuseIfThere() {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw taken();
        }
    }

    /** All of it or nothing, and never over what came there meanwhile. */
    public void write(String text) throws IOException {
        refuseIfThere();
        Path folder = target.resolveSibling("");
        if (Files.isSymbolicLink(folder)) {
            throw BelayException.of(
                    ErrorCode.E_CONFLICT,
                    ".belay is a symlink",
                    "no link of a project is followed (layer: client)",
                    "put the folder itself there");
        }
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw BelayException.of(
                    ErrorCode.E_CONFLICT, ".belay is no folder", "it is left as it is (layer: client)", "move it away");
        }
        boolean isNew = !Files.exists(folder);
        try {
            Files.createDirectories(folder);
            fill(folder, text);
        } catch (FileAlreadyExistsException meanwhile) {
            throw taken().causedBy(meanwhile);
        } catch (IOException failed) {
            if (isNew) {
                leave(folder);
            }
            throw BelayException.of(
                            ErrorCode.E_USAGE,
                            name + " cannot be written",
                            failed.getClass().getSimpleName() + ": " + failed.getMessage() + " (layer: client)",
                            "make the folder writable")
                    .causedBy(failed);
        }
    }

    private void fill(Path folder, String text) throws IOException {
        Path whole = folder.resolve(".new-" + UUID.randomUUID() + ".yaml");
        try {
            Files.writeString(whole, text, StandardOpenOption.CREATE_NEW);
            put(whole);
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    /** One that was made here and holds nothing; what somebody else put there meanwhile stays. */
    private static void leave(Path folder) throws IOException {
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException theirs) {
            // It is no longer ours alone.
        }
    }

    private void put(Path whole) throws IOException {
        try {
            Files.createLink(target, whole);
        } catch (FileAlreadyExistsException meanwhile) {
            throw meanwhile;
        } catch (UnsupportedOperationException | FileSystemException noLinksHere) {
            Files.move(whole, target);
        }
    }

    private BelayException taken() {
        return BelayException.of(
                ErrorCode.E_CONFLICT, "there is a " + name + " already", "it is left as it is (layer: client)", show);
    }
}
