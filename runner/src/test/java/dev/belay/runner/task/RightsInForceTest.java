package dev.belay.runner.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.policies.Policy;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.language.Source;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.PolicyDenied;
import dev.belay.proto.v1.PolicySource;
import dev.belay.runner.hands.Intent;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A policy as the runner holds calls and connections against it. */
class RightsInForceTest {
    private static final Policy POLICY = policy("""
            policy: belay/1
            restricted: [Bash(git push *), Read(./keys/**), Edit(./db/**)]
            network: {allow: ["packages.example:443"]}
            """);

    private final List<PolicyDenied> reported = new ArrayList<>();
    private final PolicyGuard guard = new PolicyGuard(POLICY, reported::add);

    private static Policy policy(String yaml) {
        return PolicyCompiler.compile(List.of(new Source(".belay/policy.yaml", yaml)))
                .policy();
    }

    @Test
    void a_refused_call_tells_the_model_the_rule_and_is_reported_once() {
        assertThat(guard.refuses(new Intent.Command("ls && git push")))
                .hasValueSatisfying(told -> assertThat(told)
                        .contains("RESTRICTED Bash(git push *)", ".belay/policy.yaml:2", "The call was not made"));

        assertThat(reported).singleElement().satisfies(denied -> {
            assertThat(denied.getLayer()).isEqualTo("tool");
            assertThat(denied.getWhat()).isEqualTo("tool");
            assertThat(denied.getTarget()).isEqualTo("ls && git push");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"/workspace/keys/a", "/workspace/KEYS/a", "/workspace/keys"})
    void what_may_not_be_read_may_not_be_edited_either(String path) {
        assertThat(guard.refuses(new Intent.Reading(path))).isPresent();
        assertThat(guard.refuses(new Intent.Change(path))).isPresent();
    }

    @Test
    void what_lies_elsewhere_in_the_sandbox_and_what_no_rule_names_passes() {
        assertThat(guard.refuses(new Intent.Change("/tmp/db/x"))).isEmpty();
        assertThat(guard.refuses(new Intent.Change("/workspace/src/x"))).isEmpty();
        assertThat(guard.refuses(new Intent.Reading("/workspace/db/x"))).isEmpty();
        assertThat(guard.refuses(new Intent.Command("make test"))).isEmpty();
        assertThat(reported).isEmpty();
    }

    @Test
    void private_addresses_are_dialled_where_they_were_opened_and_nowhere_else() throws Exception {
        OpenedAddresses opened = OpenedAddresses.parse("10.20.0.0/16, 127.0.0.2");

        assertThat(opened.refused(InetAddress.getByName("10.20.3.4"))).isEmpty();
        assertThat(opened.refused(InetAddress.getByName("127.0.0.2"))).isEmpty();
        assertThat(opened.refused(InetAddress.getByName("127.0.0.1"))).isPresent();
        assertThat(opened.refused(InetAddress.getByName("10.21.0.1"))).isPresent();
        assertThat(opened.refused(InetAddress.getByName("169.254.169.254"))).isPresent();
        assertThat(OpenedAddresses.parse("").refused(InetAddress.getByName("::1")))
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1/8", "example.com", "1.2.3", "10.0.0.0/99"})
    void ranges_that_are_none_stop_the_runner_by_name(String ranges) {
        assertThatThrownBy(() -> OpenedAddresses.parse(ranges))
                .isInstanceOf(BelayException.class)
                .hasMessageContaining("BELAY_REACHABLE");
    }

    @Test
    void a_policy_that_a_runner_does_not_understand_starts_no_task() {
        Assignment assignment = Assignment.newBuilder()
                .addPolicy(
                        PolicySource.newBuilder().setFile(".belay/policy.yaml").setText("policy: belay/9\n"))
                .build();

        assertThatThrownBy(() -> TaskRights.of(assignment))
                .isInstanceOf(BelayException.class)
                .hasMessageContaining(".belay/policy.yaml:1");
    }

    @Test
    void programs_that_know_no_proxy_variables_are_told_where_there_is_a_host_to_reach() {
        assertThat(ProxyVariables.of(POLICY)).containsKey("JAVA_TOOL_OPTIONS");
        assertThat(ProxyVariables.of(Policy.standard())).isEmpty();
    }
}
