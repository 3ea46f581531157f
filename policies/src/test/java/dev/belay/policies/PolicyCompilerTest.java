package dev.belay.policies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Problem;
import dev.belay.policies.language.Source;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Several sources, one policy. */
class PolicyCompilerTest {
    private static final String FIVE_LINES = """
            ## Permissions
            ALLOWED: Read/write within ./src, ./tests · Run npm scripts: test, build
            RESTRICTED: NO network calls to external APIs unless listed below · NO file operations outside project root · NO git push to origin/main
            """;

    private static Source prose(String text) {
        return new Source("CLAUDE.md", text);
    }

    private static Source yaml(String text) {
        return new Source(".belay/policy.yaml", "policy: belay/1\n" + text);
    }

    private static Source settings(String text) {
        return new Source(".claude/settings.json", text);
    }

    private static Compiled compiled(Source... sources) {
        Compiled compiled = PolicyCompiler.compile(List.of(sources));
        assertThat(compiled.problems()).isEmpty();
        return compiled;
    }

    @Test
    void no_source_is_the_standard_policy() {
        Compiled compiled = compiled();

        assertThat(compiled.policy()).isSameAs(Policy.standard());
        assertThat(compiled.hash()).isEmpty();
        assertThat(compiled.requests()).isEmpty();
    }

    @Test
    void five_lines_of_prose_are_a_policy() {
        Policy policy = compiled(prose(FIVE_LINES)).policy();

        assertThat(policy.command("npm run build").allowed()).isTrue();
        assertThat(policy.command("git -C . push origin main")).isInstanceOfSatisfying(Verdict.Denied.class, denied -> {
            assertThat(denied.place()).isEqualTo("CLAUDE.md:3");
            assertThat(denied.layer()).isEqualTo("tool");
        });
        assertThat(policy.edit("src/a/b.ts").allowed()).isTrue();
        assertThat(policy.edit("tests/a.ts").allowed()).isTrue();
        assertThat(policy.edit("package.json").allowed()).isFalse();
        assertThat(policy.edit("src/../package.json").allowed()).isFalse();
        assertThat(policy.read("package.json").allowed()).isTrue();
        assertThat(policy.network("api.example", 443).allowed()).isFalse();
    }

    static Stream<Arguments> sourcesOfOneDenial() {
        Source grants =
                yaml("allowed: [Bash(make deploy)]\nnetwork: {allow: [\"a.example\"]}\nfiles: {write: [./src]}\n");
        return Stream.of(
                Arguments.of(
                        List.of(grants, prose("## Permissions\nRESTRICTED: `make deploy` · Do not edit ./src/db"))),
                Arguments.of(List.of(
                        grants, settings("{\"permissions\":{\"deny\":[\"Bash(make deploy)\",\"Edit(/src/db/**)\"]}}"))),
                Arguments.of(List.of(
                        settings("{\"permissions\":{\"deny\":[\"Bash(make deploy)\",\"Edit(/src/db/**)\"]}}"),
                        grants)));
    }

    @ParameterizedTest
    @MethodSource("sourcesOfOneDenial")
    void a_denial_wins_wherever_it_is_written(List<Source> sources) {
        Compiled compiled = PolicyCompiler.compile(sources);

        assertThat(compiled.problems()).isEmpty();
        assertThat(compiled.policy().command("make deploy").allowed()).isFalse();
        assertThat(compiled.policy().edit("src/db/1.sql").allowed()).isFalse();
        assertThat(compiled.policy().edit("src/a").allowed()).isTrue();
        assertThat(compiled.policy().network("a.example", 443).allowed()).isTrue();
    }

    static Stream<Arguments> speaking() {
        return Stream.of(
                Arguments.of(prose("# A project\nIt has code.\n"), false),
                Arguments.of(prose(FIVE_LINES), true),
                Arguments.of(yaml(""), false),
                Arguments.of(yaml("limits: {max_turns: 3}\n"), true),
                Arguments.of(yaml("commands: {others: deny}\n"), true),
                Arguments.of(yaml("restrictd: []\n"), true),
                Arguments.of(settings("{}"), false),
                Arguments.of(settings("{\"permissions\": 7}"), true));
    }

    @ParameterizedTest
    @MethodSource("speaking")
    void a_source_that_says_anything_is_named(Source source, boolean speaks) {
        Source silent = new Source("AGENTS.md", "nothing of rights\n");

        assertThat(PolicyCompiler.compile(List.of(silent, source)).files())
                .isEqualTo(speaks ? List.of(source.file()) : List.of());
    }

    /** As the version before the limits of disks computed it: it stands in people's accepted policies and with their tasks. */
    @Test
    void what_could_be_said_before_keeps_its_hash() {
        String text = """
                restricted: [Bash(make deploy *)]
                network: {allow: ["a.example"]}
                limits: {memory_mib: 2048, max_usd: 2.5, timeout: 1h}
                modes: [full]
                """;

        assertThat(compiled(yaml(text)).hash())
                .isEqualTo("f26b1419996731e47a91edc06288b67ba457f24511b5c3df1c97a9c5a229835d");
        assertThat(compiled(yaml(text.replace("timeout: 1h", "timeout: 1h, disk_mib: 1024")))
                        .hash())
                .isNotEqualTo(compiled(yaml(text)).hash())
                .isNotEqualTo(compiled(yaml(text.replace("timeout: 1h", "timeout: 1h, disk_mib: 1025")))
                        .hash());
    }

    @Test
    void the_hash_is_of_the_meaning_and_not_of_the_wording() {
        String hash = compiled(yaml("network: {allow: [\"a.example\", \"b.example\"]}\n"))
                .hash();

        assertThat(compiled(yaml("# why\nnetwork:\n  allow:\n    - b.example\n    - a.example\n"))
                        .hash())
                .isEqualTo(hash);
        assertThat(compiled(yaml("network: {allow: [\"a.example\", \"c.example\"]}\n"))
                        .hash())
                .isNotEqualTo(hash);
        assertThat(compiled(yaml("network: {allow: [\"a.example\", \"b.example\"]}\nlimits: {max_turns: 3}\n"))
                        .hash())
                .isNotEqualTo(hash);
    }

    @Test
    void hosts_are_what_a_project_asks_for_and_all_else_narrows() {
        assertThat(compiled(prose(FIVE_LINES)).requests()).isEmpty();
        assertThat(compiled(yaml("allowed: [Bash(make *)]\nfiles: {write: [./src]}\n"))
                        .requests())
                .isEmpty();
        assertThat(compiled(yaml("network: {allow: [\"a.example:8443\"]}\n")).requests())
                .singleElement()
                .satisfies(clause -> assertThat(clause.pattern()).isEqualTo("a.example:8443"));
    }

    private static final String REQUESTS = """
            network:
              allow:
                - registry.example.com
                - host: api.example.com
                  methods: [GET, HEAD]
                  paths: ["/repos/acme/**", /user]
                - {host: files.example.com, methods: [PUT]}
                - {host: "files.example.com:8443", paths: [/x]}
              deny:
                - {host: registry.example.com, methods: [DELETE]}
            """;

    @Test
    void a_host_with_rules_on_its_requests_can_be_reached_and_each_request_is_judged() {
        Policy policy = compiled(yaml(REQUESTS)).policy();

        assertThat(policy.network("api.example.com", 443))
                .isEqualTo(new Verdict.Allowed("ALLOWED GET,HEAD api.example.com/repos/acme/**"));
        assertThat(policy.inspects("api.example.com", 443)).isTrue();
        assertThat(policy.request("api.example.com", 443, "GET", "/user?x=y"))
                .isEqualTo(new Verdict.Allowed("ALLOWED GET,HEAD api.example.com/user"));
        assertThat(policy.request("api.example.com", 443, "PUT", "/user").allowed())
                .isFalse();
        assertThat(policy.request("api.example.com", 22, "GET", "/user").allowed())
                .isFalse();
    }

    @Test
    void a_denied_request_makes_a_host_inspected_that_is_allowed_whole() {
        Policy policy = compiled(yaml(REQUESTS)).policy();

        assertThat(policy.inspects("registry.example.com", 443)).isTrue();
        assertThat(policy.request("registry.example.com", 443, "GET", "/x"))
                .isEqualTo(new Verdict.Allowed("ALLOWED registry.example.com"));
        assertThat(policy.request("registry.example.com", 443, "DELETE", "/x"))
                .isInstanceOfSatisfying(Verdict.Denied.class, denied -> {
                    assertThat(denied.rule()).isEqualTo("RESTRICTED DELETE registry.example.com/**");
                    assertThat(denied.place()).isEqualTo(".belay/policy.yaml:11");
                });
    }

    @Test
    void without_rules_on_requests_nothing_is_inspected_and_the_host_decides() {
        Policy policy = compiled(yaml("network: {allow: [\"a.example\"]}\n")).policy();

        assertThat(policy.inspects("a.example", 443)).isFalse();
        assertThat(policy.request("a.example", 443, "DELETE", "/../%2f")).isEqualTo(policy.network("a.example", 443));
        assertThat(policy.request("b.example", 443, "GET", "/")).isEqualTo(policy.network("b.example", 443));
        assertThat(Policy.standard().inspects("a.example", 443)).isFalse();
        assertThat(Policy.standard().request("a.example", 443, "GET", "/").allowed())
                .isFalse();
    }

    @Test
    void a_request_that_one_source_denies_no_other_source_allows() {
        Policy policy = compiled(
                        prose("## Permissions\nAllowed hosts:\n- api.example.com\n"),
                        yaml("network: {allow: [{host: api.example.com, methods: [GET]}],"
                                + " deny: [{host: api.example.com, methods: [DELETE]}]}\n"))
                .policy();

        assertThat(policy.request("api.example.com", 443, "GET", "/").allowed()).isTrue();
        assertThat(policy.request("api.example.com", 443, "DELETE", "/").allowed())
                .isFalse();
    }

    @Test
    void an_allowed_request_needs_a_word_and_a_denied_one_does_not() {
        Compiled compiled = compiled(yaml(REQUESTS));

        assertThat(compiled.requests())
                .extracting(Clause::pattern)
                .containsExactly(
                        "registry.example.com",
                        "GET,HEAD api.example.com/repos/acme/**",
                        "GET,HEAD api.example.com/user",
                        "PUT files.example.com/**",
                        "* files.example.com:8443/x");
        assertThat(compiled(yaml("network: {deny: [{host: a.example, methods: [DELETE]}]}\n"))
                        .requests())
                .isEmpty();
    }

    static Stream<Arguments> sameRequests() {
        String allow = "network: {allow: [%s]}\n";
        String one = allow.formatted("{host: a.example, methods: [GET, PUT], paths: [/x, /y]}");
        return Stream.of(
                Arguments.of(one, allow.formatted("{host: A.Example., methods: [PUT, GET], paths: [/y, /x]}"), true),
                Arguments.of(
                        one,
                        allow.formatted("{host: a.example, methods: [GET, PUT], paths: [/x]},"
                                + " {host: a.example, paths: [/y], methods: [GET, PUT], reason: z}"),
                        true),
                Arguments.of(one, allow.formatted("{host: a.example, methods: [GET, PUT], paths: [/x, /y/]}"), false),
                Arguments.of(one, allow.formatted("{host: a.example, methods: [GET], paths: [/x, /y]}"), false),
                Arguments.of(one, allow.formatted("{host: a.example, paths: [/x, /y]}"), false),
                Arguments.of(one, allow.formatted("a.example"), false),
                Arguments.of(one, one.replace("allow", "deny"), false));
    }

    @ParameterizedTest
    @MethodSource("sameRequests")
    void the_hash_tells_what_can_be_asked_of_a_host(String one, String other, boolean same) {
        assertThat(compiled(yaml(one)).hash().equals(compiled(yaml(other)).hash()))
                .isEqualTo(same);
    }

    @Test
    void what_can_be_asked_of_a_host_is_said_in_words() {
        Policy policy = compiled(yaml(REQUESTS)).policy();

        assertThat(policy.hostsInWords())
                .isEqualTo("`registry.example.com`, `api.example.com` (GET, HEAD of /repos/acme/**;"
                        + " GET, HEAD of /user), `files.example.com` (PUT), `files.example.com:8443`"
                        + " (every method of /x)");
        assertThat(policy.inWords()).containsExactly("Do not send these requests: `DELETE registry.example.com:*/**`.");
        assertThat(compiled(yaml("network: {allow: [{host: a.example, methods: [GET]}]}\n"))
                        .policy()
                        .hostsInWords())
                .isEqualTo("`a.example` (GET)");
    }

    @Test
    void commands_that_no_rule_names_can_be_refused_altogether() {
        Policy policy = compiled(yaml("allowed: [Bash(make test)]\ncommands: {others: deny}\n"))
                .policy();

        assertThat(policy.command("make test").allowed()).isTrue();
        assertThat(policy.command("make test && cat x")).isInstanceOf(Verdict.Denied.class);
    }

    @Test
    void tools_that_are_named_are_all_and_those_taken_away_are_gone() {
        assertThat(compiled(yaml("tools: {disallowed: [Bash]}\n")).policy().tools())
                .doesNotContain(ToolName.BASH)
                .hasSize(5);
        assertThat(compiled(yaml("tools: {allowed: [Read, Grep]}\n")).policy().tools())
                .containsExactly(ToolName.READ, ToolName.GREP);
    }

    @Test
    void limits_and_modes_are_those_of_the_file() {
        Policy policy =
                compiled(yaml("limits: {max_turns: 12}\nmodes: [full]\n")).policy();

        assertThat(policy.settings().maxTurns()).isEqualTo(OptionalInt.of(12));
        assertThat(policy.refuses(Mode.FULL)).isEmpty();
        assertThat(policy.refuses(Mode.AUTO))
                .hasValueSatisfying(why -> assertThat(why).contains("full"));
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                Arguments.of(new Source("notes.md", "x"), "notes.md"),
                Arguments.of(prose("x".repeat(PolicyCompiler.MAX_SOURCE_CHARACTERS + 1)), "CLAUDE.md"),
                Arguments.of(yaml("network: {allow: [\"https://a.example/x\"]}\n"), ".belay/policy.yaml:2:20"),
                Arguments.of(yaml("restrictd: []\n"), ".belay/policy.yaml:2:1"),
                Arguments.of(settings("{\"permissions\": 7}"), ".claude/settings.json:1"));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void what_is_not_understood_has_its_place_and_gives_no_rights(Source source, String place) {
        Compiled compiled = PolicyCompiler.compile(
                List.of(source, new Source("AGENTS.md", "## Permissions\nAllowed hosts:\n- a.example\n")));

        assertThat(compiled.problems()).extracting(Problem::spot).asString().contains(place);
        assertThat(compiled.policy()).isSameAs(Policy.standard());
        assertThat(compiled.hash()).isEmpty();
    }

    @Test
    void a_policy_can_be_said_in_words_for_who_works_under_it() {
        Policy policy = compiled(
                        prose(FIVE_LINES), yaml("network: {allow: [\"a.example\"]}\nrestricted: [Read(./keys/**)]\n"))
                .policy();

        assertThat(policy.hostsInWords()).isEqualTo("`a.example`");
        assertThat(policy.inWords())
                .anySatisfy(sentence -> assertThat(sentence).contains("Change only these files", "`./src/**`"))
                .anySatisfy(sentence -> assertThat(sentence).contains("Do not run", "`git push *`"))
                .anySatisfy(sentence -> assertThat(sentence).contains("Do not read", "`./keys/**`"));
        assertThat(Policy.standard().inWords()).isEmpty();
    }
}
