package dev.belay.runner.linux;

/**
 * What statx(2) says of one file, never of what a symlink points to. Times are nanoseconds since 1970.
 *
 * @param mode type and permission bits
 * @param rdev of a device; 0 for a character device is overlayfs's whiteout
 */
public record Stat(
        long device, long inode, int mode, int uid, int gid, long size, long modified, long changed, long rdev) {
    private static final int TYPE = 0170000;

    public boolean isDirectory() {
        return (mode & TYPE) == 0040000;
    }

    public boolean isFile() {
        return (mode & TYPE) == 0100000;
    }

    public boolean isSymlink() {
        return (mode & TYPE) == 0120000;
    }

    public boolean isWhiteout() {
        return (mode & TYPE) == 0020000 && rdev == 0;
    }

    /** The permission bits with set-uid, set-gid and sticky. */
    public int permissions() {
        return mode & 07777;
    }
}
