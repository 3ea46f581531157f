package dev.belay.controller.rights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.belay.controller.testing.StartedController;
import dev.belay.policies.Compiled;
import dev.belay.policies.Policy;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Spot;
import dev.belay.policies.language.Subject;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A task begins only with secrets that are there, go where it wants them, and can be opened. */
class SecretAdmissionTest {
    private static StartedController controller;
    private static SecretAdmission admission;

    @BeforeAll
    static void start() {
        controller = StartedController.start();
        admission = controller.bean(SecretAdmission.class);
        set("NPM_TOKEN", "\"registry.example:443\",\"*.corp.example\"");
        set("GIT_TOKEN", "\"git.example\",\"[2001:db8::1]:8443\"");
        set("LOST", "\"lost.example\"");
        controller
                .jdbi()
                .useHandle(
                        handle -> handle.execute("update secret set key_id = '00112233aabbccdd' where name = 'LOST'"));
    }

    @AfterAll
    static void stop() {
        controller.close();
    }

    private static void set(String name, String hosts) {
        assertThat(controller
                        .put("/v1/secrets/" + name, "{\"value\":\"a value of it\",\"hosts\":[" + hosts + "]}")
                        .status())
                .isEqualTo(200);
    }

    /** A policy whose rules stand in lines 12, 13, … of its file. */
    private static Compiled asking(Subject subject, String... patterns) {
        return new Compiled(
                List.of(".belay/policy.yaml"),
                Policy.standard(),
                IntStream.range(0, patterns.length)
                        .<Line>mapToObj(i -> {
                            Origin origin = new Origin(patterns[i], new Spot(".belay/policy.yaml", 12 + i, 5), "");
                            return new Line.Rules(
                                    origin, List.of(new Clause(Effect.ALLOW, subject, patterns[i], origin)));
                        })
                        .toList(),
                List.of(),
                "");
    }

    private static BelayException refusal(Compiled policy) {
        return catchThrowableOfType(BelayException.class, () -> admission.check("local", policy));
    }

    @ParameterizedTest
    @CsvSource({
        "SECRET, NPM_TOKEN to registry.example:443 as $NPM_TOKEN",
        "SECRET, NPM_TOKEN to registry.example:443",
        "SECRET, NPM_TOKEN to git.corp.example:443 as $X",
        "SECRET, NPM_TOKEN to *.corp.example",
        "SECRET, NPM_TOKEN to *.build.corp.example:80",
        "SECRET, GIT_TOKEN to [2001:db8:0::1]:8443",
        "REMOTE, fetch https://git.example/acme/shop.git with GIT_TOKEN",
        "REMOTE, push https://[2001:db8::1]:8443/acme/shop.git with GIT_TOKEN as ada",
        "REMOTE, fetch https://anywhere.example/acme/shop.git",
    })
    void what_goes_where_it_may_go_begins(Subject subject, String pattern) {
        assertThatCode(() -> admission.check("local", asking(subject, pattern))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "SECRET, NPM_TOKEN to registry.example, registry.example",
        "SECRET, NPM_TOKEN to registry.example:80, registry.example:80",
        "SECRET, NPM_TOKEN to corp.example, corp.example",
        "SECRET, NPM_TOKEN to *.registry.example:443, *.registry.example:443",
        "SECRET, NPM_TOKEN to evilcorp.example, evilcorp.example",
        "SECRET, NPM_TOKEN to other.example as $NPM_TOKEN, other.example",
        "REMOTE, push https://git.other.example/acme/shop.git with NPM_TOKEN, git.other.example:443",
        "REMOTE, push https://registry.example:8443/acme/shop.git with NPM_TOKEN, registry.example:8443",
    })
    void what_would_go_further_is_refused_at_its_place(Subject subject, String pattern, String host) {
        BelayException refused = refusal(asking(subject, pattern));

        assertThat(refused.code()).isEqualTo(ErrorCode.E_POLICY);
        assertThat(refused.code().exitCode()).isEqualTo(2);
        assertThat(refused.what())
                .isEqualTo(
                        ".belay/policy.yaml:12:5: NPM_TOKEN may go to *.corp.example, registry.example:443 and not to "
                                + host);
        assertThat(refused.next())
                .isEqualTo("ask for one of these hosts, or belay secret set NPM_TOKEN --host *.corp.example"
                        + " --host registry.example:443 --host " + host);
    }

    @ParameterizedTest
    @CsvSource({
        "SECRET, PYPI to registry.example as $PYPI, registry.example",
        "REMOTE, fetch https://git.example/a/b with PYPI, git.example:443",
    })
    void one_that_nobody_set_is_named_with_the_command_that_sets_it(Subject subject, String pattern, String host) {
        BelayException refused = refusal(asking(subject, pattern));

        assertThat(refused.code()).isEqualTo(ErrorCode.E_POLICY);
        assertThat(refused.what()).isEqualTo(".belay/policy.yaml:12:5: no secret is called PYPI");
        assertThat(refused.next()).isEqualTo("belay secret set PYPI --host " + host);
    }

    @Test
    void all_that_is_wrong_is_told_at_once() {
        BelayException refused = refusal(asking(
                Subject.SECRET,
                "NPM_TOKEN to registry.example:443",
                "PYPI to a.example",
                "NPM_TOKEN to b.example",
                "LOST to lost.example"));

        assertThat(refused.what()).contains(":13:5: no secret is called PYPI");
        assertThat(refused.why()).contains(":14:5: NPM_TOKEN may go to");
    }

    @Test
    void one_that_this_controller_cannot_open_starts_nothing() {
        BelayException refused = refusal(asking(Subject.SECRET, "LOST to lost.example"));

        assertThat(refused.code()).isEqualTo(ErrorCode.E_NO_KEY);
        assertThat(refused.what()).isEqualTo("the secret LOST cannot be opened");
        assertThat(refused.why())
                .contains(
                        "00112233aabbccdd",
                        "file:" + controller.settings().home().resolve("secrets.key"));
        assertThat(refused.next()).startsWith("belay secret set LOST");
    }

    @Test
    void another_tenants_secret_is_not_there() {
        assertThat(catchThrowableOfType(
                                BelayException.class,
                                () -> admission.check(
                                        "other", asking(Subject.SECRET, "NPM_TOKEN to registry.example:443")))
                        .what())
                .contains("no secret is called NPM_TOKEN");
    }

    @Test
    void a_policy_that_names_none_asks_nothing_of_the_database() {
        controller.jdbi().useHandle(handle -> handle.execute("alter table secret rename to away"));
        try {
            assertThatCode(() -> admission.check("local", asking(Subject.HOST, "a.example")))
                    .doesNotThrowAnyException();
        } finally {
            controller.jdbi().useHandle(handle -> handle.execute("alter table away rename to secret"));
        }
    }

    @Test
    void a_policy_that_is_not_understood_names_no_secret_to_a_runner() {
        Compiled asks = asking(Subject.SECRET, "NPM_TOKEN to registry.example:443");
        Compiled broken = new Compiled(
                asks.files(),
                asks.policy(),
                asks.lines(),
                List.of(new Problem(new Spot(".belay/policy.yaml", 1, 1), "it is odd", "mend it")),
                "");

        assertThat(TaskPolicies.secrets(asks)).containsExactly("NPM_TOKEN");
        assertThat(TaskPolicies.secrets(broken)).isEmpty();
    }
}
