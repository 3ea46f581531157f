package dev.belay.runner.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.Policy;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.Verdict;
import dev.belay.policies.git.PushedFile;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Source;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PushedWorkTest {
    private static final String CONTENT = "1f0e3dad99908345f7439f8ffabdffc4abcdef01";
    private static final String OTHER = "2f0e3dad99908345f7439f8ffabdffc4abcdef01";

    private static Optional<Verdict> judged(Policy policy, String... paths) throws IOException {
        SortedMap<String, SortedSet<String>> files = new TreeMap<>();
        for (String path : paths) {
            files.put(path, new TreeSet<>(Set.of(CONTENT)));
        }
        return judged(policy, files);
    }

    private static Optional<Verdict> judged(Policy policy, SortedMap<String, SortedSet<String>> files, String... agreed)
            throws IOException {
        List<PushedFile> pushes = new ArrayList<>();
        for (String one : agreed) {
            try {
                pushes.add(PushedFile.parse(one));
            } catch (PatternException wrong) {
                throw new AssertionError(wrong);
            }
        }
        return new PushedWork(Path.of("none"), (_, _) -> files, () -> pushes, "t-7fq2")
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
            assertThat(((Verdict.Denied) refused).instead())
                    .contains("belay policy allow t-7fq2 --push `" + path + "@1f0e3dad9990`");
        });
    }

    @Test
    void a_person_lets_a_protected_file_through_in_one_content_and_in_every_one_that_the_commits_give_it()
            throws IOException {
        SortedMap<String, SortedSet<String>> once = new TreeMap<>(Map.of(".envrc", new TreeSet<>(Set.of(CONTENT))));
        SortedMap<String, SortedSet<String>> twice =
                new TreeMap<>(Map.of(".envrc", new TreeSet<>(Set.of(CONTENT, "deleted"))));
        SortedMap<String, SortedSet<String>> another = new TreeMap<>(Map.of(".envrc", new TreeSet<>(Set.of(OTHER))));
        String agreed = ".envrc@1f0e3dad9990";

        assertThat(judged(Policy.standard(), once, agreed)).isEmpty();
        assertThat(judged(Policy.standard(), twice, agreed)).isPresent();
        assertThat(judged(Policy.standard(), twice, agreed, ".envrc@deleted")).isEmpty();
        assertThat(judged(Policy.standard(), another, agreed)).isPresent();
        assertThat(judged(Policy.standard(), once, "sub/.envrc@1f0e3dad9990")).isPresent();
        assertThat(judged(policy("restricted: [Edit(./.envrc)]"), once, agreed))
                .as("what the policy denies stays denied")
                .isPresent();
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
