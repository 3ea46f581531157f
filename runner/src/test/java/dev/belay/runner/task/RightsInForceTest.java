package dev.belay.runner.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.policies.Policy;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.language.Source;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.PersonSpoke;
import dev.belay.proto.v1.PolicyDenied;
import dev.belay.proto.v1.PolicyGrant;
import dev.belay.proto.v1.PolicySource;
import dev.belay.runner.gateway.Protocol;
import dev.belay.runner.gateway.Target;
import dev.belay.runner.hands.Intent;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
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
    private final PolicyGuard guard = new PolicyGuard(() -> POLICY, reported::add);

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

        assertThatThrownBy(() -> TaskRights.of(assignment).get())
                .isInstanceOf(BelayException.class)
                .hasMessageContaining(".belay/policy.yaml:1");
    }

    private static Target target(String host) {
        return new Target(host, 443, Protocol.CONNECT, "CONNECT");
    }

    @Test
    void what_a_person_allows_a_task_at_work_holds_from_then_on_and_a_denial_goes_on_winning() {
        TaskRights rights = TaskRights.of(Assignment.newBuilder()
                .addPolicy(PolicySource.newBuilder()
                        .setFile(".belay/policy.yaml")
                        .setText("policy: belay/1\nnetwork: {deny: [never.example]}\n"))
                .build());
        PolicyEgress egress = new PolicyEgress(
                rights,
                OpenedAddresses.parse(""),
                "t-1",
                new PushedWork(Path.of("none"), (_, _) -> new TreeMap<>(), List::of, "t-1"));
        Target host = target("late.example");
        boolean before = egress.judge(host).isEmpty();

        rights.allow(PersonSpoke.newBuilder()
                .addAllowedHosts("late.example")
                .addAllowedHosts("never.example")
                .build());

        assertThat(before).isFalse();
        assertThat(egress.judge(host)).isEmpty();
        assertThat(egress.judge(target("never.example"))).isPresent();
        assertThat(ProxyVariables.of(rights.get())).containsKey("JAVA_TOOL_OPTIONS");
    }

    @Test
    void what_is_not_understood_of_it_changes_nothing() {
        TaskRights rights = TaskRights.of(Assignment.getDefaultInstance());
        PersonSpoke odd = PersonSpoke.newBuilder().addAllowedHosts("odd host").build();

        assertThatThrownBy(() -> rights.allow(odd)).isInstanceOf(BelayException.class);

        assertThat(rights.get().network("odd", 443).allowed()).isFalse();
    }

    @Test
    void a_task_that_goes_on_elsewhere_has_what_was_allowed_and_what_nobody_heard_yet() {
        Assignment assignment = Assignment.newBuilder()
                .addGranted(PolicyGrant.newBuilder().setHost("early.example"))
                .addMessages(PersonSpoke.newBuilder().addAllowedHosts("unheard.example"))
                .build();

        Policy policy = TaskRights.of(assignment).get();

        assertThat(policy.network("early.example", 443).allowed()).isTrue();
        assertThat(policy.network("unheard.example", 443).allowed()).isTrue();
        assertThat(policy.network("other.example", 443).allowed()).isFalse();
    }

    @Test
    void programs_that_know_no_proxy_variables_are_told_where_there_is_a_host_to_reach() {
        assertThat(ProxyVariables.of(POLICY)).containsKeys("JAVA_TOOL_OPTIONS", "NODE_OPTIONS", "NODE_USE_ENV_PROXY");
        assertThat(ProxyVariables.of(Policy.standard())).isEmpty();
    }
}
