package dev.belay.runner.gateway;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A request that may go on: read strictly, and agreeing with what was judged.
 *
 * @param path in origin form; empty for CONNECT
 * @param body empty: there is none, and no header says so
 */
record HttpRequestHead(
        Target target, String method, String path, boolean modern, HttpFields fields, Optional<Framing> body) {

    /** @param judged what {@link RequestTarget} read from the same bytes */
    static HttpRequestHead of(RawHead raw, Target judged, GatewayLimits limits) throws BadMessageException {
        HttpFields fields = HttpFields.of(raw, limits.headers());
        String[] word = fields.startLine().split(" ", -1);
        if (word.length != 3 || !HttpFields.isToken(word[0]) || !word[2].matches("HTTP/1\\.[01]")) {
            throw new BadMessageException("the first line is not that of an HTTP/1.1 request");
        }
        boolean modern = word[2].endsWith("1");
        Optional<Framing> body = fields.framing(modern);
        if (word[1].chars().anyMatch(character -> character <= ' ' || character == 0x7f)) {
            throw new BadMessageException("the address has a control character");
        }
        HttpRequestHead head;
        if (judged.protocol() == Protocol.HTTPS) {
            head = inside(word, judged, modern, fields, body);
        } else {
            head = word[0].equals("CONNECT") ? tunnel(word, modern, fields, body) : origin(word, modern, fields, body);
        }
        if (!head.target().equals(judged)) {
            throw new BadMessageException("the address can be read in two ways");
        }
        return head;
    }

    boolean isConnect() {
        return method.equals("CONNECT");
    }

    boolean expectsContinue() {
        return modern && fields.has("expect");
    }

    /** May another request follow on this connection? */
    boolean keepsConnection() {
        return modern && !fields.lists("connection", "close") && !fields.lists("proxy-connection", "close");
    }

    /**
     * As the server gets it: one request for each connection to it, so none can be taken for part of another. Every head
     * that goes to a server is made here, and only after its request was judged.
     *
     * @param forwarded the header fields that go on, as lines
     */
    byte[] toServer(String forwarded) {
        return (method + " " + path + " HTTP/1.1\r\n"
                        + "Host: " + target.authority() + "\r\n"
                        + forwarded
                        + body.map(Framing::header).orElse("")
                        + "Connection: close\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Its Host header is sent to nobody and decides nothing. */
    private static HttpRequestHead tunnel(String[] word, boolean modern, HttpFields fields, Optional<Framing> body)
            throws BadMessageException {
        if (word[1].indexOf('@') >= 0) {
            throw new BadMessageException("the address has user information");
        }
        if (!body.orElseGet(Framing::none).equals(Framing.none())) {
            throw new BadMessageException("CONNECT has no body");
        }
        Target target = RequestTarget.of(word[1], 0, Protocol.CONNECT, word[0]);
        return new HttpRequestHead(target, word[0], "", modern, fields, Optional.empty());
    }

    private static HttpRequestHead origin(String[] word, boolean modern, HttpFields fields, Optional<Framing> body)
            throws BadMessageException {
        if (!word[1].regionMatches(true, 0, "http://", 0, 7)) {
            throw word[1].regionMatches(true, 0, "https://", 0, 8)
                    ? new BadMessageException(501, "https goes through CONNECT")
                    : new BadMessageException("a proxy is asked with the whole address: http://host/path");
        }
        String rest = word[1].substring(7);
        String authority = RequestTarget.authority(rest);
        String path = rest.substring(authority.length());
        if (authority.indexOf('@') >= 0 || path.indexOf('#') >= 0) {
            throw new BadMessageException("the address has user information or a fragment");
        }
        Target target = RequestTarget.of(authority, 80, Protocol.HTTP, word[0]);
        hostMustBe(target, fields.all("host"), modern);
        refuseOther(fields, "no other protocol is spoken over plain HTTP; use wss: or CONNECT");
        return new HttpRequestHead(target, word[0], originForm(word[0], path), modern, fields, body);
    }

    /** The connection says which host is meant, so the address is a path and nothing else. */
    private static HttpRequestHead inside(
            String[] word, Target tunnel, boolean modern, HttpFields fields, Optional<Framing> body)
            throws BadMessageException {
        if (word[0].equals("CONNECT")) {
            throw new BadMessageException("no tunnel begins inside of TLS");
        }
        boolean ofTheServer = word[0].equals("OPTIONS") && word[1].equals("*");
        if (!ofTheServer && !word[1].startsWith("/") || word[1].indexOf('#') >= 0) {
            throw new BadMessageException("inside of TLS the address is a path that begins with a slash");
        }
        Target target = Target.named(tunnel.host(), tunnel.port(), Protocol.HTTPS, word[0]);
        hostMustBe(target, fields.all("host"), modern);
        refuseOther(fields, "no other protocol is spoken to a host whose requests are judged one by one");
        return new HttpRequestHead(target, word[0], word[1], modern, fields, body);
    }

    private static void hostMustBe(Target target, List<String> hosts, boolean modern) throws BadMessageException {
        if (hosts.isEmpty() && !modern) {
            return;
        }
        if (hosts.size() != 1
                || hosts.getFirst().indexOf('@') >= 0
                || !RequestTarget.of(hosts.getFirst(), target.defaultPort(), target.protocol(), target.method())
                        .equals(target)) {
            throw new BadMessageException("the Host header is not the host of the address");
        }
    }

    private static void refuseOther(HttpFields fields, String otherProtocol) throws BadMessageException {
        // A client that offers HTTP/2 goes on in HTTP/1.1 when nobody takes the offer up.
        if (!fields.elements("upgrade").stream().allMatch("h2c"::equals)) {
            throw new BadMessageException(501, otherProtocol);
        }
        List<String> expected = fields.all("expect");
        if (expected.size() > 1
                || !expected.isEmpty()
                        && !expected.getFirst().toLowerCase(Locale.ROOT).equals("100-continue")) {
            throw new BadMessageException(417, "only 100-continue can be expected");
        }
    }

    private static String originForm(String method, String path) {
        if (path.isEmpty()) {
            return method.equals("OPTIONS") ? "*" : "/";
        }
        return path.startsWith("?") ? "/" + path : path;
    }
}
