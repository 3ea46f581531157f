package dev.belay.runner.model.offline;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads HTTP/1.1 requests one after the other, strictly: what could be read in two ways is not read at all. */
final class HttpRequestReader {
    static final int MOST_HEAD = 64 << 10;
    static final int MOST_BODY = 64 << 20;

    private static final Pattern REQUEST_LINE = Pattern.compile("([A-Z]{1,16}) (/[!-~]*) HTTP/1\\.1");
    private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,10}");
    private static final byte[] GO_ON = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final InputStream in;
    private final OutputStream out;
    private int left;

    HttpRequestReader(InputStream in, OutputStream out) {
        this.in = new BufferedInputStream(in);
        this.out = out;
    }

    /** The next request, or null where the other end has no more. */
    @Nullable HttpRequest next() throws IOException {
        left = MOST_HEAD;
        String first = line(true);
        if (first == null) {
            return null;
        }
        Matcher request = REQUEST_LINE.matcher(first);
        if (!request.matches()) {
            throw new BadHttpException(400, "the request line is not one of HTTP/1.1");
        }
        Map<String, String> headers = headers();
        if (!headers.containsKey("host")) {
            throw new BadHttpException(400, "the header host is missing");
        }
        String body = body(request.group(1), headers);
        boolean keepAlive =
                !headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT).contains("close");
        return new HttpRequest(request.group(1), request.group(2), headers, body, keepAlive);
    }

    private Map<String, String> headers() throws IOException {
        Map<String, String> all = new LinkedHashMap<>();
        for (String line = line(false); line != null && !line.isEmpty(); line = line(false)) {
            int colon = line.indexOf(':');
            if (colon < 0 || !HEADER_NAME.matcher(line.substring(0, colon)).matches()) {
                throw new BadHttpException(400, "a header is malformed");
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            String value = line.substring(colon + 1).strip();
            if (all.containsKey(name) && (name.equals("content-length") || name.equals("host"))) {
                throw new BadHttpException(400, "the header " + name + " came twice");
            }
            all.merge(name, value, (one, other) -> one + ", " + other);
        }
        return all;
    }

    private String body(String method, Map<String, String> headers) throws IOException {
        if (headers.containsKey("transfer-encoding")) {
            throw new BadHttpException(411, "a body needs a content-length");
        }
        String length = headers.get("content-length");
        if (length == null) {
            if (method.equals("POST")) {
                throw new BadHttpException(411, "a body needs a content-length");
            }
            return "";
        }
        if (!LENGTH.matcher(length).matches()) {
            throw new BadHttpException(400, "the content-length is no number");
        }
        if (Long.parseLong(length) > MOST_BODY) {
            throw new BadHttpException(413, "the body has more than " + (MOST_BODY >> 20) + " MiB");
        }
        if (headers.getOrDefault("expect", "").equalsIgnoreCase("100-continue")) {
            out.write(GO_ON);
            out.flush();
        }
        byte[] body = in.readNBytes(Integer.parseInt(length));
        if (body.length < Integer.parseInt(length)) {
            throw new IOException("the body ended too early");
        }
        return new String(body, StandardCharsets.UTF_8);
    }

    /** @return null only at the very end, and only where that may be */
    private @Nullable String line(boolean mayEnd) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            int next = in.read();
            if (next < 0) {
                if (mayEnd && line.size() == 0) {
                    return null;
                }
                throw new BadHttpException(400, "the request ended too early");
            }
            if (--left < 0) {
                throw new BadHttpException(431, "the head has more than " + (MOST_HEAD >> 10) + " KiB");
            }
            if (next == '\r') {
                if (in.read() != '\n') {
                    throw new BadHttpException(400, "a line does not end as lines end");
                }
                return line.toString(StandardCharsets.ISO_8859_1);
            }
            if (next < ' ' && next != '\t') {
                throw new BadHttpException(400, "a control character in the head");
            }
            line.write(next);
        }
    }
}
