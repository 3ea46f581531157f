package dev.belay.runner.workspace;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.snapshot.RawNames;
import java.util.regex.Pattern;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.ObjectChecker;

/**
 * Names as they may stand in paths. File names are handled as their bytes, one char each (ISO 8859-1), called raw here;
 * {@link #text} is for people.
 */
public final class Names {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    private static final ObjectChecker CHECKER = new ObjectChecker();

    private Names() {}

    /** A tenant's, project's or task's name as a directory name. */
    static String plain(String what, String name) {
        if (!PLAIN.matcher(name).matches()) {
            throw BelayException.of(
                    ErrorCode.E_BAD_REQUEST, "bad " + what + " name", "the runner takes letters, digits, . _ -", "");
        }
        return name;
    }

    static String hash(String what, String hash) {
        if (!HASH.matcher(hash).matches()) {
            throw BelayException.of(ErrorCode.E_BAD_REQUEST, "bad " + what, "the runner takes a hash in hex", "");
        }
        return hash;
    }

    /** False for what a git tree cannot hold as one name: {@code .git} in any of its spellings, first of all. */
    public static boolean fitsTree(String raw) {
        byte[] bytes = bytes(raw);
        try {
            CHECKER.checkPathSegment(bytes, 0, bytes.length);
            return true;
        } catch (CorruptObjectException refused) {
            return false;
        }
    }

    public static byte[] bytes(String raw) {
        return RawNames.bytes(raw);
    }

    public static String raw(byte[] bytes) {
        return RawNames.raw(bytes);
    }

    /** UTF-8 where it is UTF-8; each other byte as {@code \xNN}. */
    public static String text(String raw) {
        return RawNames.text(raw);
    }
}
