package dev.belay.policies.foreign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.Compiled;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Mutation;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Source;
import dev.belay.policies.sandboxruntime.ProjectFolder;
import java.net.IDN;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HostileFilesTest {
    private static final ProjectFolder SHOP = new ProjectFolder("/home/ann/shop", "/home/ann");

    private record Good(ForeignFormat format, String text) {}

    private static final List<Good> GOOD = List.of(
            new Good(ForeignFormat.SRT, """
                    {"network": {"allowedDomains": ["api.example.com:443", "*.example.org"], "deniedDomains": ["bad.example.org"]},
                     "filesystem": {"denyRead": ["~/.ssh", ".env"], "allowWrite": ["."], "denyWrite": ["secrets/"]}}
                    """),
            new Good(ForeignFormat.SRT, """
                    {"filesystem": {"denyRead": ["/home"], "allowRead": ["."], "allowWrite": ["src", "docs/**"], "denyWrite": ["**/*.pem"]}}
                    """),
            new Good(ForeignFormat.SRT, """
                    {"network": {"allowedDomains": ["[2001:db8::1]:443"], "deniedDomains": ["*:22"], "deniedDomainReasons": {"*:22": "no"}},
                     "filesystem": {"allowWrite": []}, "ignoreViolations": {"*": ["/usr"]}}
                    """),
            new Good(ForeignFormat.SRT, """
                    {"network": {"allowedDomains": []}, "filesystem": {"allowWrite": ["/tmp"]}, "credentials":
                     {"files": [{"path": ".npmrc", "mode": "mask"}], "envVars": [{"name": "A", "mode": "deny"}]}}
                    """),
            new Good(ForeignFormat.CODEX, """
                    prefix_rule(pattern = ["git", ["push", "fetch"]], decision = "forbidden", justification = "why",
                        match = [["git", "push"], "git fetch --all"], not_match = ["git status"])
                    """),
            new Good(ForeignFormat.CODEX, """
                    network_rule(host = "api.example.com", protocol = "https", decision = "allow")
                    network_rule(host = "bad.example.com", protocol = "http", decision = "deny")
                    """),
            new Good(ForeignFormat.CODEX, """
                    # comments
                    prefix_rule(pattern = ["rm", "-rf", r"a\\b"], decision = "prompt")
                    host_executable(name = "git", paths = ["/usr/bin/git"])
                    """),
            new Good(ForeignFormat.CODEX, "prefix_rule(['a', '''b'''], 'prompt', justification = \"\\x41\\u00e9\")\n"),
            new Good(ForeignFormat.CLAUDE, """
                    {"permissions": {"deny": ["Bash(git push:*)", "Read(.env)"], "allow": ["WebFetch(domain:api.example.com)"]}}
                    """),
            new Good(ForeignFormat.CLAUDE, """
                    {"permissions": {"deny": ["Write", "Edit(docs/**)"], "ask": ["Bash(npm *)"], "allow": ["WebFetch(domain:*.example.org)"]}}
                    """));

    /** Never an exception, never a policy that is not understood, never a host that is not named in the text. */
    @Test
    void whatever_is_changed_in_a_good_file_it_opens_no_host_that_nobody_wrote() {
        Random random = new Random(29);
        int translated = 0;
        int hosts = 0;
        for (int round = 0; round < 3_000; round++) {
            Good good = GOOD.get(round % GOOD.size());
            StringBuilder text = new StringBuilder(good.text());
            for (int changes = 1 + random.nextInt(8) / 7; changes > 0 && !text.isEmpty(); changes--) {
                change(text, random);
            }
            Translation translation = good.format().translate(new Source("theirs", text.toString()), SHOP);
            for (Problem problem : translation.problems()) {
                assertThat(problem.what()).as(text.toString()).isNotBlank().doesNotContain("\n", "\u001b", "\u202e");
                assertThat(problem.fix()).isNotBlank();
            }
            if (translation.problems().isEmpty()) {
                translated++;
                Compiled compiled =
                        PolicyCompiler.compile(List.of(new Source(".belay/policy.yaml", translation.text())));
                assertThat(compiled.problems()).as(translation.text()).isEmpty();
                for (Clause opened : compiled.requests()) {
                    hosts++;
                    assertThat(text.toString().toLowerCase(Locale.ROOT))
                            .as(text.toString())
                            .contains(name(opened.pattern()));
                }
            }
        }
        assertThat(translated).isGreaterThan(400);
        assertThat(hosts).isGreaterThan(200);
    }

    /** Without the port, which a protocol can mean, too, and with the letters that a name is sent without. */
    private static String name(String pattern) {
        int colon = pattern.lastIndexOf(':');
        String name = colon > pattern.lastIndexOf(']') ? pattern.substring(0, colon) : pattern;
        return IDN.toUnicode(name).toLowerCase(Locale.ROOT);
    }

    @Test
    void any_text_is_recognised_as_something_or_nothing() {
        Random random = new Random(31);
        for (int round = 0; round < 2_000; round++) {
            StringBuilder text = new StringBuilder(GOOD.get(round % GOOD.size()).text());
            change(text, random);

            assertThat(ForeignFormat.of(new Source("settings.json", text.toString())))
                    .isNotNull();
        }
    }

    private static void change(StringBuilder text, Random random) {
        Mutation.change(text, GOOD.get(random.nextInt(GOOD.size())).text(), random);
    }
}
