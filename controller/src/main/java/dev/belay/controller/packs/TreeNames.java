package dev.belay.controller.packs;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.ObjectChecker;
import org.jspecify.annotations.Nullable;

/**
 * Git's own strictness about objects, and on top of it every name that some file system takes for {@code .git}. Old
 * histories with sloppy dates, mail addresses or padded modes pass: they do no harm and people have them.
 */
final class TreeNames extends ObjectChecker {
    /** What HFS+ leaves out when it compares names. */
    private static final Pattern IGNORED = Pattern.compile("[\\u200c-\\u200f\\u202a-\\u202e\\u206a-\\u206f\\ufeff]");

    private static final Pattern DOT_GIT = Pattern.compile("(\\.git|git~[0-9]+)[ .]*(:.*)?", Pattern.DOTALL);

    TreeNames() {
        for (ErrorType sloppy : new ErrorType[] {
            ErrorType.ZERO_PADDED_FILEMODE,
            ErrorType.BAD_DATE,
            ErrorType.BAD_EMAIL,
            ErrorType.BAD_TIMEZONE,
            ErrorType.MISSING_EMAIL,
            ErrorType.MISSING_SPACE_BEFORE_DATE,
            ErrorType.MISSING_AUTHOR,
            ErrorType.MISSING_COMMITTER,
            ErrorType.MISSING_TAG_ENTRY
        }) {
            setIgnore(sloppy, true);
        }
    }

    @Override
    public void checkTree(@Nullable AnyObjectId id, byte[] raw) throws CorruptObjectException {
        super.checkTree(id, raw);
        int at = 0;
        while (at < raw.length) {
            int name = at;
            while (raw[name] != ' ') {
                name++;
            }
            int nul = ++name;
            while (raw[nul] != 0) {
                nul++;
            }
            refuseDotGit(new String(raw, name, nul - name, StandardCharsets.UTF_8));
            at = nul + 21;
        }
    }

    private static void refuseDotGit(String name) throws CorruptObjectException {
        for (String part : name.split("\\\\", -1)) {
            String plain = IGNORED.matcher(part).replaceAll("").toLowerCase(Locale.ROOT);
            if (DOT_GIT.matcher(plain).matches()) {
                throw new CorruptObjectException(
                        "a tree has the name '" + name + "', which some systems take for .git");
            }
        }
    }
}
