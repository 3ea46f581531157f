package dev.belay.policies.sandboxruntime;

import dev.belay.policies.json.Findings;
import dev.belay.policies.json.JsonNode;
import dev.belay.policies.json.JsonNode.Items;
import dev.belay.policies.json.JsonNode.Member;
import dev.belay.policies.json.JsonNode.Members;
import dev.belay.policies.json.JsonNode.Text;
import dev.belay.policies.language.Line;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Files and variables that hold secrets. A file is closed; none is shown with something else in the secret's place. */
final class CredentialsReader {
    private static final String INJECTED = "no secret is put into a request on its way out";

    private final Findings findings;
    private final FilesystemReader files;

    CredentialsReader(Findings findings, FilesystemReader files) {
        this.findings = findings;
        this.files = files;
    }

    void section(Members members) {
        Section section = new Section(
                findings,
                members,
                List.of("files", "envVars"),
                Map.of("allowPlaintextInject", INJECTED, "awsPairs", INJECTED, "sigv4", INJECTED));
        for (Members file : objects(section, "files")) {
            text(file, "path").ifPresentOrElse(path -> file(path, file), () -> missing(file, "path"));
        }
        for (Members variable : objects(section, "envVars")) {
            text(variable, "name").ifPresentOrElse(this::variable, () -> missing(variable, "name"));
        }
    }

    private void file(Text path, Members file) {
        files.denyRead(path);
        if (!text(file, "mode").map(Text::value).orElse("").equals("deny")) {
            findings.line(new Line.NotEnforced(
                    findings.origin(path), "stricter here: a file is read or not, and never with its secrets masked"));
        }
    }

    private void variable(Text name) {
        findings.line(new Line.Inherent(
                findings.origin(name), "sandbox: no variable of the machine is in it, so there is nothing to hide"));
    }

    private void missing(Members of, String key) {
        findings.problem(of, "`" + key + "` is missing", "write \"" + key + "\": \"...\"");
    }

    private List<Members> objects(Section section, String key) {
        Optional<JsonNode> value = section.member(key).map(Member::value);
        if (value.isPresent() && !(value.get() instanceof Items)) {
            findings.problem(
                    value.get(),
                    "`" + key + "` must be a list, not " + value.get().kind(),
                    "write []");
        }
        if (!(value.orElse(null) instanceof Items(int _, List<JsonNode> items))) {
            return List.of();
        }
        items.stream()
                .filter(item -> !(item instanceof Members))
                .forEach(item -> findings.problem(
                        item, "`" + key + "` must be a list of objects, and this is " + item.kind(), "write {...}"));
        return items.stream()
                .filter(Members.class::isInstance)
                .map(Members.class::cast)
                .toList();
    }

    private static Optional<Text> text(Members members, String key) {
        return members.members().stream()
                .filter(member -> member.key().value().equals(key))
                .map(Member::value)
                .filter(Text.class::isInstance)
                .map(Text.class::cast)
                .filter(text -> !text.value().isEmpty())
                .findFirst();
    }
}
