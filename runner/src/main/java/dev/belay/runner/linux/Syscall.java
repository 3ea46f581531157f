package dev.belay.runner.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The one door to the kernel: {@code syscall(2)}. Arguments are longs or addresses; the result is the kernel's, with a
 * negative errno in place of −1, so that a caller never reads a stale errno.
 *
 * <p>Numbers are those of x86_64.
 */
public final class Syscall {
    private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle SYSCALL = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG),
                    Linker.Option.firstVariadicArg(1),
                    Linker.Option.captureCallState("errno"));

    private Syscall() {}

    /** Missing arguments are 0. A {@link MemorySegment}'s address is taken by the caller and must outlive the call. */
    public static long call(long number, long... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CAPTURED);
            long result = (long) SYSCALL.invokeExact(
                    state,
                    number,
                    at(arguments, 0),
                    at(arguments, 1),
                    at(arguments, 2),
                    at(arguments, 3),
                    at(arguments, 4),
                    at(arguments, 5));
            return result == -1 ? -(long) (int) ERRNO.get(state, 0L) : result;
        } catch (Throwable impossible) {
            throw new AssertionError("syscall(2) itself threw", impossible);
        }
    }

    /** Room for one thread's {@link #direct} calls. */
    static MemorySegment state(Arena arena) {
        return arena.allocate(CAPTURED);
    }

    /** As {@link #call}, without an allocation: for loops over many files. */
    static long direct(MemorySegment state, long number, long a, long b, long c, long d, long e) {
        try {
            long result = (long) SYSCALL.invokeExact(state, number, a, b, c, d, e, 0L);
            return result == -1 ? -(long) (int) ERRNO.get(state, 0L) : result;
        } catch (Throwable impossible) {
            throw new AssertionError("syscall(2) itself threw", impossible);
        }
    }

    private static long at(long[] arguments, int index) {
        return index < arguments.length ? arguments[index] : 0;
    }
}
