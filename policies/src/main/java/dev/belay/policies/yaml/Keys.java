package dev.belay.policies.yaml;

import dev.belay.proto.error.Nearest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keys of one mapping.
 *
 * @param others how people know a key from elsewhere, and what it is called here
 * @param later keys that are understood and not obeyed in this version, and what to do until then
 * @param never keys that no version has, because what stands behind them must not be in a file; and what to do instead
 */
public record Keys(
        List<String> known, Map<String, String> others, Map<String, String> later, Map<String, String> never) {
    private static final Map<String, String> NONE = Map.of();
    private static final String IN_NO_FILE = "take it out; the value is never in a file: belay secret set NAME";

    private Keys(List<String> known, Map<String, String> others, Map<String, String> later) {
        this(known, others, later, NONE);
    }

    static final Keys POLICY = new Keys(
            List.of(
                    "policy",
                    "allowed",
                    "ask",
                    "restricted",
                    "network",
                    "secrets",
                    "git",
                    "files",
                    "delivery",
                    "commands",
                    "tools",
                    "limits",
                    "modes"),
            Map.of(
                    "allow", "allowed",
                    "deny", "restricted",
                    "denied", "restricted",
                    "forbidden", "restricted",
                    "version", "policy",
                    "mode", "modes",
                    "filesystem", "files",
                    "secret", "secrets",
                    "remotes", "git"),
            NONE);
    static final Keys NETWORK = new Keys(
            List.of("allow", "deny"),
            Map.of(
                    "allowed", "allow",
                    "allowedDomains", "allow",
                    "restricted", "deny",
                    "denied", "deny",
                    "deniedDomains", "deny"),
            Map.of("ask", "write WebFetch(domain:example.com) under ask"));
    static final Keys FILES = new Keys(
            List.of("write"),
            Map.of("allowWrite", "write", "edit", "write"),
            Map.of(
                    "hidden", "take it out; Read(PATH) under restricted keeps the tools that read away from it",
                    "read_only", "take it out; Edit(PATH) under restricted keeps changes away from it",
                    "read", "take it out; what Read(PATH) under restricted does not name can be read"));
    static final Keys DELIVERY = new Keys(List.of("paths"), Map.of("write", "paths"), NONE);
    static final Keys COMMANDS = new Keys(List.of("others"), Map.of("default", "others"), NONE);
    static final Keys TOOLS = new Keys(
            List.of("allowed", "disallowed"),
            Map.of("allow", "allowed", "deny", "disallowed", "restricted", "disallowed"),
            NONE);
    static final Keys LIMITS = new Keys(
            List.of("memory_mib", "processes", "disk_mib", "max_turns", "max_usd", "timeout"),
            Map.of(
                    "memory", "memory_mib",
                    "disk", "disk_mib",
                    "turns", "max_turns",
                    "usd", "max_usd",
                    "budget", "max_usd",
                    "pids", "processes",
                    "timeout_seconds", "timeout"),
            NONE);

    /** Of an item of {@code network}, which can be narrowed to some of its requests. */
    private static final Keys HOST = new Keys(
            List.of("host", "methods", "paths", "reason", "match", "not_match"),
            Map.of("domain", "host", "verbs", "methods", "url", "paths"),
            Map.of(
                    "headers", "take it out; a rule looks at the method and the path alone",
                    "query", "take it out; a rule looks at the path before the `?` alone",
                    "body", "take it out; a rule looks at the method and the path alone",
                    "port", "write it behind the host: example.com:8443"));

    static final Keys SECRET = new Keys(
            List.of("name", "hosts", "env", "reason"),
            Map.of("host", "hosts", "to", "hosts", "variable", "env", "as", "env"),
            NONE,
            Map.of("value", IN_NO_FILE, "secret", IN_NO_FILE, "token", IN_NO_FILE, "password", IN_NO_FILE));
    static final Keys GIT = new Keys(
            List.of("remote", "push", "secret", "user", "reason"),
            Map.of("url", "remote", "repository", "remote", "repo", "remote", "username", "user"),
            Map.of("branches", "take it out; a task pushes to branches of its own, belay/TASK/NAME"),
            Map.of("value", IN_NO_FILE, "token", IN_NO_FILE, "password", IN_NO_FILE));

    /** Of an item that is more than its text. */
    static Keys item(String of) {
        return of.equals("host") ? HOST : new Keys(List.of(of, "reason", "match", "not_match"), NONE, NONE);
    }

    public String list() {
        return "known keys: " + String.join(", ", known);
    }

    String hint(String key) {
        return Optional.ofNullable(others.get(key))
                .map(here -> "; did you mean " + here + "?")
                .orElseGet(() -> key.length() > 40 ? "" : Nearest.hint(key, known));
    }
}
