package dev.belay.runner.gateway;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells the requests that push to a git server from all others. When in doubt, it is one. */
final class PushRequest {
    private static final String TYPE = "application/x-git-receive-pack-request";
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
    /** Wherever it stands in the path: some servers drop what follows, and some what comes before. */
    private static final Pattern SERVICE = Pattern.compile("(?<![a-z0-9_-])git-receive-pack(?![a-z0-9_-])");

    private static final Pattern ESCAPE = Pattern.compile("%([0-9a-fA-F]{2})");
    /** As often as a chain of servers would undo an encoding. */
    private static final int DECODINGS = 4;

    private PushRequest() {}

    static boolean is(HttpRequestHead request) {
        // What only reads has no body; with one, somebody may take it for another method.
        boolean reads = READING.contains(request.method())
                && request.body().orElseGet(Framing::none).equals(Framing.none());
        return !reads && (says(request) || SERVICE.matcher(plain(path(request))).find());
    }

    /** Without its query, as it is sent. */
    static String path(HttpRequestHead request) {
        int query = request.path().indexOf('?');
        return query < 0 ? request.path() : request.path().substring(0, query);
    }

    static PushCommands commands(HttpRequestHead request, BodyReader body) throws IOException {
        List<String> types = request.fields().all("content-type");
        if (types.size() != 1 || !mediaType(types.getFirst()).equals(TYPE)) {
            throw new BadPushException("its Content-Type is not the one of a push");
        }
        Optional<GunzippedBody> gunzipped = gunzipped(request, body);
        if (gunzipped.isEmpty()) {
            return PushCommands.read(new PktLines(body, PushCommands.MOST_BYTES));
        }
        try (GunzippedBody said = gunzipped.get()) {
            PushCommands commands = PushCommands.read(new PktLines(said, PushCommands.MOST_BYTES));
            if (commands.commands().isEmpty()) {
                throw new BadPushException("it has no command");
            }
            return commands;
        }
    }

    /** The body as the server reads it; empty where that is the body as it is. */
    static Optional<GunzippedBody> gunzipped(HttpRequestHead request, BodyReader body) throws BadPushException {
        List<String> codings = request.fields().all("content-encoding");
        if (codings.isEmpty()) {
            return Optional.empty();
        }
        // In no other case of its letters: git's own server knows these words alone.
        if (codings.size() > 1 || !Set.of("gzip", "x-gzip").contains(codings.getFirst())) {
            throw new BadPushException("its Content-Encoding is not the one word gzip");
        }
        return Optional.of(new GunzippedBody(body));
    }

    private static boolean says(HttpRequestHead request) {
        return request.fields().all("content-type").stream()
                .anyMatch(type -> type.toLowerCase(Locale.ROOT).contains("x-git-receive-pack-request"));
    }

    private static String mediaType(String contentType) {
        int parameters = contentType.indexOf(';');
        return (parameters < 0 ? contentType : contentType.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
    }

    private static String plain(String path) {
        String plain = path;
        for (int round = 0; round < DECODINGS && plain.indexOf('%') >= 0; round++) {
            plain = ESCAPE.matcher(plain)
                    .replaceAll(escape ->
                            Matcher.quoteReplacement(Character.toString((char) Integer.parseInt(escape.group(1), 16))));
        }
        return plain.replaceAll("[\\x00-\\x20\\x7f]", "").toLowerCase(Locale.ROOT);
    }
}
