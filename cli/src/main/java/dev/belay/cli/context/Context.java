package dev.belay.cli.context;

import dev.belay.cli.http.Address;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.nio.file.Path;

/**
 * One server by name.
 *
 * @param tokenFile where the token is, or empty when it is kept here
 * @param token the token that is kept here, or empty
 * @param insecure that the token travels in clear was accepted
 */
public record Context(String name, Address address, String tokenFile, String token, boolean insecure) {
    /** What the server of this machine is called; no other context can have the name. */
    public static final String LOCAL = "local";

    private static final int LONGEST_NAME = 60;

    /** Refuses what would send the token in clear over a network. */
    public Context {
        if (!address.tls() && !address.isLoopback() && !insecure) {
            throw BelayException.of(
                    ErrorCode.E_DENIED,
                    "the token of " + name + " would travel to " + address + " in clear",
                    "http:// is for this machine only (layer: client)",
                    "an https:// address   or   --insecure on a network that you trust");
        }
    }

    static Context of(Json json) {
        return new Context(
                json.text("name"),
                Address.parse(json.text("url"), "the url of context " + json.text("name")),
                json.text("token_file"),
                json.text("token"),
                json.flag("insecure"));
    }

    Json json() {
        return Json.object()
                .put("name", name)
                .put("url", address.toString())
                .put("token_file", tokenFile)
                .put("token", token)
                .put("insecure", insecure)
                .build();
    }

    /** Everything but the token. */
    Json shown(boolean inUse) {
        return Json.object()
                .put("name", name)
                .put("url", address.toString())
                .put("token_file", tokenFile.isEmpty() ? Json.NULL : Json.of(tokenFile))
                .put("insecure", insecure)
                .put("in_use", inUse)
                .build();
    }

    /** Read at every use, so that a token that was renewed counts at once. */
    public String secret() {
        return tokenFile.isEmpty() ? Token.checked(token, "context " + name) : Token.inFile(Path.of(tokenFile));
    }

    static String checkedName(String name) {
        boolean plain = !name.isEmpty() && name.length() <= LONGEST_NAME && name.charAt(0) != '-';
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            plain &=
                    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "._-".indexOf(c) >= 0;
        }
        if (!plain) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "a context cannot be called “" + name + "”",
                    "a name is up to " + LONGEST_NAME + " letters, digits and . _ - (layer: client)",
                    "belay context add prod https://belay.example.org --token-file FILE");
        }
        return name;
    }

    @Override
    public String toString() {
        return name + " (" + address + ")";
    }
}
