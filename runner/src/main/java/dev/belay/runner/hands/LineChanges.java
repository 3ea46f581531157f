package dev.belay.runner.hands;

import org.eclipse.jgit.diff.Edit;
import org.eclipse.jgit.diff.HistogramDiff;
import org.eclipse.jgit.diff.RawText;
import org.eclipse.jgit.diff.RawTextComparator;

/** How many lines a change added and removed, as git counts them. */
record LineChanges(int added, int removed) {
    static LineChanges between(byte[] before, byte[] after) {
        int added = 0;
        int removed = 0;
        for (Edit edit : new HistogramDiff().diff(RawTextComparator.DEFAULT, new RawText(before), new RawText(after))) {
            added += edit.getLengthB();
            removed += edit.getLengthA();
        }
        return new LineChanges(added, removed);
    }

    String summary() {
        return "+" + added + " −" + removed;
    }
}
