package dev.belay.runner.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.runner.model.Keys.Found;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeysTest {
    private static final Provider OFFICE =
            new Provider("office", "chat", URI.create("http://127.0.0.1:1"), Optional.of("OFFICE_KEY"), Map.of());

    @TempDir
    Path folder;

    @Test
    void what_was_given_by_hand_goes_before_a_variable() throws IOException {
        kept("from-the-file\n", "rw-------");

        assertThat(new Keys(Map.of("OFFICE_KEY", " from-the-variable "), folder).of(OFFICE))
                .isEqualTo(new Found.Key("from-the-file"));
        assertThat(new Keys(Map.of(), folder).of(OFFICE)).isEqualTo(new Found.Key("from-the-file"));
    }

    @Test
    void a_key_that_is_given_later_is_found() throws IOException {
        Keys keys = new Keys(Map.of(), folder);
        assertThat(keys.of(OFFICE)).isEqualTo(new Found.Missing("OFFICE_KEY is not set"));

        kept("later", "rw-------");

        assertThat(keys.of(OFFICE)).isEqualTo(new Found.Key("later"));
    }

    @Test
    void a_file_that_others_can_read_is_no_key() throws IOException {
        kept("shared", "rw-r-----");

        assertThat(new Keys(Map.of(), folder).of(OFFICE))
                .isEqualTo(new Found.Missing("the key of belay login is not used: others can read its file"));
    }

    @Test
    void a_link_to_a_key_is_no_key() throws IOException {
        Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "secret");
        Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rw-------"));
        Files.createSymbolicLink(folder.resolve("office"), elsewhere);

        assertThat(new Keys(Map.of(), folder).of(OFFICE))
                .isEqualTo(new Found.Missing("the key of belay login is not used: it is no plain file"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a\nb", "schlüssel", "a\r\nx-other: 1"})
    void what_cannot_stand_in_a_header_is_no_key_and_is_not_repeated(String value) {
        Found found = new Keys(Map.of("OFFICE_KEY", value), folder).of(OFFICE);

        assertThat(found).isInstanceOf(Found.Missing.class);
        assertThat(((Found.Missing) found).why())
                .startsWith("the variable OFFICE_KEY holds what cannot be a key")
                .doesNotContain(value);
    }

    @Test
    void a_provider_without_a_variable_needs_no_key() {
        Provider open = new Provider("open", "chat", URI.create("http://127.0.0.1:1"), Optional.empty(), Map.of());

        assertThat(new Keys(Map.of(), folder).of(open)).isEqualTo(new Found.NotNeeded());
    }

    @Test
    void a_key_does_not_print_itself() {
        assertThat(new Found.Key("secret").toString()).doesNotContain("secret");
    }

    private void kept(String key, String permissions) throws IOException {
        Path file = Files.writeString(folder.resolve("office"), key);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
}
