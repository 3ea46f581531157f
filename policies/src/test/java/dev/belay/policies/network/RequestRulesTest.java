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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RequestRulesTest {
    private static final Spot SPOT = new Spot(".belay/policy.yaml", 7, 3);

    record Case(
            String place, List<Clause> policy, String host, int port, String method, String target, String expected) {
        @Override
        public String toString() {
            return place + " " + expected;
        }
    }

    static Clause clause(Effect effect, String pattern, String reason) {
        Subject subject = pattern.indexOf(' ') < 0 ? Subject.HOST : Subject.REQUEST;
        return new Clause(effect, subject, pattern, new Origin(pattern, SPOT, reason));
    }

    static List<Clause> clauses(String rules) {
        List<Clause> clauses = new ArrayList<>();
        for (String rule : rules.isBlank() ? new String[0] : rules.strip().split(";\\s+")) {
            String[] words = rule.split(" ", 2);
            clauses.add(clause(Effect.valueOf(words[0].toUpperCase(Locale.ROOT)), words[1], ""));
        }
        return clauses;
    }

    static RequestRules rules(List<Clause> clauses) throws PatternException {
        return new RequestRules(
                new HostRules(clauses),
                clauses.stream()
                        .filter(clause -> clause.subject() == Subject.REQUEST)
                        .toList());
    }

    private static Stream<Case> cases() {
        Map<String, List<Clause>> policies = new HashMap<>();
        List<Case> cases = new ArrayList<>();
        for (Table.Row row : Table.of("requests.txt").rows()) {
            String[] words = row.text().split(" +");
            if (words[0].endsWith(":")) {
                policies.put(words[0], clauses(row.text().substring(words[0].length())));
            } else {
                assertThat(words).as(row.toString()).hasSize(6);
                assertThat(policies).as(row.toString()).containsKey(words[0] + ":");
                cases.add(new Case(
                        row.place(),
                        policies.getOrDefault(words[0] + ":", List.of()),
                        Table.Row.plain(words[1]),
                        Integer.parseInt(words[2]),
                        Table.Row.plain(words[3]),
                        Table.Row.plain(words[4]),
                        words[5]));
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void a_request_is_judged_by_what_every_server_reads_in_it(Case one) throws PatternException {
        RequestRules rules = rules(one.policy());
        Verdict verdict = rules.judge(one.host(), one.port(), one.method(), one.target());

        assertThat(word(verdict)).as(one.place() + ": " + verdict).isEqualTo(one.expected());
        if (!one.expected().equals("whole") && !one.expected().equals("closed")) {
            assertThat(rules.inspects(one.host(), one.port())).isTrue();
        }
    }

    private static String word(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Allowed(String rule) -> rule.indexOf(' ', "ALLOWED ".length()) < 0 ? "whole" : "allow";
            case Verdict.Asks(String _, String rule, String _, String _, String _) ->
                rule.indexOf('/') < 0 ? "closed" : "ask";
            case Verdict.Denied denied ->
                !denied.rule().equals("RESTRICTED requests (default)")
                        ? denied.rule().indexOf('/') < 0 ? "closed" : "deny"
                        : denied.reason().endsWith("servers read such a path differently")
                                ? "unclear"
                                : denied.reason().contains("has a method that is none") ? "badmethod" : "unnamed";
        };
    }

    @ParameterizedTest
    @CsvSource({
        "api.example.com, 443, true",
        "API.example.com., 80, true",
        "api.example.com, 8443, false",
        "www.example.com, 443, false",
        "a.example.org, 443, true",
        "a.example.org, 22, true",
        "example.org, 443, false",
        "whole.example.com, 443, false",
        "'', 443, false",
        "x@api.example.com, 443, false",
        "api.example.com, 0, false",
    })
    void a_host_is_inspected_where_any_rule_speaks_of_its_requests(String host, int port, boolean inspected)
            throws PatternException {
        RequestRules rules = rules(
                clauses(
                        "allow GET api.example.com/x; allow whole.example.com; deny * *.example.org/admin; deny api.example.com"));

        assertThat(rules.inspects(host, port)).isEqualTo(inspected);
    }

    @Test
    void a_host_with_an_allowed_request_can_be_reached_and_the_rule_is_named() throws PatternException {
        HostRules hosts = new HostRules(clauses("allow GET api.example.com/x; deny DELETE www.example.com/x"));

        assertThat(hosts.grantsAnything()).isTrue();
        assertThat(hosts.judge("api.example.com", 443)).isEqualTo(new Verdict.Allowed("ALLOWED GET api.example.com/x"));
        assertThat(hosts.judge("api.example.com", 22))
                .isInstanceOfSatisfying(
                        Verdict.Denied.class,
                        denied -> assertThat(denied.reason())
                                .isEqualTo("api.example.com is allowed, but not on port 22"));
        assertThat(hosts.judge("www.example.com", 443).allowed()).isFalse();
    }

    @Test
    void a_denial_names_its_rule_its_place_and_what_was_asked() throws PatternException {
        assertThat(rules(clauses("allow api.example.com; deny DELETE api.example.com/repos/**"))
                        .judge("api.example.com", 443, "DELETE", "/repos/x?y"))
                .isInstanceOfSatisfying(Verdict.Denied.class, denied -> {
                    assertThat(denied.layer()).isEqualTo("gateway");
                    assertThat(denied.rule()).isEqualTo("RESTRICTED DELETE api.example.com/repos/**");
                    assertThat(denied.place()).isEqualTo(".belay/policy.yaml:7");
                    assertThat(denied.reason())
                            .isEqualTo("`DELETE /repos/x?y` of api.example.com:443 is restricted by this rule");
                    assertThat(denied.instead()).contains("do not try again", ".belay/policy.yaml:7");
                });
    }

    @Test
    void the_reason_that_an_author_gave_is_the_reason() throws PatternException {
        List<Clause> clauses = List.of(
                clause(Effect.ALLOW, "api.example.com", ""),
                clause(Effect.DENY, "DELETE api.example.com/**", "nothing is deleted"),
                clause(Effect.ASK, "POST api.example.com/**", "it costs money"));

        assertThat(rules(clauses).judge("api.example.com", 443, "DELETE", "/"))
                .extracting("reason")
                .isEqualTo("nothing is deleted");
        assertThat(rules(clauses).judge("api.example.com", 443, "POST", "/"))
                .extracting("reason")
                .isEqualTo("it costs money");
    }

    @Test
    void who_asks_for_something_else_learns_what_can_be_asked_for() throws PatternException {
        String many = "allow GET api.example.com/1; allow GET api.example.com/2; allow GET api.example.com/3;"
                + " allow GET api.example.com/4; allow GET api.example.com/5; allow * api.example.com/6";

        assertThat(rules(clauses(many)).judge("api.example.com", 443, "GET", "/x"))
                .isInstanceOfSatisfying(Verdict.Denied.class, denied -> {
                    assertThat(denied.place()).isEqualTo("default");
                    assertThat(denied.reason())
                            .isEqualTo("`GET /x` of api.example.com:443 is not among the requests that are allowed"
                                    + " there: GET of /1; GET of /2; GET of /3; GET of /4; and 2 more");
                    assertThat(denied.instead()).contains("do not try again", "network.allow");
                });
    }

    @Test
    void an_unclear_path_is_answered_with_what_is_unclear_about_it_and_what_to_do() throws PatternException {
        assertThat(rules(clauses("allow * api.example.com/**")).judge("api.example.com", 443, "GET", "/a%2Fb"))
                .isInstanceOfSatisfying(Verdict.Denied.class, denied -> {
                    assertThat(denied.reason())
                            .isEqualTo("`GET /a%2Fb` of api.example.com:443 has `%2F` for `/`: servers read such a"
                                    + " path differently");
                    assertThat(denied.instead()).contains("ask for it in its plain spelling");
                });
    }

    @Test
    void what_a_stranger_sends_is_shown_short_and_without_what_a_terminal_obeys() throws PatternException {
        String target = "/\u001b]52;c;\u0007\u202e`x`\n" + "y".repeat(50_000);

        assertThat(rules(clauses("allow * api.example.com/**")).judge("api.example.com", 443, "GET", target))
                .isInstanceOfSatisfying(Verdict.Denied.class, denied -> {
                    assertThat(denied.reason()).startsWith("`GET /\\u001b]52;c;\\u0007\\u202e\\u0060x\\u0060\\u000ayy");
                    assertThat(denied.reason()).hasSizeLessThan(300);
                });
    }

    @Test
    void a_path_that_is_longer_than_servers_read_is_unclear() throws PatternException {
        RequestRules rules = rules(clauses("allow * api.example.com/**"));

        assertThat(word(rules.judge("api.example.com", 443, "GET", "/" + "a".repeat((16 << 10) - 1))))
                .isEqualTo("allow");
        assertThat(word(rules.judge("api.example.com", 443, "GET", "/" + "a".repeat(16 << 10))))
                .isEqualTo("unclear");
    }

    @Test
    void a_rule_that_names_no_request_is_refused_and_so_is_one_about_something_else() {
        assertThatThrownBy(() -> rules(clauses("allow GET */x"))).isInstanceOf(PatternException.class);
        assertThatThrownBy(() -> new RequestRules(new HostRules(List.of()), clauses("allow example.com")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
