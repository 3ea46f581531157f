package dev.belay.cli.seam;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.script.ScriptParser;

/** The one place where the client's needs meet the code that fulfils them. */
public record Bindings(ProjectSource projects, ResultTarget results, ScriptCheck scripts) {

    public static Bindings ofThisBuild() {
        return new Bindings(
                FolderProject::at,
                (project, changeSet, pack, check) -> {
                    throw absent("applying a result");
                },
                ScriptParser::parse);
    }

    private static BelayException absent(String what) {
        return BelayException.of(
                ErrorCode.E_INTERNAL,
                what + " is not part of this build",
                "it was built without dev.belay.cli.project (layer: client)",
                "install a release of Belay");
    }
}
