package dev.belay.controller.runners;

import dev.belay.policies.Policy;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Which runners isolate a task as its policy asks. A runner judges itself again before it begins: what is decided here
 * saves the way there, and lets the person hear of it at once.
 */
@Singleton
public final class Admission {
    private static final int NAMES = 3;

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

    /** Whether {@code runner} needs nobody's word, or has it. */
    public static boolean suits(KnownRunner runner, boolean acceptWeaker) {
        return acceptWeaker || unaccepted(runner).isEmpty();
    }

    public List<KnownRunner> suitable(boolean acceptWeaker) {
        return runners.andHere().stream()
                .filter(runner -> suits(runner, acceptWeaker))
                .toList();
    }

    /**
     * Passes when some connected runner suits, and when none is connected, since a better one may come.
     *
     * @throws BelayException E_WEAKER_ISOLATION
     */
    public void check(boolean acceptWeaker) {
        if (runners.andHere().isEmpty() || !suitable(acceptWeaker).isEmpty()) {
            return;
        }
        throw BelayException.of(
                ErrorCode.E_WEAKER_ISOLATION,
                "no runner isolates the task as its policy asks",
                "the controller heard what is weaker from its runners: " + shortfall(),
                "belay run --accept-weaker …, or cure it as belay doctor says");
    }

    /** {@code local-1: memory-cap, cpu-cap; local-2: memory-cap}, of the connected runners that need somebody's word. */
    public String shortfall() {
        List<KnownRunner> weaker = runners.andHere().stream()
                .filter(runner -> !suits(runner, false))
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
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        return plain.length() <= 200 ? plain : plain.substring(0, 200) + "…";
    }
}
