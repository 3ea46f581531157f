package dev.belay.runner.linux;

import java.io.IOException;
import java.io.Serial;

/** A system call on a file that the kernel refused. */
public final class Errno extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    public static final int ENOENT = 2;
    public static final int EIO = 5;
    public static final int EACCES = 13;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int EXDEV = 18;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EINVAL = 22;
    public static final int ENOSPC = 28;
    public static final int ENOTEMPTY = 39;
    public static final int ELOOP = 40;
    public static final int ENODATA = 61;
    public static final int EOPNOTSUPP = 95;

    private final int number;

    public Errno(int number, String call, String name) {
        super(call + " " + name + ": " + text(number));
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** True when no such name exists, or something on the way to it is not a directory or is a symlink. */
    public boolean isAbsent() {
        return number == ENOENT || number == ENOTDIR || number == ELOOP;
    }

    private static String text(int number) {
        return switch (number) {
            case 1 -> "operation not permitted";
            case ENOENT -> "no such file or directory";
            case EIO -> "input/output error";
            case EACCES -> "permission denied";
            case EBUSY -> "busy";
            case EEXIST -> "exists";
            case EXDEV -> "across file systems";
            case ENOTDIR -> "not a directory";
            case EISDIR -> "is a directory";
            case EINVAL -> "invalid argument";
            case ENOSPC -> "no space left";
            case 30 -> "read-only file system";
            case 36 -> "name too long";
            case ENOTEMPTY -> "directory not empty";
            case ELOOP -> "a symlink is in the way";
            default -> "errno " + number;
        };
    }
}
