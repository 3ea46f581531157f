package dev.belay.policies.sandboxruntime;

import static java.util.Map.entry;

import dev.belay.policies.json.Findings;
import dev.belay.policies.json.JsonNode.Members;
import java.util.List;
import java.util.Map;

/** Goes through the keys of the whole file. */
final class SettingsReader {
    private static final String OF_THAT_PROGRAM = "it sets up the programs of that sandbox, which is another than this";
    private static final String WEAKER = "it weakens that sandbox, and this one is not weakened by a project";

    private static final Map<String, String> OTHERS = Map.ofEntries(
            entry("ignoreViolations", "it hides reports of that program and allows nothing; here all are told"),
            entry("enableWeakerNestedSandbox", WEAKER),
            entry("enableWeakerNetworkIsolation", WEAKER),
            entry("allowAppleEvents", WEAKER),
            entry("allowPty", "a command has a terminal where the task gives it one, and no policy speaks of it"),
            entry("ripgrep", OF_THAT_PROGRAM),
            entry("mandatoryDenySearchDepth", OF_THAT_PROGRAM),
            entry("seccomp", OF_THAT_PROGRAM),
            entry("bwrapPath", OF_THAT_PROGRAM),
            entry("socatPath", OF_THAT_PROGRAM),
            entry("javaAgentJarPath", OF_THAT_PROGRAM),
            entry("windows", OF_THAT_PROGRAM),
            entry("git", OF_THAT_PROGRAM));

    private final Findings findings;
    private final ProjectFolder project;

    SettingsReader(Findings findings, ProjectFolder project) {
        this.findings = findings;
        this.project = project;
    }

    void file(Members root) {
        Section file = new Section(findings, root, List.of("network", "filesystem", "credentials"), OTHERS);
        file.object("network").ifPresent(members -> new NetworkReader(findings).section(members));
        FilesystemReader files = new FilesystemReader(findings, project);
        Members none = new Members(root.at(), List.of());
        files.section(file.object("filesystem").orElse(none));
        file.object("credentials").ifPresent(members -> new CredentialsReader(findings, files).section(members));
    }
}
