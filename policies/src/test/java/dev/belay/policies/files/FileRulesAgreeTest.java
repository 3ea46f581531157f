package dev.belay.policies.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.Verdict;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;
import dev.belay.policies.language.Origin;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Spot;
import dev.belay.policies.language.Subject;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is decided in a hurry is what the language says, whatever the rules and the path are. */
class FileRulesAgreeTest {
    private static final int RULE_SETS = 32_000;
    private static final int PATHS = 8;

    /** Short, and much alike in one way or another: so they meet. */
    private static final List<String> WORDS = List.of(
            "a",
            "b",
            "ab",
            "A",
            "aB",
            "x.md",
            ".env",
            "é",
            "e\u0301",
            "É",
            "ß",
            "SS",
            "ss",
            "ſ",
            "s",
            "\u212a",
            "k",
            "ﬁ",
            "fi",
            "İ",
            "ı",
            "i",
            "I",
            "Σ",
            "ς",
            "\u0131\u0307",
            "\ud801\udc00",
            "\ud801\udc28",
            "℀",
            "ａ",
            "．");

    private static final List<String> WILD = List.of(
            "*", "*", "*", "?", "[ab]", "[a-k]", "[!a]", "[^A-Z]", "[a]", "[*]", "[[]", "[]]", "[é-ſ]", "[!é]", "[-a]",
            "[{]", "[!]]");

    private static final List<String> ENDS = List.of(
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            ".",
            " ",
            ". .",
            ":s",
            "\u200b",
            ".\n",
            "..\u2028",
            "\t",
            "..",
            ":",
            "\u00ad",
            "\ud83d",
            "\0",
            "\u2025",
            "~1");

    private static final List<String> SEPARATORS = List.of(
            "/", "/", "/", "/", "/", "/", "/", "/", "/", "/", "//", "\\", "\\", "/./", "/b/../", "/b/../", "/../",
            "/.. /", "\\..\\", "/.../");

    private record Rule(Clause clause, PlainPattern pattern) {}

    private final Random random = new Random(20_261_123);

    @Test
    void decides_as_the_language_says_for_any_rules_and_any_path() throws Exception {
        Map<String, Integer> seen = new TreeMap<>();
        for (int set = 0; set < RULE_SETS; set++) {
            List<Clause> clauses = clauses();
            FileRules rules = new FileRules(clauses);
            List<Rule> plain = clauses.stream()
                    .map(clause -> new Rule(clause, new PlainPattern(clause.pattern())))
                    .toList();
            for (int number = 0; number < PATHS; number++) {
                String path = path(clauses);
                String read = said(rules.read(path));
                String edit = said(rules.edit(path));

                assertSame(read, expected(Subject.READ, plain, path), clauses, path);
                assertSame(edit, expected(Subject.EDIT, plain, path), clauses, path);
                seen.merge(kind(edit), 1, Integer::sum);
            }
        }
        assertThat(seen.values()).as(seen.toString()).hasSize(6).allMatch(count -> count > 5000);
    }

    /** Only a difference is described, since that takes longer than to find it. */
    private static void assertSame(String is, String expected, List<Clause> clauses, String path) {
        if (!is.equals(expected)) {
            assertThat(is).as("%s on %s", clauses, path).isEqualTo(expected);
        }
    }

    /** Whatever the rule is. */
    private static String kind(String said) {
        return said.startsWith("Denied ALLOWED") ? "unlisted" : said.replaceFirst("#.*", "");
    }

    private static String said(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Allowed(String rule) -> "Allowed " + rule;
            case Verdict.Denied denied -> "Denied " + denied.rule();
            case Verdict.Asks asks -> "Asks " + asks.rule();
        };
    }

    private static String expected(Subject subject, List<Rule> rules, String said) {
        Optional<PlainPaths.Names> path = PlainPaths.of(said);
        if (path.isEmpty()) {
            return "Denied RESTRICTED paths outside the project (default)";
        }
        for (Effect effect : List.of(Effect.DENY, Effect.ASK)) {
            for (Rule rule : of(subject, effect, rules)) {
                if (rule.pattern().forbids(path.get())) {
                    return (effect == Effect.DENY ? "Denied RESTRICTED " : "Asks ASK ")
                            + rule.clause().origin().text();
                }
            }
        }
        List<Rule> listed = of(Subject.EDIT, Effect.ALLOW, rules);
        if (subject == Subject.READ || listed.isEmpty()) {
            return "Allowed ALLOWED files (default)";
        }
        return listed.stream()
                .filter(rule -> rule.pattern().permits(path.get()))
                .findFirst()
                .map(rule -> "Allowed ALLOWED " + rule.clause().origin().text())
                .orElseGet(() -> "Denied ALLOWED paths "
                        + listed.stream().map(rule -> rule.clause().pattern()).collect(Collectors.joining(", ")));
    }

    private static List<Rule> of(Subject subject, Effect effect, List<Rule> rules) {
        return rules.stream()
                .filter(rule ->
                        rule.clause().subject() == subject && rule.clause().effect() == effect)
                .toList();
    }

    private List<Clause> clauses() {
        List<Clause> clauses = new ArrayList<>();
        int count = random.nextInt(7);
        while (clauses.size() < count) {
            String pattern = pattern();
            try {
                PathPattern.parse(pattern);
            } catch (PatternException saysNothing) {
                continue;
            }
            clauses.add(new Clause(
                    one(List.of(Effect.values())),
                    random.nextInt(3) == 0 ? Subject.READ : Subject.EDIT,
                    pattern,
                    new Origin("#" + clauses.size(), new Spot("policy.yaml", clauses.size() + 1, 0), "")));
        }
        return clauses;
    }

    private String pattern() {
        StringBuilder text = new StringBuilder(one(List.of("", "", "", "", "/", "./", "**/")));
        for (int left = 1 + random.nextInt(3); left > 0; left--) {
            if (random.nextInt(6) == 0) {
                text.append("**");
            } else {
                for (int parts = 1 + random.nextInt(3); parts > 0; parts--) {
                    text.append(one(random.nextInt(3) == 0 ? WILD : WORDS));
                }
                text.append(random.nextInt(12) == 0 ? one(ENDS) : "");
            }
            text.append(left > 1 ? "/" : one(List.of("", "", "", "/", "/**", "/.")));
        }
        return text.toString();
    }

    /** Made from a rule more often than not, or few would meet any. */
    private String path(List<Clause> clauses) {
        StringBuilder path = new StringBuilder();
        if (!clauses.isEmpty() && random.nextInt(4) > 0) {
            for (String name : one(clauses).pattern().split("/")) {
                if (!name.isEmpty() && !(name.equals("**") && random.nextBoolean())) {
                    path.append(path.isEmpty() ? "" : one(SEPARATORS)).append(meant(name));
                }
            }
        }
        for (int left = random.nextInt(3); left > 0 || path.isEmpty(); left--) {
            path.append(path.isEmpty() ? "" : one(SEPARATORS))
                    .append(one(WORDS))
                    .append(one(ENDS));
        }
        return path.toString();
    }

    /** One of the names that a glob may speak of, as some file system may spell it. */
    private String meant(String glob) {
        StringBuilder name = new StringBuilder();
        for (int at = 0; at < glob.length(); at++) {
            switch (glob.charAt(at)) {
                case '*' -> name.append(random.nextBoolean() ? one(WORDS) : "");
                case '?' -> name.append(one(WORDS));
                case '[' -> {
                    int close = glob.indexOf(']', at + 2);
                    name.append(close < 0 ? "[" : glob.charAt(at + 1 + random.nextInt(close - at - 1)));
                    at = Math.max(at, close);
                }
                default -> name.append(glob.charAt(at));
            }
        }
        String text = name.toString();
        return switch (random.nextInt(10)) {
            case 0 -> text.toUpperCase(Locale.ROOT);
            case 1 -> text.toLowerCase(Locale.ROOT);
            case 2 -> Normalizer.normalize(text, Normalizer.Form.NFD);
            case 3 -> Normalizer.normalize(text, Normalizer.Form.NFC);
            case 4 -> text + one(ENDS);
            default -> text;
        };
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
