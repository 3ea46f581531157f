package dev.belay.runner.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** What every way through the gateway asks before it goes on. A denial is counted and reported here and nowhere else. */
final class Warden {
    private final Egress egress;
    private final RefusalLog log;
    private final Quota quota;
    private final AtomicLong requests = new AtomicLong();

    Warden(Egress egress, RefusalLog log, Quota quota) {
        this.egress = egress;
        this.log = log;
        this.quota = quota;
    }

    /** Empty: it may. */
    Optional<Egress.Denial> judge(Target target) {
        requests.incrementAndGet();
        Optional<Egress.Denial> denial = egress.judge(target)
                .or(() -> speaksProxy(target) ? Optional.empty() : Optional.of(OwnDenials.noProxyGreeting()))
                .or(() -> target.readable() ? Optional.empty() : Optional.of(OwnDenials.unreadable()))
                .or(quota::spent);
        denial.ifPresent(why -> refused(target, why));
        return denial;
    }

    /** Empty: it may, after its target may. */
    Optional<Egress.Denial> judge(HttpRequestHead request) {
        Optional<Egress.Denial> denial = egress.judgeRequest(request.target(), request.method(), request.path());
        denial.ifPresent(why -> refused(request.target(), why));
        return denial;
    }

    /**
     * The refs that may not be pushed to, in their order; none: the push may go on. The first few are reported one by
     * one.
     *
     * @param path without its query
     */
    Map<String, Egress.Denial> judgePush(Target target, String path, List<String> refs) {
        Map<String, Egress.Denial> denials = new LinkedHashMap<>();
        for (String ref : refs) {
            egress.judgePush(target, path, ref).ifPresent(denial -> denials.put(ref, denial));
        }
        denials.entrySet().stream()
                .limit(PushAnswer.TOLD)
                .forEach(entry -> refused(
                        target,
                        because(
                                entry.getValue(),
                                "push to " + PushCommands.shown(entry.getKey()) + ": "
                                        + entry.getValue().reason())));
        int others = denials.size() - PushAnswer.TOLD;
        if (others > 0) {
            Egress.Denial first = denials.values().iterator().next();
            refused(target, because(first, "push to " + others + " more refs at once"));
        }
        return denials;
    }

    Optional<Path> keepsPushes() {
        return egress.keepsPushes();
    }

    /** Empty: it may, after its refs may. Whoever asks reports it. */
    Optional<Egress.Denial> judgePushed(Target target, List<String> tips, InputStream pack) throws IOException {
        return egress.judgePushed(target, tips, pack);
    }

    private static Egress.Denial because(Egress.Denial denial, String reason) {
        return new Egress.Denial(denial.rule(), denial.place(), reason, denial.instead());
    }

    boolean inspects(Target target) {
        return egress.inspects(target);
    }

    void refused(Target target, Egress.Denial denial) {
        log.add(target, denial);
    }

    long requests() {
        return requests.get();
    }

    private static boolean speaksProxy(Target target) {
        return switch (target.protocol()) {
            case HTTP, HTTPS, CONNECT, SOCKS4, SOCKS5 -> true;
            case TLS, UNKNOWN -> false;
        };
    }
}
