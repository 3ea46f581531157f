package dev.belay.policies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.git.Remote;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Source;
import dev.belay.policies.language.Subject;
import dev.belay.policies.secrets.SecretUse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Secrets and repositories, from the file to what is let through. */
class SecretPolicyTest {
    private static final String PROJECT = """
            network:
              allow:
                - registry.example
                - {host: api.example, methods: [GET, POST], paths: ["/v1/**", "/oauth/*", /oauth/device/code]}
                - open.example
            secrets:
              - {name: NPM_TOKEN, hosts: [registry.example]}
              - {name: API_KEY, hosts: ["api.example:443", "*.api.example"], env: KEY}
            git:
              - {remote: "https://git.example/acme/shop", push: true, secret: GIT_TOKEN}
              - {remote: "https://git.example:8443/acme/docs"}
            """;

    private static Compiled compiled(String yaml) {
        return PolicyCompiler.compile(List.of(new Source(".belay/policy.yaml", "policy: belay/1\n" + yaml)));
    }

    private static Policy policy(String yaml) {
        Compiled compiled = compiled(yaml);
        assertThat(compiled.problems()).isEmpty();
        return compiled.policy();
    }

    @Test
    void a_policy_knows_its_secrets_and_its_repositories_in_their_order() {
        Policy policy = policy(PROJECT.replace(", \"*.api.example\"", ""));

        assertThat(policy.secrets()).extracting(SecretUse::name).containsExactly("NPM_TOKEN", "API_KEY", "GIT_TOKEN");
        assertThat(policy.secrets())
                .extracting(SecretUse::variable)
                .containsExactly(Optional.of("NPM_TOKEN"), Optional.of("KEY"), Optional.empty());
        assertThat(policy.remotes())
                .extracting(Remote::toString)
                .containsExactly(
                        "push https://git.example/acme/shop.git with GIT_TOKEN",
                        "fetch https://git.example:8443/acme/docs.git");
        assertThat(policy.inspects("registry.example", 443)).isTrue();
        assertThat(policy.inspects("git.example", 443)).isTrue();
        assertThat(policy.inspects("open.example", 443)).isFalse();
    }

    @Test
    void a_secret_whose_host_nothing_allows_is_told_at_the_host() {
        assertThat(compiled(PROJECT).problems()).singleElement().satisfies(problem -> {
            assertThat(problem.spot().toString()).isEqualTo(".belay/policy.yaml:9:48");
            assertThat(problem.what()).isEqualTo("`API_KEY` goes to *.api.example, which nothing allows");
            assertThat(problem.fix()).isEqualTo("name it under network.allow: *.api.example");
        });
    }

    @Test
    void a_host_that_another_source_or_a_person_allows_is_enough() {
        Source secrets =
                new Source(".belay/policy.yaml", "policy: belay/1\nsecrets: [{name: A, hosts: [a.example]}]\n");
        Source other = new Source("AGENTS.md", "## Permissions\nAllowed hosts:\n- a.example\n");

        assertThat(PolicyCompiler.compile(List.of(secrets)).problems()).hasSize(1);
        assertThat(PolicyCompiler.compile(List.of(secrets, other)).problems()).isEmpty();
        assertThat(PolicyCompiler.compile(List.of(secrets), List.of(new Granted("a.example", "me")), Optional.empty())
                        .problems())
                .isEmpty();
    }

    @Test
    void a_repository_is_enough_for_a_secret_of_its_host() {
        assertThat(compiled("""
                git: [{remote: "https://git.example/a/b"}]
                secrets: [{name: A, hosts: [git.example]}]
                """).problems()).isEmpty();
    }

    @Test
    void a_file_that_is_not_understood_is_not_told_of_hosts_that_it_may_allow() {
        assertThat(compiled("network: {allow: [\"https://a.example\"]}\nsecrets: [{name: A, hosts: [a.example]}]\n")
                        .problems())
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "registry.example, 443, GET, /left-pad, true",
        "registry.example, 443, GET, /left-pad?token=oauth/token, true",
        "Registry.Example., 443, GET, /left-pad, true",
        "registry.example, 443, TRACE, /left-pad, false",
        "registry.example, 443, trace, /left-pad, false",
        "registry.example, 80, TRACE, /left-pad, false",
        "registry.example, 443, POST, /-/npm/v1/tokens, false",
        "registry.example, 443, POST, /-/NPM/v1/Tokens/, false",
        "registry.example, 443, POST, /-/npm/v1/tokens;x, false",
        "registry.example, 443, POST, /-/npm/v1/tokens?x=y, false",
        "registry.example, 443, PUT, /-/user/org.couchdb.user:me, false",
        "registry.example, 443, PUT, /-/user/org.couchdb.user%3Ame, false",
        "registry.example, 443, GET, /a/../-/npm/v1/tokens, false",
        "registry.example, 443, GET, /%2d/npm/v1/tokens, false",
        "registry.example, 443, GET, //-/npm/v1/tokens, false",
        "registry.example, 443, GET, /@acme%2fshop, true",
        "registry.example, 443, GET, /acme%2fshop, false",
        "registry.example, 443, GET, '', false",
        "registry.example, 443, 'G T', /x, false",
        "api.example, 443, GET, /v1/things, true",
        "api.example, 443, GET, /v1/token, false",
        "api.example, 443, POST, /oauth/token, false",
        "api.example, 443, POST, /oauth/device/code, true",
        "api.example, 443, POST, /oauth/device/code/, false",
        "api.example, 443, PUT, /oauth/device/code, false",
        "api.example, 443, TRACE, /v1/things, false",
        "api.example, 80, POST, /oauth/token, true",
        "open.example, 443, TRACE, /, true",
        "open.example, 443, POST, /oauth/token, true",
        "open.example, 443, GET, /a/../b, true",
        "git.example, 443, GET, /acme/shop.git/info/refs?service=git-upload-pack, true",
        "git.example, 443, GET, /acme/shop/info/refs, true",
        "git.example, 443, POST, /acme/shop.git/git-upload-pack, true",
        "git.example, 443, POST, /acme/shop/git-receive-pack, true",
        "git.example, 8443, GET, /acme/docs.git/info/refs, true",
        "git.example, 8443, POST, /acme/docs.git/git-receive-pack, false",
        "git.example, 443, POST, /acme/other.git/git-upload-pack, false",
        "git.example, 443, GET, /acme/shop.git/HEAD, false",
        "git.example, 443, PUT, /acme/shop.git/info/refs, false",
        "git.example, 80, GET, /acme/shop.git/info/refs, false",
        "other.example, 443, GET, /, false",
    })
    void a_host_that_a_secret_goes_to_brings_back_no_key(
            String host, int port, String method, String target, boolean through) {
        Policy policy = policy(PROJECT.replace(", \"*.api.example\"", ""));

        assertThat(policy.request(host, port, method, target).allowed()).isEqualTo(through);
    }

    @Test
    void a_denied_key_says_which_request_why_and_what_to_do() {
        assertThat(policy(PROJECT.replace(", \"*.api.example\"", ""))
                        .request("registry.example", 443, "POST", "/-/npm/v1/tokens?x=swordfish"))
                .isInstanceOfSatisfying(Verdict.Denied.class, denied -> {
                    assertThat(denied.layer()).isEqualTo("gateway");
                    assertThat(denied.rule()).isEqualTo("RESTRICTED token endpoints (default)");
                    assertThat(denied.place()).isEqualTo("default");
                    assertThat(denied.reason())
                            .isEqualTo("`POST /-/npm/v1/tokens` of registry.example would hand a fresh key to the"
                                    + " sandbox");
                    assertThat(denied.instead()).contains("exactly this path", "network.allow");
                });
    }

    @Test
    void a_path_that_hands_out_keys_is_let_through_where_a_person_names_it_beside_the_whole_host() {
        Policy policy = policy("""
                network:
                  allow: [api.example, {host: api.example, methods: [POST], paths: [/oauth/token]}]
                secrets: [{name: A, hosts: [api.example]}]
                """);

        assertThat(policy.request("api.example", 443, "POST", "/oauth/token").allowed())
                .isTrue();
        assertThat(policy.request("api.example", 443, "GET", "/oauth/token").allowed())
                .isFalse();
        assertThat(policy.request("api.example", 443, "POST", "/oauth/Token").allowed())
                .isFalse();
        assertThat(policy.request("api.example", 443, "POST", "/oauth2/token").allowed())
                .isFalse();
        assertThat(policy.request("api.example", 443, "POST", "/other").allowed())
                .isTrue();
    }

    @Test
    void a_denial_wins_over_all_that_a_repository_needs() {
        Policy policy = policy("""
                network: {deny: [{host: git.example, methods: [POST], paths: ["/**/git-receive-pack"]}]}
                git: [{remote: "https://git.example/a/b", push: true}]
                """);

        assertThat(policy.request("git.example", 443, "POST", "/a/b.git/git-upload-pack")
                        .allowed())
                .isTrue();
        assertThat(policy.request("git.example", 443, "POST", "/a/b.git/git-receive-pack")
                        .allowed())
                .isFalse();
    }

    @Test
    void a_person_is_asked_for_secrets_and_repositories_and_not_for_what_follows() {
        Compiled compiled = compiled(PROJECT.replace(", \"*.api.example\"", ""));

        assertThat(compiled.requests())
                .extracting(Clause::pattern)
                .containsExactly(
                        "registry.example",
                        "GET,POST api.example/v1/**",
                        "GET,POST api.example/oauth/*",
                        "GET,POST api.example/oauth/device/code",
                        "open.example",
                        "NPM_TOKEN to registry.example as $NPM_TOKEN",
                        "API_KEY to api.example:443 as $KEY",
                        "push https://git.example/acme/shop.git with GIT_TOKEN",
                        "GIT_TOKEN to git.example:443",
                        "fetch https://git.example:8443/acme/docs.git");
        assertThat(compiled.clauses())
                .filteredOn(clause -> clause.subject() == Subject.REQUEST)
                .hasSize(3 + 6 + 4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "git: [{remote: \"https://git.example/a\"}] | git: [{remote: \"https://GIT.example:443/a.git\"}] | true",
                "git: [{remote: \"https://git.example/a\"}] | git: [{remote: \"https://git.example/a\", push: true}]"
                        + " | false",
                "git: [{remote: \"https://git.example/a\"}] | git: [{remote: \"https://git.example/a\", secret: T}]"
                        + " | false",
                "git: [{remote: \"https://git.example/a\", secret: T}]"
                        + " | git: [{remote: \"https://git.example/a\", secret: T, user: me}] | false",
                "secrets: [{name: A, hosts: [x.example]}] | secrets: [{hosts: [X.example], env: A, name: A}] | true",
                "secrets: [{name: A, hosts: [x.example]}] | secrets: [{name: A, hosts: [x.example], env: B}] | false",
                "secrets: [{name: A, hosts: [x.example]}] | secrets: [{name: A, hosts: [y.x.example]}] | false",
            })
    void the_hash_tells_what_secrets_and_repositories_mean(String one, String other, boolean same) {
        String hosts = "network: {allow: [x.example, \"*.x.example\"]}\n";
        Compiled first = compiled(hosts + one);
        Compiled second = compiled(hosts + other);

        assertThat(first.hash()).isNotEmpty();
        assertThat(second.hash()).isNotEmpty();
        assertThat(first.hash().equals(second.hash())).isEqualTo(same);
    }

    @Test
    void who_works_under_it_is_told_what_a_placeholder_is_and_where_to_push() {
        Policy policy = policy(PROJECT.replace(", \"*.api.example\"", ""));

        assertThat(policy.inWords())
                .containsExactly(
                        "`$NPM_TOKEN` holds a placeholder that is worth nothing elsewhere: send it in a header to"
                                + " `registry.example`, through TLS, and the gateway puts the value in. Never try to"
                                + " learn the value.",
                        "`$KEY` holds a placeholder that is worth nothing elsewhere: send it in a header to"
                                + " `api.example:443`, through TLS, and the gateway puts the value in. Never try to"
                                + " learn the value.",
                        "`origin` is `https://git.example/acme/shop.git`; the gateway signs in for you.",
                        "There is also the repository `https://git.example:8443/acme/docs.git`. It can be fetched"
                                + " from, and not pushed to.",
                        "Push only to branches of this task: `belay/$BELAY_TASK/NAME`. A person merges them.");
        assertThat(policy.hostsInWords())
                .isEqualTo("`registry.example`, `open.example`, `api.example` (GET, POST of /v1/**; GET, POST of"
                        + " /oauth/*; GET, POST of /oauth/device/code), `https://git.example/acme/shop.git`,"
                        + " `https://git.example:8443/acme/docs.git`");
    }

    @Test
    void a_repository_alone_is_a_network_in_words() {
        Policy policy = policy("git: [{remote: \"https://git.example/a\"}]\n");

        assertThat(policy.hostsInWords()).isEqualTo("`https://git.example/a.git`");
        assertThat(policy.inWords())
                .containsExactly("`origin` is `https://git.example/a.git`. It can be fetched from, and not pushed to.");
    }
}
