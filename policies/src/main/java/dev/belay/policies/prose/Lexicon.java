package dev.belay.policies.prose;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The words that permissions are made of. A word that is not here makes that nothing is granted. */
final class Lexicon {
    private static final Map<String, Verb> VERBS = verbs();

    private static final Set<String> NEGATIONS = Set.of(
            "no",
            "not",
            "never",
            "don't",
            "dont",
            "mustn't",
            "shouldn't",
            "can't",
            "cannot",
            "won't",
            "avoid",
            "neither",
            "nor",
            "none",
            "isn't",
            "aren't",
            "refrain",
            "forbidden",
            "prohibited",
            "disallowed",
            "blocked",
            "denied",
            "banned");

    private static final Set<String> OPENERS = Set.of(
            "do", "you", "only", "ask", "allowed", "must", "may", "always", "stay", "please", "agents", "claude",
            "the");

    /** Between a negation and its verb, or before both. */
    private static final Set<String> LEADS = Set.of(
            "please",
            "you",
            "agents",
            "agent",
            "claude",
            "the",
            "ai",
            "must",
            "may",
            "should",
            "can",
            "shall",
            "will",
            "do",
            "also",
            "strictly",
            "absolutely",
            "and",
            "but",
            "or",
            "is",
            "are",
            "assistant",
            "under",
            "ever",
            "it",
            "they",
            "we");

    /** What a grant may say beside its verb and its things. */
    private static final Set<String> FILLERS = Set.of(
            "the",
            "a",
            "an",
            "and",
            "or",
            "in",
            "within",
            "under",
            "inside",
            "below",
            "any",
            "all",
            "file",
            "files",
            "folder",
            "folders",
            "directory",
            "directories",
            "dir",
            "dirs",
            "freely",
            "code",
            "source",
            "your",
            "our",
            "my",
            "new",
            "existing",
            "path",
            "paths",
            "these",
            "following",
            "to",
            "of",
            "on",
            "from",
            "with",
            "using",
            "via",
            "access",
            "command",
            "commands",
            "script",
            "scripts",
            "only",
            "you",
            "may",
            "can",
            "please",
            "both",
            "allowed",
            "permitted",
            "are",
            "is",
            "feel",
            "free",
            "ok",
            "okay",
            "make",
            "such",
            "as",
            "e.g",
            "test",
            "tests",
            "unit",
            "integration",
            "suite",
            "linter",
            "lint",
            "linting",
            "formatter",
            "build",
            "builds",
            "type",
            "checks",
            "checker",
            "typecheck",
            "by",
            "at",
            "project's",
            "things",
            "locally",
            "git",
            "npm",
            "it",
            "anything",
            "everything",
            "like",
            "subdirectories",
            "tree",
            "agent",
            "agents",
            "content",
            "contents",
            "for",
            "&",
            "host",
            "hosts",
            "domain",
            "domains",
            "local",
            "shell",
            "bash",
            "also",
            "anywhere",
            "i.e",
            "be",
            "project",
            "repo",
            "repository",
            "workspace",
            "root",
            "codebase",
            "this");

    private static final Set<String> WARY = Set.of(
            "unless",
            "except",
            "excluding",
            "until",
            "before",
            "after",
            "if",
            "when",
            "while",
            "but",
            "deprecated",
            "removed",
            "pending",
            "approval",
            "approved",
            "ask",
            "soon",
            "later",
            "read",
            "get",
            "post",
            "port",
            "only",
            "old",
            "former",
            "formerly",
            "instead",
            "fake",
            "malicious",
            "evil",
            "unsafe",
            "dangerous",
            "todo",
            "maybe",
            "not",
            "off",
            "stop",
            "revoked",
            "restricted",
            "confirm",
            "review",
            "permission",
            "once",
            "temporary",
            "temporarily",
            "example",
            "limited",
            "limit",
            "must",
            "should",
            "may",
            "disabled",
            "out",
            "bad",
            "wrong",
            "nothing",
            "nobody",
            "nowhere",
            "unlisted",
            "unreachable",
            "reject",
            "refuse",
            "deny",
            "block",
            "forbid");

    /** Folders that go by their bare name. */
    private static final Set<String> FOLDERS = Set.of(
            "src",
            "lib",
            "libs",
            "app",
            "apps",
            "node_modules",
            "dist",
            "build",
            "vendor",
            "migrations",
            "scripts",
            "packages",
            "public",
            "assets",
            "docs",
            "doc",
            "test",
            "tests",
            "spec",
            "specs",
            "examples",
            "target",
            "bin",
            "infra",
            "terraform",
            "prisma",
            "config",
            "components",
            "pages",
            "server",
            "client",
            "frontend",
            "backend",
            "cmd",
            "internal",
            "pkg",
            "api",
            "web",
            "third_party",
            "generated",
            "secrets",
            "e2e",
            "tools",
            "fixtures");

    private Lexicon() {}

    static @Nullable Verb verb(String word) {
        return VERBS.get(word);
    }

    static boolean negates(String word) {
        return NEGATIONS.contains(word);
    }

    static boolean opens(String word) {
        return OPENERS.contains(word);
    }

    static boolean leads(String word) {
        return LEADS.contains(word);
    }

    static boolean fills(String word) {
        return FILLERS.contains(word);
    }

    /** Whether a remark with this word could take back what it stands behind. */
    static boolean wary(String word) {
        return WARY.contains(word)
                || NEGATIONS.contains(word)
                || word.equals("without")
                || word.chars().anyMatch(Character::isDigit);
    }

    /** Whether nobody would take it for anything but a folder. */
    static boolean plainlyFolder(String word) {
        return Set.of("src", "dist", "node_modules", "third_party", "e2e", "pkg", "libs")
                .contains(word);
    }

    static boolean folder(String word) {
        return FOLDERS.contains(word);
    }

    private static Map<String, Verb> verbs() {
        Map<String, Verb> verbs = new HashMap<>();
        put(verbs, Verb.READ, "read reads reading view viewing open opening inspect inspecting print printing");
        put(
                verbs,
                Verb.EDIT,
                "edit edits editing edited modify modifies modifying modified modification modifications"
                        + " change changes changing changed alter altering touch touches touching touched write writes writing"
                        + " written overwrite overwriting update updates updating updated");
        put(verbs, Verb.DELETE, "delete deletes deleting deleted deletion deletions remove removes removing removed");
        put(verbs, Verb.CREATE, "create creates creating created add adds adding added rename renaming move moving");
        put(verbs, Verb.ACCESS, "access accessing accessed");
        put(verbs, Verb.RUN, "run runs running execute executes executing executed invoke invoking launch launching");
        put(verbs, Verb.USE, "use uses using used");
        put(
                verbs,
                Verb.NET,
                "network internet online egress outbound connect connects connecting connection connections"
                        + " contact contacting fetch fetching download downloading downloads call calls calling called request"
                        + " requests requesting reach reaching http https apis webhook webhooks upload uploading");
        put(verbs, Verb.PUSH, "push pushes pushing pushed force-push force-pushes force-pushing force-pushed");
        put(verbs, Verb.COMMIT, "commit commits committing committed");
        put(verbs, Verb.INSTALL, "install installs installing installed installation");
        return Map.copyOf(verbs);
    }

    private static void put(Map<String, Verb> verbs, Verb verb, String words) {
        for (String word : words.split(" ")) {
            verbs.put(word, verb);
        }
    }
}
