package dev.belay.runner.room;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What uids there are in the room that the tests run in. */
public final class Uids {
    /** False in a person's room, which holds that person's uid and nobody else's. */
    public static final boolean SEVERAL = several();

    private Uids() {}

    /** The words before a command that is to run as this uid; none where there is only one. */
    public static List<String> as(int uid) {
        String id = Integer.toString(uid);
        return SEVERAL ? List.of("setpriv", "--reuid", id, "--regid", id, "--clear-groups") : List.of();
    }

    private static boolean several() {
        try {
            String[] map =
                    Files.readString(Path.of("/proc/self/uid_map")).strip().split("\\s+");
            return map.length > 3 || Long.parseLong(map[2]) > 1;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
