package dev.belay.runner.gateway;

import dev.belay.runner.gateway.Egress.Denial;
import dev.belay.runner.secrets.SecretValue;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one request has of secrets: judged before anything is dialled, and put in only as its head is written. Values are held as
 * {@link SecretValue} until then, so that nothing prints them.
 */
final class PutIn {
    static final int MOST = 16;

    private static final int LONGEST_VALUE = 8 * 1024;

    /**
     * Where a secret goes to, an answer is plain and whole. Of pieces that are fetched one by one, none is the value, and all
     * of them together are; in what is packed, given as a difference or written in other letters nobody finds it; a digest
     * confirms a guess. What is sent so all the same is refused by {@link Plainness}.
     */
    private static final Set<String> NOT_FROM_THERE = Set.of(
            "accept-encoding",
            "accept-charset",
            "a-im",
            "range",
            "request-range",
            "if-range",
            "want-digest",
            "want-content-digest",
            "want-repr-digest");

    private static final Set<String> HOST = Set.of("host");

    private final HttpRequestHead request;
    private final Vault vault;
    private final Placeholders placeholders;
    private final Optional<Vault.SignIn> signIn;
    private final boolean guarded;
    private final Map<String, SecretValue> values = new HashMap<>();

    PutIn(HttpRequestHead request, Vault vault) {
        List<Vault.Entry> entries = vault.entries(request.target());
        this.request = request;
        this.vault = vault;
        this.placeholders = new Placeholders(entries);
        this.signIn = vault.signIn(request.target(), request.path());
        this.guarded = signIn.isPresent() || entries.stream().anyMatch(Vault.Entry::goesThere);
    }

    /** A secret of this task goes to this host, in this request or in another one. */
    boolean guarded() {
        return guarded;
    }

    /** Empty: it may, and all values are there. Asked once, after the request itself was judged. */
    Optional<Denial> denial() throws BadMessageException {
        if (placeholders.none()) {
            return fetched(Set.of());
        }
        Optional<Vault.Entry> inPath = placeholders.firstIn(request.path());
        if (inPath.isPresent()) {
            return Optional.of(SecretDenials.inPath(inPath.get().name()));
        }
        Set<Vault.Entry> found = new LinkedHashSet<>();
        int[] count = {0};
        request.fields()
                .forwarded(
                        leftOut(),
                        value -> placeholders.replaced(value, entry -> {
                            found.add(entry);
                            count[0]++;
                            return "";
                        }));
        if (count[0] > MOST) {
            throw new BadMessageException(431, "it has more than " + MOST + " secrets in its headers");
        }
        return found.stream()
                .filter(entry -> !entry.goesThere())
                .findFirst()
                .map(entry -> SecretDenials.elsewhere(entry.name(), entry.hosts()))
                .or(() -> fetched(found));
    }

    /** Asks for values only when nothing but them is missing. */
    private Optional<Denial> fetched(Set<Vault.Entry> found) {
        Set<String> names = found.stream().map(Vault.Entry::name).collect(Collectors.toCollection(LinkedHashSet::new));
        signIn.ifPresent(by -> names.add(by.secret()));
        return names.stream().flatMap(name -> fetched(name).stream()).findFirst();
    }

    private Optional<Denial> fetched(String name) {
        if (request.target().protocol() != Protocol.HTTPS) {
            return Optional.of(SecretDenials.onlyThroughTls(name));
        }
        Optional<SecretValue> value = vault.value(name, request.target());
        if (value.isEmpty() || value.get().reveal().isEmpty()) {
            return Optional.of(SecretDenials.unset(name));
        }
        if (!fits(value.get().reveal())) {
            return Optional.of(SecretDenials.unfit(name, LONGEST_VALUE));
        }
        values.put(name, value.get());
        return Optional.empty();
    }

    /** A line's end in it would begin a header, or a request, that nobody judged. */
    private static boolean fits(String value) {
        return bytes(value).length() <= LONGEST_VALUE
                && value.chars().noneMatch(character -> character < ' ' || character == 0x7f);
    }

    /** The request's head as its server gets it. The only place where values are text; nothing of it is kept. */
    byte[] head() {
        StringBuilder own = new StringBuilder();
        signIn.ifPresent(by -> own.append("Authorization: Basic ")
                .append(Placeholders.closed(bytes(by.user()) + ":" + put(by.secret())))
                .append("\r\n"));
        own.append(guarded ? "Accept-Encoding: identity\r\n" : "");
        String fields = request.fields()
                .forwarded(leftOut(), value -> placeholders.replaced(value, entry -> put(entry.name())));
        return request.toServer(fields + own);
    }

    private String put(String name) {
        @Nullable SecretValue value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("the request was not judged");
        }
        return bytes(value.reveal());
    }

    private Set<String> leftOut() {
        if (!guarded) {
            return HOST;
        }
        Set<String> names = new HashSet<>(NOT_FROM_THERE);
        names.addAll(HOST);
        if (signIn.isPresent()) {
            names.add("authorization");
        }
        return names;
    }

    /** Heads are texts of one character for each byte. */
    private static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
