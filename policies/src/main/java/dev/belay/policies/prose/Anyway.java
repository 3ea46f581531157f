package dev.belay.policies.prose;

import dev.belay.policies.prose.Section.Topic;
import java.util.List;
import java.util.Set;

/** Restrictions that every sandbox has, whether somebody writes them or not. */
final class Anyway {
    private static final Set<String> AFTER_NETWORK = Set.of(
            "",
            "calls",
            "call",
            "requests",
            "request",
            "access",
            "connections",
            "connection",
            "traffic",
            "operations",
            "activity",
            "usage",
            "use",
            "at",
            "to",
            "from",
            "or",
            "and",
            "communication",
            "whatsoever",
            "of",
            "here",
            "entirely",
            "services",
            "hosts",
            "resources");

    private static final Set<String> FAR = Set.of(
            "external", "third-party", "remote", "http", "https", "web", "outgoing", "outbound", "api", "internet");

    private static final Set<String> REACHED = Set.of(
            "api",
            "apis",
            "call",
            "calls",
            "request",
            "requests",
            "service",
            "services",
            "access",
            "connection",
            "connections",
            "traffic",
            "network",
            "endpoints",
            "hosts",
            "servers",
            "urls",
            "websites",
            "sites",
            "resources");

    private Anyway() {}

    /** What lies outside of the project is not there; what lies outside of a folder would need a rule that allows. */
    static boolean outside(List<Token> tokens, Findings found) {
        String words = " " + Token.words(tokens) + " ";
        int at = words.indexOf(" outside ");
        if (at < 0) {
            return false;
        }
        String rest = words.substring(at);
        boolean project = rest.matches(" outside (?:of )?(?:the |this |your |our |its |current )*"
                + "(?:project|repo|repository|workspace|working|worktree|codebase|sandbox|checkout)(?:'s|s)? "
                + "(?:root |directory |folder |tree |dir |itself |boundaries |and .*|or .*|unless .*|without .*)*");
        if (project && tokens.stream().noneMatch(Token::code)) {
            found.inherent(Findings.MOUNT);
        } else {
            found.notEnforced(
                    "what lies outside of a folder is not a pattern; write what may be changed under ALLOWED");
        }
        return true;
    }

    static boolean home(List<Token> core) {
        String words = " " + Token.words(core) + " ";
        return words.contains(" home directory ")
                || words.contains(" home folder ")
                || words.contains(" home directories ")
                || words.contains(" ssh keys ");
    }

    static boolean network(List<Token> core, Topic topic) {
        for (int i = 0; i < core.size(); i++) {
            String word = core.get(i).word();
            String next = i + 1 < core.size() ? core.get(i + 1).word() : "";
            boolean whole = Set.of("network", "internet", "online", "egress", "outbound", "networking")
                    .contains(word);
            if (whole && AFTER_NETWORK.contains(next) || FAR.contains(word) && REACHED.contains(next)) {
                return true;
            }
        }
        String words = Token.words(core);
        return topic == Topic.NETWORK && words.matches("(?:any|all|everything|anything|access|none|calls|requests| )*");
    }
}
