package dev.belay.controller.api;

import dev.belay.controller.database.DatabaseFailure;
import dev.belay.controller.problems.Problems;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import io.micronaut.context.annotation.Primary;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every error leaves as a problem with a name; what happened inside stays in the log. */
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    /** Errors with a name. */
    @Singleton
    static final class Named implements ExceptionHandler<BelayException, HttpResponse<byte[]>> {
        @Override
        public HttpResponse<byte[]> handle(HttpRequest request, BelayException error) {
            return Answers.problem(error);
        }
    }

    /** Bodies over their bound. */
    @Singleton
    static final class Large implements ExceptionHandler<RequestBody.TooLarge, HttpResponse<byte[]>> {
        @Override
        public HttpResponse<byte[]> handle(HttpRequest request, RequestBody.TooLarge error) {
            return Answers.problem(Problems.of(
                    plain(String.valueOf(error.getMessage())), HttpStatus.REQUEST_ENTITY_TOO_LARGE.getCode()));
        }
    }

    /** All others. */
    @Singleton
    static final class Unexpected implements ExceptionHandler<Throwable, HttpResponse<byte[]>> {
        @Override
        public HttpResponse<byte[]> handle(HttpRequest request, Throwable error) {
            for (Throwable cause = error; cause != null; cause = cause.getCause()) {
                if (cause instanceof BelayException named) {
                    return Answers.problem(named);
                }
            }
            Optional<BelayException> away = DatabaseFailure.away(error);
            if (away.isPresent()) {
                LOG.warn(
                        "{} {}: {}",
                        request.getMethodName(),
                        request.getPath(),
                        away.get().why());
                return Answers.problem(away.get());
            }
            String id = UUID.randomUUID().toString();
            LOG.error("{} {} failed, error {}", request.getMethodName(), request.getPath(), id, error);
            return Answers.problem(Problems.internal(id));
        }
    }

    /** What Micronaut itself refuses: unknown paths, wrong methods, malformed parameters. */
    @Singleton
    @Primary
    static final class OfTheServer implements ErrorResponseProcessor<byte[]> {
        @Override
        public MutableHttpResponse<byte[]> processResponse(ErrorContext context, MutableHttpResponse<?> response) {
            int status = response.code();
            MutableHttpResponse<byte[]> problem = Answers.problem(Problems.of(named(context, status), status));
            return response.body(problem.body()).contentType(MediaType.of("application/problem+json"));
        }

        private static BelayException named(ErrorContext context, int status) {
            String path = context.getRequest().getPath();
            return switch (status) {
                case 404 ->
                    BelayException.of(
                            ErrorCode.E_NOT_FOUND,
                            "there is nothing here",
                            "the controller serves nothing at " + path,
                            "");
                case 405 ->
                    BelayException.of(
                            ErrorCode.E_BAD_REQUEST,
                            "this path does not take " + context.getRequest().getMethodName(),
                            "the controller serves it by another method",
                            "");
                case 413 -> plain("the request is too large");
                default ->
                    status < 500
                            ? plain(
                                    context.getErrors().isEmpty()
                                            ? "the request cannot be used"
                                            : context.getErrors().getFirst().getMessage())
                            : BelayException.of(
                                    ErrorCode.E_INTERNAL, "the controller failed", "its log has the details", "");
            };
        }
    }

    private static BelayException plain(String what) {
        return BelayException.of(ErrorCode.E_BAD_REQUEST, what, "the controller refused the request", "");
    }
}
