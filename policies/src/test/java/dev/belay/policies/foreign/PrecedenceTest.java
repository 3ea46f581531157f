package dev.belay.policies.foreign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.Compiled;
import dev.belay.policies.Policy;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.language.Source;
import dev.belay.policies.sandboxruntime.ProjectFolder;
import dev.belay.proto.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Held against what the other programs say, written here once more in the plainest way: never wider, and told if stricter. */
class PrecedenceTest {
    private static final String ROOT = "/home/ann/shop";
    private static final ProjectFolder SHOP = new ProjectFolder(ROOT, "/home/ann");
    private static final List<String> PATHS = List.of(
            ".",
            "src",
            "src/",
            "src/a",
            "src/a/b",
            "docs",
            ".env",
            "~",
            "~/shop/src",
            "/",
            "/home",
            "..",
            "/tmp",
            "~/x",
            ROOT + "/docs/x");
    private static final List<String> ASKED =
            List.of("README", "src/x", "src/a", "src/a/c", "src/a/b/c", "docs/x", ".env");
    private static final List<String> DOMAINS =
            List.of("a.com", "*.a.com", "b.a.com", "a.com:443", "*.a.com:80", "*.b.a.com", "b.com", "c.b.a.com:22");
    private static final List<String> HOSTS = List.of("a.com", "b.a.com", "c.b.a.com", "b.com", "xa.com");
    private static final List<String> WORDS = List.of("git", "push", "npm", "all", "a b");

    private record Translated(Policy policy, boolean whole) {}

    private static Translated translated(ForeignFormat format, String text) {
        Translation translation = format.translate(new Source("theirs", text), SHOP);
        assertThat(translation.problems()).as(text).isEmpty();
        Compiled compiled = PolicyCompiler.compile(List.of(new Source(".belay/policy.yaml", translation.text())));
        assertThat(compiled.problems()).as(text).isEmpty();
        return new Translated(
                compiled.policy(),
                translation.notTranslated().stream()
                        .noneMatch(line -> line.why().startsWith("stricter here")));
    }

    private static List<String> some(List<String> of, Random random) {
        return IntStream.range(0, random.nextInt(4))
                .mapToObj(_ -> of.get(random.nextInt(of.size())))
                .distinct()
                .toList();
    }

    private static void holds(boolean theirs, boolean ours, boolean whole, String what) {
        if (whole) {
            assertThat(ours).as(what).isEqualTo(theirs);
        } else {
            assertThat(ours && !theirs).as("wider: " + what).isFalse();
        }
    }

    private static String absolute(String path) {
        String full = path.startsWith("~")
                ? "/home/ann" + path.substring(1)
                : path.startsWith("/") ? path : ROOT + "/" + path;
        String plain = full.replace("/shop/..", "").replaceAll("/[.]$", "").replaceAll("/+$", "");
        return plain.isEmpty() ? "/" : plain;
    }

    private static int depth(List<String> list, String path) {
        return list.stream()
                .map(PrecedenceTest::absolute)
                .filter(above -> above.equals("/") || path.equals(above) || path.startsWith(above + "/"))
                .mapToInt(String::length)
                .max()
                .orElse(0);
    }

    @Test
    void paths_of_sandbox_runtime() {
        Random random = new Random(5);
        int whole = 0;
        for (int round = 0; round < 3_000; round++) {
            List<String> denyRead = some(PATHS, random);
            List<String> allowRead = some(PATHS, random);
            List<String> allowWrite = some(PATHS, random);
            List<String> denyWrite = some(PATHS, random);
            String text = Json.object()
                    .put(
                            "filesystem",
                            Json.object()
                                    .put("denyRead", Json.array(denyRead))
                                    .put("allowRead", Json.array(allowRead))
                                    .put("allowWrite", Json.array(allowWrite))
                                    .put("denyWrite", Json.array(denyWrite))
                                    .build())
                    .build()
                    .print();
            Translated translated = translated(ForeignFormat.SRT, text);
            whole += translated.whole() ? 1 : 0;
            for (String asked : ASKED) {
                String path = ROOT + "/" + asked;
                int denied = depth(denyRead, path);
                holds(
                        denied == 0 || depth(allowRead, path) >= denied,
                        translated.policy().read(asked).allowed(),
                        translated.whole(),
                        "read " + asked + " " + text);
                holds(
                        depth(allowWrite, path) > 0 && depth(denyWrite, path) == 0,
                        translated.policy().edit(asked).allowed(),
                        true,
                        "write " + asked + " " + text);
            }
        }
        assertThat(whole).isBetween(1_000, 2_990);
    }

    private static boolean matches(List<String> domains, String host, int port) {
        return domains.stream().anyMatch(domain -> {
            int colon = domain.indexOf(':');
            String name = colon < 0 ? domain : domain.substring(0, colon);
            boolean named = name.startsWith("*.") ? host.endsWith(name.substring(1)) : host.equals(name);
            return named && (colon < 0 || Integer.parseInt(domain.substring(colon + 1)) == port);
        });
    }

    @Test
    void hosts_of_sandbox_runtime() {
        Random random = new Random(6);
        for (int round = 0; round < 1_000; round++) {
            List<String> allowed = some(DOMAINS, random);
            List<String> denied = some(DOMAINS, random);
            String text = Json.object()
                    .put(
                            "network",
                            Json.object()
                                    .put("allowedDomains", Json.array(allowed))
                                    .put("deniedDomains", Json.array(denied))
                                    .build())
                    .put(
                            "filesystem",
                            Json.object()
                                    .put("allowWrite", Json.array(List.of(".")))
                                    .build())
                    .build()
                    .print();
            Translated translated = translated(ForeignFormat.SRT, text);
            for (String host : HOSTS) {
                for (int port : List.of(22, 80, 443, 8080)) {
                    holds(
                            matches(allowed, host, port) && !matches(denied, host, port),
                            translated.policy().network(host, port).allowed(),
                            translated.whole(),
                            host + ":" + port + " " + text);
                }
            }
        }
    }

    @Test
    void commands_of_codex() {
        Random random = new Random(7);
        List<String> decisions = List.of("forbidden", "prompt", "allow");
        for (int round = 0; round < 1_000; round++) {
            StringBuilder text = new StringBuilder();
            List<List<String>> prefixes = new ArrayList<>();
            List<Integer> effects = new ArrayList<>();
            for (int rules = random.nextInt(4); rules >= 0; rules--) {
                List<String> prefix = new ArrayList<>(List.of(WORDS.get(random.nextInt(3))));
                prefix.addAll(some(WORDS, random));
                int effect = random.nextInt(3);
                prefixes.add(prefix);
                effects.add(effect);
                text.append("prefix_rule(pattern = ")
                        .append(Json.array(prefix).print())
                        .append(", decision = \"")
                        .append(decisions.get(effect))
                        .append("\")\n");
            }
            Translated translated = translated(ForeignFormat.CODEX, text.toString());
            for (int commands = 0; commands < 20; commands++) {
                List<String> command = new ArrayList<>(List.of(WORDS.get(random.nextInt(3))));
                command.addAll(some(WORDS, random));
                int strictest = IntStream.range(0, prefixes.size())
                        .filter(i -> command.size() >= prefixes.get(i).size()
                                && command.subList(0, prefixes.get(i).size()).equals(prefixes.get(i)))
                        .map(effects::get)
                        .min()
                        .orElse(2);
                String line = String.join(
                        " ",
                        command.stream()
                                .map(word -> word.contains(" ") ? "'" + word + "'" : word)
                                .toList());

                assertThat(Verdicts.word(translated.policy().command(line)))
                        .as(line + "\n" + text)
                        .isEqualTo(List.of("denied", "asked about", "allowed").get(strictest));
            }
        }
    }
}
