package dev.belay.runner.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.Compiled;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.language.Source;
import dev.belay.runner.gateway.Protocol;
import dev.belay.runner.gateway.Target;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PolicyEgressTest {
    private static final Target GIT = new Target("GIT.example", 443, Protocol.HTTPS, "POST");
    private static final String OWN = "refs/heads/belay/t-1/x";

    private static PolicyEgress egress(String push) {
        Compiled compiled = PolicyCompiler.compile(List.of(new Source(".belay/policy.yaml", """
                policy: belay/1
                network: {allow: [git.example]}
                git: [{remote: "https://git.example/acme/shop.git"%s}]
                """.formatted(push))));
        assertThat(compiled.problems()).isEmpty();
        return new PolicyEgress(
                compiled::policy,
                OpenedAddresses.parse(""),
                "t-1",
                new PushedWork(Path.of("none"), (_, _) -> new TreeMap<>(), List::of, "t-1"));
    }

    @Test
    void a_repository_that_was_given_to_fetch_from_is_not_pushed_to_though_its_host_is_allowed_whole() {
        for (String path : List.of("/acme/shop.git/git-receive-pack", "/acme/shop/git-receive-pack")) {
            assertThat(egress("").judgeRequest(GIT, "POST", path)).isEmpty();
            assertThat(egress("").judgePush(GIT, path, OWN))
                    .hasValueSatisfying(denial -> assertThat(denial.reason()).contains("to fetch from"));
            assertThat(egress(", push: true").judgePush(GIT, path, OWN)).isEmpty();
        }
    }
}
