package dev.belay.policies.prose;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Commands that people name without quotes, because everybody knows them. */
final class Programs {
    private static final Set<String> NODE = Set.of(
            "install",
            "i",
            "ci",
            "add",
            "remove",
            "publish",
            "unpublish",
            "run",
            "test",
            "start",
            "update",
            "upgrade",
            "audit",
            "link",
            "login",
            "exec",
            "build",
            "uninstall",
            "version",
            "dlx");

    /** With the words that can stand behind each of them; behind one that has none, anything is an argument. */
    private static final Map<String, Set<String>> KNOWN = Map.ofEntries(
            Map.entry(
                    "git",
                    Set.of(
                            "push",
                            "pull",
                            "fetch",
                            "clone",
                            "commit",
                            "add",
                            "reset",
                            "rebase",
                            "merge",
                            "checkout",
                            "switch",
                            "branch",
                            "tag",
                            "stash",
                            "clean",
                            "rm",
                            "mv",
                            "cherry-pick",
                            "revert",
                            "config",
                            "remote",
                            "submodule",
                            "filter-branch",
                            "log",
                            "status",
                            "diff",
                            "show",
                            "blame",
                            "restore",
                            "worktree",
                            "gc",
                            "am",
                            "apply",
                            "init",
                            "bisect")),
            Map.entry("npm", NODE),
            Map.entry("pnpm", NODE),
            Map.entry("yarn", NODE),
            Map.entry("bun", NODE),
            Map.entry("npx", Set.of()),
            Map.entry("pip", Set.of("install", "uninstall", "download")),
            Map.entry("pip3", Set.of("install", "uninstall", "download")),
            Map.entry(
                    "cargo",
                    Set.of("install", "publish", "build", "test", "run", "add", "update", "check", "clippy", "fmt")),
            Map.entry("docker", Set.of("push", "run", "build", "compose", "exec", "system", "pull", "login", "rm")),
            Map.entry("kubectl", Set.of("apply", "delete", "exec", "create", "patch", "scale", "rollout")),
            Map.entry("terraform", Set.of("apply", "destroy", "plan", "init", "import", "state")),
            Map.entry("helm", Set.of("install", "upgrade", "delete", "uninstall", "rollback")),
            Map.entry("gh", Set.of("pr", "release", "repo", "issue", "api", "workflow", "auth")),
            Map.entry("sudo", Set.of()),
            Map.entry("rm", Set.of()),
            Map.entry("curl", Set.of()),
            Map.entry("wget", Set.of()),
            Map.entry("ssh", Set.of()),
            Map.entry("scp", Set.of()),
            Map.entry("rsync", Set.of()),
            Map.entry("chmod", Set.of()),
            Map.entry("chown", Set.of()),
            Map.entry("psql", Set.of()),
            Map.entry("apt-get", Set.of("install", "remove", "update", "upgrade")),
            Map.entry("brew", Set.of("install", "uninstall", "upgrade")),
            Map.entry("mvn", Set.of("deploy", "test", "install", "package", "verify", "clean", "compile", "release")),
            Map.entry("dotnet", Set.of("publish", "test", "build", "run", "restore")),
            Map.entry("pytest", Set.of()),
            Map.entry("vercel", Set.of("deploy")));

    /** Those that are words as well, and so only count where they are quoted. */
    private static final Set<String> QUOTED = Set.of(
            "make",
            "go",
            "node",
            "python",
            "python3",
            "gradle",
            "./gradlew",
            "./mvnw",
            "gradlew",
            "mvnw",
            "bash",
            "sh",
            "cat",
            "ls",
            "find",
            "grep",
            "cp",
            "mv",
            "mkdir",
            "dd",
            "kill",
            "pkill",
            "killall",
            "tsc",
            "eslint",
            "prettier",
            "jest",
            "vitest",
            "ruff",
            "mypy",
            "black",
            "flake8",
            "tox",
            "poetry",
            "uv",
            "bundle",
            "rake",
            "rails",
            "rspec",
            "composer",
            "php",
            "artisan",
            "phpunit",
            "just",
            "task",
            "deno",
            "aws",
            "gcloud",
            "az",
            "heroku",
            "fly",
            "mysql",
            "mongo",
            "redis-cli",
            "sqlite3",
            "sed",
            "awk",
            "nc",
            "ncat",
            "telnet",
            "ftp",
            "rustc",
            "cmake",
            "ctest",
            "ninja",
            "bazel",
            "turbo",
            "nx",
            "lerna",
            "prisma",
            "alembic",
            "django-admin",
            "manage.py",
            "apt",
            "dnf",
            "yum",
            "apk",
            "systemctl",
            "shutdown",
            "reboot",
            "mkfs",
            "eval",
            "source",
            "crontab",
            "env",
            "printenv",
            "serverless",
            "sls",
            "netlify",
            "firebase",
            "wrangler",
            "pre-commit",
            "shellcheck",
            "golangci-lint",
            "rustfmt",
            "clippy",
            "tee",
            "touch",
            "echo",
            "head",
            "tail",
            "wc",
            "which",
            "docker-compose",
            "podman",
            "eslint_d",
            "biome",
            "mix",
            "stack",
            "cabal",
            "swift",
            "xcodebuild",
            "flutter",
            "dart",
            "pipenv",
            "pdm",
            "hatch",
            "twine",
            "gem",
            "sbt",
            "ant",
            "lein",
            "zig",
            "nix",
            "ansible",
            "ansible-playbook",
            "pulumi",
            "tofu");

    private static final Set<String> ENDS = Set.of(
            "to",
            "in",
            "on",
            "for",
            "the",
            "a",
            "any",
            "or",
            "and",
            "from",
            "with",
            "commands",
            "command",
            "operations",
            "at",
            "into",
            "against",
            "directly",
            "is",
            "are",
            "calls",
            "usage",
            "use",
            "anything",
            "via",
            "by",
            "here",
            "anywhere",
            "of",
            "requests",
            "ever",
            "manually",
            "yourself");

    private Programs() {}

    /** @param used how many words of it are the command; 0 when it is none */
    record Named(List<String> commands, int used) {
        static final Named NOTHING = new Named(List.of(), 0);
    }

    /** The command that begins at this word. */
    static Named at(List<Token> tokens, int at) {
        String program = tokens.get(at).word();
        Set<String> known = KNOWN.get(program);
        if (known == null) {
            return Named.NOTHING;
        }
        int next = at + 1;
        Token after = next < tokens.size() ? tokens.get(next) : null;
        if (after == null || after.kind() != Token.Kind.WORD) {
            return after != null && after.code() ? Named.NOTHING : new Named(List.of(program), 1);
        }
        if (known.isEmpty() || ENDS.contains(after.word()) || after.word().startsWith("-")) {
            return flags(tokens, next, List.of(program), 1);
        }
        List<String> commands = new ArrayList<>();
        for (String word : after.word().split("/")) {
            if (!known.contains(word)) {
                return Named.NOTHING;
            }
            commands.add(program + " " + word);
        }
        if (commands.size() == 1 && after.word().equals("run") && next + 1 < tokens.size()) {
            String script = tokens.get(next + 1).text();
            if (tokens.get(next + 1).kind() == Token.Kind.WORD
                    && script.matches("[a-z][a-z0-9:_-]*")
                    && !ENDS.contains(script)) {
                return new Named(List.of(program + " run " + script), 3);
            }
        }
        return further(tokens, program, known, flags(tokens, next + 1, commands, 2), at);
    }

    /** {@code terraform apply or destroy}. */
    private static Named further(List<Token> tokens, String program, Set<String> known, Named first, int at) {
        List<String> commands = new ArrayList<>(first.commands());
        int used = first.used();
        while (at + used + 1 < tokens.size() && commands.size() < 20) {
            Token joint = tokens.get(at + used);
            String word = tokens.get(at + used + 1).word();
            boolean joins =
                    joint.mark(",") || joint.word().equals("or") || joint.word().equals("and");
            if (!joins || !known.contains(word) || KNOWN.containsKey(word)) {
                break;
            }
            commands.add(program + " " + word);
            used += 2;
        }
        return new Named(commands, used);
    }

    private static Named flags(List<Token> tokens, int from, List<String> commands, int used) {
        List<String> all = new ArrayList<>(commands);
        int count = used;
        for (int i = from; i < tokens.size() && count < 8; i++) {
            String word = tokens.get(i).text();
            if (tokens.get(i).kind() != Token.Kind.WORD || !word.matches("--?[A-Za-z][A-Za-z0-9=-]*")) {
                break;
            }
            all.replaceAll(command -> command + " " + word);
            count++;
        }
        return new Named(all, count);
    }

    /** Whether this, in quotes, is a command and not something else in quotes. */
    static boolean command(String quoted) {
        String first = quoted.split("\\s", 2)[0];
        return KNOWN.containsKey(first) || QUOTED.contains(first);
    }

    /** Whether it is one command, of which a rule can be made. */
    static boolean single(String quoted) {
        return quoted.length() <= 500
                && quoted.chars().noneMatch(c -> ";|&<>`\n".indexOf(c) >= 0)
                && !quoted.contains("$(");
    }
}
