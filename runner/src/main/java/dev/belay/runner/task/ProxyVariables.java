package dev.belay.runner.task;

import dev.belay.policies.Policy;
import dev.belay.runner.gateway.Gateway;
import dev.belay.runner.sandbox.Inside;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * For programs that do not read the usual proxy variables, which every sandbox has. Only where a host can be reached: a
 * JVM says on its standard error that it was given options, and many a test compares that.
 */
final class ProxyVariables {
    private static final String JVM = ("-Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=%1$d -Dhttps.proxyHost=127.0.0.1"
                    + " -Dhttps.proxyPort=%1$d -Dhttp.nonProxyHosts=localhost|127.0.0.1|[::1]")
            .formatted(Gateway.PORT);

    /** Of which a program takes several words, the last of two that contradict each other. */
    private static final Set<String> OF_WORDS = Set.of("JAVA_TOOL_OPTIONS", "NODE_OPTIONS");

    private ProxyVariables() {}

    /** These over the project's own: nothing that a project says leads its programs past the gateway. */
    static Map<String, String> over(Map<String, String> project, Policy policy) {
        Map<String, String> all = new HashMap<>(project);
        of(policy).forEach((name, value) -> {
            String own = OF_WORDS.contains(name) ? project.getOrDefault(name, "") : "";
            all.put(name, own.isBlank() ? value : own + " " + value);
        });
        return all;
    }

    static Map<String, String> of(Policy policy) {
        if (policy.hostsInWords().isEmpty()) {
            return Map.of();
        }
        Map<String, String> all = new HashMap<>(Map.of(
                "JAVA_TOOL_OPTIONS", JVM, "NODE_USE_ENV_PROXY", "1", "NODE_OPTIONS", "--require=" + Inside.NODE_PROXY));
        if (policy.inspectsAnything()) {
            all.putAll(TrustedInside.variables());
            all.put("JAVA_TOOL_OPTIONS", JVM + " " + TrustedInside.jvmOptions());
        }
        return all;
    }
}
