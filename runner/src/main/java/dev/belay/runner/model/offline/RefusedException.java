package dev.belay.runner.model.offline;

import java.io.Serial;

/** The request is one that the service would not take. */
final class RefusedException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    RefusedException(Refusal refusal) {
        super(refusal.message());
        this.refusal = refusal;
    }

    static RefusedException badRequest(String message) {
        return new RefusedException(new Refusal(400, "", "", message));
    }

    /** @param parameter the place, where the wire tells it apart from the message */
    static RefusedException badRequest(String code, String parameter, String message) {
        return new RefusedException(new Refusal(400, code, parameter, message));
    }

    Refusal refusal() {
        return refusal;
    }
}
