package dev.belay.cli.policy;

import dev.belay.policies.Compiled;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Source;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The policy of the folder that a person works in, as it is on their machine now. What a task writes to these files
 * reaches no task before a person has let it in.
 *
 * @param sources those that say anything of rights
 */
public record ProjectPolicy(List<Source> sources, Compiled compiled) {
    public ProjectPolicy {
        sources = List.copyOf(sources);
    }

    /** @throws BelayException E_POLICY where a file cannot be read as text */
    public static ProjectPolicy of(Path root) {
        List<Source> all = new ArrayList<>();
        for (String name : PolicyCompiler.FILES) {
            Path file = root.resolve(name);
            if (Files.isRegularFile(file)) {
                Source source = read(file, name);
                if (isInside(root, file)) {
                    all.add(source);
                } else if (!PolicyCompiler.compile(List.of(source)).files().isEmpty()) {
                    throw unreadable(name, "it leads out of the project", "put the file itself there");
                }
            }
        }
        return of(all);
    }

    /** What lies elsewhere on this machine is not this project's to send, and a task does not see it either. */
    private static boolean isInside(Path root, Path file) {
        try {
            return file.toRealPath().startsWith(root.toRealPath());
        } catch (IOException goneMeanwhile) {
            return false;
        }
    }

    /** @param name under which of {@link PolicyCompiler#FILES} it is understood */
    static Source read(Path file, String name) {
        try {
            long bytes = Files.size(file);
            if (bytes > 4L * PolicyCompiler.MAX_SOURCE_CHARACTERS) {
                throw unreadable(
                        name, "it has " + bytes + " bytes", "move what says nothing of rights to another file");
            }
            return new Source(
                    name,
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                            .toString());
        } catch (CharacterCodingException noText) {
            throw unreadable(name, "it is no UTF-8", "save it as UTF-8").causedBy(noText);
        } catch (IOException failed) {
            throw unreadable(name, failed.getClass().getSimpleName() + ": " + failed.getMessage(), "make it readable")
                    .causedBy(failed);
        }
    }

    /** A file that says nothing of rights is nobody's business, and does not travel. */
    static ProjectPolicy of(List<Source> all) {
        Compiled compiled = PolicyCompiler.compile(all);
        return new ProjectPolicy(
                all.stream()
                        .filter(source -> compiled.files().contains(source.file()))
                        .toList(),
                compiled);
    }

    private static BelayException unreadable(String name, String why, String next) {
        return BelayException.of(
                ErrorCode.E_POLICY, name + " cannot be read as a policy", why + " (layer: client)", next);
    }

    /** @throws BelayException E_POLICY, with the place of each problem: no task starts on a guess */
    public ProjectPolicy understood() {
        if (!compiled.problems().isEmpty()) {
            throw Problem.refusal(compiled.problems());
        }
        return this;
    }

    /** As a SubmitTask has them. */
    public Json wire() {
        return new Json.Arr(sources.stream()
                .<Json>map(source -> Json.object()
                        .put("file", source.file())
                        .put("text", source.text())
                        .build())
                .toList());
    }

    public boolean isStandard() {
        return sources.isEmpty();
    }
}
