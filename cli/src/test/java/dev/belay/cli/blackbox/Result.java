package dev.belay.cli.blackbox;

import dev.belay.proto.json.Json;
import java.util.List;
import org.assertj.core.api.Assertions;

/** How a command ended, and what it said. */
record Result(String command, int exit, String out, String err) {
    /** Its one document. */
    Json json() {
        return Json.parse(out.strip());
    }

    /** Its documents, one a line. */
    List<Json> lines() {
        return out.lines().map(Json::parse).toList();
    }

    /** What it printed, without the last line's end. */
    String said() {
        return out.strip();
    }

    Result ended(int code) {
        Assertions.assertThat(exit).as("exit code of %s", this).isEqualTo(code);
        return this;
    }

    Result well() {
        return ended(0);
    }

    /** An error in its one shape: the code first, the exit code last, and what to type next. */
    Result refused(String code, int exitCode) {
        ended(exitCode);
        Assertions.assertThat(err).as("error of %s", this).contains("error[" + code + "] ");
        Assertions.assertThat(err).as("error of %s", this).contains("  Try: ");
        Assertions.assertThat(err.stripTrailing())
                .as("error of %s", this)
                .endsWith(" exit " + exitCode)
                .doesNotContain("Exception")
                .doesNotContain("\tat ");
        return this;
    }

    @Override
    public String toString() {
        return command + " (exit " + exit + ")\n--- out\n" + out + "\n--- err\n" + err;
    }
}
