package dev.belay.runner.gateway;

import dev.belay.runner.secrets.Scrubber;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * A server's answer, read as strictly as a request.
 *
 * @param length by its headers, which may speak of a body that is not sent
 */
record HttpResponseHead(int status, String reason, HttpFields fields, Optional<Framing> length) {
    static HttpResponseHead of(RawHead raw, GatewayLimits limits) throws BadMessageException {
        HttpFields fields = HttpFields.of(raw, limits.headers());
        String line = fields.startLine();
        if (!line.matches("HTTP/1\\.[01] [1-5][0-9]{2}( [^\\x00-\\x08\\x0a-\\x1f\\x7f]*)?")) {
            throw new BadMessageException("the first line is not that of an HTTP/1.1 response");
        }
        int status = Integer.parseInt(line.substring(9, 12));
        if (status == 101) {
            throw new BadMessageException("the server speaks another protocol from now on");
        }
        return new HttpResponseHead(
                status, line.length() > 13 ? line.substring(13) : "", fields, fields.framing(line.charAt(7) == '1'));
    }

    /** Without a value in it, whoever put it there. How the body is framed was read before. */
    HttpResponseHead masked(Scrubber scrubber) {
        return scrubber.isEmpty()
                ? this
                : new HttpResponseHead(
                        status, scrubber.scrubBytes(reason), fields.forwardedAs(scrubber::scrubBytes), length);
    }

    boolean interim() {
        return status < 200;
    }

    Framing body(String method) {
        return method.equals("HEAD") || interim() || status == 204 || status == 304
                ? Framing.none()
                : length.orElseGet(Framing.UntilClose::new);
    }

    /** Its body is not what it stands for as it is. */
    boolean encoded() {
        return !fields.elements("content-encoding").stream().allMatch("identity"::equals);
    }

    byte[] interimToClient() {
        return (startLine() + fields.forwarded(Set.of()) + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    /** @param modern the client reads chunks; one that does not reads until the close */
    byte[] toClient(String method, boolean modern, boolean goesOn) {
        boolean sent = !body(method).equals(Framing.none()) || length.isPresent() && status != 204;
        Framing said = length.orElseGet(Framing.UntilClose::new);
        String header = sent && (modern || said instanceof Framing.Length) ? said.header() : "";
        return (startLine() + fields.forwarded(Set.of()) + header + (goesOn ? "\r\n" : "Connection: close\r\n\r\n"))
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private String startLine() {
        return "HTTP/1.1 " + status + " " + reason + "\r\n";
    }
}
