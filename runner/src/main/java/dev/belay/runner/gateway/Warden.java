package dev.belay.runner.gateway;

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
