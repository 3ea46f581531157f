package dev.belay.runner.linux;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A regular file by its descriptor. Belongs to the thread and the lifetime of the directory tree it was opened from. */
public final class OpenFile implements AutoCloseable {
    private final Native memory;
    private final int fd;
    private final String name;

    OpenFile(Native memory, int fd, String name) {
        this.memory = memory;
        this.fd = fd;
        this.name = name;
    }

    public Stat stat() throws IOException {
        return Directory.stat(memory, fd, "", name);
    }

    /** As {@link InputStream#read(byte[], int, int)}. */
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        long count = memory.call(0, fd, memory.block.address(), Math.min(length, memory.block.byteSize()), 0, 0);
        check(count, "read");
        if (count == 0) {
            return -1;
        }
        MemorySegment.copy(memory.block, ValueLayout.JAVA_BYTE, 0, into, offset, (int) count);
        return (int) count;
    }

    public InputStream stream() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return OpenFile.this.read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return OpenFile.this.read(into, offset, length);
            }
        };
    }

    public void write(byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int part = (int) Math.min(length - done, memory.block.byteSize());
            MemorySegment.copy(bytes, offset + done, memory.block, ValueLayout.JAVA_BYTE, 0, part);
            long count = memory.call(1, fd, memory.block.address(), part, 0, 0);
            check(count, "write");
            done += (int) count;
        }
    }

    public void chmod(int permissions) throws IOException {
        check(memory.call(91, fd, permissions, 0, 0, 0), "fchmod");
    }

    public void chown(int uid, int gid) throws IOException {
        check(memory.call(93, fd, uid, gid, 0, 0), "fchown");
    }

    /** Sets access and modification time. */
    public void touch(long seconds) throws IOException {
        Directory.times(memory, seconds);
        check(memory.call(280, fd, 0, memory.struct.address(), 0, 0), "utimensat");
    }

    /** Whether it has an extended attribute of this name. */
    public boolean has(String attribute) throws IOException {
        long length = memory.call(193, fd, memory.name(attribute), 0, 0, 0);
        if (length == -Errno.ENODATA || length == -Errno.EOPNOTSUPP) {
            return false;
        }
        check(length, "fgetxattr");
        return true;
    }

    /** Takes space that nothing is written to yet. */
    public void allocate(long bytes) throws IOException {
        check(memory.call(285, fd, 0, 0, bytes, 0), "fallocate");
    }

    public void sync() throws IOException {
        check(memory.call(74, fd, 0, 0, 0, 0), "fsync");
    }

    private void check(long result, String call) throws IOException {
        if (result < 0) {
            throw new Errno((int) -result, call, name);
        }
    }

    @Override
    public void close() {
        memory.call(3, fd, 0, 0, 0, 0);
    }
}
