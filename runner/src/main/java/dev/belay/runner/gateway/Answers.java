package dev.belay.runner.gateway;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/** What the gateway itself says, in the protocol it was spoken to, in words that a model understands. */
final class Answers {
    /** Access denied: what a TLS client shows of it is the least misleading of all alerts. */
    static final byte[] TLS_DENIED = {0x15, 3, 1, 0, 2, 2, 49};

    private static final Map<Integer, String> PHRASES = Map.of(
            400, "Bad Request",
            403, "Forbidden",
            408, "Request Timeout",
            417, "Expectation Failed",
            431, "Request Header Fields Too Large",
            501, "Not Implemented",
            502, "Bad Gateway",
            503, "Service Unavailable",
            504, "Gateway Timeout");

    private Answers() {}

    static byte[] tunnelBegins() {
        return "HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] refusal(Target target, Egress.Denial denial) {
        String text = "Belay: the gateway refused " + target.label() + ": " + denial.reason() + " (rule: "
                + denial.rule() + ", " + denial.place() + ").\n"
                + "Do not retry: no mirror, proxy setting or other tool reaches it either. Work without it, or"
                + " say what you need and why; " + denial.instead() + ".\n";
        return answer(403, denied(target, denial), text, target.method());
    }

    static byte[] failure(Target target, Dialled.Failed failed) {
        String text = "Belay: " + target.label() + " was not reached: " + failed.why()
                + ".\nThis is not a matter of permission: it may be reached. Check the name and the port, or try later.\n";
        return answer(failed.late() ? 504 : 502, "", text, target.method());
    }

    /** The server's fault. */
    static byte[] badServer(Target target, String why) {
        String text = "Belay: the answer of " + target.label() + " cannot be passed on: " + why
                + ".\nThis is not a matter of permission.\n";
        return answer(502, "", text, target.method());
    }

    /** The client's fault. */
    static byte[] badRequest(BadMessageException bad) {
        return answer(
                bad.status(),
                "",
                "Belay: the gateway did not send this request on: " + bad.getMessage()
                        + ".\nThis is not a matter of permission, but of how the request is written.\n",
                "");
    }

    static byte[] tooMany(int connections) {
        return answer(
                503,
                "Retry-After: 1\r\n",
                "Belay: this sandbox has " + connections
                        + " connections open, which is all that it may.\nClose some, or try again when some have ended.\n",
                "");
    }

    static byte[] noRoom() {
        return answer(
                503,
                "Retry-After: 1\r\n",
                "Belay: the runner has as many connections open as it can hold, of all its tasks together.\n"
                        + "Try again when some have ended.\n",
                "");
    }

    static byte[] goOn() {
        return "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    }

    /** @param report what a git client makes of it */
    static byte[] pushRefusal(Target target, Egress.Denial denial, byte[] report) {
        byte[] head = ("HTTP/1.1 200 OK\r\n"
                        + denied(target, denial)
                        + "Content-Type: application/x-git-receive-pack-result\r\n"
                        + "Cache-Control: no-cache\r\n"
                        + "Content-Length: " + report.length + "\r\n"
                        + "Connection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] answer = Arrays.copyOf(head, head.length + report.length);
        System.arraycopy(report, 0, answer, head.length, report.length);
        return answer;
    }

    private static String denied(Target target, Egress.Denial denial) {
        return "X-Belay-Denied: egress " + target.label() + "\r\n"
                + "X-Belay-Denied-Layer: gateway\r\n"
                + "X-Belay-Denied-Rule: " + denial.rule().replaceAll("[^ -~]", "?") + "\r\n";
    }

    private static byte[] answer(int status, String headers, String text, String method) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 " + status + " " + PHRASES.getOrDefault(status, "Error") + "\r\n"
                + headers
                + "Content-Type: text/plain; charset=utf-8\r\n"
                + "Content-Length: " + body.length + "\r\n"
                + "Connection: close\r\n\r\n";
        return (method.equals("HEAD") ? head : head + text).getBytes(StandardCharsets.UTF_8);
    }
}
