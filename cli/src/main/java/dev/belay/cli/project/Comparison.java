package dev.belay.cli.project;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.jspecify.annotations.Nullable;

/** What lies in the folder against what the task began with, byte by byte and without following a link. */
final class Comparison {
    /** @param why said after the path */
    record Conflict(ChangedPath change, String why) {}

    /**
     * A change that loses nothing.
     *
     * @param before what lies there now; null when nothing does
     * @param done it lies there already as the result has it
     */
    record Ready(ChangedPath change, @Nullable FileStat before, boolean done) {}

    private enum Above {
        FOLDERS,
        NOTHING,
        LINK,
        FILE
    }

    private final Path root;
    private final boolean trustExecutable;
    private final Predicate<ChangedPath> absentByWish;
    private final Map<String, ChangedPath> changes = new HashMap<>();
    private final Map<String, String> newNames = new HashMap<>();
    private final Map<String, Map<String, List<String>>> listings = new HashMap<>();

    private final List<Ready> ready = new ArrayList<>();
    private final List<Conflict> conflicts = new ArrayList<>();

    /** @param absentByWish git keeps the file away from this work tree, and it is the one that the task began with */
    Comparison(Path root, List<ChangedPath> all, boolean trustExecutable, Predicate<ChangedPath> absentByWish)
            throws IOException {
        this.root = root;
        this.trustExecutable = trustExecutable;
        this.absentByWish = absentByWish;
        all.forEach(change -> changes.put(change.path(), change));
        for (ChangedPath change : all) {
            compare(change);
        }
    }

    List<Ready> ready() {
        return ready;
    }

    List<Conflict> conflicts() {
        return conflicts;
    }

    private void compare(ChangedPath change) throws IOException {
        Above above = above(change.path());
        if (above == Above.LINK || above == Above.FILE) {
            conflicts.add(new Conflict(
                    change,
                    above == Above.LINK ? "is reached through a symbolic link" : "has a file where its folder was"));
            return;
        }
        Optional<FileStat> stat = above == Above.FOLDERS ? FileStat.of(root.resolve(change.path())) : Optional.empty();
        if (stat.isPresent() && stat.get().isDirectory() && change.stays() && vanishes(change.path())) {
            stat = Optional.empty();
        }
        String difference = difference(change, stat, change.oldMode(), change.oldBlob());
        boolean absent = stat.isEmpty() && change.wasThere() && absentByWish.test(change);
        if (difference.isEmpty() || absent) {
            String other = change.stays() && stat.isEmpty() && !absent ? sameButForCase(change.path()) : "";
            if (other.isEmpty()) {
                ready.add(new Ready(change, stat.orElse(null), false));
            } else {
                conflicts.add(new Conflict(
                        change,
                        "differs only by case from " + Shown.path(other) + ", which some systems hold for one"));
            }
        } else if (difference(change, stat, change.newMode(), change.newBlob()).isEmpty()) {
            ready.add(new Ready(change, stat.orElse(null), true));
        } else {
            conflicts.add(new Conflict(change, difference));
        }
    }

    private Above above(String path) throws IOException {
        for (String folder : ChangedPath.foldersOf(path)) {
            Optional<FileStat> stat = FileStat.of(root.resolve(folder));
            if (stat.isEmpty()) {
                return Above.NOTHING;
            }
            if (!stat.get().isDirectory()) {
                ChangedPath there = changes.get(folder);
                if (there != null && there.wasThere() && !there.stays()) {
                    return Above.NOTHING;
                }
                return stat.get().isLink() ? Above.LINK : Above.FILE;
            }
        }
        return Above.FOLDERS;
    }

    private String difference(ChangedPath change, Optional<FileStat> stat, int mode, ObjectId blob) throws IOException {
        if (mode == 0) {
            return stat.isEmpty() ? "" : "is here already";
        }
        if (stat.isEmpty()) {
            return "was deleted here";
        }
        FileStat there = stat.get();
        boolean link = mode == FileMode.SYMLINK.getBits();
        if (link ? !there.isLink() : !there.isFile()) {
            return there.isDirectory() ? "is a folder here" : "is of another kind here";
        }
        if (!blob(root.resolve(change.path()), change.path(), there).equals(blob)) {
            return "was changed here";
        }
        return !link && trustExecutable && there.gitMode() != mode ? "has another mode here" : "";
    }

    private static ObjectId blob(Path file, String path, FileStat stat) throws IOException {
        try (ObjectInserter hash = new ObjectInserter.Formatter()) {
            if (stat.isLink()) {
                return hash.idFor(
                        Constants.OBJ_BLOB,
                        Files.readSymbolicLink(file).toString().getBytes(StandardCharsets.UTF_8));
            }
            try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
                return hash.idFor(Constants.OBJ_BLOB, stat.length(), in);
            } catch (AccessDeniedException e) {
                throw WorkTree.unreadable(path, e);
            }
        }
    }

    /** Whether the result takes every file below away, so that the folder is free for a file. */
    private boolean vanishes(String folder) throws IOException {
        for (List<String> names : listing(folder).values()) {
            for (String name : names) {
                String path = folder + "/" + name;
                ChangedPath change = changes.get(path);
                boolean gone = change != null && change.wasThere() && !change.stays();
                boolean isFolder = FileStat.of(root.resolve(path))
                        .map(FileStat::isDirectory)
                        .orElse(false);
                if (isFolder ? !vanishes(path) : !gone) {
                    return false;
                }
            }
        }
        return true;
    }

    /** A name beside this one, or beside a folder above, that a file system without case takes for the same. */
    private String sameButForCase(String path) throws IOException {
        List<String> steps = new ArrayList<>(ChangedPath.foldersOf(path));
        steps.add(path);
        for (String step : steps) {
            String plain = fold(step);
            String first = newNames.putIfAbsent(plain, step);
            if (first != null && !first.equals(step)) {
                return first;
            }
            int slash = step.lastIndexOf('/');
            String folder = slash < 0 ? "" : step.substring(0, slash);
            for (String name : listing(folder).getOrDefault(fold(step.substring(slash + 1)), List.of())) {
                String there = folder.isEmpty() ? name : folder + "/" + name;
                if (!there.equals(step) && !leaves(there)) {
                    return there;
                }
            }
        }
        return "";
    }

    private boolean leaves(String path) throws IOException {
        ChangedPath change = changes.get(path);
        boolean folder =
                FileStat.of(root.resolve(path)).map(FileStat::isDirectory).orElse(false);
        return folder ? vanishes(path) : change != null && change.wasThere() && !change.stays();
    }

    private static String fold(String name) {
        return name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }

    /** The names in a folder by what they are without case; none when there is no such folder. */
    private Map<String, List<String>> listing(String folder) throws IOException {
        Map<String, List<String>> known = listings.get(folder);
        if (known != null) {
            return known;
        }
        Map<String, List<String>> names = new HashMap<>();
        Path directory = root.resolve(folder);
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
                for (Path child : children) {
                    String name = String.valueOf(child.getFileName());
                    names.computeIfAbsent(fold(name), n -> new ArrayList<>()).add(name);
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }
        listings.put(folder, names);
        return names;
    }
}
