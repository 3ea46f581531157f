package dev.belay.policies.environment;

import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Spot;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.util.List;
import java.util.stream.Collectors;

/** What became of an environment's text: all of it is understood, or none of it holds. */
public sealed interface Parsed {
    record Understood(Environment environment) implements Parsed {}

    /** @param problems at least one */
    record Refused(List<Problem> problems) implements Parsed {
        private static final int MOST_TOLD = 5;

        public Refused {
            problems = List.copyOf(problems);
        }

        /** A file that cannot be read as text at all. */
        public static Refused whole(String file, String what, String fix) {
            return new Refused(List.of(new Problem(new Spot(file, 0, 0), what, fix)));
        }

        /** @param layer who refuses: {@code client}, {@code runner} */
        public BelayException refusal(String layer) {
            Problem first = problems.getFirst();
            String others = problems.stream()
                    .skip(1)
                    .limit(MOST_TOLD)
                    .map(problem -> "; also " + inOneLine(problem))
                    .collect(Collectors.joining());
            int untold = problems.size() - 1 - MOST_TOLD;
            return BelayException.of(
                    ErrorCode.E_ENVIRONMENT,
                    inOneLine(first),
                    "an environment that is not understood starts no task (layer: " + layer + ")" + others
                            + (untold > 0 ? "; and " + untold + " more: belay env check" : ""),
                    first.fix());
        }

        private static String inOneLine(Problem problem) {
            return problem.spot() + ": " + problem.what();
        }
    }

    /** @throws BelayException E_ENVIRONMENT, with the place of each problem */
    default Environment orRefuse(String layer) {
        return switch (this) {
            case Understood understood -> understood.environment();
            case Refused refused -> throw refused.refusal(layer);
        };
    }
}
