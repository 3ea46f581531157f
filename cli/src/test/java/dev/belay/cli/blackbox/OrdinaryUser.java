package dev.belay.cli.blackbox;

import java.nio.file.Files;
import java.nio.file.Path;

/** A user without a name, a home or a subordinate range, as far from root as a person gets. */
final class OrdinaryUser {
    static final int UID = 61234;

    private OrdinaryUser() {}

    static boolean isRoot() {
        return Files.isWritable(Path.of("/")) && "root".equals(System.getProperty("user.name"));
    }
}
