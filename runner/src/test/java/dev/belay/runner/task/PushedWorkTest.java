package dev.belay.runner.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.Policy;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.Verdict;
import dev.belay.policies.language.Source;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PushedWorkTest {
    private static Optional<Verdict> judged(Policy policy, String... paths) throws IOException {
        return new PushedWork(Path.of("none"), (_, _) -> new TreeSet<>(List.of(paths)), "t-7fq2")
                .judge(policy, List.of("1".repeat(40)), InputStream.nullInputStream());
    }

    @Test
    void everyday_files_may_be_pushed() throws IOException {
        assertThat(judged(Policy.standard(), "src/a.c", "README.md", "docs/x")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".github/workflows/ci.yml",
                ".GitHub/Workflows/ci.yml",
                "sub/.gitlab-ci.yml",
                "Jenkinsfile",
                ".husky/pre-push",
                ".vscode/tasks.json",
                "CLAUDE.md",
                ".belay/policy.yaml",
                ".gitmodules",
            })
    void what_others_run_or_obey_needs_a_person(String path) throws IOException {
        Optional<Verdict> verdict = judged(Policy.standard(), "src/a.c", path);

        assertThat(verdict).hasValueSatisfying(refused -> {
            assertThat(refused).isInstanceOf(Verdict.Denied.class);
            assertThat(((Verdict.Denied) refused).reason()).contains(path).doesNotContain("src/a.c");
            assertThat(((Verdict.Denied) refused).instead()).contains("belay apply t-7fq2 --agree");
        });
    }

    @Test
    void what_a_task_may_not_change_is_not_pushed_either() throws IOException {
        Policy bounded = policy("files: {write: [./src]}");
        Policy restricted = policy("restricted: [Edit(./db/**)]");

        assertThat(judged(bounded, "src/a.c")).isEmpty();
        assertThat(judged(bounded, "src/a.c", "other/b.c"))
                .hasValueSatisfying(refused ->
                        assertThat(((Verdict.Denied) refused).reason()).contains("other/b.c"));
        assertThat(judged(restricted, "db/1.sql")).isPresent();
    }

    private static Policy policy(String line) {
        return PolicyCompiler.compile(List.of(new Source(".belay/policy.yaml", "policy: belay/1\n" + line + "\n")))
                .policy();
    }
}
