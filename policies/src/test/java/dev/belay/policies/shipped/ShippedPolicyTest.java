package dev.belay.policies.shipped;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.policies.Compiled;
import dev.belay.policies.Policy;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.ToolName;
import dev.belay.policies.language.Source;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ShippedPolicyTest {
    private static final Source OPEN = new Source(
            ".claude/settings.json",
            "{\"permissions\": {\"allow\": [\"WebFetch(domain:example.com)\", \"Edit(src/**)\"]}}");

    static List<String> names() {
        return ShippedPolicy.names();
    }

    private static Policy policy(String name, Source... others) {
        List<Source> sources = new ArrayList<>(List.of(others));
        sources.add(ShippedPolicy.source(name));
        Compiled compiled = PolicyCompiler.compile(sources);
        assertThat(compiled.problems()).isEmpty();
        assertThat(compiled.notEnforced()).isEmpty();
        return compiled.policy();
    }

    @ParameterizedTest
    @MethodSource("names")
    void each_begins_with_a_comment_and_asks_a_person_for_nothing(String name) {
        assertThat(ShippedPolicy.source(name).text()).startsWith("# ");
        assertThat(PolicyCompiler.compile(List.of(ShippedPolicy.source(name))).requests())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "standard, true, true, true",
        "read-only, true, false, true",
        "locked, false, false, false",
    })
    void each_holds_what_its_comment_says(String name, boolean commands, boolean changes, boolean allowsHosts) {
        Policy policy = policy(name, OPEN);

        assertThat(policy.tools().contains(ToolName.BASH)).isEqualTo(commands);
        assertThat(policy.tools().contains(ToolName.EDIT)).isEqualTo(changes);
        assertThat(policy.tools().contains(ToolName.WRITE)).isEqualTo(changes);
        assertThat(policy.edit("src/main.c").allowed()).isEqualTo(changes);
        assertThat(policy.network("example.com", 443).allowed()).isEqualTo(allowsHosts);
        assertThat(policy.tools()).contains(ToolName.READ, ToolName.GLOB, ToolName.GREP);
        assertThat(policy.read("src/main.c").allowed()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("names")
    void none_opens_the_network_by_itself(String name) {
        assertThat(policy(name).network("example.com", 443).allowed()).isFalse();
    }

    @Test
    void the_standard_one_is_the_standard_policy() {
        assertThat(PolicyCompiler.compile(List.of(ShippedPolicy.source("standard")))
                        .hash())
                .isEmpty();
    }

    @Test
    void another_name_is_none() {
        assertThatIllegalArgumentException().isThrownBy(() -> ShippedPolicy.source("../standard"));
    }
}
