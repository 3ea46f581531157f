package dev.belay.policies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Source;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What whoever runs the controller lets anybody ask for. */
class CeilingTest {
    private static final String PROJECT = """
            policy: belay/1
            network: {allow: [registry.example]}
            secrets: [{name: NPM_TOKEN, hosts: ["registry.example:443"], env: NODE_AUTH_TOKEN}]
            git: [{remote: "https://git.example/acme/shop", push: true, secret: GIT_TOKEN}]
            """;

    private static List<Problem> problems(String project, String ceiling) {
        return PolicyCompiler.compile(
                        List.of(new Source(".belay/policy.yaml", "policy: belay/1\n" + project)),
                        List.of(),
                        Optional.of(new Source("ceiling.yaml", "policy: belay/1\n" + ceiling)))
                .problems();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "limits: {max_turns: 40}",
                "network: {allow: [registry.example, git.example]}",
                "network: {allow: [\"*.example.com\", registry.example]}\n"
                        + "git: [{remote: \"https://git.example/acme/shop.git\", push: true}]",
                "secrets: [{name: NPM_TOKEN, hosts: [registry.example]}, {name: GIT_TOKEN, hosts: [git.example]}]",
                "git: [{remote: \"https://git.example/acme/shop\", push: true}]",
                "git: [{remote: \"https://git.example/acme/shop\", push: true, secret: GIT_TOKEN}]\n"
                        + "secrets: [{name: NPM_TOKEN, hosts: [registry.example], env: X}]",
            })
    void what_is_not_more_is_let_be(String ceiling) {
        assertThat(problems(PROJECT.substring("policy: belay/1\n".length()), ceiling))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "secrets: [{name: NPM_TOKEN, hosts: [registry.example]}] | GIT_TOKEN to git.example:443 | secrets",
                "secrets: [{name: GIT_TOKEN, hosts: [git.example, registry.example]}]"
                        + " | NPM_TOKEN to registry.example:443 as $NODE_AUTH_TOKEN | secrets",
                "secrets: [{name: NPM_TOKEN, hosts: [other.example]}, {name: GIT_TOKEN, hosts: [git.example]}]"
                        + " | NPM_TOKEN to registry.example:443 as $NODE_AUTH_TOKEN | secrets",
                "git: [{remote: \"https://git.example/acme/shop\"}]"
                        + " | push https://git.example/acme/shop.git with GIT_TOKEN | git",
                "git: [{remote: \"https://git.example/acme/other\", push: true}]"
                        + " | push https://git.example/acme/shop.git with GIT_TOKEN | git",
                "network: {allow: [git.example]} | registry.example | network.allow",
                "network: {allow: [registry.example]} | push https://git.example/acme/shop | git or network.allow",
            })
    void what_is_more_is_told_once_at_its_place(String ceiling, String what, String key) {
        assertThat(problems(PROJECT.substring("policy: belay/1\n".length()), ceiling))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.what()).isEqualTo(what + " is more than ceiling.yaml lets anybody grant");
                    assertThat(problem.spot().file()).isEqualTo(".belay/policy.yaml");
                    assertThat(problem.fix()).contains("under " + key + " of ceiling.yaml");
                });
    }

    @Test
    void a_repository_of_the_ceiling_bounds_no_hosts() {
        assertThat(problems(
                        "network: {allow: [anywhere.example]}\n",
                        "git: [{remote: \"https://git.example/acme/shop\"}]\n"))
                .isEmpty();
    }

    @Test
    void a_repository_that_is_only_fetched_from_is_no_word_for_a_push_on_requests() {
        assertThat(problems(
                        "network: {allow: [{host: \"git.example:443\", methods: [POST],"
                                + " paths: [/acme/shop.git/git-receive-pack]}]}\n",
                        "network: {allow: [registry.example]}\n"
                                + "git: [{remote: \"https://git.example/acme/shop\"}]\n"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.what()).contains("git-receive-pack"));
    }

    @Test
    void a_ceiling_hands_nothing_out_by_itself() {
        Compiled compiled =
                PolicyCompiler.compile(List.of(), List.of(), Optional.of(new Source("ceiling.yaml", PROJECT)));

        assertThat(compiled.problems()).isEmpty();
        assertThat(compiled.policy().secrets()).isEmpty();
        assertThat(compiled.policy().remotes()).isEmpty();
        assertThat(compiled.policy().network("git.example", 443).allowed()).isFalse();
    }

    @Test
    void what_a_ceiling_allows_and_cannot_bound_is_refused() {
        assertThat(problems("", "allowed: [Bash(make)]\n"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.what())
                        .isEqualTo("Bash(make) allows something, and a ceiling only bounds hosts, secrets and"
                                + " repositories, and denies"));
    }
}
