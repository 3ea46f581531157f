package dev.belay.policies.claude;

import dev.belay.policies.files.PathPattern;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.RuleString;
import dev.belay.policies.language.Subject;
import java.util.List;

/**
 * {@code Read(path)} and {@code Edit(path)}. Two slashes are the root of a machine, one is the project's. What is allowed
 * there is only what is not asked about: as a rule it would forbid every other file.
 */
record PathRule(Effect effect, Origin origin) {
    private static final String ANYWHERE = "//**";

    Line line(Subject subject, RuleString rule) throws PatternException {
        String path = rule.text();
        boolean anywhere = path.equals(ANYWHERE) || path.startsWith(ANYWHERE + "/") || path.matches("~/[*][*]/.+");
        int cut = anywhere ? 2 : 0;
        if (!anywhere && isOutside(path)) {
            return effect == Effect.ALLOW
                    ? new Line.NotEnforced(origin, "nothing outside the project is in the sandbox")
                    : new Line.Inherent(origin, "mount: only the project's copy is in the sandbox");
        }
        String pattern = path.substring(cut);
        try {
            PathPattern.parse(pattern);
        } catch (PatternException wrong) {
            throw wrong.further(rule.textAt() + cut);
        }
        return effect == Effect.ALLOW
                ? new Line.Inherent(origin, "mount: the project's copy may be read and changed, and nothing is asked")
                : new Line.Rules(origin, List.of(new Clause(effect, subject, pattern, origin)));
    }

    private static boolean isOutside(String path) {
        return path.startsWith("//")
                || path.equals("~")
                || path.startsWith("~/")
                || path.equals("..")
                || path.startsWith("../");
    }
}
