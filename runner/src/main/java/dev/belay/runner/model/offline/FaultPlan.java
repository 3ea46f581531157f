package dev.belay.runner.model.offline;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which fault meets which request. Requests are counted from 1 in the order of their arrival, those to the four wires
 * only, whether or not they are refused.
 *
 * @param byRequest goes before {@code every}
 * @param every for all other requests
 */
public record FaultPlan(Map<Long, Fault> byRequest, Optional<Fault> every) {
    public static final FaultPlan NONE = new FaultPlan(Map.of(), Optional.empty());

    public FaultPlan {
        byRequest = Map.copyOf(byRequest);
    }

    public static FaultPlan every(Fault fault) {
        return new FaultPlan(Map.of(), Optional.of(fault));
    }

    /** This plan, with another fault for the k-th request. */
    public FaultPlan at(long k, Fault fault) {
        if (k < 1) {
            throw new IllegalArgumentException("requests are counted from 1, and not from " + k);
        }
        Map<Long, Fault> all = new HashMap<>(byRequest);
        all.put(k, fault);
        return new FaultPlan(all, every);
    }

    /**
     * Reads {@code WORDS} for every request, and {@code K=WORDS} for the k-th; see {@link FaultWords}.
     *
     * @throws IllegalArgumentException with a sentence for people
     */
    public static FaultPlan parse(List<String> options) {
        FaultPlan plan = NONE;
        for (String option : options) {
            int equals = option.indexOf('=');
            String number = equals < 0 ? "" : option.substring(0, equals);
            if (number.matches("[0-9]{1,9}")) {
                plan = plan.at(Long.parseLong(number), FaultWords.parse(option.substring(equals + 1)));
            } else {
                plan = new FaultPlan(plan.byRequest, Optional.of(FaultWords.parse(option)));
            }
        }
        return plan;
    }

    Optional<Fault> of(long request) {
        Fault own = byRequest.get(request);
        return own == null ? every : Optional.of(own);
    }
}
