package dev.belay.cli.seam;

import dev.belay.proto.script.ScriptParser;

/** The one place where the client's needs meet the code that fulfils them. */
public record Bindings(ProjectSource projects, ResultTarget results, ScriptCheck scripts) {

    public static Bindings ofThisBuild() {
        return new Bindings(FolderProject::at, FolderProject::apply, ScriptParser::parse);
    }
}
