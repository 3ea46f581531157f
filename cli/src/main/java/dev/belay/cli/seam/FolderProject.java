package dev.belay.cli.seam;

import dev.belay.cli.project.ApplyReport;
import dev.belay.cli.project.Delivery;
import dev.belay.cli.project.PackLimits;
import dev.belay.cli.project.PackedProject;
import dev.belay.cli.project.ProjectFolder;
import dev.belay.cli.project.ResultApplier;
import dev.belay.proto.json.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The person's folder as what the verbs ask of a project. */
record FolderProject(ProjectFolder folder) implements ProjectSource.Project {
    static ProjectSource.Project at(Path start, Optional<Path> scope) {
        return new FolderProject(ProjectFolder.at(start, scope));
    }

    static ResultTarget.Applied apply(ProjectSource.Project project, Json changeSet, Path pack, Delivery delivery) {
        if (!(project instanceof FolderProject known)) {
            throw new IllegalArgumentException("a project of another source");
        }
        ApplyReport report = ResultApplier.apply(known.folder, changeSet, pack, delivery);
        return new ResultTarget.Applied(report.paths(), report.staged(), report.undo(), report.notes());
    }

    @Override
    public Path root() {
        return folder.root();
    }

    @Override
    public String key() {
        return folder.key();
    }

    @Override
    public String name() {
        return folder.name();
    }

    @Override
    public String branch() {
        return folder.branch();
    }

    @Override
    public String headCommit() {
        return folder.headCommit();
    }

    @Override
    public List<String> commits() {
        return folder.commits();
    }

    @Override
    public List<String> notes() {
        return folder.notes();
    }

    @Override
    public boolean sends(String path) {
        return folder.sends(path);
    }

    @Override
    public ProjectSource.Packed pack(List<String> have, Path temporary, Optional<Long> mostBytesOfAFile) {
        PackLimits limits =
                mostBytesOfAFile.map(PackLimits.defaults()::withMaxFileBytes).orElseGet(PackLimits::defaults);
        PackedProject packed = folder.pack(have, temporary, limits);
        return new ProjectSource.Packed(
                packed.baseCommit(), packed.pack(), packed.bytes(), packed.files(), packed.notes());
    }
}
