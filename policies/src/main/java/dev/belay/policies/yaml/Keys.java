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
 */
record Keys(List<String> known, Map<String, String> others, Map<String, String> later) {
    private static final Map<String, String> NONE = Map.of();

    static final Keys POLICY = new Keys(
            List.of(
                    "policy",
                    "allowed",
                    "ask",
                    "restricted",
                    "network",
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
                    "filesystem", "files"),
            Map.of("secrets", "take it out; in this version no secret is handed to a task"));
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
            List.of("memory_mib", "processes", "max_turns", "max_usd", "timeout"),
            Map.of(
                    "memory", "memory_mib",
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

    /** Of an item that is more than its text. */
    static Keys item(String of) {
        return of.equals("host") ? HOST : new Keys(List.of(of, "reason", "match", "not_match"), NONE, NONE);
    }

    String list() {
        return "known keys: " + String.join(", ", known);
    }

    String hint(String key) {
        return Optional.ofNullable(others.get(key))
                .map(here -> "; did you mean " + here + "?")
                .orElseGet(() -> key.length() > 40 ? "" : Nearest.hint(key, known));
    }
}
