package dev.belay.policies.foreign;

import dev.belay.policies.Verdict;
import dev.belay.policies.commands.CommandRules;
import dev.belay.policies.files.FileRules;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Line;
import dev.belay.policies.language.PatternException;
import dev.belay.policies.language.Reading;
import dev.belay.policies.language.Subject;
import dev.belay.policies.network.HostRules;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What rules say to the same questions. */
final class Verdicts {
    private static final List<String> HOSTS = List.of(
            "example.com",
            "api.example.com",
            "bad.example.com",
            "a.b.example.org",
            "a.com",
            "b.com",
            "c.com",
            "other.com",
            "localhost",
            "127.0.0.1",
            "2001:db8::1");
    private static final List<Integer> PORTS = List.of(22, 80, 443, 8443);
    private static final List<String> PATHS = List.of(
            "README.md",
            ".env",
            "a/.env",
            "src",
            "src/a.ts",
            "src/b/c.ts",
            "docs/x",
            "secrets/public/x",
            "secrets/x",
            "keys",
            "x",
            "a/q/b",
            "a/q/b/c",
            "k",
            "gen1",
            "{a,b}",
            "token",
            ".npmrc");
    private static final List<String> COMMANDS = List.of(
            "git push",
            "git push origin main",
            "git pull",
            "git pushy",
            "/usr/bin/git push",
            "npm publish",
            "yarn publish --tag x",
            "npm a",
            "ls -l",
            "rm '*'",
            "rm x",
            "rm *",
            "git commit -m 'a b'",
            "echo 'a  b'",
            "cd x && git fetch",
            "curl http://a.com?x=1",
            "make test");

    private Verdicts() {}

    static List<Clause> clauses(Reading reading) {
        return reading.lines().stream()
                .filter(Line.Rules.class::isInstance)
                .flatMap(line -> ((Line.Rules) line).clauses().stream())
                .toList();
    }

    static List<String> of(Reading reading) throws PatternException {
        List<Clause> clauses = clauses(reading);
        HostRules hosts = new HostRules(of(clauses, Subject.HOST));
        FileRules files = new FileRules(clauses);
        CommandRules commands = new CommandRules(of(clauses, Subject.COMMAND));
        List<String> all = new ArrayList<>();
        for (String host : HOSTS) {
            PORTS.forEach(port -> all.add(host + ":" + port + " " + word(hosts.judge(host, port))));
        }
        for (String path : PATHS) {
            all.add("read " + path + " " + word(files.read(path)));
            all.add("edit " + path + " " + word(files.edit(path)));
        }
        boolean runs = of(clauses, Subject.TOOL).stream()
                .noneMatch(clause -> clause.pattern().equals("Bash"));
        COMMANDS.forEach(command -> all.add(command + " " + (runs ? word(commands.judge(command)) : "denied")));
        of(clauses, Subject.TOOL).stream()
                .map(clause -> "no " + clause.pattern())
                .collect(Collectors.toCollection(TreeSet::new))
                .forEach(all::add);
        return all;
    }

    private static List<Clause> of(List<Clause> clauses, Subject subject) {
        return clauses.stream().filter(clause -> clause.subject() == subject).toList();
    }

    static String word(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Allowed _ -> "allowed";
            case Verdict.Asks _ -> "asked about";
            case Verdict.Denied _ -> "denied";
        };
    }
}
