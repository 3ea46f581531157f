package dev.belay.runner.model.wire;

import dev.belay.runner.model.wire.WireException.Trouble;
import java.util.Locale;

/** What a status alone means, the same for every provider. */
final class StatusTrouble {
    private StatusTrouble() {}

    /** @param words what came with it: a path that is not there is no missing model */
    static Trouble of(int status, String words) {
        return switch (status) {
            case 401, 403 -> Trouble.KEY;
            case 402 -> Trouble.QUOTA;
            case 404 -> words.toLowerCase(Locale.ROOT).contains("model") ? Trouble.UNKNOWN_MODEL : Trouble.REFUSED;
            case 413 -> Trouble.TOO_LONG;
            case 408, 409, 429, 499 -> Trouble.BUSY;
            default -> status >= 500 && status <= 599 ? Trouble.BUSY : Trouble.REFUSED;
        };
    }
}
