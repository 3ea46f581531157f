package dev.belay.policies.environment.foreign;

import dev.belay.policies.environment.foreign.EnvironmentText.Command;
import dev.belay.policies.language.Places;
import dev.belay.policies.language.Source;

/**
 * {@code .openhands/setup.sh} becomes a step that runs it. There it is read into the agent's own shell; what it exports to
 * later commands so is lost here, and each such line is told.
 */
final class SetupScriptReader {
    private static final String FILE = ".openhands/setup.sh";

    private final Places places;
    private final NewEnvironment into;

    SetupScriptReader(Source source, NewEnvironment into) {
        this.places = new Places(source.file(), source.text());
        this.into = into;
    }

    void read() {
        if (places.text().isBlank()) {
            into.notNeeded(places.wholeFile(), FILE, "it runs nothing");
            return;
        }
        into.step(places.wholeFile(), FILE, new Command("", "bash " + FILE, 0), "");
        int at = 0;
        for (String line : places.text().split("\n", -1)) {
            String said = line.stripLeading();
            if (said.startsWith("export ")) {
                into.refused(
                        places.of(at + line.length() - said.length()),
                        exported(said),
                        "it holds in this step alone: the script is not read into the agent's own shell",
                        "write it under `env` where later commands need it");
            }
            at += line.length() + 1;
        }
    }

    /** Without the value, which may be nobody's business. */
    private static String exported(String line) {
        int equals = line.indexOf('=');
        return equals < 0 ? line.strip() : line.substring(0, equals);
    }
}
