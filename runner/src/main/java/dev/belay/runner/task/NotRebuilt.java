package dev.belay.runner.task;

import dev.belay.proto.v1.NotCaptured;
import java.util.List;
import java.util.stream.Collectors;

/** What no snapshot held, and a place that was built again from snapshots therefore lacks, for people. */
final class NotRebuilt {
    private static final int NAMED = 10;

    private NotRebuilt() {}

    static String words(List<NotCaptured> missing) {
        String names = missing.stream().limit(NAMED).map(NotCaptured::getPath).collect(Collectors.joining(", "));
        return "built again from its snapshots, which do not hold everything; not here any more: " + names
                + (missing.size() > NAMED ? " and " + (missing.size() - NAMED) + " more" : "");
    }
}
