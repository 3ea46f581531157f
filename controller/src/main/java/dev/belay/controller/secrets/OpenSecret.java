package dev.belay.controller.secrets;

import java.util.List;

/**
 * A secret with its value, on its way to a runner.
 *
 * @param hosts where it may go, whatever a policy says
 */
public record OpenSecret(String name, String value, List<String> hosts) {
    public OpenSecret {
        hosts = List.copyOf(hosts);
    }

    @Override
    public String toString() {
        return "OpenSecret[" + name + "]";
    }
}
