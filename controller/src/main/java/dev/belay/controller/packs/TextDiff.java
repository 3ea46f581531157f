package dev.belay.controller.packs;

import dev.belay.controller.packs.RepositoryHistory.Change;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.eclipse.jgit.diff.DiffAlgorithm;
import org.eclipse.jgit.diff.DiffFormatter;
import org.eclipse.jgit.diff.Edit;
import org.eclipse.jgit.diff.EditList;
import org.eclipse.jgit.diff.HistogramDiff;
import org.eclipse.jgit.diff.RawText;
import org.eclipse.jgit.diff.RawTextComparator;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.util.QuotedString;

/**
 * One file's difference in git's format. Its cost is bounded for any contents: a file over 8 MiB counts as binary, and
 * two files that are too tangled to compare line by line are shown as replaced whole.
 */
final class TextDiff {
    private static final int LARGEST_TEXT = 8 << 20;
    private static final int MOST_LINES = 200_000;
    private static final long MOST_COMPARISONS = 20_000_000;

    record Lines(int added, int removed, boolean binary) {}

    private final ObjectReader reader;
    private final OutputStream out;

    TextDiff(ObjectReader reader, OutputStream out) {
        this.reader = reader;
        this.out = out;
    }

    Lines count(Change change) throws IOException {
        int added = 0;
        int removed = 0;
        for (Change part : parts(change)) {
            if (part.oldBlob().equals(part.newBlob())) {
                continue;
            }
            Sides sides = sides(part);
            if (sides.binary) {
                return new Lines(0, 0, true);
            }
            for (Edit edit : edits(sides.a, sides.b)) {
                added += edit.getLengthB();
                removed += edit.getLengthA();
            }
        }
        return new Lines(added, removed, false);
    }

    void print(Change change) throws IOException {
        for (Change part : parts(change)) {
            printPart(part);
        }
    }

    /** Git shows another type as a deletion followed by an addition. */
    private static Change[] parts(Change change) {
        boolean typeChanged = change.oldMode() != 0
                && change.newMode() != 0
                && (change.oldMode() & FileMode.TYPE_MASK) != (change.newMode() & FileMode.TYPE_MASK);
        return typeChanged
                ? new Change[] {
                    new Change(change.path(), change.oldBlob(), change.oldMode(), ObjectId.zeroId(), 0),
                    new Change(change.path(), ObjectId.zeroId(), 0, change.newBlob(), change.newMode())
                }
                : new Change[] {change};
    }

    private void printPart(Change change) throws IOException {
        String a = QuotedString.GIT_PATH.quote("a/" + change.path());
        String b = QuotedString.GIT_PATH.quote("b/" + change.path());
        StringBuilder head = new StringBuilder();
        head.append("diff --git ").append(a).append(' ').append(b).append('\n');
        String oldMode = Integer.toOctalString(change.oldMode());
        String newMode = Integer.toOctalString(change.newMode());
        if (change.oldMode() == 0) {
            head.append("new file mode ").append(newMode).append('\n');
        } else if (change.newMode() == 0) {
            head.append("deleted file mode ").append(oldMode).append('\n');
        } else if (change.oldMode() != change.newMode()) {
            head.append("old mode ").append(oldMode).append('\n');
            head.append("new mode ").append(newMode).append('\n');
        }
        if (change.oldBlob().equals(change.newBlob())) {
            write(head);
            return;
        }
        head.append("index ").append(abbreviated(change.oldBlob())).append("..").append(abbreviated(change.newBlob()));
        if (change.oldMode() == change.newMode()) {
            head.append(' ').append(newMode);
        }
        head.append('\n');
        Sides sides = sides(change);
        String oldName = change.oldMode() == 0 ? "/dev/null" : a;
        String newName = change.newMode() == 0 ? "/dev/null" : b;
        if (sides.binary) {
            head.append("Binary files ")
                    .append(oldName)
                    .append(" and ")
                    .append(newName)
                    .append(" differ\n");
            write(head);
            return;
        }
        EditList edits = edits(sides.a, sides.b);
        if (edits.isEmpty()) {
            write(head);
            return;
        }
        // Git ends a name that has a space with a tab, so that patch tools do not cut it there.
        head.append("--- ").append(oldName).append(tab(oldName)).append('\n');
        head.append("+++ ").append(newName).append(tab(newName)).append('\n');
        write(head);
        try (DiffFormatter formatter = new DiffFormatter(out)) {
            formatter.format(edits, sides.a, sides.b);
            formatter.flush();
        }
    }

    private static String tab(String name) {
        return name.indexOf(' ') >= 0 && !name.startsWith("\"") ? "\t" : "";
    }

    private void write(CharSequence text) throws IOException {
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String abbreviated(ObjectId id) {
        return id.name().substring(0, 7);
    }

    private record Sides(RawText a, RawText b, boolean binary) {}

    private Sides sides(Change change) throws IOException {
        byte[] a = text(change.oldBlob(), change.oldMode());
        byte[] b = text(change.newBlob(), change.newMode());
        return a == TOO_LARGE || b == TOO_LARGE || hasNul(a) || hasNul(b)
                ? new Sides(RawText.EMPTY_TEXT, RawText.EMPTY_TEXT, true)
                : new Sides(new RawText(a), new RawText(b), false);
    }

    private static final byte[] TOO_LARGE = new byte[0];

    /** Git's own test. */
    private static boolean hasNul(byte[] text) {
        for (int i = 0; i < Math.min(text.length, 8_000); i++) {
            if (text[i] == 0) {
                return true;
            }
        }
        return false;
    }

    private byte[] text(ObjectId blob, int mode) throws IOException {
        if (mode == 0) {
            return new byte[0];
        }
        if (FileMode.GITLINK.equals(mode)) {
            return ("Subproject commit " + blob.name() + "\n").getBytes(StandardCharsets.US_ASCII);
        }
        try {
            if (reader.getObjectSize(blob, Constants.OBJ_BLOB) > LARGEST_TEXT) {
                return TOO_LARGE;
            }
            ObjectLoader loader = reader.open(blob, Constants.OBJ_BLOB);
            return loader.getCachedBytes(LARGEST_TEXT);
        } catch (MissingObjectException e) {
            throw new IOException("blob " + blob.name() + " is missing", e);
        }
    }

    private static EditList edits(RawText a, RawText b) {
        if (a.size() > MOST_LINES || b.size() > MOST_LINES) {
            return whole(a, b);
        }
        HistogramDiff histogram = new HistogramDiff();
        // Its usual fallback is quadratic in what a hostile file can make of it.
        histogram.setFallbackAlgorithm(
                a.size() + b.size() > 20_000
                        ? null
                        : DiffAlgorithm.getAlgorithm(DiffAlgorithm.SupportedAlgorithm.MYERS));
        try {
            return histogram.diff(new CountingComparator(), a, b);
        } catch (TooTangled e) {
            return whole(a, b);
        }
    }

    private static EditList whole(RawText a, RawText b) {
        return EditList.singleton(new Edit(0, a.size(), 0, b.size()));
    }

    private static final class TooTangled extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooTangled() {
            super("more than " + MOST_COMPARISONS + " comparisons", null, false, false);
        }
    }

    private static final class CountingComparator extends RawTextComparator {
        private long comparisons;

        @Override
        public boolean equals(RawText a, int ai, RawText b, int bi) {
            if (++comparisons > MOST_COMPARISONS) {
                throw new TooTangled();
            }
            return DEFAULT.equals(a, ai, b, bi);
        }

        @Override
        public int hash(RawText seq, int ptr) {
            return DEFAULT.hash(seq, ptr);
        }

        @Override
        protected int hashRegion(byte[] raw, int ptr, int end) {
            int hash = 5381;
            for (int i = ptr; i < end; i++) {
                hash = ((hash << 5) + hash) + (raw[i] & 0xff);
            }
            return hash;
        }
    }
}
