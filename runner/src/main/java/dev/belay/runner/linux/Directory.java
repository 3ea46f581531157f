package dev.belay.runner.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An open directory, and everything that is done to names in it.
 *
 * <p>A name is one component. No call follows a symlink, and none leaves the directory that was opened first, whatever
 * other processes rename meanwhile. Names are bytes, one char each (see {@link Entry}). A tree of directories that was
 * opened from one root belongs to one thread.
 */
public final class Directory implements AutoCloseable {
    private static final long O_RDONLY = 0;
    private static final long O_WRONLY = 1;
    private static final long O_CREAT = 0100;
    private static final long O_EXCL = 0200;
    private static final long O_NONBLOCK = 04000;
    private static final long O_DIRECTORY = 0200000;
    private static final long O_NOFOLLOW = 0400000;
    private static final long O_CLOEXEC = 02000000;
    private static final long AT_FDCWD = -100;
    private static final long AT_SYMLINK_NOFOLLOW = 0x100;
    private static final long AT_REMOVEDIR = 0x200;
    private static final long AT_EMPTY_PATH = 0x1000;
    /** RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH. */
    private static final long RESOLVE = 0x01 | 0x02 | 0x04 | 0x08;

    private static final long STATX_BASIC = 0x7ff;
    private static final long RENAME_NOREPLACE = 1;

    private final Native memory;
    private final boolean root;
    private final int fd;
    private final String name;

    private Directory(Native memory, boolean root, int fd, String name) {
        this.memory = memory;
        this.root = root;
        this.fd = fd;
        this.name = name;
    }

    /** The path is trusted: symlinks on the way to it are followed, its last component is not. */
    public static Directory open(Path path) throws IOException {
        Native memory = new Native();
        String raw = new String(path.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        long fd = memory.call(257, AT_FDCWD, memory.name(raw), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0, 0);
        if (fd < 0) {
            memory.close();
            throw new Errno((int) -fd, "open", path.toString());
        }
        return new Directory(memory, true, (int) fd, path.toString());
    }

    public Directory directory(String child) throws IOException {
        return new Directory(memory, false, openat2(child, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0), child);
    }

    /** For reading. The caller looks at {@link OpenFile#stat} for what it got: this never blocks on a FIFO. */
    public OpenFile file(String child) throws IOException {
        return new OpenFile(memory, openat2(child, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0), child);
    }

    /** A new file, for writing. */
    public OpenFile create(String child, int permissions) throws IOException {
        int opened = openat2(child, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, permissions);
        return new OpenFile(memory, opened, child);
    }

    private int openat2(String child, long flags, long mode) throws Errno {
        MemorySegment how = memory.struct;
        how.set(ValueLayout.JAVA_LONG, 0, flags);
        how.set(ValueLayout.JAVA_LONG, 8, mode);
        how.set(ValueLayout.JAVA_LONG, 16, RESOLVE);
        return (int) check(memory.call(437, fd, memory.name(child), how.address(), 24, 0), "open", child);
    }

    /** Without {@code .} and {@code ..}, in the file system's order. */
    public List<Entry> list() throws IOException {
        List<Entry> entries = new ArrayList<>();
        check(memory.call(8, fd, 0, 0, 0, 0), "lseek", name);
        MemorySegment block = memory.block;
        while (true) {
            long length = check(memory.call(217, fd, block.address(), block.byteSize(), 0, 0), "getdents64", name);
            if (length == 0) {
                return entries;
            }
            for (long at = 0; at < length; ) {
                int record = block.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 16) & 0xffff;
                String child = block.getString(at + 19, StandardCharsets.ISO_8859_1);
                if (!child.equals(".") && !child.equals("..")) {
                    entries.add(new Entry(child, Entry.kind(block.get(ValueLayout.JAVA_BYTE, at + 18))));
                }
                at += record;
            }
        }
    }

    public Stat stat() throws IOException {
        return stat(memory, fd, "", name);
    }

    public Stat stat(String child) throws IOException {
        return stat(memory, fd, child, child);
    }

    public Optional<Stat> statIfPresent(String child) throws IOException {
        try {
            return Optional.of(stat(child));
        } catch (Errno refused) {
            if (refused.isAbsent()) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    static Stat stat(Native memory, int fd, String child, String shown) throws Errno {
        MemorySegment x = memory.struct;
        long flags = AT_SYMLINK_NOFOLLOW | (child.isEmpty() ? AT_EMPTY_PATH : 0);
        check(memory.call(332, fd, memory.name(child), flags, STATX_BASIC, x.address()), "statx", shown);
        return new Stat(
                ((long) x.get(ValueLayout.JAVA_INT, 136) << 32) | (x.get(ValueLayout.JAVA_INT, 140) & 0xffffffffL),
                x.get(ValueLayout.JAVA_LONG, 32),
                x.get(ValueLayout.JAVA_SHORT, 28) & 0xffff,
                x.get(ValueLayout.JAVA_INT, 20),
                x.get(ValueLayout.JAVA_INT, 24),
                x.get(ValueLayout.JAVA_LONG, 40),
                x.get(ValueLayout.JAVA_LONG, 112) * 1_000_000_000 + x.get(ValueLayout.JAVA_INT, 120),
                x.get(ValueLayout.JAVA_LONG, 96) * 1_000_000_000 + x.get(ValueLayout.JAVA_INT, 104),
                ((long) x.get(ValueLayout.JAVA_INT, 128) << 32) | (x.get(ValueLayout.JAVA_INT, 132) & 0xffffffffL));
    }

    /** The target's bytes, one char each. */
    public String readlink(String child) throws IOException {
        long length = check(
                memory.call(267, fd, memory.name(child), memory.block.address(), memory.block.byteSize(), 0),
                "readlink",
                child);
        byte[] target = memory.block.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        return new String(target, StandardCharsets.ISO_8859_1);
    }

    /** An extended attribute of this directory itself. */
    public Optional<String> attribute(String attribute) throws IOException {
        long length = memory.call(193, fd, memory.name(attribute), memory.block.address(), memory.block.byteSize(), 0);
        if (length == -Errno.ENODATA || length == -Errno.EOPNOTSUPP) {
            return Optional.empty();
        }
        check(length, "fgetxattr", name);
        byte[] value = memory.block.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        return Optional.of(new String(value, StandardCharsets.ISO_8859_1));
    }

    public void mkdir(String child, int permissions) throws IOException {
        check(memory.call(258, fd, memory.name(child), permissions, 0, 0), "mkdir", child);
    }

    public void symlink(String target, String child) throws IOException {
        check(memory.call(266, memory.otherName(target), fd, memory.name(child), 0, 0), "symlink", child);
    }

    /** What everything below takes on this file system, in bytes; of directories nested deeper than 64, nothing. */
    public long allocated() throws IOException {
        return allocated(0);
    }

    private long allocated(int depth) throws IOException {
        long bytes = 0;
        for (Entry entry : list()) {
            try {
                if (entry.kind() != Entry.Kind.DIRECTORY) {
                    bytes += blocks(entry.name()) * 512;
                } else if (depth < 64) {
                    try (Directory child = directory(entry.name())) {
                        bytes += child.allocated(depth + 1);
                    }
                }
            } catch (Errno goneOrAnotherFileSystem) {
                // It takes nothing here.
                continue;
            }
        }
        return bytes;
    }

    private long blocks(String child) throws Errno {
        MemorySegment x = memory.struct;
        check(memory.call(332, fd, memory.name(child), AT_SYMLINK_NOFOLLOW, STATX_BASIC, x.address()), "statx", child);
        return x.get(ValueLayout.JAVA_LONG, 48);
    }

    /** Removes anything but a directory. */
    public void unlink(String child) throws IOException {
        check(memory.call(263, fd, memory.name(child), 0, 0, 0), "unlink", child);
    }

    /** Removes an empty directory. */
    public void rmdir(String child) throws IOException {
        check(memory.call(263, fd, memory.name(child), AT_REMOVEDIR, 0, 0), "rmdir", child);
    }

    /** Removes a name with everything below it, however deep; nothing when there is no such name. */
    public void removeAll(String child) throws IOException {
        java.util.ArrayDeque<String> left = new java.util.ArrayDeque<>(List.of(child));
        while (!left.isEmpty()) {
            remove(left.remove(), this, left, 0);
        }
    }

    /** Deep directories are moved up to {@code top} and queued, so that neither descriptors nor stack run out. */
    private void remove(String child, Directory top, java.util.ArrayDeque<String> left, int depth) throws IOException {
        Optional<Stat> stat = statIfPresent(child);
        if (stat.isEmpty()) {
            return;
        }
        if (!stat.get().isDirectory()) {
            unlink(child);
            return;
        }
        if (depth == 64) {
            String moved = ".deep-" + Long.toHexString(stat.get().inode());
            rename(child, top, moved);
            left.addFirst(moved);
            return;
        }
        try (Directory directory = directory(child)) {
            for (Entry entry : directory.list()) {
                directory.remove(entry.name(), top, left, depth + 1);
            }
        } catch (Errno refused) {
            // A folder of another user's in one of our own, as an overlay that real root mounted leaves it: gone if
            // empty.
            if (refused.number() != Errno.EACCES) {
                throw refused;
            }
        }
        rmdir(child);
    }

    /** Replaces what stands there, if it is no directory. */
    public void rename(String from, Directory target, String to) throws IOException {
        check(memory.call(316, fd, memory.name(from), target.fd, memory.otherName(to), 0), "rename", to);
    }

    /** Fails when something stands there. */
    public void renameNew(String from, Directory target, String to) throws IOException {
        check(memory.call(316, fd, memory.name(from), target.fd, memory.otherName(to), RENAME_NOREPLACE), "rename", to);
    }

    /** Of the name itself, a symlink's own owner included. */
    public void chown(String child, int uid, int gid) throws IOException {
        check(memory.call(260, fd, memory.name(child), uid, gid, AT_SYMLINK_NOFOLLOW), "fchownat", child);
    }

    /** Of this directory itself. */
    public void chown(int uid, int gid) throws IOException {
        check(memory.call(93, fd, uid, gid, 0, 0), "fchown", name);
    }

    /** Of this directory itself. */
    public void chmod(int permissions) throws IOException {
        check(memory.call(91, fd, permissions, 0, 0, 0), "fchmod", name);
    }

    /** Sets access and modification time of a name, a symlink's own included. */
    public void touch(String child, long seconds) throws IOException {
        times(memory, seconds);
        long at = memory.name(child);
        check(memory.call(280, fd, at, memory.struct.address(), AT_SYMLINK_NOFOLLOW, 0), "utimensat", child);
    }

    static void times(Native memory, long seconds) {
        memory.struct.set(ValueLayout.JAVA_LONG, 0, seconds);
        memory.struct.set(ValueLayout.JAVA_LONG, 8, 0);
        memory.struct.set(ValueLayout.JAVA_LONG, 16, seconds);
        memory.struct.set(ValueLayout.JAVA_LONG, 24, 0);
    }

    public void sync() throws IOException {
        check(memory.call(74, fd, 0, 0, 0, 0), "fsync", name);
    }

    /** What is there and what is left of the file system that this directory is on. */
    public Space space() throws IOException {
        MemorySegment x = memory.struct;
        check(memory.call(138, fd, x.address(), 0, 0, 0), "fstatfs", name);
        long block = x.get(ValueLayout.JAVA_LONG, 8);
        return new Space(
                x.get(ValueLayout.JAVA_LONG, 16) * block,
                x.get(ValueLayout.JAVA_LONG, 32) * block,
                x.get(ValueLayout.JAVA_LONG, 48));
    }

    /** Writes out everything of the file system that this directory is on. */
    public void syncFileSystem() throws IOException {
        check(memory.call(306, fd, 0, 0, 0, 0), "syncfs", name);
    }

    private static long check(long result, String call, String name) throws Errno {
        if (result < 0) {
            throw new Errno((int) -result, call, name);
        }
        return result;
    }

    @Override
    public void close() {
        memory.call(3, fd, 0, 0, 0, 0);
        if (root) {
            memory.close();
        }
    }
}
