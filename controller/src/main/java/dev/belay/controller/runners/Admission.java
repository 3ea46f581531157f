package dev.belay.controller.runners;

import dev.belay.policies.Capability;
import dev.belay.policies.Policy;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Which runners isolate a task as its policy asks, and can ask its model. A runner judges itself again before it begins:
 * what is decided here saves the way there, and lets the person hear of it at once.
 */
@Singleton
public final class Admission {
    private static final int NAMES = 3;
    private static final int LENGTH = 200;

    private final Elsewhere runners;

    public Admission(Elsewhere runners) {
        this.runners = runners;
    }

    /** The cells that are weaker on {@code runner} than the policy accepts by itself. */
    static List<String> unaccepted(KnownRunner runner) {
        return runner.weaker().stream()
                .map(Admission::cell)
                .filter(cell -> !Policy.standard().acceptsWeaker(cell))
                .distinct()
                .toList();
    }

    private static String cell(String said) {
        int colon = said.indexOf(':');
        return (colon < 0 ? said : said.substring(0, colon)).strip();
    }

    /** Whether {@code runner} isolates as the policy asks, without anybody's word. */
    public static boolean isStrong(KnownRunner runner) {
        return unaccepted(runner).isEmpty();
    }

    /** @param provider empty for a model that nobody needs to be asked for */
    public static boolean suits(KnownRunner runner, String provider, boolean acceptWeaker) {
        return runner.offers().can(provider) && (acceptWeaker || isStrong(runner));
    }

    public List<KnownRunner> suitable(String provider, boolean acceptWeaker) {
        return suitable(runners.andHere(), provider, acceptWeaker);
    }

    private static List<KnownRunner> suitable(List<KnownRunner> connected, String provider, boolean acceptWeaker) {
        return connected.stream()
                .filter(runner -> suits(runner, provider, acceptWeaker))
                .toList();
    }

    /**
     * Passes when some connected runner suits, and when none is connected, since a better one may come.
     *
     * @throws BelayException E_NO_KEY, E_UNKNOWN_MODEL, E_WEAKER_ISOLATION
     */
    public void check(Capability model, boolean acceptWeaker) {
        String provider = model.provider();
        List<KnownRunner> connected = runners.andHere();
        if (connected.isEmpty() || !suitable(connected, provider, acceptWeaker).isEmpty()) {
            return;
        }
        Providers.check(connected, model);
        throw BelayException.of(
                ErrorCode.E_WEAKER_ISOLATION,
                (provider.isEmpty() ? "no runner" : "no runner with a key for " + provider)
                        + " isolates the task as its policy asks",
                "the controller heard what is weaker from its runners: " + shortfall(connected, provider),
                "belay run --accept-weaker …, or cure it as belay doctor says");
    }

    /**
     * {@code local-1: memory-cap, cpu-cap; local-2: memory-cap}, of the connected runners that can ask {@code provider} and
     * need somebody's word.
     */
    public String shortfall(String provider) {
        return shortfall(runners.andHere(), provider);
    }

    private static String shortfall(List<KnownRunner> connected, String provider) {
        List<KnownRunner> weaker = suitable(connected, provider, true).stream()
                .filter(runner -> !isStrong(runner))
                .sorted((one, other) -> one.name().compareTo(other.name()))
                .toList();
        return weaker.stream()
                        .limit(NAMES)
                        .map(runner -> runner.name() + ": " + plain(String.join(", ", unaccepted(runner))))
                        .collect(Collectors.joining("; "))
                + (weaker.size() > NAMES ? "; and " + (weaker.size() - NAMES) + " more" : "");
    }

    /** A runner's words are not trusted to be short, or printable. */
    public static String plain(String text) {
        String plain = text.replaceAll("\\p{Cc}", "?");
        if (plain.length() <= LENGTH) {
            return plain;
        }
        // Half a character could not be stored.
        return plain.substring(0, Character.isHighSurrogate(plain.charAt(LENGTH - 1)) ? LENGTH - 1 : LENGTH) + "…";
    }
}
