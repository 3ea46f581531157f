package dev.belay.policies.prose;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a word looks like, and the pattern that it becomes. Whether the pattern is sound is judged by who uses it. */
final class Patterns {
    private static final Set<String> TOP = Set.of(
            "com",
            "org",
            "net",
            "io",
            "dev",
            "ai",
            "co",
            "app",
            "cloud",
            "gov",
            "edu",
            "eu",
            "de",
            "uk",
            "us",
            "fr",
            "jp",
            "info",
            "biz",
            "tech",
            "xyz",
            "internal",
            "local",
            "example",
            "test",
            "site",
            "online",
            "int",
            "ch",
            "nl",
            "se");

    private static final Set<String> NOT_PATHS = Set.of(
            "and/or",
            "node.js",
            "next.js",
            "vue.js",
            "nuxt.js",
            "three.js",
            "react.js",
            "ci/cd",
            "tcp/ip",
            "i/o",
            "client/server",
            "his/her",
            "he/she",
            "yes/no",
            "n/a",
            "a/b",
            "origin/main",
            "origin/master");

    private static final Set<String> SYSTEM = Set.of(
            "etc", "usr", "var", "tmp", "home", "root", "opt", "proc", "sys", "dev", "mnt", "boot", "users", "lib64",
            "sbin", "run", "media", "srv");

    private static final Set<String> FILES = Set.of(
            "makefile",
            "dockerfile",
            "license",
            "readme",
            "jenkinsfile",
            "gemfile",
            "procfile",
            "justfile",
            "codeowners",
            "changelog",
            "rakefile",
            "vagrantfile",
            "notice");

    private static final Set<String> KNOWN = Set.of(
            "Makefile",
            "Dockerfile",
            "Jenkinsfile",
            "Gemfile",
            "Procfile",
            "Justfile",
            "CODEOWNERS",
            "Rakefile",
            "Vagrantfile",
            "LICENSE");

    private Patterns() {}

    static boolean url(String word) {
        return word.matches("(?i)https?://\\S+");
    }

    /**
     * {@code https://api.example.com/v1} as {@code api.example.com:443}.
     *
     * @param path whether the address goes on behind the host
     */
    record Reach(String host, boolean path) {}

    /** Nothing when it is no host, whatever it is. */
    static Optional<Reach> host(String word) {
        String rest = word;
        String port = "";
        int scheme = word.indexOf("://");
        if (scheme >= 0) {
            String name = word.substring(0, scheme).toLowerCase(Locale.ROOT);
            if (!name.equals("https") && !name.equals("http")) {
                return Optional.empty();
            }
            port = name.equals("https") ? ":443" : ":80";
            rest = word.substring(scheme + 3);
        }
        int slash = rest.indexOf('/');
        String host = slash < 0 ? rest : rest.substring(0, slash);
        boolean path = slash >= 0
                && !rest.substring(slash).equals("/")
                && !rest.substring(slash).equals("/*");
        if (!looksLikeHost(host)) {
            return Optional.empty();
        }
        boolean numbered = host.matches(".*:(?:\\d+|\\*)") && !host.endsWith("]");
        return Optional.of(new Reach(numbered ? host : host + port, path));
    }

    static boolean looksLikeHost(String text) {
        if (text.length() > 260) {
            return false;
        }
        if (text.startsWith("[")) {
            return text.matches("\\[[0-9A-Fa-f:.]{2,45}](?::\\d{1,5})?");
        }
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        String port = colon < 0 ? "" : text.substring(colon + 1);
        if (colon >= 0 && !(port.equals("*") || port.matches("\\d{1,5}") && number(port))) {
            return false;
        }
        String labels = name.startsWith("*.") ? name.substring(2) : name;
        boolean one = labels.indexOf('.') < 0;
        if (one
                && (name.startsWith("*.")
                        || !labels.equals("localhost") && (port.isEmpty() || !labels.matches("[a-z][a-z0-9-]*")))) {
            return false;
        }
        for (String label : labels.split("\\.", -1)) {
            if (!label.matches("[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")) {
                return false;
            }
        }
        return true;
    }

    /** Whether nobody would take it for a file: where no other word says that hosts are meant. */
    static boolean plainlyHost(String word) {
        if (url(word)) {
            return host(word).isPresent();
        }
        int end = word.indexOf(':') < 0 ? word.length() : word.indexOf(':');
        String name = word.substring(0, end);
        return looksLikeHost(word)
                && name.indexOf('.') >= 0
                && TOP.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }

    /** Whether in a list of hosts it can only be meant as one. */
    static boolean meansHost(String word) {
        return word.length() > 2
                && word.chars().noneMatch(Character::isWhitespace)
                && word.chars().anyMatch(c -> ".*:@".indexOf(c) >= 0)
                && word.chars().anyMatch(Character::isLetterOrDigit)
                && !Lexicon.fills(word.toLowerCase(Locale.ROOT));
    }

    static boolean looksLikePath(String word, boolean quoted) {
        if (word.isEmpty()
                || word.length() > 500
                || word.chars().anyMatch(c -> Character.isWhitespace(c) || c < ' ')
                || word.chars()
                        .anyMatch(c -> "()<>\"|;$=,@#`".indexOf(c) >= 0
                                && !(quoted && "()@$#=".indexOf(c) >= 0)
                                && !(c == ',' && word.indexOf('{') >= 0))
                || word.contains("://")
                || NOT_PATHS.contains(word.toLowerCase(Locale.ROOT))) {
            return false;
        }
        String last = word.substring(word.lastIndexOf('/') + 1);
        boolean dotted = word.matches("\\.{1,2}|\\.[A-Za-z_*{].*|\\.{1,2}/.*|~.*");
        boolean named = last.matches("[\\w\\[\\]*.+{},-]*[\\w\\]*}]\\.[A-Za-z][A-Za-z0-9]{0,9}");
        boolean slashed = word.indexOf('/') >= 0
                && (quoted
                        || word.endsWith("/")
                        || word.startsWith("/")
                        || !word.chars().anyMatch(Character::isUpperCase)
                        || named);
        boolean strange = quoted && word.indexOf('\\') >= 0;
        return dotted
                || named
                || slashed
                || strange
                || KNOWN.contains(word)
                || word.indexOf('*') >= 0 && !word.equals("*")
                || quoted && file(word);
    }

    private static boolean file(String word) {
        return word.matches("[\\w.-]+")
                && (FILES.contains(word.toLowerCase(Locale.ROOT)) || Lexicon.folder(word) || word.equals("."));
    }

    /** Whether it lies outside of what is in the sandbox. */
    static boolean outside(String path) {
        String first = path.replaceFirst("^/+", "").split("/", 2)[0].toLowerCase(Locale.ROOT);
        return path.startsWith("~")
                || path.equals("..")
                || path.startsWith("../")
                || path.startsWith("$HOME")
                || path.equals("/")
                || path.startsWith("/") && SYSTEM.contains(first);
    }

    /** Why no pattern can be made of it; empty when one can. */
    static String malformed(String path) {
        if (path.indexOf('\\') >= 0) {
            return "write it with `/` between the names";
        }
        if (path.indexOf('{') >= 0 || path.indexOf('}') >= 0) {
            return "write one path each, without braces";
        }
        if (path.contains("/../") || path.endsWith("/..") || path.contains("//")) {
            return "write the path from the project's root, without `..` and empty names";
        }
        return path.startsWith("!") ? "write what is allowed and what is restricted as lines of their own" : "";
    }

    static boolean root(String path) {
        return path.equals(".") || path.equals("./") || path.equals("./**") || path.equals("**") || path.equals("**/*");
    }

    /** What may be changed: from the project's root, and a folder with all that is in it. */
    static String allowed(String path) {
        String bare = path.startsWith("./") ? path.substring(2) : path;
        if (bare.startsWith("**") || bare.startsWith("*") && bare.indexOf('/') < 0) {
            return bare;
        }
        if (bare.endsWith("/")) {
            return "./" + bare + "**";
        }
        return bare.indexOf('*') >= 0 || fileLike(bare) ? "./" + bare : "./" + bare + "/**";
    }

    /** What may not be touched; a folder stands for all that is in it. */
    static String denied(String path) {
        String bare = path.startsWith("/") ? "." + path : path;
        return bare.equals(".") || bare.equals("./") ? "./**" : bare.endsWith("/") ? bare + "**" : bare;
    }

    private static boolean fileLike(String path) {
        String last = path.substring(path.lastIndexOf('/') + 1);
        return last.indexOf('.', 1) > 0
                || last.startsWith(".env")
                || last.matches("\\.[a-z]+(?:rc|ignore|config|attributes|modules)")
                || FILES.contains(last.toLowerCase(Locale.ROOT));
    }

    /** A port that there is. */
    private static boolean number(String port) {
        int value = Integer.parseInt(port);
        return value >= 1 && value <= 65_535;
    }
}
