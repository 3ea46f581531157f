package dev.belay.policies.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.policies.Verdict;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Spot;
import dev.belay.policies.language.Subject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class HostRulesTest {
    record Case(String place, List<Clause> policy, String host, int port, String expected) {
        @Override
        public String toString() {
            return place + " " + expected;
        }
    }

    private static Clause clause(Effect effect, String pattern) {
        return new Clause(effect, Subject.HOST, pattern, new Origin(pattern, new Spot(".belay/policy.yaml", 7, 3), ""));
    }

    private static List<Clause> clauses(String rules) {
        List<Clause> clauses = new ArrayList<>();
        for (String rule : rules.isBlank() ? new String[0] : rules.strip().split(",\\s*")) {
            String[] words = rule.split(" ");
            clauses.add(clause(Effect.valueOf(words[0].toUpperCase(Locale.ROOT)), words[1]));
        }
        return clauses;
    }

    private static Stream<Case> cases() {
        Map<String, List<Clause>> policies = new HashMap<>();
        List<Case> cases = new ArrayList<>();
        for (Table.Row row : Table.of("hosts.txt").rows()) {
            String[] words = row.text().split(" +");
            if (words[0].endsWith(":")) {
                policies.put(words[0], clauses(row.text().substring(words[0].length())));
            } else {
                assertThat(words).as(row.toString()).hasSize(4);
                assertThat(policies).as(row.toString()).containsKey(words[0] + ":");
                cases.add(new Case(
                        row.place(),
                        policies.getOrDefault(words[0] + ":", List.of()),
                        Table.Row.plain(words[1]),
                        Integer.parseInt(words[2]),
                        words[3]));
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void a_host_is_judged_by_what_it_is_and_not_by_how_it_is_spelt(Case one) throws PatternException {
        Verdict verdict = new HostRules(one.policy()).judge(one.host(), one.port());

        assertThat(HostName.of(one.host()).isEmpty())
                .as(one.place())
                .isEqualTo(one.expected().equals("unreadable"));
        assertThat(verdict)
                .as(one.place())
                .isInstanceOf(
                        switch (one.expected()) {
                            case "allow" -> Verdict.Allowed.class;
                            case "ask" -> Verdict.Asks.class;
                            case "deny", "unreadable" -> Verdict.Denied.class;
                            default -> throw new IllegalArgumentException(one.expected());
                        });
    }

    @Test
    void a_policy_grants_something_when_it_allows_a_host() throws PatternException {
        assertThat(new HostRules(List.of()).grantsAnything()).isFalse();
        assertThat(new HostRules(clauses("deny *, ask example.com")).grantsAnything())
                .isFalse();
        assertThat(new HostRules(clauses("allow example.com")).grantsAnything()).isTrue();
        assertThat(new HostRules(clauses("allow *.example.com:22")).grantsAnything())
                .isTrue();
    }

    @Test
    void what_allowed_it_is_named_as_it_was_written() throws PatternException {
        assertThat(new HostRules(clauses("allow *.example.com")).judge("api.example.com", 443))
                .isEqualTo(new Verdict.Allowed("ALLOWED *.example.com"));
    }

    @Test
    void a_denial_by_a_rule_names_the_rule_its_place_and_what_a_person_can_do() throws PatternException {
        HostRules rules = new HostRules(clauses("allow *.example.com, deny ads.example.com"));

        assertThat(rules.judge("ads.example.com", 443)).isInstanceOfSatisfying(Verdict.Denied.class, denied -> {
            assertThat(denied.layer()).isEqualTo("gateway");
            assertThat(denied.rule()).isEqualTo("RESTRICTED ads.example.com");
            assertThat(denied.place()).isEqualTo(".belay/policy.yaml:7");
            assertThat(denied.reason()).isEqualTo("ads.example.com:443 is restricted by this rule");
            assertThat(denied.instead()).contains("do not try again", ".belay/policy.yaml:7");
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = Effect.class,
            names = {"DENY", "ASK"})
    void the_reason_that_an_author_gave_is_the_reason(Effect effect) throws PatternException {
        Origin origin = new Origin("NO uploads", new Spot("CLAUDE.md", 3, 1), "uploads cost money");
        Verdict verdict = new HostRules(List.of(new Clause(effect, Subject.HOST, "up.example.com", origin)))
                .judge("up.example.com", 443);

        assertThat(verdict).extracting("reason").isEqualTo("uploads cost money");
    }

    @Test
    void a_question_is_not_a_permission_and_says_that_nobody_can_answer_it_yet() throws PatternException {
        Verdict verdict =
                new HostRules(clauses("allow *.example.com, ask pay.example.com")).judge("pay.example.com", 443);

        assertThat(verdict.allowed()).isFalse();
        assertThat(verdict).isInstanceOfSatisfying(Verdict.Asks.class, asks -> {
            assertThat(asks.layer()).isEqualTo("gateway");
            assertThat(asks.rule()).isEqualTo("ASK pay.example.com");
            assertThat(asks.reason()).contains("pay.example.com:443", "a person's word");
            assertThat(asks.instead()).contains("network.allow", ".belay/policy.yaml:7");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "packages.example.org, 443, '`belay policy allow TASK --host packages.example.org`, or every one by network.allow in .belay/policy.yaml'",
        "packages.example.org., 80, '--host packages.example.org`'",
        "packages.example.org, 22, '--host packages.example.org:22`'",
        "2606:4700::1, 443, '--host [2606:4700::1]`'",
        "2606:4700::1, 22, '--host [2606:4700::1]:22`'",
        "::ffff:127.0.0.1, 80, 'a loopback address, which only the operator of the runner can open'",
        "169.254.169.254, 80, 'a cloud''s metadata address, which only the operator'",
    })
    void who_is_denied_by_default_learns_how_a_person_allows_it(String host, int port, String instead)
            throws PatternException {
        assertThat(new HostRules(List.of()).judge(host, port)).isInstanceOfSatisfying(Verdict.Denied.class, denied -> {
            assertThat(denied.layer()).isEqualTo("gateway");
            assertThat(denied.rule()).isEqualTo("RESTRICTED network (default)");
            assertThat(denied.place()).isEqualTo("default");
            assertThat(denied.reason()).endsWith("is not on the list of allowed hosts");
            assertThat(denied.instead()).contains("do not try again", instead);
        });
    }

    @Test
    void a_host_that_is_allowed_on_another_port_is_denied_for_its_port() throws PatternException {
        assertThat(new HostRules(clauses("allow *.example.com")).judge("git.example.com", 22))
                .isInstanceOfSatisfying(Verdict.Denied.class, denied -> {
                    assertThat(denied.reason()).isEqualTo("git.example.com is allowed, but not on port 22");
                    assertThat(denied.instead()).contains("--host git.example.com:22`");
                });
    }

    @Test
    void what_a_stranger_says_is_shown_short_and_without_what_a_terminal_obeys() throws PatternException {
        String said = "\u001b]52;c;\u0007\u202e`x`\n" + "y".repeat(5_000);

        assertThat(new HostRules(List.of()).judge(said, 443)).isInstanceOfSatisfying(Verdict.Denied.class, denied -> {
            assertThat(denied.reason()).startsWith("`\\u001b]52;c;\\u0007\\u202e\\u0060x\\u0060\\u000ayy");
            assertThat(denied.reason()).hasSizeLessThan(250);
        });
    }

    @Test
    void of_several_rules_the_one_that_names_the_host_most_closely_is_named() throws PatternException {
        HostRules rules = new HostRules(clauses("deny *, deny *.com, deny *.example.com, deny a.example.com"));

        assertThat(rules.judge("a.example.com", 1)).extracting("rule").isEqualTo("RESTRICTED a.example.com");
        assertThat(rules.judge("b.example.com", 1)).extracting("rule").isEqualTo("RESTRICTED *.example.com");
        assertThat(rules.judge("example.com", 1)).extracting("rule").isEqualTo("RESTRICTED *.com");
        assertThat(rules.judge("example.org", 1)).extracting("rule").isEqualTo("RESTRICTED *");
    }

    @Test
    void a_rule_that_names_no_host_is_refused_and_so_is_one_about_something_else() {
        assertThatThrownBy(() -> new HostRules(clauses("allow *"))).isInstanceOf(PatternException.class);
        assertThatThrownBy(() -> new HostRules(clauses("deny https://example.com")))
                .isInstanceOf(PatternException.class);
        Clause command = new Clause(Effect.DENY, Subject.COMMAND, "ls", new Origin("ls", new Spot("x", 1, 1), ""));
        assertThatThrownBy(() -> new HostRules(List.of(command))).isInstanceOf(IllegalArgumentException.class);
    }

    /** The tables must say what the patterns say one by one, whatever the rules are. */
    @Test
    void the_look_up_agrees_with_trying_every_rule() throws PatternException {
        Random random = new Random(20_260_401);
        String[] hosts = {"a.b.c", "b.c", "x.a.b.c", "ab.c", "c", "1.2.3.4", "[::1]", "q.b.c", "b.c.d"};
        String[] patterns = {"a.b.c", "b.c", "*.b.c", "*.a.b.c", "1.2.3.4", "[::1]", "ab.c", "*.c.d", "*.c", "*"};
        List<Effect> effects = List.of(Effect.values());
        String[] ports = {"", ":443", ":80-90", ":*", ":1-79"};
        int[] asked = {443, 80, 85, 1, 79, 444};
        for (int round = 0; round < 3_000; round++) {
            List<Clause> clauses = new ArrayList<>();
            for (int i = random.nextInt(6); i > 0; i--) {
                Effect effect = effects.get(random.nextInt(effects.size()));
                int kinds = effect == Effect.ALLOW ? patterns.length - 2 : patterns.length;
                clauses.add(clause(effect, patterns[random.nextInt(kinds)] + ports[random.nextInt(ports.length)]));
            }
            String host = hosts[random.nextInt(hosts.length)];
            int port = asked[random.nextInt(asked.length)];

            assertThat(word(new HostRules(clauses).judge(host, port)))
                    .as("%s:%d under %s", host, port, clauses)
                    .isEqualTo(oneByOne(clauses, HostName.of(host).orElseThrow(), port));
        }
    }

    private static String oneByOne(List<Clause> clauses, HostName host, int port) throws PatternException {
        String found = "DENY";
        for (Clause clause : clauses) {
            HostPattern pattern = clause.effect() == Effect.ALLOW
                    ? HostPattern.parse(clause.pattern())
                    : HostPattern.parseAny(clause.pattern());
            if (pattern.matches(host, port)) {
                if (clause.effect() == Effect.DENY) {
                    return "DENY";
                }
                found = found.equals("ASK") ? "ASK" : clause.effect().name();
            }
        }
        return found;
    }

    private static String word(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Allowed _ -> "ALLOW";
            case Verdict.Asks _ -> "ASK";
            case Verdict.Denied _ -> "DENY";
        };
    }
}
