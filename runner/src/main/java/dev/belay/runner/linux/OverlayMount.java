package dev.belay.runner.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/** mount(2) of an overlay that keeps its marks in {@code user.*} attributes, so that it works in a user namespace. */
public final class OverlayMount {
    private static final long UMOUNT_NOFOLLOW = 8;
    private static final long MNT_DETACH = 2;
    private static final long NOSUID_NODEV = 2 | 4;

    private OverlayMount() {}

    public static void mount(Path lower, Path upper, Path work, Path target) throws IOException {
        String options =
                "userxattr,lowerdir=" + escaped(lower) + ",upperdir=" + escaped(upper) + ",workdir=" + escaped(work);
        try (Arena arena = Arena.ofConfined()) {
            long overlay = arena.allocateFrom("overlay").address();
            long result = Syscall.call(
                    165,
                    overlay,
                    arena.allocateFrom(target.toString()).address(),
                    overlay,
                    NOSUID_NODEV,
                    arena.allocateFrom(options).address());
            check(result, "mount of overlay on", target);
        }
    }

    /** True: gone. False: something still holds it, and it will go with its last user. */
    public static boolean unmount(Path target) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            long path = arena.allocateFrom(target.toString()).address();
            long result = Syscall.call(166, path, UMOUNT_NOFOLLOW);
            if (result == -Errno.EBUSY) {
                check(Syscall.call(166, path, UMOUNT_NOFOLLOW | MNT_DETACH), "umount", target);
                return false;
            }
            check(result, "umount", target);
            return true;
        }
    }

    private static String escaped(Path path) {
        return path.toString().replace("\\", "\\\\").replace(":", "\\:").replace(",", "\\,");
    }

    private static void check(long result, String call, Path path) throws Errno {
        if (result < 0) {
            throw new Errno((int) -result, call, path.toString());
        }
    }
}
