package dev.belay.cli.bench;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What agents ask of a policy all day, each a little different: who remembered the last answers would gain nothing. The same
 * questions in every run.
 */
final class Questions {
    static final int COUNT = 4000;

    private static final List<String> WORDS = List.of(
            "cart", "order", "price", "user", "token", "queue", "report", "index", "cache", "event", "parser",
            "session");

    private static final List<String> DOMAINS = List.of(
            "example.com",
            "build.example.com",
            "internal.build.example.com",
            "staging.example.com",
            "prod.example.com",
            "cdn.example.com",
            "docs.example.org",
            "example.org",
            "eu.example.net",
            "us.example.net",
            "else.example");

    /** W is a word, N a number. */
    private static final List<String> PATHS = List.of(
            "src/main/java/dev/shop/W/WService.java",
            "src/main/java/dev/shop/W/impl/N/W.java",
            "src/main/resources/W/N.properties",
            "src/test/java/dev/shop/W/WNTest.java",
            "src/main/generated/W/N.java",
            "./web/src/components/W/N/index.tsx",
            "web/public/img/W-N.png",
            "web/node_modules/W/N/package.json",
            "docs/guide/W/N.md",
            "docs/adr/N-W.md",
            "migrations/N_W.sql",
            "scripts/W-N.sh",
            "scripts/lib/W-N.sh",
            "config/W-N.yaml",
            "deploy/W/N.yaml",
            "fixtures/customers/W-N.json",
            "secrets/W-N",
            "tools/W/N.pem",
            "tools/W/N/../N/W.py",
            "tools/W/credentials-N.json",
            "W-N.lock",
            ".github/workflows/W-N.yml",
            "W/N/.env",
            "../W/N.txt");

    private static final List<String> COMMANDS = List.of(
            "./mvnw -q -pl W test -Dtest=WNTest",
            "npm run W -- --port N",
            "npm test -- --grep 'W N' 2>&1 | tail -n 40",
            "cd W && make test N",
            "cd /workspace/W && git status --short && git diff --stat HEAD~N",
            "git add -A && git commit -m \"W: mend N\"",
            "git log --oneline -n N -- src/W | head -20",
            "git -C W push origin N",
            "git checkout -b W-N; git rebase main || git rebase --abort",
            "grep -rn \"W_N\" src/ --include='*.java' | sort | uniq -c | sort -rn | head -N",
            "ls -la W/N 2>/dev/null || echo 'no W'",
            "cat src/W/N.txt | wc -l > /tmp/W.txt",
            "find . -name 'W*N.java' -not -path './target/*' -exec grep -l W {} +",
            "for f in W/*.N; do echo \"$f\"; wc -l \"$f\"; done",
            "bash -c 'cd W && ls -1 | head -N'",
            "bash -lc \"make deploy W=N\"",
            "if [ -f W/N ]; then cat W/N; else touch W/N; fi",
            "python3 - <<'EOF'\nimport json\nprint(json.load(open('W.json'))['N'])\nEOF",
            "cat > W/N.sh <<EOF\n#!/bin/sh\necho W $HOME\nexit N\nEOF\nchmod +x W/N.sh",
            "W=N ./run.sh --level=\"$W\" && echo done",
            "sed -i 's/W/WN/g' src/W/N.java && ./mvnw -q compile",
            "curl -sS http://W.example.com/N | grep -c W",
            "timeout N env W=1 npm run W",
            "xargs -n N rm -f < W.txt",
            "rm -rf build/W/N && mkdir -p build/W/N",
            "echo $(git rev-parse --short HEAD~N) `date +%s` W",
            "tar czf W-N.tgz W && ls -l W-N.tgz",
            "sudo -u W systemctl restart N",
            "(cd W; npm install W@N; npm test) & wait",
            "psql -h W -p N -c 'select * from W limit N;'");

    /** @param port of the host */
    record Host(String name, int port) {}

    private final Random random = new Random(20_261_122);

    List<Host> hosts() {
        return different(() -> new Host(
                (random.nextInt(8) == 0 ? "" : word() + (random.nextBoolean() ? "" : "-" + random.nextInt(900)) + ".")
                        + (random.nextInt(4) == 0 ? "www." : "")
                        + one(DOMAINS),
                random.nextInt(6) == 0 ? 8000 + random.nextInt(900) : 443));
    }

    List<String> paths() {
        return different(() -> filled(one(PATHS)));
    }

    List<String> commands() {
        return different(() -> filled(one(COMMANDS)));
    }

    private static <T> List<T> different(Supplier<T> next) {
        Set<T> all = new LinkedHashSet<>();
        while (all.size() < COUNT) {
            all.add(next.get());
        }
        return new ArrayList<>(all);
    }

    private String filled(String pattern) {
        String word = word();
        return pattern.replace("W", word).replace("N", Integer.toString(random.nextInt(100_000)));
    }

    private String word() {
        return one(WORDS);
    }

    private String one(List<String> of) {
        return of.get(random.nextInt(of.size()));
    }
}
