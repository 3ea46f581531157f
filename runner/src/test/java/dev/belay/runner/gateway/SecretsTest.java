package dev.belay.runner.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.belay.runner.secrets.Scrubber;
import dev.belay.runner.secrets.SecretValue;
import dev.belay.runner.secrets.Spellings;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
    private static final String VALUE = "Zq3/tok+en&secret<9>\"8";
    private static final String STARS = "*".repeat(VALUE.length());
    private static final String OTHER = "another-value-of-the-vault";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final TestVault vault = new TestVault();
    private String token;
    private Outside outside;

    @BeforeEach
    void open() throws Exception {
        outside = new Outside(
                Outside.limits(256, Duration.ofSeconds(2), Duration.ofSeconds(5), 1 << 30, 1 << 30, 0), vault);
        outside.inspectedHosts.add(Outside.HOST);
        outside.names.put("other.test", outside.names.get(Outside.HOST));
        token = vault.add("NPM_TOKEN", Outside.HOST, VALUE);
    }

    @AfterEach
    void close() throws Exception {
        outside.close();
    }

    private Outside.Server server(Outside.Talk talk) throws Exception {
        return Inspected.server(outside, outside.worldsAuthority, Outside.HOST, talk);
    }

    private static Outside.Talk answering(String answer) {
        return (in, out) -> {
            Outside.head(in);
            Outside.write(out, answer);
        };
    }

    private static String get(Outside.Server server, String... headers) {
        return "GET /x HTTP/1.1\r\nHost: " + server.at() + "\r\n"
                + Stream.of(headers).map(header -> header + "\r\n").reduce("", String::concat) + "\r\n";
    }

    private String said(Outside.Server server, String... headers) throws Exception {
        return Inspected.say(outside, server, get(server, headers));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    private void assertNothingTells(String... texts) {
        List<String> all = new ArrayList<>(List.of(texts));
        outside.reported.forEach(refusal -> all.add(refusal.toString()));
        outside.gateway.refusals().forEach(refusal -> all.add(refusal.toString()));
        for (byte[] spelling : Spellings.of(new SecretValue(VALUE))) {
            assertThat(all).noneMatch(text -> text.contains(new String(spelling, ISO_8859_1)));
        }
    }

    @Test
    void a_value_is_put_in_where_its_placeholder_stands() throws Exception {
        Outside.Server server = server(answering(OK));

        assertThat(said(server, "Authorization: Bearer " + token, "X-Key: <" + token + "," + token + ">"))
                .isEqualTo(OK);

        assertThat(server.heard())
                .isEqualTo("GET /x HTTP/1.1\r\nHost: " + server.at() + "\r\nAuthorization: Bearer " + VALUE
                        + "\r\nX-Key: <" + VALUE + "," + VALUE
                        + ">\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n");
        assertThat(vault.asked).containsExactly("NPM_TOKEN");
        assertThat(outside.reported).isEmpty();
    }

    static Stream<Arguments> basics() {
        return Stream.of(
                Arguments.of("Authorization: Basic ", "user:TOKEN", true),
                Arguments.of("authorization: basic  ", "user:TOKEN", true),
                Arguments.of("Authorization: Basic ", "TOKEN:", true),
                Arguments.of("Authorization: Basic ", "us:TOKEN", false),
                Arguments.of("Authorization: Basic ", "u:TOKEN", false),
                Arguments.of("Authorization: Basic ", "TOKEN:TOKEN", false),
                Arguments.of("X-Registry-Auth: BASIC ", "\u00fcser:TOKEN", true));
    }

    @ParameterizedTest
    @MethodSource("basics")
    void a_value_is_put_into_basic_credentials(String header, String credentials, boolean padded) throws Exception {
        Outside.Server server = server(answering(OK));
        String sent = base64(credentials.replace("TOKEN", token));

        assertThat(said(server, header + (padded ? sent : sent.replace("=", ""))))
                .isEqualTo(OK);

        assertThat(server.heard().toLowerCase(Locale.ROOT))
                .contains(header.strip().toLowerCase(Locale.ROOT));
        assertThat(server.heard()).contains(base64(credentials.replace("TOKEN", VALUE)) + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic !!!", "Basic", "Basic dXNlcjpwYXNz", "Basic dXNlcjpwYXNz, x", "Bearer dXNlcjpwYXNz"})
    void credentials_without_a_placeholder_go_on_as_they_are(String credentials) throws Exception {
        Outside.Server server = server(answering(OK));

        assertThat(said(server, "Authorization: " + credentials)).isEqualTo(OK);

        assertThat(server.heard()).contains("\r\nAuthorization: " + credentials + "\r\n");
        assertThat(vault.asked).isEmpty();
    }

    @Test
    void two_secrets_in_one_header_are_two_values() throws Exception {
        Outside.Server server = server(answering(OK));
        String second = vault.add("SECOND", Outside.HOST, OTHER);

        assertThat(said(server, "Cookie: a=" + second + "; b=" + token + "; c=" + second))
                .isEqualTo(OK);

        assertThat(server.heard()).contains("Cookie: a=" + OTHER + "; b=" + VALUE + "; c=" + OTHER + "\r\n");
        assertThat(vault.asked).containsExactlyInAnyOrder("NPM_TOKEN", "SECOND");
    }

    @Test
    void what_was_put_in_is_not_looked_at_again() throws Exception {
        Outside.Server server = server(answering(OK));
        String nested = vault.add("NESTED", Outside.HOST, token);

        assertThat(said(server, "X: " + nested)).isEqualTo(OK);

        assertThat(server.heard()).contains("\r\nX: " + token + "\r\n").doesNotContain(VALUE);
    }

    @Test
    void a_placeholder_in_another_case_is_none() throws Exception {
        Outside.Server server = server(answering(OK));

        assertThat(said(server, "X: " + token.toUpperCase(Locale.ROOT), "Y: " + token.substring(1)))
                .isEqualTo(OK);

        assertThat(server.heard())
                .contains(token.toUpperCase(Locale.ROOT), token.substring(1))
                .doesNotContain(VALUE);
    }

    @Test
    void bodies_and_names_of_headers_are_sent_as_they_are() throws Exception {
        Outside.Server server = server((in, out) -> {
            Outside.head(in);
            in.readNBytes(token.length());
            Outside.write(out, OK);
        });

        String answer = Inspected.say(
                outside,
                server,
                "POST /x HTTP/1.1\r\nHost: " + server.at() + "\r\n" + token + ": 1\r\nContent-Length: " + token.length()
                        + "\r\n\r\n" + token);

        assertThat(answer).isEqualTo(OK);
        assertThat(server.heard()).contains("\r\n" + token + ": 1\r\n").endsWith("\r\n\r\n" + token);
    }

    @Test
    void what_is_the_hops_is_put_nowhere() throws Exception {
        Outside.Server server = server(answering(OK));

        assertThat(said(server, "Proxy-Authorization: Bearer " + token, "Connection: X-Hop", "X-Hop: " + token))
                .isEqualTo(OK);

        assertThat(server.heard()).doesNotContain(token, VALUE, "X-Hop");
        assertThat(vault.asked).isEmpty();
    }

    static Stream<Arguments> refused() {
        String get = "GET /x HTTP/1.1\r\nHost: HOST\r\n";
        return Stream.of(
                Arguments.of("elsewhere", get + "Authorization: Bearer ELSEWHERE\r\n\r\n", "OTHER_TOKEN goes only to"),
                Arguments.of(
                        "elsewhere in Basic",
                        get + "Authorization: Basic BASIC\r\n\r\n",
                        "OTHER_TOKEN goes only to elsewhere.test"),
                Arguments.of(
                        "elsewhere beside one that may",
                        get + "X: TOKEN\r\nY: ELSEWHERE\r\n\r\n",
                        "OTHER_TOKEN goes only to elsewhere.test"),
                Arguments.of("unset", get + "X: UNSET\r\n\r\n", "nobody has set UNSET_TOKEN"),
                Arguments.of("unfit", get + "X: UNFIT\r\n\r\n", "the value of UNFIT_TOKEN has a line break"),
                Arguments.of("too long", get + "X: LONG\r\n\r\n", "the value of LONG_TOKEN has"),
                Arguments.of(
                        "in the path",
                        "GET /a/TOKEN HTTP/1.1\r\nHost: HOST\r\n\r\n",
                        "NPM_TOKEN stands in the address"),
                Arguments.of(
                        "in the query",
                        "GET /a?b=TOKEN&c HTTP/1.1\r\nHost: HOST\r\n\r\n",
                        "NPM_TOKEN stands in the address"),
                Arguments.of(
                        "with a body",
                        "PUT /x HTTP/1.1\r\nHost: HOST\r\nX: UNSET\r\nContent-Length: 2\r\n\r\nok",
                        "nobody has set UNSET_TOKEN"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void a_secret_that_may_not_go_there_is_refused_by_its_name(String name, String request, String reason)
            throws Exception {
        Outside.Server server = server(answering(OK));
        String elsewhere = vault.add("OTHER_TOKEN", "elsewhere.test", OTHER);
        String unset = vault.add("UNSET_TOKEN", Outside.HOST, "");
        String unfit = vault.add("UNFIT_TOKEN", Outside.HOST, VALUE + "\r\nEvil: 1");
        String tooLong = vault.add("LONG_TOKEN", Outside.HOST, VALUE.repeat(400));

        String answer = Inspected.say(
                outside,
                server,
                request.replace("HOST", server.at())
                        .replace("TOKEN", token)
                        .replace("ELSEWHERE", elsewhere)
                        .replace("UNSET", unset)
                        .replace("UNFIT", unfit)
                        .replace("LONG", tooLong)
                        .replace("BASIC", base64("user:" + elsewhere)));

        assertThat(answer)
                .startsWith("HTTP/1.1 403 Forbidden\r\nX-Belay-Denied: egress " + server.at() + "\r\n"
                        + "X-Belay-Denied-Layer: gateway\r\nX-Belay-Denied-Rule: RESTRICTED secrets (gateway)\r\n")
                .contains(reason);
        assertThat(outside.reasons()).hasSize(1).allMatch(said -> said.contains(reason));
        assertThat(outside.asked).isEmpty();
        assertThat(server.connections()).isZero();
        assertNothingTells(answer);
    }

    @Test
    void one_that_nobody_has_set_is_refused_with_what_to_do() throws Exception {
        Outside.Server server = server(answering(OK));
        vault.values.clear();

        assertThat(said(server, "X: " + token)).contains("a person sets it: belay secret set NPM_TOKEN");
        assertThat(server.connections()).isZero();
    }

    @Test
    void plain_http_carries_no_secret() throws Exception {
        Outside.Server server = outside.server(answering(OK));
        String get = "GET http://" + server.at() + "/x HTTP/1.1\r\nHost: " + server.at() + "\r\n";

        String inHeader = outside.say(get + "X: " + token + "\r\n\r\n");
        String inPath = outside.say(get.replace("/x", "/" + token) + "\r\n");

        assertThat(inHeader).startsWith("HTTP/1.1 403 ").contains("NPM_TOKEN is sent only through TLS", "https://");
        assertThat(inPath).startsWith("HTTP/1.1 403 ").contains("NPM_TOKEN stands in the address");
        assertThat(outside.reported).hasSize(2);
        assertThat(server.connections()).isZero();
        assertThat(vault.asked).isEmpty();
    }

    @Test
    void plain_http_to_another_host_says_where_it_goes() throws Exception {
        Outside.Server server = outside.server(answering(OK));
        String at = "other.test:" + server.port();

        assertThat(outside.say("GET http://" + at + "/ HTTP/1.1\r\nHost: " + at + "\r\nX: " + token + "\r\n\r\n"))
                .contains("NPM_TOKEN goes only to allowed.test");
        assertThat(server.connections()).isZero();
    }

    @Test
    void a_head_has_so_many_secrets_and_no_more() throws Exception {
        Outside.Server server = server(answering(OK));
        String sixteen = (token + ",").repeat(8);

        assertThat(said(server, "X: " + sixteen, "Y: " + sixteen)).isEqualTo(OK);
        String answer = said(server, "X: " + sixteen, "Y: " + sixteen, "Authorization: Basic " + base64("u:" + token));
        assertThat(answer).startsWith("HTTP/1.1 431 ").contains("more than 16 secrets");
        assertNothingTells(answer);
        assertThat(server.connections()).isEqualTo(1);
    }

    /** Sandboxes send as many heads as they like, and their gateways share a machine. */
    @Test
    void a_head_full_of_one_of_many_secrets_is_read_about_once() throws Exception {
        for (int number = 0; number < 200; number++) {
            vault.add("TOKEN_" + number, Outside.HOST, OTHER + number);
        }
        String full = (token + ",").repeat(1500);
        HttpRequestHead request = HttpRequestHead.of(
                new RawHead(
                        "GET / HTTP/1.1\r\nHost: " + Outside.HOST + "\r\nX: " + full + "\r\n\r\n", RawHead.End.WHOLE),
                Target.named(Outside.HOST, 443, Protocol.HTTPS, "GET"),
                GatewayLimits.STANDARD);

        assertTimeout(Duration.ofSeconds(6), () -> {
            for (int head = 0; head < 20; head++) {
                assertThatExceptionOfType(BadMessageException.class)
                        .isThrownBy(() -> new PutIn(request, vault).denial());
            }
        });
    }

    @Test
    void each_request_of_a_kept_connection_is_judged_anew() throws Exception {
        Outside.Server server = server(answering(OK));
        try (SSLSocket inside = Inspected.enter(outside, server)) {
            Outside.write(inside.getOutputStream(), get(server, "X: " + token));
            assertThat(new String(inside.getInputStream().readNBytes(OK.length()), ISO_8859_1))
                    .isEqualTo(OK);
            vault.values.clear();
            Outside.write(inside.getOutputStream(), get(server, "X: " + token));
            assertThat(new String(inside.getInputStream().readAllBytes(), ISO_8859_1))
                    .startsWith("HTTP/1.1 403 ")
                    .contains("or it was taken back");
        }
        assertThat(server.connections()).isEqualTo(1);
        assertThat(vault.asked).containsExactly("NPM_TOKEN", "NPM_TOKEN");
    }

    @Test
    void a_repository_is_signed_in_to_by_the_gateway_alone() throws Exception {
        Outside.Server server = server(answering(OK));
        vault.signIns.put("/x", new Vault.SignIn("bot", "NPM_TOKEN"));
        String elsewhere = vault.add("OTHER_TOKEN", "elsewhere.test", OTHER);

        assertThat(said(server, "Authorization: Bearer " + elsewhere, "authorization: mine", "X: 1"))
                .isEqualTo(OK);

        assertThat(server.heard())
                .isEqualTo("GET /x HTTP/1.1\r\nHost: " + server.at() + "\r\nX: 1\r\nAuthorization: Basic "
                        + base64("bot:" + VALUE) + "\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n");
        assertThat(outside.reported).isEmpty();
    }

    @Test
    void nobody_is_signed_in_without_a_value_or_without_tls() throws Exception {
        Outside.Server server = server(answering(OK));
        Outside.Server plain = outside.server(answering(OK));
        vault.signIns.put("/x", new Vault.SignIn("bot", "NPM_TOKEN"));

        assertThat(outside.say("GET http://" + plain.at() + "/x HTTP/1.1\r\nHost: " + plain.at() + "\r\n\r\n"))
                .startsWith("HTTP/1.1 403 ")
                .contains("NPM_TOKEN is sent only through TLS");
        vault.values.clear();
        assertThat(said(server)).startsWith("HTTP/1.1 403 ").contains("nobody has set NPM_TOKEN");
        assertThat(plain.connections() + server.connections()).isZero();
    }

    @Test
    void a_host_of_a_secret_answers_plainly_and_at_once() throws Exception {
        Outside.Server server = server(answering(OK));

        assertThat(said(
                        server,
                        "Accept-Encoding: gzip",
                        "accept-encoding: br",
                        "Range: bytes=0-1",
                        "If-Range: x",
                        "A-IM: diffe",
                        "Want-Digest: md5",
                        "Want-Content-Digest: sha-256=1",
                        "Want-Repr-Digest: sha-256=1",
                        "Request-Range: bytes=0-1",
                        "Accept-Charset: utf-16",
                        "Accept: x"))
                .isEqualTo(OK);

        assertThat(server.heard())
                .isEqualTo("GET /x HTTP/1.1\r\nHost: " + server.at()
                        + "\r\nAccept: x\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n");
    }

    @Test
    void another_host_is_asked_as_the_sandbox_asks() throws Exception {
        Outside.Server server = outside.server(answering(OK.replace("Content", "Content-Encoding: gzip\r\nContent")));
        String at = "other.test:" + server.port();

        assertThat(outside.say("GET http://" + at + "/ HTTP/1.1\r\nHost: " + at
                        + "\r\nAccept-Encoding: gzip\r\nRange: bytes=0-1\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ");

        assertThat(server.heard()).contains("Accept-Encoding: gzip\r\nRange: bytes=0-1\r\n");
    }

    static Stream<Arguments> hiding() {
        return Stream.of(
                Arguments.of(
                        "packed, and its header of one hop",
                        "200 OK\r\nConnection: content-encoding\r\nContent-Encoding: gzip"),
                Arguments.of("two bytes of a letter", "200 OK\r\nContent-Type: text/plain;charset=UTF-16LE"),
                Arguments.of("quoted", "200 OK\r\nContent-Type: text/plain; x=y; Charset=\"utf-32\""),
                Arguments.of("other bytes for all letters", "200 OK\r\nContent-Type: text/plain; charset = IBM037"),
                Arguments.of("letters that nobody knows", "200 OK\r\nContent-Type: text/plain; charset=utf-7"),
                Arguments.of("a piece", "206 Partial Content\r\nContent-Range: bytes 0-1/9"),
                Arguments.of("a difference", "226 IM Used"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hiding")
    void an_answer_in_which_a_value_cannot_be_seen_is_refused(String name, String answer) throws Exception {
        Outside.Server server = server(answering("HTTP/1.1 " + answer + "\r\nContent-Length: 2\r\n\r\nok"));

        assertThat(said(server, "X: " + token)).startsWith("HTTP/1.1 502 ").contains("could not be looked for");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html; charset=utf-8",
                "text/plain;charset=\"ISO-8859-15\"",
                "text/x; charset=Shift_JIS",
                "x"
            })
    void an_answer_in_which_it_can_be_seen_is_none_of_these(String type) throws Exception {
        Outside.Server server = server(answering(OK.replace("Content", "Content-Type: " + type + "\r\nContent")));

        assertThat(said(server, "X: " + token)).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nok");
    }

    @Test
    void an_encoded_answer_of_a_host_of_a_secret_is_refused() throws Exception {
        Outside.Server server = server(answering(OK.replace("Content", "Content-Encoding: gzip\r\nContent")));

        assertThat(said(server))
                .startsWith("HTTP/1.1 502 ")
                .contains("it answered encoded though asked not to; the secret could not be looked for")
                .doesNotContain("200");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 304 Same\r\nContent-Encoding: gzip\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"
            })
    void what_has_no_encoded_body_passes(String answer) throws Exception {
        Outside.Server server = server(answering(answer));

        assertThat(said(server)).isEqualTo(answer);
    }

    static Stream<Arguments> reflections() {
        return Stream.of(
                Arguments.of("a body", "200 OK\r\nContent-Length: 26\r\n\r\n<<VALUE>>"),
                Arguments.of("an error page", "401 No\r\nContent-Length: 26\r\n\r\n<<VALUE>>"),
                Arguments.of("a server's error", "500 No\r\nContent-Length: 26\r\n\r\n<<VALUE>>"),
                Arguments.of("one chunk", "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n16\r\nVALUE\r\n0\r\n\r\n"),
                Arguments.of("a body until the close", "200 OK\r\n\r\n<<VALUE>>"),
                Arguments.of("a header", "204 No\r\nX: a VALUE b\r\n\r\n"),
                Arguments.of("the name of a header", "204 No\r\nX-SMALL: 1\r\n\r\n"),
                Arguments.of("an address", "302 No\r\nLocation: https://x/?t=VALUE\r\nContent-Length: 0\r\n\r\n"),
                Arguments.of("a cookie", "204 No\r\nSet-Cookie: t=VALUE; Path=/\r\n\r\n"),
                Arguments.of("a reason", "403 No VALUE here\r\nContent-Length: 0\r\n\r\n"),
                Arguments.of("an interim head", "103 VALUE\r\nLink: VALUE\r\n\r\nHTTP/1.1 204 No\r\nX: 1\r\n\r\n"),
                Arguments.of(
                        "an extension and a trailer",
                        "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;VALUE\r\nok\r\n0\r\nT: VALUE\r\n\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("reflections")
    void a_value_that_comes_back_is_not_seen(String name, String answer) throws Exception {
        String small = vault.add("SMALL", Outside.HOST, "small-token");
        Outside.Server server =
                server(answering("HTTP/1.1 " + answer.replace("VALUE", VALUE).replace("SMALL", "small-token")));

        String heard = said(server, "X: " + token, "Y: " + small);

        assertThat(server.heard()).contains(VALUE);
        assertThat(heard).doesNotContain(VALUE, "small-token").startsWith("HTTP/1.1 ");
        assertThat(heard.contains("*******")).isEqualTo(!name.contains("trailer"));
        assertNothingTells(heard);
    }

    @Test
    void lengths_stay_what_they_are() throws Exception {
        Outside.Server server =
                server(answering("HTTP/1.1 200 OK\r\nX: " + VALUE + "\r\nContent-Length: 26\r\n\r\n<<" + VALUE + ">>"));

        assertThat(said(server, "X: " + token))
                .isEqualTo("HTTP/1.1 200 OK\r\nX: " + STARS + "\r\nContent-Length: 26\r\n\r\n<<" + STARS + ">>");
    }

    /** A value may be a word of the protocol: how an answer is framed is not touched. */
    @ParameterizedTest
    @ValueSource(strings = {"chunked", "Transfer-Encoding", "200", "HTTP/1.1", "OK", "2"})
    void a_value_that_is_a_word_of_the_protocol_breaks_no_framing(String value) throws Exception {
        vault.handOut(value);
        Outside.Server server =
                server(answering("HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"));

        // In one chunk or in two: as much is held back of all that comes.
        assertThat(said(server).replace("1\r\na\r\n1\r\nb\r\n", "2\r\nab\r\n"))
                .isEqualTo("HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n");
    }

    static IntStream cuts() {
        return IntStream.rangeClosed(1, VALUE.length() - 1);
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void a_value_in_two_chunks_is_found_wherever_it_is_cut(int cut) throws Exception {
        Outside.Server server = server(answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + Integer.toHexString(cut + 1) + "\r\n<" + VALUE.substring(0, cut) + "\r\n"
                + Integer.toHexString(VALUE.length() - cut + 1) + "\r\n" + VALUE.substring(cut) + ">\r\n0\r\n\r\n"));

        String heard = said(server, "X: " + token);

        assertThat(heard.replaceAll("\r\n[0-9a-f]+\r\n", "").replace("\r\n", ""))
                .contains("<" + STARS + ">")
                .doesNotContain(VALUE.substring(cut));
        assertThat(heard).endsWith("\r\n0\r\n\r\n");
    }

    static Stream<String> spellings() {
        return Spellings.of(new SecretValue(VALUE)).stream().map(bytes -> new String(bytes, ISO_8859_1));
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void a_value_is_found_in_every_spelling(String spelling) throws Exception {
        Outside.Server server = server(answering("HTTP/1.1 200 OK\r\nX: (" + spelling + ")\r\nContent-Length: "
                + (spelling.length() + 2) + "\r\n\r\n(" + spelling + ")"));
        String stars = "(" + "*".repeat(spelling.length()) + ")";

        assertThat(said(server, "X: " + token))
                .contains("\r\nX: " + stars + "\r\n")
                .endsWith("\r\n\r\n" + stars);
    }

    @Test
    void credentials_that_come_back_are_not_seen() throws Exception {
        Outside.Server server = server((in, out) -> {
            String head = Outside.head(in);
            Outside.write(out, "HTTP/1.1 200 OK\r\nContent-Length: " + head.length() + "\r\n\r\n" + head);
        });
        vault.signIns.put("/x", new Vault.SignIn("bot", "NPM_TOKEN"));

        String heard = said(server);

        assertThat(server.heard()).contains(base64("bot:" + VALUE));
        assertThat(heard).contains("Authorization: Basic Ym90O").contains("*".repeat(26));
        assertNothingTells(heard);
    }

    @Test
    void head_has_the_length_and_no_value() throws Exception {
        Outside.Server server = server(answering("HTTP/1.1 200 OK\r\nX: " + VALUE + "\r\nContent-Length: 7\r\n\r\n"));

        String heard = Inspected.say(outside, server, get(server, "X: " + token).replace("GET", "HEAD"));

        assertThat(heard).isEqualTo("HTTP/1.1 200 OK\r\nX: " + STARS + "\r\nContent-Length: 7\r\n\r\n");
    }

    @Test
    void an_old_client_sees_no_value_either() throws Exception {
        Outside.Server server = server(answering("HTTP/1.1 200 OK\r\n\r\n<<" + VALUE + ">>"));

        String heard = Inspected.say(outside, server, get(server, "X: " + token).replace("HTTP/1.1", "HTTP/1.0"));

        assertThat(heard).isEqualTo("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<<" + STARS + ">>");
    }

    @Test
    void what_one_host_was_told_another_host_does_not_tell() throws Exception {
        Outside.Server first = server(answering(OK));
        Outside.Server second = outside.server(
                answering("HTTP/1.1 200 OK\r\nX: " + VALUE + "\r\nContent-Length: 26\r\n\r\n<<" + VALUE + ">>"));
        String at = "other.test:" + second.port();
        said(first, "X: " + token);

        assertThat(outside.say("GET http://" + at + "/ HTTP/1.1\r\nHost: " + at + "\r\n\r\n"))
                .isEqualTo("HTTP/1.1 200 OK\r\nX: " + STARS + "\r\nContent-Length: 26\r\n\r\n<<" + STARS + ">>");
    }

    @Test
    void a_piece_of_a_stream_is_passed_on_without_waiting_for_more() throws Exception {
        CountDownLatch heardFirst = new CountDownLatch(1);
        Outside.Server server = server((in, out) -> {
            Outside.head(in);
            Outside.write(out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: one\n\n");
            heardFirst.await();
            Outside.write(out, "data: " + VALUE + "\n\n");
        });
        try (SSLSocket inside = Inspected.enter(outside, server)) {
            Outside.write(inside.getOutputStream(), get(server, "X: " + token));
            InputStream in = inside.getInputStream();
            assertThat(Outside.head(in)).startsWith("HTTP/1.1 200 OK\r\n");
            // It comes although the server waits.
            assertThat(new String(in.readNBytes(16), ISO_8859_1)).isEqualTo("b\r\ndata: one\n\n\r\n");
            heardFirst.countDown();
            StringBuilder rest = new StringBuilder();
            while (!rest.toString().endsWith("\r\n0\r\n\r\n")) {
                rest.append((char) in.read());
            }
            assertThat(rest).contains("data: " + STARS + "\n\n");
        }
    }

    /** Whoever can make an answer pause would guess a value letter by letter, by what is held back and what is not. */
    @ParameterizedTest
    @ValueSource(strings = {"Zq3/tok+en", "Zq3/tok+eX"})
    void what_is_held_back_tells_nothing_of_a_value(String guess) throws Exception {
        StringBuilder written = new StringBuilder();
        Scrubber scrubber = Scrubber.of(List.of(new SecretValue(VALUE)));
        MaskedBody body = new MaskedBody(into(written), () -> scrubber);
        String said = "-".repeat(1000) + guess;

        body.write(said.getBytes(ISO_8859_1), said.length());
        int heard = written.length();
        body.paused();

        assertThat(heard).isEqualTo(said.length() - held());
        assertThat(written).hasToString(said);
    }

    @Test
    void what_was_not_yet_shown_of_a_value_at_a_pause_is_not_shown_later() throws Exception {
        StringBuilder written = new StringBuilder();
        Scrubber scrubber = Scrubber.of(List.of(new SecretValue(VALUE)));
        MaskedBody body = new MaskedBody(into(written), () -> scrubber);

        for (String piece : List.of(VALUE.substring(0, 5), VALUE.substring(5) + "<" + VALUE + ">")) {
            body.write(piece.getBytes(ISO_8859_1), piece.length());
            body.paused();
        }
        body.end();

        assertThat(written).hasToString(VALUE.substring(0, 5) + "*".repeat(VALUE.length() - 5) + "<" + STARS + ">.");
    }

    private static int held() {
        return Spellings.of(new SecretValue(VALUE)).stream()
                        .mapToInt(spelling -> spelling.length)
                        .max()
                        .orElseThrow()
                - 1;
    }

    private static BodyWriter into(StringBuilder written) {
        return new BodyWriter() {
            @Override
            public void write(byte[] bytes, int count) {
                written.append(new String(bytes, 0, count, ISO_8859_1));
            }

            @Override
            public void end() {
                written.append('.');
            }
        };
    }

    /** A server that stops after the first letters of a guess: what comes of them is the same, right or wrong. */
    @ParameterizedTest
    @ValueSource(strings = {"Zq3/tok", "Zq3/toX", "Xq3/tok"})
    void a_cut_answer_tells_nothing_of_a_value(String guess) throws Exception {
        Outside.Server server =
                outside.server(answering("HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + "-".repeat(1000) + guess));
        vault.handOut(VALUE);

        int heard = heardUntilCut(server);

        assertThat(heard).isEqualTo(1000 + guess.length() - held());
    }

    /** Letters of the body. */
    private int heardUntilCut(Outside.Server server) throws Exception {
        int heard = 0;
        try (Socket socket = outside.connect()) {
            Outside.write(
                    socket.getOutputStream(),
                    "GET http://" + server.at() + "/ HTTP/1.1\r\nHost: " + server.at() + "\r\n\r\n");
            Outside.head(socket.getInputStream());
            while (socket.getInputStream().read() >= 0) {
                heard++;
            }
        } catch (java.net.SocketException reset) {
            return heard;
        }
        return heard;
    }

    /** The server says on the first answer what the second request brought. */
    @Test
    void an_answer_that_began_before_a_value_went_out_does_not_show_it() throws Exception {
        CountDownLatch brought = new CountDownLatch(1);
        Outside.Server server = server((in, out) -> {
            if (Outside.head(in).contains(VALUE)) {
                Outside.write(out, OK);
                brought.countDown();
            } else {
                Outside.write(out, "HTTP/1.1 200 OK\r\n\r\nwaiting\n");
                brought.await();
                Outside.write(out, "it is " + VALUE + "\n");
            }
        });
        try (SSLSocket inside = Inspected.enter(outside, server)) {
            Outside.write(inside.getOutputStream(), get(server));
            InputStream in = inside.getInputStream();
            assertThat(Outside.head(in)).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(new String(in.readNBytes(13), ISO_8859_1)).isEqualTo("8\r\nwaiting\n\r\n");

            assertThat(said(server, "X: " + token)).isEqualTo(OK);

            StringBuilder rest = new StringBuilder();
            while (!rest.toString().endsWith("\r\n0\r\n\r\n")) {
                rest.append((char) in.read());
            }
            assertThat(rest).contains("it is " + STARS + "\n").doesNotContain(VALUE);
        }
    }

    @Test
    void a_body_that_is_cut_off_is_not_taken_for_the_whole() throws Exception {
        Outside.Server server = outside.server(
                answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<<" + VALUE.substring(0, VALUE.length() - 1)));
        vault.handOut(VALUE);
        try (Socket socket = outside.connect()) {
            Outside.write(
                    socket.getOutputStream(),
                    "GET http://" + server.at() + "/ HTTP/1.1\r\nHost: " + server.at() + "\r\n\r\n");
            StringBuilder heard = new StringBuilder();
            try {
                for (int next = socket.getInputStream().read();
                        next >= 0;
                        next = socket.getInputStream().read()) {
                    heard.append((char) next);
                }
            } catch (java.net.SocketException reset) {
                heard.append("reset");
            }
            assertThat(heard.toString()).endsWith("reset").doesNotContain(VALUE.substring(0, 4));
        }
    }

    @Test
    void much_passes_unchanged_but_for_the_value() throws Exception {
        String much = (VALUE.substring(0, 10) + "x").repeat(30_000) + VALUE + VALUE.substring(0, 5);
        Outside.Server server =
                server(answering("HTTP/1.1 200 OK\r\nContent-Length: " + much.length() + "\r\n\r\n" + much));

        assertThat(said(server, "X: " + token)).endsWith("\r\n\r\n" + much.replace(VALUE, STARS));
        // Once for the head and once for each piece that came.
        assertThat(vault.looked.get()).isBetween(2, 2 + much.length() / 512);
    }

    /** Of the very bytes that came, nothing is made anew. */
    @Test
    void without_secrets_a_body_is_not_copied() throws Exception {
        byte[] piece = new byte[Wire.PIECE];
        List<byte[]> written = new ArrayList<>();
        MaskedBody body = new MaskedBody(
                new BodyWriter() {
                    @Override
                    public void write(byte[] bytes, int count) {
                        written.add(bytes);
                    }

                    @Override
                    public void end() {
                        written.add(new byte[0]);
                    }
                },
                () -> Scrubber.NONE);

        body.write(piece, 7);
        body.end();

        assertThat(written).hasSize(2);
        assertThat(written.getFirst()).isSameAs(piece);
    }

    @Test
    void a_piece_is_never_longer_than_those_that_are_read() throws Exception {
        String value = "v".repeat(100) + "w";
        List<Integer> written = new ArrayList<>();
        Scrubber scrubber = Scrubber.of(List.of(new SecretValue(value)));
        MaskedBody body = new MaskedBody(
                new BodyWriter() {
                    @Override
                    public void write(byte[] bytes, int count) {
                        written.add(count);
                    }

                    @Override
                    public void end() {
                        written.add(0);
                    }
                },
                () -> scrubber);
        byte[] held = "v".repeat(100).getBytes(UTF_8);
        body.write(held, held.length);
        body.write(new byte[Wire.PIECE], Wire.PIECE);
        body.end();

        assertThat(written).allMatch(count -> count <= Wire.PIECE).endsWith(0);
        assertThat(written.stream().mapToInt(Integer::intValue).sum()).isEqualTo(held.length + Wire.PIECE);
    }

    /** What was held back for one of them is looked at for all of them. */
    @Test
    void values_may_be_added_while_a_body_passes() throws Exception {
        StringBuilder written = new StringBuilder();
        AtomicReference<Scrubber> scrubber = new AtomicReference<>(Scrubber.NONE);
        MaskedBody body = new MaskedBody(
                new BodyWriter() {
                    @Override
                    public void write(byte[] bytes, int count) {
                        written.append(new String(bytes, 0, count, ISO_8859_1));
                    }

                    @Override
                    public void end() {
                        written.append('.');
                    }
                },
                scrubber::get);
        List<SecretValue> known = new ArrayList<>();

        for (String piece : List.of("first third ", "third fi", "rst third se", "cond third")) {
            body.write(piece.getBytes(ISO_8859_1), piece.length());
            known.add(
                    new SecretValue(List.of("first", "third", "second", "none").get(known.size())));
            scrubber.set(Scrubber.of(known));
        }
        body.end();

        assertThat(written).hasToString("first third ***** ***** ***** ****** *****.");
    }

    @Test
    void a_request_prints_no_value() throws Exception {
        Target target = Target.named(Outside.HOST, 443, Protocol.HTTPS, "GET");
        HttpRequestHead request = HttpRequestHead.of(
                new RawHead(
                        "GET /x HTTP/1.1\r\nHost: " + Outside.HOST + "\r\nX: " + token + "\r\n\r\n", RawHead.End.WHOLE),
                target,
                GatewayLimits.STANDARD);
        PutIn secrets = new PutIn(request, vault);

        assertThat(secrets.denial()).isEmpty();
        assertThat(new String(secrets.head(), ISO_8859_1)).contains("X: " + VALUE + "\r\n");
        assertNothingTells(request.toString(), vault.known().toString());
    }
}
