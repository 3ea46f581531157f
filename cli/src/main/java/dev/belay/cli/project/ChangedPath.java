package dev.belay.cli.project;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;

/**
 * One path of a result. The names were chosen in the sandbox: what is made here is a path below the project's root that
 * no file system takes for a repository's own.
 *
 * @param oldMode as git writes modes; 0 when the task began without the path
 * @param newMode 0 when the result is without it
 */
record ChangedPath(String path, ObjectId oldBlob, int oldMode, ObjectId newBlob, int newMode) {
    private static final int LONGEST_PATH = 4_000;
    private static final int LONGEST_NAME = 255;

    boolean wasThere() {
        return oldMode != 0;
    }

    boolean stays() {
        return newMode != 0;
    }

    boolean becomesLink() {
        return newMode == FileMode.SYMLINK.getBits();
    }

    char status() {
        return !wasThere() ? 'A' : stays() ? 'M' : 'D';
    }

    /** The folders above, outermost first. */
    static List<String> foldersOf(String path) {
        List<String> folders = new ArrayList<>();
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            folders.add(path.substring(0, slash));
        }
        return folders;
    }

    /** @param scope the only folder that may change; empty for all */
    static List<ChangedPath> of(Json changeSet, String scope) {
        List<ChangedPath> changes = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        Set<String> files = new HashSet<>();
        for (Json entry : changeSet.get("entries").items()) {
            String path = entry.text("path");
            int oldMode = mode(path, entry.number("old_mode"));
            int newMode = mode(path, entry.number("new_mode"));
            String objection = objection(path);
            if (!objection.isEmpty()) {
                throw refused(path, objection);
            }
            if (!scope.isEmpty() && !path.startsWith(scope + "/")) {
                throw refused(path, "it is outside of " + Shown.path(scope) + ", the only folder that was asked for");
            }
            if (!seen.add(path)) {
                throw refused(path, "the result names it twice");
            }
            ChangedPath change = new ChangedPath(
                    path,
                    blob(path, oldMode, entry.text("old_blob")),
                    oldMode,
                    blob(path, newMode, entry.text("new_blob")),
                    newMode);
            if (change.stays()) {
                files.add(path);
            }
            if (oldMode != newMode || !change.oldBlob.equals(change.newBlob)) {
                changes.add(change);
            }
        }
        for (String file : files) {
            for (String folder : foldersOf(file)) {
                if (files.contains(folder)) {
                    throw refused(file, "the result has a file where its folder would be");
                }
            }
        }
        return changes;
    }

    /** Why Belay writes no such path; empty when it does. */
    private static String objection(String path) {
        if (path.isEmpty() || path.startsWith("/")) {
            return "it is not a path inside of the project";
        }
        if (path.indexOf('\0') >= 0
                || path.indexOf('\uFFFD') >= 0
                || !StandardCharsets.UTF_8.newEncoder().canEncode(path)) {
            return "the name is not UTF-8";
        }
        if (path.length() > LONGEST_PATH) {
            return "the path is too long";
        }
        for (String name : path.split("/", -1)) {
            if (name.isEmpty() || name.equals(".") || name.equals("..")) {
                return "it is not a path inside of the project";
            }
            if (TreeNames.isDotGit(name)) {
                return "it would reach into a repository's own files";
            }
            if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
                return "a name in it is too long";
            }
        }
        return "";
    }

    private static int mode(String path, long mode) {
        if (mode == FileMode.GITLINK.getBits()) {
            throw refused(path, "it is a submodule");
        }
        if (mode != 0
                && mode != FileMode.REGULAR_FILE.getBits()
                && mode != FileMode.EXECUTABLE_FILE.getBits()
                && mode != FileMode.SYMLINK.getBits()) {
            throw refused(path, "its mode is " + Long.toOctalString(mode));
        }
        return (int) mode;
    }

    private static ObjectId blob(String path, int mode, String name) {
        if (mode == 0) {
            return ObjectId.zeroId();
        }
        if (!ObjectId.isId(name)) {
            throw refused(path, "the result does not say what it holds");
        }
        return ObjectId.fromString(name);
    }

    static BelayException refused(String path, String why) {
        return BelayException.of(
                ErrorCode.E_DENIED,
                "the result changes " + (path.isEmpty() ? "a path without a name" : Shown.path(path))
                        + ", which Belay does not write",
                why + " (layer: client)",
                "belay diff TASK to read it, belay rollback TASK sN to a step before it");
    }
}
