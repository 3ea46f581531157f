package dev.belay.runner.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.Compiled;
import dev.belay.policies.Policy;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Source;
import dev.belay.policies.network.HostPattern;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.runner.gateway.Protocol;
import dev.belay.runner.gateway.Target;
import dev.belay.runner.gateway.Vault;
import dev.belay.runner.secrets.Placeholder;
import dev.belay.runner.secrets.SecretValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TaskVaultTest {
    private static final Policy POLICY = policy("""
            policy: belay/1
            network: {allow: [api.example, "*.cdn.example"]}
            secrets:
              - name: API_TOKEN
                hosts: [api.example]
                env: TOKEN
              - name: CDN_KEY
                hosts: ["*.cdn.example"]
            git:
              - remote: https://git.example/acme/shop.git
                secret: GIT_TOKEN
                user: me
            """);

    private final AtomicLong clock = new AtomicLong();
    private final Store store = new Store();

    private static Policy policy(String yaml) {
        Compiled compiled = PolicyCompiler.compile(List.of(new Source(".belay/policy.yaml", yaml)));
        assertThat(compiled.problems()).isEmpty();
        return compiled.policy();
    }

    private TaskVault vault(Policy policy) throws Exception {
        return TaskVault.open("t-1", 3, () -> policy, store, clock::get);
    }

    private static Target https(String host) {
        return new Target(host, 443, Protocol.HTTPS, "GET");
    }

    @Test
    void a_task_that_names_none_asks_nobody() throws Exception {
        TaskVault vault = vault(Policy.standard());

        assertThat(store.asked).isEmpty();
        assertThat(vault.placeholders()).isEmpty();
        assertThat(vault.known()).isEmpty();
    }

    @Test
    void inside_a_variable_holds_what_is_the_same_on_every_runner_and_worth_nothing() throws Exception {
        store.set("API_TOKEN", "value-of-the-token", "api.example");

        assertThat(vault(POLICY).placeholders())
                .containsOnly(
                        Map.entry("TOKEN", Placeholder.of("t-1", "API_TOKEN")),
                        Map.entry("CDN_KEY", Placeholder.of("t-1", "CDN_KEY")));
        assertThat(Placeholder.of("t-1", "API_TOKEN"))
                .matches("belay-secret-API-TOKEN-[0-9a-f]{24}")
                .isNotEqualTo(Placeholder.of("t-2", "API_TOKEN"));
    }

    @Test
    void a_value_goes_where_both_the_policy_and_whoever_set_it_let_it_go() throws Exception {
        store.set("API_TOKEN", "value-of-the-token", "api.example", "other.example");
        store.set("CDN_KEY", "value-of-the-key", "one.cdn.example");
        TaskVault vault = vault(POLICY);

        assertThat(vault.value("API_TOKEN", https("api.example"))).isPresent();
        assertThat(vault.value("API_TOKEN", https("API.example."))).isPresent();
        assertThat(vault.value("API_TOKEN", https("other.example"))).isEmpty();
        assertThat(vault.value("CDN_KEY", https("one.cdn.example"))).isPresent();
        assertThat(vault.value("CDN_KEY", https("two.cdn.example"))).isEmpty();
        assertThat(vault.value("NOT_NAMED", https("api.example"))).isEmpty();
    }

    @Test
    void what_is_taken_back_or_set_anew_holds_half_a_minute_later() throws Exception {
        store.set("API_TOKEN", "value-of-the-token", "api.example");
        TaskVault vault = vault(POLICY);
        store.set("API_TOKEN", "another-value-now", "api.example");
        clock.addAndGet(TaskVault.FRESH.toNanos());
        String before =
                vault.value("API_TOKEN", https("api.example")).orElseThrow().reveal();
        clock.addAndGet(1);
        String after =
                vault.value("API_TOKEN", https("api.example")).orElseThrow().reveal();
        store.values.clear();
        clock.addAndGet(TaskVault.FRESH.toNanos() + 1);

        assertThat(before).isEqualTo("value-of-the-token");
        assertThat(after).isEqualTo("another-value-now");
        assertThat(vault.value("API_TOKEN", https("api.example"))).isEmpty();
        assertThat(vault.known())
                .as("what may still come back in an answer")
                .extracting(SecretValue::reveal)
                .containsExactlyInAnyOrder("value-of-the-token", "another-value-now");
    }

    @Test
    void a_controller_that_is_away_for_a_while_takes_nothing_back() throws Exception {
        store.set("API_TOKEN", "value-of-the-token", "api.example");
        TaskVault vault = vault(POLICY);
        store.away = true;
        clock.addAndGet(TaskVault.FRESH.toNanos() * 2);

        assertThat(vault.value("API_TOKEN", https("api.example"))).isPresent();
    }

    @Test
    void a_controller_that_refuses_takes_all_of_them_back() throws Exception {
        store.set("API_TOKEN", "value-of-the-token", "api.example");
        TaskVault vault = vault(POLICY);
        store.refuses = true;
        clock.addAndGet(TaskVault.FRESH.toNanos() + 1);

        assertThat(vault.value("API_TOKEN", https("api.example"))).isEmpty();
        assertThat(vault.known()).extracting(SecretValue::reveal).containsExactly("value-of-the-token");
    }

    /** Without {@code push: true} never, however much of the host the policy allows. */
    @Test
    void the_gateway_signs_in_to_push_only_where_the_policy_lets_it_push() throws Exception {
        TaskVault fetching = vault(POLICY);
        TaskVault pushing = vault(policy("""
                policy: belay/1
                git:
                  - {remote: "https://git.example/acme/shop.git", push: true, secret: GIT_TOKEN}
                """));

        for (String path : List.of("/acme/shop.git/git-receive-pack", "/acme/shop/git-receive-pack")) {
            assertThat(fetching.signIn(https("git.example"), path)).isEmpty();
            assertThat(pushing.signIn(https("git.example"), path)).isPresent();
        }
    }

    @Test
    void the_gateway_signs_in_to_the_repository_and_to_nothing_else_there() throws Exception {
        TaskVault vault = vault(POLICY);

        assertThat(vault.signIn(https("git.example"), "/acme/shop.git/info/refs"))
                .contains(new Vault.SignIn("me", "GIT_TOKEN"));
        assertThat(vault.signIn(https("git.example"), "/acme/shop/git-upload-pack"))
                .isPresent();
        assertThat(vault.signIn(https("git.example"), "/acme/shops.git/info/refs"))
                .isEmpty();
        assertThat(vault.signIn(https("git.example"), "/acme/shop.git/info/refs?service=git-upload-pack"))
                .isPresent();
        assertThat(vault.signIn(https("git.example"), "/acme/shop/settings/keys"))
                .isEmpty();
        assertThat(vault.signIn(https("git.example"), "/user")).isEmpty();
        assertThat(vault.signIn(new Target("git.example", 8443, Protocol.HTTPS, "GET"), "/acme/shop.git/info/refs"))
                .isEmpty();
        assertThat(vault.signIn(https("api.example"), "/acme/shop.git/info/refs"))
                .isEmpty();
        assertThat(vault.placeholders()).doesNotContainKey("GIT_TOKEN");
    }

    @Test
    void who_was_given_a_repository_to_fetch_from_is_not_signed_in_to_push() throws Exception {
        TaskVault pushing = vault(policy("""
                policy: belay/1
                network: {allow: [git.example]}
                git: [{remote: "https://git.example/acme/shop.git", push: true, secret: GIT_TOKEN}]
                """));
        TaskVault fetching = vault(policy("""
                policy: belay/1
                network: {allow: [git.example]}
                git: [{remote: "https://git.example/acme/shop.git", secret: GIT_TOKEN}]
                """));

        assertThat(pushing.signIn(https("git.example"), "/acme/shop.git/git-receive-pack"))
                .isPresent();
        assertThat(fetching.signIn(https("git.example"), "/acme/shop.git/git-receive-pack"))
                .isEmpty();
        assertThat(fetching.signIn(https("git.example"), "/acme/shop.git/git-upload-pack"))
                .isPresent();
    }

    @Test
    void nobody_inside_can_work_out_what_stands_for_a_secret_that_only_the_gateway_speaks_of() throws Exception {
        List<Vault.Entry> entries = vault(POLICY).entries(https("git.example"));

        assertThat(entries)
                .filteredOn(entry -> entry.name().equals("GIT_TOKEN"))
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.goesThere()).isTrue();
                    assertThat(entry.placeholder()).isNotEqualTo(Placeholder.of("t-1", "GIT_TOKEN"));
                });
        assertThat(entries)
                .extracting(Vault.Entry::placeholder)
                .contains(Placeholder.of("t-1", "API_TOKEN"), Placeholder.of("t-1", "CDN_KEY"));
    }

    @Test
    void git_inside_is_told_of_the_repository_and_pushes_into_the_tasks_own_room() {
        Policy pushing = policy("""
                policy: belay/1
                git:
                  - {remote: "https://git.example/acme/shop", push: true}
                  - remote: https://other.example:8443/lib.git
                """);

        assertThat(OriginInside.config(pushing.remotes(), "t-7fq2")).isEqualTo("""
                [remote "origin"]
                	url = https://git.example/acme/shop.git
                	fetch = +refs/heads/*:refs/remotes/origin/*
                	push = refs/heads/*:refs/heads/belay/t-7fq2/*
                [remote "origin2"]
                	url = https://other.example:8443/lib.git
                	fetch = +refs/heads/*:refs/remotes/origin2/*
                """);
    }

    private static final class Store implements Secrets {
        private final List<String> asked = new ArrayList<>();
        private final List<Held> values = new ArrayList<>();
        private boolean away;
        private boolean refuses;

        void set(String name, String value, String... hosts) throws PatternException {
            List<HostPattern> patterns = new ArrayList<>();
            for (String host : hosts) {
                patterns.add(HostPattern.parse(host));
            }
            values.removeIf(held -> held.name().equals(name));
            values.add(new Held(name, new SecretValue(value), patterns));
        }

        @Override
        public List<Held> first(String task, int epoch) throws IOException {
            return again(task, epoch);
        }

        @Override
        public List<Held> again(String task, int epoch) throws IOException {
            asked.add(task + "@" + epoch);
            if (refuses) {
                throw BelayException.of(ErrorCode.E_NO_KEY, "the task's secrets cannot be had", "refused", "");
            }
            if (away) {
                throw new IOException("away");
            }
            return List.copyOf(values);
        }
    }
}
