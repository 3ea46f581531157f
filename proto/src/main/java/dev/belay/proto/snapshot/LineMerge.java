package dev.belay.proto.snapshot;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.eclipse.jgit.diff.DiffAlgorithm;
import org.eclipse.jgit.diff.HistogramDiff;
import org.eclipse.jgit.diff.RawText;
import org.eclipse.jgit.diff.RawTextComparator;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.merge.MergeAlgorithm;
import org.eclipse.jgit.merge.MergeChunk;
import org.eclipse.jgit.merge.MergeChunk.ConflictState;
import org.eclipse.jgit.merge.MergeResult;

/**
 * Merges three versions of a text line by line. Bytes are bytes: no attribute, filter or driver has a say, and a line ends
 * in LF or with the file. Its cost is bounded for any contents: what is too large or too tangled is not merged.
 */
final class LineMerge {
    private static final int LARGEST_TEXT = 8 << 20;
    private static final int MOST_LINES = 200_000;
    private static final int MOST_FOR_MYERS = 20_000;
    private static final long MOST_COMPARISONS = 20_000_000;
    private static final int LOOKED_AT = 8_000;

    private final ObjectReader reader;

    LineMerge(ObjectReader reader) {
        this.reader = reader;
    }

    sealed interface Outcome {
        record Merged(byte[] bytes) implements Outcome {}

        record Refused(Conflict.Why why) implements Outcome {}
    }

    Outcome merge(ObjectId base, ObjectId ours, ObjectId theirs) throws IOException {
        Optional<RawText> b = text(base);
        Optional<RawText> o = text(ours);
        Optional<RawText> t = text(theirs);
        return b.isEmpty() || o.isEmpty() || t.isEmpty()
                ? new Outcome.Refused(Conflict.Why.BINARY)
                : merge(b.get(), o.get(), t.get());
    }

    static Outcome merge(RawText base, RawText ours, RawText theirs) {
        HistogramDiff histogram = new HistogramDiff();
        // Its usual fallback is quadratic in what a hostile file can make of it.
        histogram.setFallbackAlgorithm(
                base.size() + Math.max(ours.size(), theirs.size()) > MOST_FOR_MYERS
                        ? null
                        : DiffAlgorithm.getAlgorithm(DiffAlgorithm.SupportedAlgorithm.MYERS));
        try {
            return joined(new MergeAlgorithm(histogram).merge(new Counting(), base, ours, theirs));
        } catch (TooTangled e) {
            return new Outcome.Refused(Conflict.Why.LINES);
        }
    }

    private static Outcome joined(MergeResult<RawText> result) {
        ByteArrayOutputStream merged = new ByteArrayOutputStream();
        boolean open = false;
        for (MergeChunk chunk : result) {
            if (chunk.getConflictState() != ConflictState.NO_CONFLICT) {
                return new Outcome.Refused(Conflict.Why.LINES);
            }
            RawText text = result.getSequences().get(chunk.getSequenceIndex());
            for (int line = chunk.getBegin(); line < chunk.getEnd(); line++) {
                // A line without an end can only be the last one.
                if (open) {
                    return new Outcome.Refused(Conflict.Why.LINES);
                }
                byte[] bytes = line(text, line);
                merged.writeBytes(bytes);
                open = bytes[bytes.length - 1] != '\n';
            }
        }
        return new Outcome.Merged(merged.toByteArray());
    }

    private static byte[] line(RawText text, int line) {
        ByteBuffer raw = text.getRawString(line);
        int length = raw.remaining();
        boolean ended = line < text.size() - 1 || !text.isMissingNewlineAtEnd();
        byte[] whole = new byte[length + (ended ? 1 : 0)];
        raw.get(whole, 0, length);
        if (ended) {
            whole[length] = '\n';
        }
        return whole;
    }

    private Optional<RawText> text(ObjectId blob) throws IOException {
        if (reader.getObjectSize(blob, Constants.OBJ_BLOB) > LARGEST_TEXT) {
            return Optional.empty();
        }
        byte[] bytes = reader.open(blob, Constants.OBJ_BLOB).getCachedBytes(LARGEST_TEXT);
        // Git's own test.
        for (int i = 0; i < Math.min(bytes.length, LOOKED_AT); i++) {
            if (bytes[i] == 0) {
                return Optional.empty();
            }
        }
        RawText text = new RawText(bytes);
        return text.size() > MOST_LINES ? Optional.empty() : Optional.of(text);
    }

    private static final class TooTangled extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooTangled() {
            super("more than " + MOST_COMPARISONS + " comparisons", null, false, false);
        }
    }

    private static final class Counting extends RawTextComparator {
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
