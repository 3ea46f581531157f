package dev.belay.runner.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is published of the attempts is what is tried. Outside of every room, since only there the table can be written. */
@Tag("outside-room")
class BatteryTableTest {
    private static final Path THREATS = Path.of("THREATS.md");

    @BeforeEach
    void write_it_when_asked() throws IOException {
        if (System.getProperty("belay.threats", "").equals("write")) {
            Files.writeString(THREATS, BatteryTable.replaced(Files.readString(THREATS)));
        }
    }

    @Test
    void the_table_in_the_document_is_that_of_the_tests() throws IOException {
        assertThat(BatteryTable.block(Files.readString(THREATS)))
                .as("write it anew by -Dbelay.threats=write")
                .isEqualTo(BatteryTable.text().strip());
    }

    @Test
    void whatever_stops_an_attempt_has_a_row_of_its_own() throws IOException {
        assertThat(BatteryTable.mechanisms(Files.readString(THREATS)))
                .containsAll(Attempts.all().map(Attempt::mechanism).distinct().toList());
    }

    @Test
    void so_has_whatever_bounds_an_abuse() throws IOException {
        assertThat(BatteryTable.mechanisms(Files.readString(THREATS)))
                .contains("snapshot")
                .containsAll(Abuse.ALL.stream().map(Abuse::mechanism).distinct().toList());
    }

    @Test
    void there_are_many_attempts_and_none_twice() {
        assertThat(Attempts.all().filter(attempt -> !NetworkAttempts.ALL.contains(attempt)))
                .hasSizeGreaterThanOrEqualTo(200);
        assertThat(Attempts.all().map(Attempt::name)).doesNotHaveDuplicates();
        assertThat(Attempts.all().map(Attempt::command)).doesNotHaveDuplicates();
    }

    @Test
    void nearly_every_attempt_is_shown_to_mean_something() {
        long shown = Attempts.all().filter(attempt -> attempt.control().given()).count();

        assertThat(shown * 100 / Attempts.all().count()).isGreaterThanOrEqualTo(90);
    }

    @Test
    void a_good_part_of_them_works_in_a_plain_container() throws IOException {
        assertThat(LetThrough.attempts())
                .hasSameSizeAs(LetThrough.NAMES)
                .hasSizeGreaterThanOrEqualTo(55)
                .extracting(Attempt::mechanism)
                .contains(
                        "capabilities",
                        "file-size-cap",
                        "hand",
                        "kernel-settings",
                        "no-new-privileges",
                        "own-etc",
                        "read-only-tree",
                        "seccomp",
                        "socket-families");
        assertThat(Files.readString(THREATS)).contains(" " + LetThrough.NAMES.size() + " attempts of the battery work");
    }
}
