package dev.belay.controller.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.belay.controller.tasks.Caller;
import dev.belay.controller.testing.LogLines;
import dev.belay.controller.testing.StartedController;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.ProtoJson;
import dev.belay.proto.v1.SecretInfo;
import dev.belay.proto.v1.SecretList;
import dev.belay.proto.v1.SetSecret;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Secrets as people set them, and as they lie there. */
class SecretsTest {
    private static final String VALUE = "npm_S3cret/value+with==marks";
    private static final String TENANT = "local";

    @TempDir
    Path folder;

    private StartedController controller;

    @BeforeEach
    void start() {
        controller = StartedController.start();
    }

    @AfterEach
    void stop() {
        controller.close();
    }

    private static String body(String value, String... hosts) {
        return ProtoJson.write(SetSecret.newBuilder()
                        .setValue(value)
                        .addAllHosts(List.of(hosts))
                        .build())
                .print();
    }

    private StartedController.Answer set(String name, String value, String... hosts) {
        return controller.put("/v1/secrets/" + name, body(value, hosts));
    }

    private SecretInfo info(StartedController.Answer answer) {
        return answer.as(SecretInfo.newBuilder()).build();
    }

    private SecretList list() {
        return controller.get("/v1/secrets").as(SecretList.newBuilder()).build();
    }

    private static List<OpenSecret> open(StartedController controller, String tenant, String... names) {
        return controller.bean(SecretStore.class).open(tenant, List.of(names));
    }

    private BelayException closed(StartedController controller, String tenant, String name) {
        return catchThrowableOfType(BelayException.class, () -> open(controller, tenant, name));
    }

    @Test
    void one_that_was_set_is_listed_without_its_value_and_opened_with_its_own_hosts() {
        SecretInfo answered =
                info(set("NPM_TOKEN", VALUE, "Registry.Example:443", "*.a.example", "registry.example:443"));

        assertThat(answered.getName()).isEqualTo("NPM_TOKEN");
        assertThat(answered.getHostsList()).containsExactly("*.a.example", "registry.example:443");
        assertThat(answered.getActor()).isEqualTo("ada");
        assertThat(answered.getKey()).matches("[0-9a-f]{16}");
        assertThat(answered.getReadable()).isTrue();
        assertThat(answered.hasSetAt()).isTrue();
        assertThat(list().getSecretsList()).containsExactly(answered);
        assertThat(controller.get("/v1/secrets").body()).doesNotContain(VALUE);
        assertThat(open(controller, TENANT, "NPM_TOKEN", "OTHER"))
                .containsExactly(new OpenSecret("NPM_TOKEN", VALUE, List.of("*.a.example", "registry.example:443")));
    }

    @Test
    void setting_it_again_takes_the_place_of_value_and_hosts() {
        set("NPM_TOKEN", VALUE, "a.example");

        SecretInfo second = info(set("NPM_TOKEN", "another value", "b.example"));

        assertThat(list().getSecretsList()).containsExactly(second);
        assertThat(open(controller, TENANT, "NPM_TOKEN"))
                .containsExactly(new OpenSecret("NPM_TOKEN", "another value", List.of("b.example")));
    }

    @Test
    void one_that_is_removed_is_answered_once_more_and_gone() {
        SecretInfo set = info(set("NPM_TOKEN", VALUE, "a.example"));

        SecretInfo removed = info(controller.delete("/v1/secrets/NPM_TOKEN"));

        assertThat(removed).isEqualTo(set);
        assertThat(list().getSecretsList()).isEmpty();
        assertThat(open(controller, TENANT, "NPM_TOKEN")).isEmpty();
        assertThat(controller.delete("/v1/secrets/NPM_TOKEN").status()).isEqualTo(404);
        assertThat(controller.delete("/v1/secrets/NPM_TOKEN").code()).isEqualTo("E_NOT_FOUND");
        assertThat(controller.delete("/v1/secrets/npm%00x").code()).isEqualTo("E_NOT_FOUND");
    }

    private static List<String> forms(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
        return List.of(
                value,
                Base64.getEncoder().encodeToString(bytes),
                HexFormat.of().formatHex(bytes),
                HexFormat.of().withUpperCase().formatHex(bytes));
    }

    @Test
    void a_value_is_nowhere_in_the_database_the_state_folder_or_the_log() throws IOException {
        try (LogLines log = LogLines.listen()) {
            set("NPM_TOKEN", VALUE, "a.example");
            set("NPM_TOKEN", VALUE, "b.example");
            set("NPM_TOKEN", VALUE, "no host");
            set("no%20name", VALUE, "a.example");
            controller.put("/v1/secrets/NPM_TOKEN", "{\"value\":[\"" + VALUE + "\"]}");
            controller.jdbi().useHandle(handle -> handle.execute("alter table secret rename sealed to away"));
            try {
                assertThat(set("NPM_TOKEN", VALUE, "a.example").code()).isEqualTo("E_INTERNAL");
                assertThat(failure())
                        .contains("insert into secret")
                        .doesNotContain(forms(VALUE).toArray(String[]::new));
            } finally {
                controller.jdbi().useHandle(handle -> handle.execute("alter table secret rename away to sealed"));
            }
            assertThat(log.atLeast("TRACE"))
                    .isNotEmpty()
                    .allSatisfy(
                            line -> assertThat(line).doesNotContain(forms(VALUE).toArray(String[]::new)));
        }

        assertThat(rows())
                .anyMatch(row -> row.contains("NPM_TOKEN"))
                .allSatisfy(row -> assertThat(row).doesNotContain(forms(VALUE).toArray(String[]::new)));
        assertThat(files())
                .isNotEmpty()
                .allSatisfy(file -> assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .doesNotContain(forms(VALUE).toArray(String[]::new)));
    }

    /** What the database's failure says, all of it. */
    private String failure() {
        StringWriter said = new StringWriter();
        catchThrowable(() -> controller
                        .bean(SecretStore.class)
                        .set(
                                new Caller(TENANT, "ada"),
                                "NPM_TOKEN",
                                SetSecret.newBuilder()
                                        .setValue(VALUE)
                                        .addHosts("a.example")
                                        .build()))
                .printStackTrace(new PrintWriter(said, true));
        return said.toString();
    }

    /** Every row of every table, as text: what is bytes is hex. */
    private List<String> rows() {
        return controller
                .jdbi()
                .withHandle(handle -> handle
                        .createQuery(
                                "select table_name from information_schema.tables where table_schema = current_schema()")
                        .mapTo(String.class)
                        .stream()
                        .flatMap(table ->
                                handle
                                        .createQuery("select r::text from \"" + table + "\" r")
                                        .mapTo(String.class)
                                        .stream())
                        .toList());
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(controller.settings().state())) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    static Stream<Arguments> bad() {
        String[] many =
                IntStream.rangeClosed(1, 21).mapToObj(i -> "h" + i + ".example").toArray(String[]::new);
        return Stream.of(
                Arguments.of("npm_token", VALUE, new String[] {"a.example"}, "cannot be called so"),
                Arguments.of("1TOKEN", VALUE, new String[] {"a.example"}, "cannot be called so"),
                Arguments.of("A".repeat(65), VALUE, new String[] {"a.example"}, "cannot be called so"),
                Arguments.of("A%20B", VALUE, new String[] {"a.example"}, "cannot be called so"),
                Arguments.of("A%00", VALUE, new String[] {"a.example"}, "cannot be called so"),
                Arguments.of("T", "", new String[] {"a.example"}, "the value of T cannot be used: it has fewer than 8"),
                Arguments.of("T", "s3cr3t!", new String[] {"a.example"}, "it has fewer than 8 characters"),
                Arguments.of("T", "s3cr3t!".repeat(1200), new String[] {"a.example"}, "it has more than 8192"),
                Arguments.of("T", "s3cr3t!\nx", new String[] {"a.example"}, "it has a line end"),
                Arguments.of("T", "s3cr3t!\u0000x", new String[] {"a.example"}, "a control character"),
                Arguments.of("T", "s3cr3t!\u00e9", new String[] {"a.example"}, "a letter beyond ASCII"),
                Arguments.of("T", " s3cr3t!", new String[] {"a.example"}, "it begins or ends with a blank"),
                Arguments.of("T", VALUE, new String[] {}, "no host is named that T may go to"),
                Arguments.of("T", VALUE, many, "21 hosts are named"),
                Arguments.of("T", VALUE, new String[] {"a.example", "*"}, "`*`"),
                Arguments.of("T", VALUE, new String[] {"https://a.example"}, "`https://a.example`"),
                Arguments.of("T", VALUE, new String[] {"a.example:99999"}, "99999"));
    }

    @ParameterizedTest(name = "{0} {3}")
    @MethodSource("bad")
    void what_cannot_be_set_is_named_and_nothing_of_its_value_is_said(
            String name, String value, String[] hosts, String named) {
        StartedController.Answer answer = set(name, value, hosts);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("E_BAD_REQUEST");
        assertThat(answer.json().text("title")).contains(named);
        assertThat(answer.json().text("next")).isNotEmpty();
        assertThat(answer.body()).doesNotContain("s3cr3t").doesNotContain(VALUE);
        assertThat(list().getSecretsList()).isEmpty();
    }

    @Test
    void the_bounds_themselves_are_taken() {
        String[] many =
                IntStream.rangeClosed(1, 20).mapToObj(i -> "h" + i + ".example").toArray(String[]::new);

        assertThat(set("A".repeat(64), "a value!", many).status()).isEqualTo(200);
        assertThat(set("B", "x".repeat(8192), "[2001:db8::1]:8443").status()).isEqualTo(200);
        assertThat(open(controller, TENANT, "B").getFirst().value()).hasSize(8192);
    }

    private void fill(int count) {
        controller
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "insert into secret (tenant, name, hosts, sealed, key_id, actor) select 'local', 'S' || i,"
                                + " '{a.example}', '', '', 'ada' from generate_series(1, ?) i",
                        count));
    }

    @Test
    void there_are_at_most_200_of_one_tenant_and_each_of_them_can_still_be_set_again() {
        fill(199);
        assertThat(set("LAST", VALUE, "a.example").status()).isEqualTo(200);

        StartedController.Answer beyond = set("ONE_MORE", VALUE, "a.example");

        assertThat(beyond.code()).isEqualTo("E_OVERLOADED");
        assertThat(beyond.body()).contains("200 secrets");
        assertThat(set("LAST", "another value", "a.example").status()).isEqualTo(200);
        controller.delete("/v1/secrets/S1");
        assertThat(set("ONE_MORE", VALUE, "a.example").status()).isEqualTo(200);
    }

    @Test
    void those_who_set_at_the_same_time_do_not_go_beyond_the_bound_together() throws Exception {
        fill(197);
        try (ExecutorService people = Executors.newFixedThreadPool(8)) {
            List<Callable<Integer>> wishes = IntStream.range(0, 8)
                    .<Callable<Integer>>mapToObj(
                            i -> () -> set("AT_ONCE_" + i, VALUE, "a.example").status())
                    .toList();
            int taken = 0;
            for (Future<Integer> answer : people.invokeAll(wishes)) {
                taken += answer.get() == 200 ? 1 : 0;
            }
            assertThat(taken).isEqualTo(3);
        }
        assertThat(list().getSecretsCount()).isEqualTo(200);
    }

    /** Its row, as somebody who can write to the database may leave it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "update secret set name = 'OTHER'                                  | local | OTHER",
                "update secret set tenant = 'other', actor = 'eve'                 | other | NPM_TOKEN",
                "update secret set hosts = array_append(hosts, 'evil.example')     | local | NPM_TOKEN",
                "update secret set hosts = '{*.example}'                           | local | NPM_TOKEN",
                "update secret set sealed = set_byte(sealed, 70, get_byte(sealed, 70) # 1) | local | NPM_TOKEN",
                "update secret set sealed = ''                                     | local | NPM_TOKEN",
            })
    void one_whose_row_was_changed_does_not_open(String change, String tenant, String name) {
        set("NPM_TOKEN", VALUE, "a.example");
        controller.jdbi().useHandle(handle -> {
            handle.execute("insert into tenant (tenant, actor) values ('other', 'eve')");
            handle.execute("insert into actor (tenant, actor) values ('other', 'eve')");
            handle.execute(change);
        });

        BelayException refused = closed(controller, tenant, name);

        assertThat(refused.code()).isEqualTo(ErrorCode.E_NO_KEY);
        assertThat(refused.what()).isEqualTo("the secret " + name + " cannot be opened");
        assertThat(refused.why()).contains("was changed in the database");
        assertThat(refused.next()).contains("belay secret set " + name);
    }

    @Test
    void each_tenant_has_its_own_of_the_same_name() {
        controller.jdbi().useHandle(handle -> {
            handle.execute("insert into tenant (tenant, actor) values ('other', 'eve')");
            handle.execute("insert into actor (tenant, actor) values ('other', 'eve')");
        });
        SecretStore store = controller.bean(SecretStore.class);
        set("NPM_TOKEN", VALUE, "a.example");

        store.set(
                new Caller("other", "eve"),
                "NPM_TOKEN",
                SetSecret.newBuilder()
                        .setValue("their value")
                        .addHosts("b.example")
                        .build());

        assertThat(open(controller, TENANT, "NPM_TOKEN"))
                .extracting(OpenSecret::value)
                .containsExactly(VALUE);
        assertThat(open(controller, "other", "NPM_TOKEN"))
                .extracting(OpenSecret::value)
                .containsExactly("their value");
        assertThat(list().getSecretsList()).extracting(SecretInfo::getActor).containsExactly("ada");
        store.remove(new Caller("other", "eve"), "NPM_TOKEN");
        assertThat(open(controller, TENANT, "NPM_TOKEN")).hasSize(1);
    }

    private Path key(String name, int filler) throws IOException {
        Path file =
                Files.writeString(folder.resolve(name), "%02x".formatted(filler).repeat(32) + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void a_new_key_seals_what_is_set_and_the_old_one_beside_it_opens_what_was() throws IOException {
        Path old = key("old", 1);
        Path fresh = key("fresh", 2);
        try (StartedController before = controller.another(Map.of("BELAY_SECRETS_KEY", "file:" + old))) {
            before.put("/v1/secrets/FIRST", body(VALUE, "a.example"));
        }
        try (StartedController both =
                controller.another(Map.of("BELAY_SECRETS_KEY", "file:" + fresh + ",file:" + old))) {
            both.put("/v1/secrets/SECOND", body("another value", "a.example"));
            SecretList list =
                    both.get("/v1/secrets").as(SecretList.newBuilder()).build();

            assertThat(list.getKeySource()).isEqualTo("file:" + fresh);
            assertThat(list.getSecretsList())
                    .extracting(SecretInfo::getReadable)
                    .containsExactly(true, true);
            assertThat(list.getSecrets(0).getKey())
                    .isNotEqualTo(list.getSecrets(1).getKey());
            assertThat(open(both, TENANT, "FIRST", "SECOND"))
                    .extracting(OpenSecret::value)
                    .containsExactly(VALUE, "another value");
        }
        try (StartedController after = controller.another(Map.of("BELAY_SECRETS_KEY", "file:" + fresh))) {
            SecretList list =
                    after.get("/v1/secrets").as(SecretList.newBuilder()).build();

            assertThat(list.getSecretsList())
                    .extracting(SecretInfo::getReadable)
                    .containsExactly(false, true);
            BelayException refused = closed(after, TENANT, "FIRST");
            assertThat(refused.code()).isEqualTo(ErrorCode.E_NO_KEY);
            assertThat(refused.what()).contains("FIRST");
            assertThat(refused.why())
                    .contains(
                            list.getSecrets(0).getKey(),
                            "file:" + fresh,
                            list.getSecrets(1).getKey());
            assertThat(refused.next()).contains("belay secret set FIRST", "BELAY_SECRETS_KEY");
        }
    }

    @Test
    void where_no_key_was_named_the_state_folder_has_one_which_a_restart_finds_again() throws IOException {
        Path own = controller.settings().home().resolve("secrets.key");
        assertThat(list().getKeySource()).isEqualTo("file:" + own);
        assertThat(own).doesNotExist();
        set("NPM_TOKEN", VALUE, "a.example");
        assertThat(own).isRegularFile();

        controller = controller.restarted();

        assertThat(open(controller, TENANT, "NPM_TOKEN"))
                .extracting(OpenSecret::value)
                .containsExactly(VALUE);
    }

    @Test
    void where_other_controllers_may_use_the_database_nothing_is_set_without_a_named_key() {
        set("NPM_TOKEN", VALUE, "a.example");
        try (StartedController shared =
                controller.another(Map.of("BELAY_DATABASE_URL", "postgresql://ada@db.example/belay"))) {

            StartedController.Answer answer = shared.put("/v1/secrets/T", body(VALUE, "a.example"));

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.code()).isEqualTo("E_USAGE");
            assertThat(answer.json().text("next")).contains("BELAY_SECRETS_KEY=file:/PATH");
            SecretList list =
                    shared.get("/v1/secrets").as(SecretList.newBuilder()).build();
            assertThat(list.getKeySource()).isEmpty();
            assertThat(list.getSecretsList())
                    .extracting(SecretInfo::getReadable)
                    .containsExactly(false);
        }
    }

    @Test
    void a_controller_does_not_start_with_a_key_that_others_can_read() throws IOException {
        Path open = key("open", 1);
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r-----"));

        assertThatThrownBy(() -> controller.another(Map.of("BELAY_SECRETS_KEY", "file:" + open)))
                .isInstanceOfSatisfying(
                        BelayException.class,
                        refused -> assertThat(refused.why()).contains("rw-r-----"));
    }

    @Test
    void nothing_that_holds_a_value_says_it() {
        assertThat(new OpenSecret("T", VALUE, List.of("a.example")) + " " + new GivenSecret("T", VALUE, List.of()))
                .doesNotContain(VALUE);
    }
}
