package dev.belay.cli.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cli.Samples;
import dev.belay.cli.WrittenLog;
import dev.belay.proto.json.Json;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyShapeTest {
    /** Put together here, so that no file holds what looks like one. */
    private static String key(String prefix) {
        return prefix + "a1B2c3D4e5F6g7H8i9J0";
    }

    @ParameterizedTest
    @CsvSource({
        "sk-ant-, sk-ant-",
        "sk-, sk-",
        "sk-proj-, sk-",
        "AIza, AIza",
        "ghp_, ghp_",
        "github_pat_, github_pat_",
        "AKIA, AKIA",
        "xoxb-, xoxb-",
    })
    void keys_of_well_known_services_are_known_wherever_they_stand(String prefix, String named) {
        String shape = "what looks like a key: " + named + "…";

        assertThat(KeyShape.in(key(prefix))).contains(shape);
        assertThat(KeyShape.in("export K=\"" + key(prefix) + "\"\n")).contains(shape);
        assertThat(KeyShape.in("sk- ghp_\n" + key(prefix))).contains(shape);
        assertThat(KeyShape.in("printf 'a\\n" + key(prefix) + "'")).contains(shape);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "})
    void so_is_a_private_key(String kind) {
        assertThat(KeyShape.in("x\n-----BEGIN " + kind + "PRIVATE KEY-----\nMII"))
                .contains("a private key");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a task-management-system-of-ours",
                "disk-usage-by-folder-and-user",
                "sk-learn",
                "a key begins with sk-ant-",
                "grep -rn 'ghp_' .",
                "MAKIAVELLI0123456789ABCD",
                "-----BEGIN PUBLIC KEY-----",
                "-----BEGIN CERTIFICATE-----\nand much later, in other words, there is a PRIVATE KEY",
            })
    void words_are_none(String text) {
        assertThat(KeyShape.in(text)).isEmpty();
    }

    static Stream<Arguments> places() {
        String key = key("sk-ant-");
        return Stream.of(
                Arguments.of(
                        new WrittenLog().turn(1, "m").says(1, "It is " + key).ends(1), "what the model said in turn 1"),
                Arguments.of(
                        new WrittenLog().turn(1, "m").step(1, 3, "Bash", "{\"command\":\"echo " + key + "\"}", ""),
                        "step s3 (Bash)"),
                Arguments.of(
                        new WrittenLog()
                                .person("p", key)
                                .turn(1, "m", "p")
                                .says(1, "Done.")
                                .ends(1),
                        "what a person said before turn 1"),
                Arguments.of(
                        new WrittenLog().turn(1, "m").says(1, "Done.").ends(1).person("p", key), "what a person said"),
                Arguments.of(
                        new WrittenLog()
                                .fork(key, true)
                                .turn(1, "m")
                                .says(1, "Done.")
                                .ends(1),
                        "the prompt"));
    }

    @ParameterizedTest
    @MethodSource("places")
    void its_place_is_named_and_it_is_not_repeated(WrittenLog log, String place) {
        Recording recording = Recorder.of(Json.parse(Samples.task("succeeded", "0")), log.events());

        assertThat(recording.key()).contains(place + " holds what looks like a key: sk-ant-…");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sk-ant-", "AKIA"})
    void what_a_tool_printed_is_no_part_of_a_recording(String prefix) {
        WrittenLog log = new WrittenLog().turn(1, "m").step(1, 1, "Bash", "{\"command\":\"env\"}", key(prefix));

        assertThat(Recorder.of(Json.parse(Samples.task("succeeded", "0")), log.events())
                        .key())
                .isEmpty();
    }
}
