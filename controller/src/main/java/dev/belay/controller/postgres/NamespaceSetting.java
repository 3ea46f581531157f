package dev.belay.controller.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which of this machine's settings forbids user namespaces, as the command that allows them. */
final class NamespaceSetting {
    private NamespaceSetting() {}

    static String fix() {
        if (is("user/max_user_namespaces", "0")) {
            return "sudo sysctl -w user.max_user_namespaces=15000";
        }
        if (is("kernel/unprivileged_userns_clone", "0")) {
            return "sudo sysctl -w kernel.unprivileged_userns_clone=1";
        }
        if (is("kernel/apparmor_restrict_unprivileged_userns", "1")) {
            return "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0";
        }
        return "start it on a machine (or in a container) that allows user namespaces";
    }

    private static boolean is(String setting, String value) {
        try {
            return Files.readString(Path.of("/proc/sys").resolve(setting))
                    .strip()
                    .equals(value);
        } catch (IOException absent) {
            return false;
        }
    }
}
