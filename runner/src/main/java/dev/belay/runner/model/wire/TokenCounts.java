package dev.belay.runner.model.wire;

import dev.belay.proto.json.Json;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The counts that a provider tells while it answers, the latest of each. What can be no count is refused, because
 * people pay by it and tasks are limited by it.
 */
final class TokenCounts {
    private static final BigDecimal MOST = BigDecimal.valueOf(1_000_000_000_000L);

    private final List<String> names;
    private final Map<String, Long> counts = new HashMap<>();

    TokenCounts(String... names) {
        this.names = List.of(names);
    }

    void take(Json usage) throws WireException {
        if (usage.isNull()) {
            return;
        }
        if (!(usage instanceof Json.Obj)) {
            throw Broken.because("its usage is no object");
        }
        for (String name : names) {
            Json count = usage.get(name);
            if (!count.isNull()) {
                counts.put(name, whole(name, count));
            }
        }
    }

    /** Zero when it was never told. */
    long of(String name) {
        return counts.getOrDefault(name, 0L);
    }

    void require(String name) throws WireException {
        if (!counts.containsKey(name)) {
            throw Broken.because("it does not tell " + name);
        }
    }

    static long whole(String name, Json count) throws WireException {
        if (count instanceof Json.Num(BigDecimal number)
                && number.signum() >= 0
                && number.compareTo(MOST) <= 0
                && number.stripTrailingZeros().scale() <= 0) {
            return number.longValueExact();
        }
        throw Broken.because(name + " is no count");
    }
}
