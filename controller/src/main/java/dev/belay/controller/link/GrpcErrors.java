package dev.belay.controller.link;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import io.grpc.Status;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Named errors on their way to a runner: the code begins the description. */
final class GrpcErrors {
    private static final Logger LOG = LoggerFactory.getLogger(GrpcErrors.class);

    private GrpcErrors() {}

    static Status status(BelayException error) {
        String why = error.why().isEmpty() ? "" : ": " + error.why();
        return Status.fromCodeValue(error.code().grpcStatus())
                .withDescription(error.code() + ": " + error.what() + why);
    }

    /** The database did not answer: the same question has an answer when it is back. */
    static Status later(JdbiException away) {
        LOG.warn("a runner is told to ask again: {}", away.getMessage());
        return Status.UNAVAILABLE.withDescription("the database does not answer; ask again");
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
