package dev.belay.runner.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** Native memory for the file calls of one thread, allocated once, so that a scan of many files allocates nothing. */
final class Native implements AutoCloseable {
    static final int BLOCK = 64 * 1024;
    private static final int NAME = 4096 + 1;

    private final Arena arena = Arena.ofConfined();
    final MemorySegment state = Syscall.state(arena);
    final MemorySegment block = arena.allocate(BLOCK, 16);
    final MemorySegment struct = arena.allocate(256, 16);
    private final MemorySegment first = arena.allocate(NAME);
    private final MemorySegment second = arena.allocate(NAME);

    /** The address of a NUL-terminated copy, valid until the next call. */
    long name(String raw) {
        return copy(raw, first);
    }

    long otherName(String raw) {
        return copy(raw, second);
    }

    private static long copy(String raw, MemorySegment target) {
        byte[] bytes = raw.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length >= NAME) {
            throw new IllegalArgumentException("a path of " + bytes.length + " bytes");
        }
        MemorySegment.copy(bytes, 0, target, ValueLayout.JAVA_BYTE, 0, bytes.length);
        target.set(ValueLayout.JAVA_BYTE, bytes.length, (byte) 0);
        return target.address();
    }

    long call(long number, long a, long b, long c, long d, long e) {
        return Syscall.direct(state, number, a, b, c, d, e);
    }

    @Override
    public void close() {
        arena.close();
    }
}
