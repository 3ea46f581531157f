package dev.belay.runner.linux;

/**
 * A name in a directory.
 *
 * @param name its bytes, one char each (ISO 8859-1): the kernel's names are bytes, and not all of them are UTF-8
 */
public record Entry(String name, Kind kind) {
    /** As the directory tells it, without a look at the file; {@code UNKNOWN} where the file system does not say. */
    public enum Kind {
        DIRECTORY,
        FILE,
        SYMLINK,
        CHARACTER_DEVICE,
        OTHER,
        UNKNOWN
    }

    static Kind kind(int type) {
        return switch (type) {
            case 0 -> Kind.UNKNOWN;
            case 2 -> Kind.CHARACTER_DEVICE;
            case 4 -> Kind.DIRECTORY;
            case 8 -> Kind.FILE;
            case 10 -> Kind.SYMLINK;
            default -> Kind.OTHER;
        };
    }
}
