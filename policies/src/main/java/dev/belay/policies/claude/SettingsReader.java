package dev.belay.policies.claude;

import dev.belay.policies.json.Findings;
import dev.belay.policies.json.JsonNode;
import dev.belay.policies.json.JsonNode.Items;
import dev.belay.policies.json.JsonNode.Member;
import dev.belay.policies.json.JsonNode.Members;
import dev.belay.policies.json.JsonNode.Text;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Quoted;
import dev.belay.proto.error.Nearest;
import java.util.List;
import java.util.Set;

/** Goes through the keys. The file is another program's: keys that say nothing of rights are its own business. */
final class SettingsReader {
    private static final int MOST_RULES = 2_000;
    /** Longer words are no misspelt key, and comparing them costs. */
    private static final int LONGEST_KEY = 40;

    private static final String PERMISSIONS = "permissions";
    private static final List<String> RIGHTS = List.of(
            "allow",
            "ask",
            "deny",
            "defaultMode",
            "additionalDirectories",
            "disableBypassPermissionsMode",
            "disableAutoMode");
    /** Programs that the other one would start on a person's machine, and what they would be given. */
    private static final Set<String> RUN = Set.of(
            "hooks",
            "env",
            "apiKeyHelper",
            "awsAuthRefresh",
            "awsCredentialExport",
            "gcpAuthRefresh",
            "otelHeadersHelper",
            "statusLine",
            "fileSuggestion",
            "enableAllProjectMcpServers",
            "enabledMcpjsonServers",
            "disabledMcpjsonServers",
            "enabledPlugins",
            "extraKnownMarketplaces");

    private static final List<String> MODES =
            List.of("default", "acceptEdits", "plan", "dontAsk", "auto", "bypassPermissions", "manual", "delegate");
    private static final Set<String> WIDER = Set.of("auto", "bypassPermissions");

    private final Findings findings;

    SettingsReader(Findings findings) {
        this.findings = findings;
    }

    void file(Members root) {
        for (Member member : root.members()) {
            String key = member.key().value();
            if (key.equals(PERMISSIONS)) {
                permissions(member);
            } else if (RUN.contains(key)) {
                findings.line(new Line.Inherent(
                        findings.origin(member.key()), "sandbox: nothing of it is run or read by Belay"));
            } else if (key.equals("sandbox")) {
                findings.line(new Line.NotEnforced(
                        findings.origin(member.key()),
                        "it sets up another sandbox than this; name hosts and paths in .belay/policy.yaml"));
            } else if (RIGHTS.contains(key)) {
                findings.problem(
                        member.key(),
                        Quoted.of(key) + " stands outside `permissions`, where nobody reads it",
                        "move it into \"permissions\": {...}");
            } else if (isNear(key, List.of(PERMISSIONS))) {
                findings.problem(
                        member.key(),
                        "unknown key " + Quoted.of(key) + Nearest.hint(key, List.of(PERMISSIONS)),
                        "write \"permissions\"");
            }
        }
    }

    private static boolean isNear(String key, List<String> known) {
        return key.length() <= LONGEST_KEY && Nearest.to(key, known).isPresent();
    }

    private void permissions(Member member) {
        if (!(member.value() instanceof Members rights)) {
            mustBe(member, "an object", "write {\"deny\": [\"Read(.env)\"]}");
            return;
        }
        for (Member right : rights.members()) {
            switch (right.key().value()) {
                case "allow" -> rules(Effect.ALLOW, right);
                case "ask" -> rules(Effect.ASK, right);
                case "deny" -> rules(Effect.DENY, right);
                case "additionalDirectories" -> folders(right);
                case "defaultMode" -> mode(right);
                case "disableBypassPermissionsMode" -> disabled(right, true);
                case "disableAutoMode" -> disabled(right, false);
                default -> unknown(right.key());
            }
        }
    }

    private void unknown(Text key) {
        findings.problem(
                key,
                "unknown key " + Quoted.of(key.value()) + " in `permissions`"
                        + (isNear(key.value(), RIGHTS) ? Nearest.hint(key.value(), RIGHTS) : ""),
                "keys: " + String.join(", ", RIGHTS));
    }

    private void rules(Effect effect, Member list) {
        for (Text rule : strings(list, "[\"Bash(npm test)\"]")) {
            Origin origin = findings.origin(rule);
            try {
                findings.line(new RuleTranslator(effect, origin).line(rule.value()));
            } catch (PatternException wrong) {
                findings.problem(rule, wrong.at(), String.valueOf(wrong.getMessage()), wrong.fix());
            }
        }
    }

    private void folders(Member list) {
        for (Text folder : strings(list, "[\"docs\"]")) {
            findings.line(new Line.NotEnforced(
                    findings.origin(folder), "nothing outside the project is in the sandbox, so this folder is not"));
        }
    }

    /** The strings of a list; what is no string in it is a problem. */
    private List<Text> strings(Member list, String example) {
        if (!(list.value() instanceof Items(int _, List<JsonNode> items))) {
            mustBe(list, "a list of strings", "write " + example);
            return List.of();
        }
        if (items.size() > MOST_RULES) {
            findings.problem(
                    list.key(),
                    Quoted.of(list.key().value()) + " has more than " + MOST_RULES + " rules",
                    "write wider patterns");
            return List.of();
        }
        for (JsonNode item : items) {
            if (!(item instanceof Text)) {
                findings.problem(
                        item,
                        Quoted.of(list.key().value()) + " must be a list of strings, and this is " + item.kind(),
                        "write " + example);
            }
        }
        return items.stream()
                .filter(Text.class::isInstance)
                .map(Text.class::cast)
                .toList();
    }

    private void mode(Member member) {
        if (!(member.value() instanceof Text mode)) {
            mustBe(member, "a string", "write \"default\"");
        } else if (!MODES.contains(mode.value())) {
            findings.problem(
                    mode,
                    "unknown mode " + Quoted.of(mode.value())
                            + (isNear(mode.value(), MODES) ? Nearest.hint(mode.value(), MODES) : ""),
                    "modes: " + String.join(", ", MODES));
        } else {
            findings.line(new Line.NotEnforced(
                    new Origin(
                            "defaultMode: " + mode.value(),
                            findings.origin(member.key()).spot(),
                            ""),
                    WIDER.contains(mode.value())
                            ? "a project's file cannot choose a mode that asks less"
                            : "the mode of a task is chosen where it is started, and by `modes` in"
                                    + " .belay/policy.yaml"));
        }
    }

    private void disabled(Member member, boolean bypass) {
        if (!(member.value() instanceof Text word) || !word.value().equals("disable")) {
            findings.problem(
                    member.value(),
                    Quoted.of(member.key().value()) + " must be \"disable\"",
                    "write \"disable\", or remove the key");
            return;
        }
        Origin origin = findings.origin(member.key());
        findings.line(
                bypass
                        ? new Line.Inherent(origin, "policy: it holds in every mode, none goes round it")
                        : new Line.NotEnforced(
                                origin, "the modes of a task are bounded by `modes` in .belay/policy.yaml alone"));
    }

    private void mustBe(Member member, String kind, String fix) {
        findings.problem(
                member.value(),
                Quoted.of(member.key().value()) + " must be " + kind + ", not "
                        + member.value().kind(),
                fix);
    }
}
