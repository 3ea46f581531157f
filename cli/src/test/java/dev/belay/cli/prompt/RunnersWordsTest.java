package dev.belay.cli.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The client may not depend on the runner; what it says in its name must be what it says. */
class RunnersWordsTest {
    private static final Path RUNNER = Path.of("../runner/src/main/java/dev/belay/runner");

    @ParameterizedTest
    @CsvSource({
        "NO_RESULT, task/Recollection.java",
        "NOT_KEPT, task/Recollection.java",
        "TOO_LONG, task/Recollection.java",
        "ANSWERED, task/Recollection.java",
        "NOT_MADE, model/wire/Turns.java",
        "NO_OUTPUT, model/wire/Turns.java",
        "GO_ON, model/wire/Turns.java",
        "PRUNED, agent/Shown.java",
        "SUMMARISED, agent/Shown.java",
        "CHECK_FAILED, agent/Proof.java",
        "MEND, agent/Proof.java",
    })
    void they_are_the_runners_letter_by_letter(String name, String file)
            throws IOException, ReflectiveOperationException {
        Object words = RunnersWords.class.getDeclaredField(name).get(null);

        // Where a text goes on in the next line.
        assertThat(Files.readString(RUNNER.resolve(file)).replaceAll("\"\\s*\\+ \"", ""))
                .contains("\"" + words.toString().replace("\n", "\\n") + "\"");
    }

    @ParameterizedTest
    @CsvSource({"revert, s4", "rollback, s4", "undo, s4"})
    void files_that_moved_are_told_in_the_runners_words(String kind, String place) throws IOException {
        String words = FilesMoved.words(dev.belay.proto.json.Json.parse("{\"kind\":\"" + kind
                        + "\",\"to\":\"s4\",\"reverts\":\"s4\",\"files_changed\":1,\"files\":[]}"))
                .orElseThrow();
        String source = Files.readString(RUNNER.resolve("task/FilesMoved.java"));

        for (String piece : words.substring(0, words.indexOf(" These files")).split(place)) {
            assertThat(source).contains(piece);
        }
        assertThat(source).contains("These files are other than you saw them last; read them before you rely on them:");
    }
}
