package dev.belay.controller.packs;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;

/** The one shape of every refusal of a pack. */
final class PackRefused {
    private PackRefused() {}

    static BelayException because(String reason) {
        return BelayException.of(
                ErrorCode.E_PACK_REFUSED,
                "the pack was refused: " + reason,
                "controller: a pack is verified whole before it is stored",
                "nothing was stored",
                "git fsck");
    }

    static BelayException tooMuch(String what, long limit) {
        return because(what + " is more than the limit of " + limit);
    }
}
