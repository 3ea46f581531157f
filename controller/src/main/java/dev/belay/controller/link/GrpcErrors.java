package dev.belay.controller.link;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import io.grpc.Status;

/** Named errors on their way to a runner: the code begins the description. */
final class GrpcErrors {
    private GrpcErrors() {}

    static Status status(BelayException error) {
        String why = error.why().isEmpty() ? "" : ": " + error.why();
        return Status.fromCodeValue(error.code().grpcStatus())
                .withDescription(error.code() + ": " + error.what() + why);
    }

    static BelayException bad(String what) {
        return BelayException.of(ErrorCode.E_BAD_REQUEST, what, "the controller refused the runner's message", "");
    }

    static BelayException version(String theirs, String ours) {
        return BelayException.of(
                ErrorCode.E_SERVER_VERSION,
                "the runner speaks another protocol",
                "the runner is " + theirs + ", the controller is " + ours,
                "install the same version of both");
    }
}
