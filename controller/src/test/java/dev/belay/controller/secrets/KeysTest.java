package dev.belay.controller.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.belay.controller.Settings;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where keys come from, in which forms, and what is no key. */
class KeysTest {
    private static final byte[] KEY = HexFormat.of().parseHex("0a".repeat(16) + "f0".repeat(16));
    private static final String HEX = HexFormat.of().formatHex(KEY);
    private static final String BASE64 = Base64.getEncoder().encodeToString(KEY);
    private static final String ID = new WrappingKey(KEY, "").id();

    @TempDir
    Path folder;

    private Path file(String name, byte[] content, String permissions) throws IOException {
        Path file = Files.write(folder.resolve(name), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private static List<KeySource> sources(String setting, Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(more);
        environment.put("BELAY_SECRETS_KEY", setting);
        return Settings.from(environment, Instant.EPOCH).secretKeys();
    }

    private static Keys keys(String setting, Map<String, String> more) {
        return Keys.of(sources(setting, more), Optional.empty());
    }

    private static BelayException refusal(ThrowingCallable asked) {
        BelayException refused = catchThrowableOfType(BelayException.class, asked);
        assertThat(refused.code()).isEqualTo(ErrorCode.E_USAGE);
        assertThat(refused.what() + refused.why() + refused.next())
                .doesNotContain(HEX.substring(0, 8))
                .doesNotContain(BASE64.substring(0, 8));
        return refused;
    }

    static Stream<byte[]> forms() {
        return Stream.concat(
                Stream.of(
                        KEY, HexFormat.of().parseHex(HEX + "0a"), HexFormat.of().parseHex(HEX + "0d0a")),
                Stream.of(HEX, HEX + "\n", HEX + "\r\n", HEX.toUpperCase(java.util.Locale.ROOT), BASE64, BASE64 + "\n")
                        .map(text -> text.getBytes(StandardCharsets.US_ASCII)));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void a_key_in_a_file_may_be_bytes_hex_or_base64_with_a_line_end(byte[] form) throws IOException {
        Path file = file("key", form, "rw-------");

        Keys keys = keys("file:" + file, Map.of());

        assertThat(keys.toSeal().id()).isEqualTo(ID);
        assertThat(keys.source()).isEqualTo("file:" + file);
    }

    static Stream<byte[]> none() {
        return Stream.of(
                        "",
                        "\n",
                        HEX.substring(2),
                        HEX + "0",
                        HEX + "\n\n",
                        " " + HEX,
                        HEX.replace('f', 'g'),
                        BASE64.replace('=', '!'),
                        "A".repeat(44),
                        "a password of somebody",
                        HEX + HEX)
                .map(text -> text.getBytes(StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @MethodSource("none")
    void whatever_else_a_file_holds_is_refused_without_repeating_it(byte[] content) throws IOException {
        Path file = file("key", content, "rw-------");

        assertThat(refusal(() -> keys("file:" + file, Map.of())).what()).contains(file.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "rw-------, true", "r--------, true", "rwx------, true", "rw-r-----, false", "rw--w----, false",
        "rw----r--, false", "rw-----w-, false", "rw---x---, false", "rw-r--r--, false", "rwxrwxrwx, false",
    })
    void a_file_that_others_may_use_is_refused(String permissions, boolean accepted) throws IOException {
        Path file = file("key", KEY, permissions);

        if (accepted) {
            assertThat(keys("file:" + file, Map.of()).withId(ID)).isPresent();
        } else {
            BelayException refused = refusal(() -> keys("file:" + file, Map.of()));
            assertThat(refused.why()).contains(permissions);
            assertThat(refused.next()).isEqualTo("chmod 600 " + file);
        }
    }

    @Test
    void a_file_that_is_not_there_or_is_a_folder_is_named() {
        assertThat(refusal(() -> keys("file:" + folder.resolve("gone"), Map.of()))
                        .what())
                .contains("gone");
        assertThat(refusal(() -> keys("file:" + folder, Map.of())).what()).contains(folder.toString());
    }

    @Test
    void a_variable_holds_hex_or_base64_and_nothing_that_somebody_made_up() {
        assertThat(keys("env:K", Map.of("K", HEX)).withId(ID)).isPresent();
        assertThat(keys("env:K", Map.of("K", BASE64 + "\n")).withId(ID)).isPresent();
        assertThat(refusal(() -> keys("env:K", Map.of("K", "correct-horse-battery-staple-xyz")))
                        .what())
                .contains("the variable K");
        assertThat(refusal(() -> keys("env:K", Map.of())).why()).contains("it is not set");
    }

    @ParameterizedTest
    @ValueSource(strings = {",", "file:key", "file:/a,", "env:", "env:A B", "vault:x", "FILE:/a", "SECRETKEYITSELF"})
    void a_setting_that_says_something_else_is_refused_without_repeating_it(String setting) {
        BelayException refused = refusal(() -> sources(setting, Map.of()));

        assertThat(refused.what()).contains("BELAY_SECRETS_KEY");
        assertThat(refused.what() + refused.why() + refused.next()).doesNotContain("SECRETKEYITSELF");
    }

    @Test
    void of_several_the_first_seals_and_all_open() throws IOException {
        Path fresh = file("fresh", new byte[WrappingKey.BYTES], "rw-------");

        Keys keys = keys(" file:" + fresh + " , env:OLD", Map.of("OLD", HEX));

        assertThat(keys.source()).isEqualTo("file:" + fresh);
        assertThat(keys.withId(ID)).isPresent();
        assertThat(keys.withId(keys.toSeal().id())).isPresent();
        assertThat(keys.toSeal().id()).isNotEqualTo(ID);
        assertThat(keys.inWords()).contains("file:" + fresh, "env:OLD (" + ID + ")");
    }

    @Test
    void no_text_of_the_settings_holds_a_key() {
        Settings settings = Settings.from(Map.of("BELAY_SECRETS_KEY", "env:K", "K", HEX), Instant.EPOCH);

        assertThat(settings.toString() + Keys.of(settings.secretKeys(), Optional.empty()))
                .contains("env:K")
                .doesNotContain(HEX);
    }

    @Test
    void without_the_setting_one_is_made_when_it_is_needed_for_its_owner_alone_and_stays() throws IOException {
        Path own = folder.resolve("secrets.key");
        Keys first = Keys.of(List.of(), Optional.of(own));
        assertThat(first.source()).isEqualTo("file:" + own);
        assertThat(own).doesNotExist();

        String id = first.toSeal().id();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(own)).matches("[0-9a-f]{64}\n");
        assertThat(first.toSeal().id()).isEqualTo(id);
        assertThat(Keys.of(List.of(), Optional.of(own)).withId(id)).isPresent();
        assertThat(Keys.of(List.of(), Optional.of(own)).toSeal().id()).isEqualTo(id);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(own);
        }
    }

    @Test
    void one_that_a_crash_left_half_made_is_made_anew() throws IOException {
        Path own = folder.resolve("secrets.key");
        Files.writeString(folder.resolve("secrets.key.new"), "0011");

        assertThat(Keys.of(List.of(), Optional.of(own)).toSeal().source()).isEqualTo("file:" + own);
        assertThat(folder.resolve("secrets.key.new")).doesNotExist();
    }

    @Test
    void one_that_is_there_is_never_written_over() throws IOException {
        Path own = file("secrets.key", "damaged".getBytes(StandardCharsets.US_ASCII), "rw-------");

        refusal(() -> Keys.of(List.of(), Optional.of(own)));

        assertThat(own).hasContent("damaged");
    }

    @Test
    void where_several_controllers_may_share_a_database_none_is_made() {
        Settings shared = Settings.from(
                Map.of("BELAY_STATE", folder.toString(), "BELAY_DATABASE_URL", "postgresql://ada@db/belay"),
                Instant.EPOCH);
        Keys keys = Keys.of(shared.secretKeys(), shared.ownSecretKey());

        assertThat(refusal(keys::toSeal).next()).contains("BELAY_SECRETS_KEY=file:/PATH");
        assertThat(keys.source()).isEmpty();
        assertThat(keys.inWords()).isEqualTo("no key");
    }
}
