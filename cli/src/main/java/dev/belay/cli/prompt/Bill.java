package dev.belay.cli.prompt;

import dev.belay.proto.json.Json;
import java.util.List;

/**
 * What was counted of a task up to the end of a turn. Of a fork, without what its parent's turns took.
 *
 * @param tokensIn of that turn; 0 is not known
 * @param cacheRead of those
 * @param turns that began, with that one
 * @param billed all that was read in these turns
 * @param billedFromCache of those
 * @param fresh what the last turn read whose tokens are known: all that there was to tell
 */
record Bill(long tokensIn, long cacheRead, long turns, long billed, long billedFromCache, long fresh) {
    /** @param begin where the turn begins in the log */
    static Bill of(List<Json> log, int begin) {
        long turn = log.get(begin).number("turn");
        long in = 0;
        long cached = 0;
        long turns = 0;
        long billed = 0;
        long fromCache = 0;
        long fresh = 0;
        for (int i = 0; i < log.size(); i++) {
            Json event = log.get(i);
            if (i > begin && event.text("kind").equals("turn.start")) {
                break;
            }
            switch (event.text("kind")) {
                case "task.fork" -> {
                    if (i > begin) {
                        return new Bill(in, cached, turns, billed, fromCache, fresh);
                    }
                    turns = 0;
                    billed = 0;
                    fromCache = 0;
                    fresh = 0;
                }
                case "turn.start" -> turns++;
                case "turn.end" -> {
                    Json end = event.get("turn_end");
                    long read = end.number("tokens_in");
                    billed += read;
                    fromCache += end.number("cache_read");
                    fresh = read > 0 ? read : fresh;
                    if (i > begin && event.number("turn") == turn && read > 0) {
                        in = read;
                        cached = end.number("cache_read");
                    }
                }
                default -> {
                    // Nothing was counted.
                }
            }
        }
        return new Bill(in, cached, turns, billed, fromCache, fresh);
    }

    boolean isKnown() {
        return tokensIn > 0;
    }

    /** How often the model read what it was told; 0 is not known. */
    double multiplier() {
        return fresh == 0 ? 0 : (double) billed / fresh;
    }
}
