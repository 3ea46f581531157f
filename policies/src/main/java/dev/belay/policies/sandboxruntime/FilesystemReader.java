package dev.belay.policies.sandboxruntime;

import dev.belay.policies.files.PathPattern;
import dev.belay.policies.json.Findings;
import dev.belay.policies.json.JsonNode.Members;
import dev.belay.policies.json.JsonNode.Text;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Quoted;
import dev.belay.policies.language.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Paths. All is readable but what is denied, less what is allowed again below it; nothing is writable but what is allowed,
 * less what is denied.
 */
final class FilesystemReader {
    private static final String MOUNT = "mount: only the project's copy is in the sandbox";
    private static final String EVERYTHING = "**";

    private record Opened(Text said, Location location) {}

    private final Findings findings;
    private final ProjectFolder project;
    private final List<Opened> readable = new ArrayList<>();

    FilesystemReader(Findings findings, ProjectFolder project) {
        this.findings = findings;
        this.project = project;
    }

    void section(Members members) {
        Section files = new Section(
                findings,
                members,
                List.of("denyRead", "allowRead", "allowWrite", "denyWrite"),
                Map.of(
                        "disabled",
                        "no policy is switched off by a project; the lists beside it hold",
                        "allowGitConfig",
                        "changes in .git are held back when a result is delivered, whatever a policy says"));
        files.strings("allowRead").forEach(this::readable);
        files.strings("denyRead").forEach(this::denyRead);
        allowWrite(files, members);
        for (Text path : files.strings("denyWrite")) {
            List<Location> all = denied(path);
            rules(path, Subject.EDIT, all);
        }
    }

    private void readable(Text path) {
        try {
            for (Location location : new SaidPath(path.value(), project, true).locations()) {
                readable.add(new Opened(path, location));
            }
        } catch (PatternException unsaid) {
            findings.line(new Line.NotEnforced(
                    findings.origin(path), "it opens nothing again: " + unsaid.getMessage() + "; " + unsaid.fix()));
        }
    }

    /** Also of credentials, which are denied in the same way. */
    void denyRead(Text path) {
        List<Location> all = denied(path);
        List<Location> closed =
                all.stream().filter(location -> !isOpenedWhole(location)).toList();
        if (closed.isEmpty() && !all.isEmpty()) {
            findings.line(new Line.Inherent(findings.origin(path), "policy: allowRead opens all again that it denies"));
            return;
        }
        rules(path, Subject.READ, closed);
        for (Location location : closed) {
            List<String> lost = readable.stream()
                    .filter(opened -> isBelow(opened.location(), location))
                    .map(opened -> Quoted.of(opened.said().value()))
                    .distinct()
                    .toList();
            if (!lost.isEmpty()) {
                findings.line(new Line.NotEnforced(
                        findings.origin(path),
                        "stricter here: allowRead opens " + String.join(", ", lost)
                                + " again below it, and here no permission takes back a denial; name what is to stay"
                                + " closed"));
            }
        }
    }

    private boolean isOpenedWhole(Location denied) {
        return readable.stream().anyMatch(opened -> switch (denied) {
            case Location.Whole(int up) -> opened.location() instanceof Location.Whole(int openedUp) && openedUp <= up;
            case Location.Inside inside -> opened.location().equals(inside);
        });
    }

    private static boolean isBelow(Location opened, Location denied) {
        if (!(opened instanceof Location.Inside(String open))) {
            return false;
        }
        return switch (denied) {
            case Location.Whole _ -> true;
            case Location.Inside(String closed) -> covers(closed, open);
        };
    }

    private static boolean covers(String closed, String open) {
        try {
            return PathPattern.parse(closed).covers(PathPattern.parse(open), Effect.ALLOW);
        } catch (PatternException parsedBefore) {
            throw new IllegalStateException(parsedBefore);
        }
    }

    private void allowWrite(Section files, Members section) {
        List<Clause> listed = new ArrayList<>();
        List<Origin> inside = new ArrayList<>();
        boolean whole = false;
        for (Text path : files.strings("allowWrite")) {
            Origin origin = findings.origin(path);
            try {
                List<Location> all = new SaidPath(path.value(), project, true).locations();
                if (all.isEmpty()) {
                    findings.line(new Line.NotEnforced(origin, "nothing outside the project is in the sandbox"));
                } else {
                    inside.add(origin);
                }
                for (Location location : all) {
                    if (location instanceof Location.Inside(String pattern)) {
                        listed.add(new Clause(Effect.ALLOW, Subject.EDIT, pattern, origin));
                    }
                    whole |= location instanceof Location.Whole;
                }
            } catch (PatternException unsaid) {
                findings.line(new Line.NotEnforced(
                        origin, "it allows no change: " + unsaid.getMessage() + "; " + unsaid.fix()));
            }
        }
        if (whole) {
            inside.forEach(origin -> findings.line(
                    new Line.Inherent(origin, "mount: all of the project's copy may be changed, as its list says")));
        } else if (!listed.isEmpty()) {
            listed.forEach(clause -> findings.line(new Line.Rules(clause.origin(), List.of(clause))));
        } else {
            nothingWritable(files, section);
        }
    }

    private void nothingWritable(Section files, Members section) {
        Text place = files.member("allowWrite")
                .map(member -> member.key())
                .orElse(new Text(section.at(), "filesystem.allowWrite"));
        Origin said = findings.origin(place);
        Origin origin = new Origin(said.text(), said.spot(), "the list of what may be written names nothing here");
        if (files.member("allowWrite").isEmpty()) {
            findings.line(new Line.NotEnforced(
                    origin, "that program refuses a file without this list; it is taken for an empty one"));
        }
        findings.line(new Line.Rules(origin, List.of(new Clause(Effect.DENY, Subject.EDIT, EVERYTHING, origin))));
    }

    /** What a prohibition could mean. Where that cannot be said, the file is refused: less would be forbidden. */
    private List<Location> denied(Text path) {
        try {
            List<Location> all = new SaidPath(path.value(), project, false).locations();
            if (all.isEmpty()) {
                findings.line(new Line.Inherent(findings.origin(path), MOUNT));
            }
            return all;
        } catch (PatternException unsaid) {
            findings.problem(path, 0, String.valueOf(unsaid.getMessage()), unsaid.fix());
            return List.of();
        }
    }

    private void rules(Text path, Subject subject, List<Location> denied) {
        Origin origin = findings.origin(path);
        List<Clause> clauses = denied.stream()
                .map(location -> location instanceof Location.Inside(String pattern) ? pattern : EVERYTHING)
                .map(pattern -> new Clause(Effect.DENY, subject, pattern, origin))
                .toList();
        if (!clauses.isEmpty()) {
            findings.line(new Line.Rules(origin, clauses));
        }
    }
}
