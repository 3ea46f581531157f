package dev.belay.cli.project;

import java.nio.file.Path;
import java.util.List;

/** Where git looks for a person's own settings. */
final class PersonConfig {
    private PersonConfig() {}

    static Path home() {
        String home = System.getenv("HOME");
        return Path.of(home == null || home.isEmpty() ? System.getProperty("user.home") : home);
    }

    /** By the environment and by the user database: they can differ. */
    static List<Path> homes() {
        return List.of(home(), Path.of(System.getProperty("user.home")));
    }

    static Path directory() {
        String xdg = System.getenv("XDG_CONFIG_HOME");
        Path base = xdg == null || xdg.isEmpty() ? home().resolve(".config") : Path.of(xdg);
        return base.resolve("git");
    }

    static List<Path> configFiles() {
        return List.of(Path.of("/etc/gitconfig"), directory().resolve("config"), home().resolve(".gitconfig"));
    }

    static List<Path> attributeFiles() {
        return List.of(Path.of("/etc/gitattributes"), directory().resolve("attributes"));
    }
}
