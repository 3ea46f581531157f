package dev.belay.controller.api;

import dev.belay.controller.Settings;
import dev.belay.controller.tokens.Token;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import jakarta.inject.Named;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who may come in. The Host must be a name of this controller, so that a page whose name was rebound to this address
 * gets nothing; an Origin must be the controller's own, so that another page in the same browser gets nothing; then the
 * token decides.
 */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
public final class Doorkeeper {
    /** The request attribute that holds the {@link dev.belay.controller.tasks.Caller}. */
    static final String CALLER = "belay.caller";

    private static final Set<String> OPEN = Set.of("/v1/version", "/health/live", "/health/ready");
    private static final Pattern HOST = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:\\[\\]/@]+)(?::(\\d{1,5}))?");
    private static final Pattern NUMERIC = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private final Settings settings;
    private final Token token;

    Doorkeeper(Settings settings, @Named("people") Token token) {
        this.settings = settings;
        this.token = token;
    }

    @RequestFilter
    void check(HttpRequest<?> request) {
        String host = request.getHeaders().get("Host");
        if (host == null || !ours(host)) {
            throw forbidden(
                    "this controller is not known by the name in the Host header",
                    "use its loopback address, or set BELAY_PUBLIC_NAME where it runs");
        }
        String origin = request.getHeaders().get("Origin");
        if (origin != null && !sameOrigin(origin, host)) {
            throw forbidden("a page of another origin asked", "open the controller's own address");
        }
        if (OPEN.contains(request.getPath())) {
            return;
        }
        String authorization = request.getHeaders().get("Authorization");
        if (authorization == null || !token.authorizes(authorization)) {
            throw BelayException.of(
                    ErrorCode.E_SIGNED_OUT,
                    authorization == null ? "no token was sent" : "the token is not the right one",
                    "the controller lets in who has its token",
                    settings.tokenFile().isPresent()
                            ? "set BELAY_TOKEN_FILE to the file that holds the server's token"
                            : "the token is in controller/token of the state directory (BELAY_STATE)");
        }
        request.setAttribute(CALLER, settings.owner());
    }

    private boolean ours(String host) {
        Matcher matcher = HOST.matcher(host.strip());
        if (!matcher.matches()) {
            return false;
        }
        String name = matcher.group(1).toLowerCase(Locale.ROOT);
        if (name.equals("localhost") || settings.publicName().equals(Optional.of(name))) {
            return true;
        }
        String literal = name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
        if (!NUMERIC.matcher(literal).matches()) {
            return false;
        }
        try {
            InetAddress address = InetAddress.ofLiteral(literal);
            return address.isLoopbackAddress() || address.equals(settings.bind());
        } catch (IllegalArgumentException notAnAddress) {
            return false;
        }
    }

    private static boolean sameOrigin(String origin, String host) {
        try {
            URI uri = new URI(origin);
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                    && host.strip().equalsIgnoreCase(uri.getRawAuthority());
        } catch (URISyntaxException notAnOrigin) {
            return false;
        }
    }

    private static BelayException forbidden(String what, String next) {
        return BelayException.of(
                ErrorCode.E_FORBIDDEN, what, "the controller's door refused it before it looked further", next);
    }
}
