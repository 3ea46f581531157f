package dev.belay.runner.sandbox.namespace;

import dev.belay.runner.sandbox.shared.EngineFolder;
import dev.belay.runner.sandbox.shared.SyntheticEtc;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What the engine keeps in the runner's state and shows to every sandbox, read-only: the first program, the seccomp rules
 * and a synthetic /etc. The program is a copy, so that the sandbox's uid can read it wherever the install lies.
 */
record EngineFiles(Path program, Path filter, Path etc) {
    static EngineFiles prepare(Path state, Tools tools, String programName, byte[] program) throws IOException {
        EngineFolder folder = EngineFolder.in(state);
        return new EngineFiles(
                folder.keepProgram(programName, program),
                folder.keep("seccomp.bpf", SeccompFilter.bytes()),
                SyntheticEtc.below(folder.path(), tools.etc()));
    }
}
