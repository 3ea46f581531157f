package dev.belay.runner.model.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.belay.proto.json.Json;
import dev.belay.runner.model.wire.WireException.Trouble;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiErrorTest {
    static Stream<Arguments> refusals() {
        return Stream.of(
                arguments(
                        401,
                        error("Incorrect API key provided.", "invalid_request_error", "invalid_api_key"),
                        Trouble.KEY),
                arguments(403, error("Country not supported", "request_forbidden", "unsupported_country"), Trouble.KEY),
                arguments(402, "{\"error\":{\"message\":\"Insufficient credits\",\"code\":402}}", Trouble.QUOTA),
                arguments(429, error("Rate limit reached", "requests", "rate_limit_exceeded"), Trouble.BUSY),
                arguments(
                        429,
                        error(
                                "Rate limit reached. Add a payment method at https://x/account/billing.",
                                "requests",
                                "r"),
                        Trouble.BUSY),
                arguments(
                        429,
                        error("You exceeded your quota", "insufficient_quota", "insufficient_quota"),
                        Trouble.QUOTA),
                arguments(
                        429, error("Hard limit", "invalid_request_error", "billing_hard_limit_reached"), Trouble.QUOTA),
                arguments(429, error("Not active", "billing_not_active", ""), Trouble.QUOTA),
                arguments(429, error("Suspended", "billing_error", ""), Trouble.QUOTA),
                arguments(429, error("Suspended", "", "billing_suspended"), Trouble.QUOTA),
                arguments(429, "upstream said: insufficient_quota", Trouble.QUOTA),
                arguments(429, "", Trouble.BUSY),
                arguments(408, "", Trouble.BUSY),
                arguments(409, "", Trouble.BUSY),
                arguments(500, error("The server had an error", "server_error", ""), Trouble.BUSY),
                arguments(502, "<html><head><title>502 Bad Gateway</title></head></html>", Trouble.BUSY),
                arguments(503, "overloaded", Trouble.BUSY),
                arguments(529, "", Trouble.BUSY),
                arguments(
                        404,
                        error("The model `x` does not exist", "invalid_request_error", "model_not_found"),
                        Trouble.UNKNOWN_MODEL),
                arguments(404, "{\"error\":\"model 'x' not found\"}", Trouble.UNKNOWN_MODEL),
                arguments(404, "{\"error\":{\"message\":\"nothing here\",\"param\":\"model\"}}", Trouble.UNKNOWN_MODEL),
                arguments(404, error("Invalid URL (POST /v1/x)", "invalid_request_error", ""), Trouble.REFUSED),
                arguments(404, "404 page not found", Trouble.REFUSED),
                arguments(400, error("Too long", "invalid_request_error", "context_length_exceeded"), Trouble.TOO_LONG),
                arguments(
                        400,
                        "{\"object\":\"error\",\"message\":\"This model's maximum context length is 8 tokens.\","
                                + "\"type\":\"BadRequestError\",\"param\":null,\"code\":400}",
                        Trouble.TOO_LONG),
                arguments(
                        400,
                        "{\"error\":{\"code\":400,\"message\":\"the request exceeds the available context size\","
                                + "\"type\":\"exceed_context_size_error\"}}",
                        Trouble.TOO_LONG),
                arguments(413, "<h1>Too large</h1>", Trouble.TOO_LONG),
                arguments(
                        400, error("Unknown model", "invalid_request_error", "model_not_found"), Trouble.UNKNOWN_MODEL),
                arguments(400, error("The prompt was filtered", "", "content_filter"), Trouble.DECLINED),
                arguments(
                        400,
                        error("Unsupported parameter: 'max_tokens'", "invalid_request_error", "unsupported_parameter"),
                        Trouble.REFUSED),
                arguments(
                        400,
                        "[{\"error\":{\"code\":400,\"message\":\"Invalid value\",\"status\":\"INVALID_ARGUMENT\"}}]",
                        Trouble.REFUSED),
                arguments(422, "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"field required\"}]}", Trouble.REFUSED),
                arguments(418, "", Trouble.REFUSED),
                arguments(200, "<html>Sign in</html>", Trouble.REFUSED));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void a_refusal_is_told_by_its_status_and_its_code(int status, String body, Trouble trouble) {
        for (Wire wire : new Wire[] {new ResponsesWire(), new ChatWire(ChatWire.Dialect.COMPATIBLE)}) {
            WireException refused = wire.refused(status, body);

            assertThat(refused.trouble()).isEqualTo(trouble);
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    static Stream<Arguments> words() {
        return Stream.of(
                arguments("{\"error\":{\"message\":\"Slow\\ndown,\\t please\"}}", "Slow down, please"),
                arguments("{\"error\":\"model 'x' not found\"}", "model 'x' not found"),
                arguments("{\"message\":\"plain\"}", "plain"),
                arguments("{\"detail\":\"Not Found\"}", "Not Found"),
                arguments("{\"detail\":[{\"msg\":\"required\"}]}", "[{\"msg\":\"required\"}]"),
                arguments("[{\"error\":{\"message\":\"in a list\"}}]", "in a list"),
                arguments("\"only text\"", "only text"),
                arguments("upstream connect error\r\n", "upstream connect error"),
                arguments(
                        "<html><HEAD><Title>\n502 Bad\nGateway</Title></HEAD><body>x</body></html>", "502 Bad Gateway"),
                arguments("<p>Sign <b>in</b></p>", "Sign in"),
                arguments("\u001b]0;title\u0007\u202eevil\u200b\ud800 words\u0000", "]0;titleevil words"),
                arguments("", "the provider answered with status 418"),
                arguments("{}", "the provider answered with status 418"),
                arguments("null", "the provider answered with status 418"),
                arguments("{\"error\":{\"code\":\"odd\"}}", "the provider answered with status 418 (odd)"));
    }

    @ParameterizedTest
    @MethodSource("words")
    void people_are_told_the_providers_own_words_in_one_line(String body, String words) {
        assertThat(OpenAiError.refused(418, body)).hasMessage(words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "🙂", "word ", "a🙂"})
    void no_words_are_longer_than_people_read(String word) {
        String message =
                String.valueOf(OpenAiError.refused(500, word.repeat(100_000)).getMessage());

        assertThat(message.length()).isBetween(299, 300);
        assertThat(message).endsWith("…");
        assertThat(message.codePoints()).noneMatch(point -> point >= 0xd800 && point <= 0xdfff);
        assertThat(OpenAiError.refused(500, "x".repeat(300))).hasMessage("x".repeat(300));
    }

    static Stream<Arguments> mishaps() {
        return Stream.of(
                arguments("{\"code\":\"rate_limit_exceeded\",\"message\":\"m\"}", Trouble.BUSY),
                arguments("{\"code\":\"server_error\",\"message\":\"m\"}", Trouble.BUSY),
                arguments("{\"type\":\"server_error\",\"message\":\"m\"}", Trouble.BUSY),
                arguments("{\"code\":\"server_is_overloaded\",\"message\":\"m\"}", Trouble.BUSY),
                arguments("{\"code\":500,\"type\":\"InternalServerError\",\"message\":\"m\"}", Trouble.BUSY),
                arguments("{\"code\":\"context_length_exceeded\",\"message\":\"m\"}", Trouble.TOO_LONG),
                arguments("{\"message\":\"Your input exceeds the context window of this model.\"}", Trouble.TOO_LONG),
                arguments("{\"code\":\"insufficient_quota\",\"message\":\"m\"}", Trouble.QUOTA),
                arguments("{\"code\":429,\"message\":\"insufficient_quota\"}", Trouble.QUOTA),
                arguments("{\"code\":\"invalid_api_key\",\"message\":\"m\"}", Trouble.KEY),
                arguments("{\"code\":\"model_not_found\",\"message\":\"m\"}", Trouble.UNKNOWN_MODEL),
                arguments("{\"code\":\"invalid_prompt\",\"message\":\"m\"}", Trouble.DECLINED),
                arguments("{\"code\":\"odd\",\"type\":\"invalid_request_error\",\"message\":\"m\"}", Trouble.REFUSED),
                arguments("{\"code\":\"odd\",\"message\":\"m\"}", Trouble.BROKEN),
                arguments("{\"code\":[],\"type\":7,\"message\":null}", Trouble.BROKEN),
                arguments("\"llama runner process has terminated\"", Trouble.BROKEN),
                arguments("null", Trouble.BROKEN));
    }

    @ParameterizedTest
    @MethodSource("mishaps")
    void an_answer_that_fails_after_it_began_is_told_by_its_code(String error, Trouble trouble) {
        assertThat(OpenAiError.streamed(Json.parse(error)).trouble()).isEqualTo(trouble);
    }

    @Test
    void any_body_whatever_is_told_in_one_line() {
        Random random = new Random(7);
        String alphabet = "{}[]\":,<>title/error\n\u0000\u202e\ud83d\ude42 \\";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder body = new StringBuilder();
            for (int i = random.nextInt(60); i > 0; i--) {
                body.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String message =
                    String.valueOf(OpenAiError.refused(400, body.toString()).getMessage());

            assertThat(message).as(body.toString()).isNotEmpty().hasSizeLessThanOrEqualTo(300);
            assertThat(message.codePoints()).noneMatch(Character::isISOControl);
        }
    }

    private static String error(String message, String type, String code) {
        Json error = Json.object()
                .put("message", message)
                .put("type", type)
                .put("param", Json.NULL)
                .put("code", code)
                .build();
        return Json.object().put("error", error).build().pretty();
    }
}
