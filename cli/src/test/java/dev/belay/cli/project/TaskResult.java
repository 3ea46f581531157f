package dev.belay.cli.project;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What a task made of a folder, in the form in which the controller hands it over, but made by real git: the folder is
 * packed, unpacked in another repository and changed there.
 */
record TaskResult(Json changeSet, Path pack) {
    interface Work {
        void in(Path folder) throws IOException;
    }

    static TaskResult of(Path project, Path scratch, Work work) throws IOException {
        Files.createDirectories(scratch);
        PackedProject packed =
                ProjectFolder.at(project, Optional.empty()).pack(List.of(), scratch, PackLimits.defaults());
        Path folder = scratch.resolve("work");
        Git git = Git.init(folder);
        git.bytes(Files.readAllBytes(packed.pack().orElseThrow()), "index-pack", "--stdin", "--strict");
        Files.writeString(
                Files.createDirectories(folder.resolve(".git/info")).resolve("attributes"),
                "* -text -filter -ident -working-tree-encoding\n");
        git.run("read-tree", packed.baseCommit());
        git.run("checkout-index", "-a");
        work.in(folder);
        git.run("add", "-A", "-f", ".");
        String tree = git.run("write-tree");
        String raw = git.run("diff-tree", "-r", "-z", "--no-renames", packed.baseCommit(), tree);
        List<Json> entries = new ArrayList<>();
        TreeSet<String> blobs = new TreeSet<>();
        String[] parts = raw.isEmpty() ? new String[0] : raw.split("\0", -1);
        for (int i = 0; i + 1 < parts.length; i += 2) {
            String[] fields = parts[i].substring(1).split(" ", -1);
            entries.add(entry(
                    parts[i + 1],
                    Integer.parseInt(fields[0], 8),
                    fields[2],
                    Integer.parseInt(fields[1], 8),
                    fields[3]));
            if (!fields[1].equals("000000")) {
                blobs.add(fields[3]);
            }
        }
        return new TaskResult(set(entries), packOf(git, scratch, blobs));
    }

    /** One new file under a name that no honest result has. */
    static TaskResult named(Path scratch, String path, int mode, String text) throws IOException {
        Git git = Git.init(scratch.resolve("work"));
        Path file = Files.writeString(scratch.resolve("content"), text);
        String blob = git.run("hash-object", "-w", "--no-filters", file.toString());
        return new TaskResult(
                set(List.of(entry(path, 0, "", mode, blob))), packOf(git, scratch, new TreeSet<>(List.of(blob))));
    }

    private static Path packOf(Git git, Path scratch, TreeSet<String> blobs) throws IOException {
        byte[] wanted = (String.join("\n", blobs) + (blobs.isEmpty() ? "" : "\n")).getBytes(StandardCharsets.US_ASCII);
        return Files.write(scratch.resolve("result.pack"), git.bytes(wanted, "pack-objects", "-q", "--stdout"));
    }

    static Json set(List<Json> entries) {
        return Json.object()
                .put("from", "0".repeat(40))
                .put("to", "1".repeat(40))
                .put("entries", new Json.Arr(entries))
                .build();
    }

    static Json entry(String path, int oldMode, String oldBlob, int newMode, String newBlob) {
        return Json.object()
                .put("path", path)
                .put("old_blob", oldMode == 0 ? "" : oldBlob)
                .put("old_mode", oldMode)
                .put("new_blob", newMode == 0 ? "" : newBlob)
                .put("new_mode", newMode)
                .build();
    }

    ApplyReport apply(Path project) {
        return ResultApplier.apply(ProjectFolder.at(project, Optional.empty()), changeSet, pack, Delivery.written());
    }

    ApplyReport check(Path project) {
        return ResultApplier.apply(ProjectFolder.at(project, Optional.empty()), changeSet, pack, Delivery.checked());
    }
}
