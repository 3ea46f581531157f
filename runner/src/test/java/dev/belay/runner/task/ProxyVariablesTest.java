package dev.belay.runner.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.Policy;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.language.Source;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProxyVariablesTest {
    private static final Policy ONE_HOST = PolicyCompiler.compile(
                    List.of(new Source(".belay/policy.yaml", "policy: belay/1\nnetwork: {allow: [a.example]}\n")))
            .policy();

    @Test
    void a_projects_variables_stay_but_for_the_gateways() {
        Map<String, String> all = ProxyVariables.over(Map.of("NODE_ENV", "test", "NODE_USE_ENV_PROXY", "0"), ONE_HOST);

        assertThat(all).containsEntry("NODE_ENV", "test").containsEntry("NODE_USE_ENV_PROXY", "1");
    }

    @Test
    void options_of_both_are_given_the_gateways_last_since_of_two_the_last_holds() {
        Map<String, String> all = ProxyVariables.over(
                Map.of(
                        "JAVA_TOOL_OPTIONS",
                        "-Dhttp.proxyHost=elsewhere -Xmx1g",
                        "NODE_OPTIONS",
                        "--max-old-space-size=9"),
                ONE_HOST);

        assertThat(all.get("JAVA_TOOL_OPTIONS")).startsWith("-Dhttp.proxyHost=elsewhere -Xmx1g -Dhttp.proxyHost=127");
        assertThat(all.get("NODE_OPTIONS")).startsWith("--max-old-space-size=9 --require=");
    }

    @Test
    void without_a_host_to_reach_there_are_the_projects_alone() {
        assertThat(ProxyVariables.over(Map.of("NODE_OPTIONS", "--x"), Policy.standard()))
                .isEqualTo(Map.of("NODE_OPTIONS", "--x"));
    }
}
