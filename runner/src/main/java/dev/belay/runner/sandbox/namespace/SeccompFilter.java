package dev.belay.runner.sandbox.namespace;

import dev.belay.runner.sandbox.shared.ForbiddenCalls;
import dev.belay.runner.sandbox.shared.ForbiddenCalls.Call;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** {@link ForbiddenCalls} as a classic BPF program for x86_64. A foreign ABI (i386, x32) kills. */
final class SeccompFilter {
    private static final int LOAD = 0x20;
    private static final int EQUAL = 0x15;
    private static final int AT_LEAST = 0x35;
    private static final int ANY_BIT = 0x45;
    private static final int RETURN = 0x06;

    private static final int ALLOW = 0x7fff0000;
    private static final int KILL = 0x80000000;
    private static final int EPERM = 0x00050000 | ForbiddenCalls.EPERM;
    private static final int ENOSYS = 0x00050000 | ForbiddenCalls.ENOSYS;
    private static final int EOPNOTSUPP = 0x00050000 | ForbiddenCalls.EOPNOTSUPP;
    private static final int EAFNOSUPPORT = 0x00050000 | ForbiddenCalls.EAFNOSUPPORT;

    private static final int NUMBER = 0;
    private static final int ARCHITECTURE = 4;
    private static final int FIRST_ARGUMENT = 16;
    private static final int SECOND_ARGUMENT = 24;
    private static final int THIRD_ARGUMENT = 32;

    private static final int X86_64 = 0xC000003E;
    private static final int X32_BIT = 0x40000000;
    private final List<int[]> program = new ArrayList<>();

    private SeccompFilter() {}

    /** The program as the kernel takes it: eight bytes an instruction, little endian. */
    static byte[] bytes() {
        SeccompFilter filter = new SeccompFilter();
        filter.write();
        ByteBuffer buffer = ByteBuffer.allocate(filter.program.size() * 8).order(ByteOrder.LITTLE_ENDIAN);
        for (int[] instruction : filter.program) {
            buffer.putShort((short) instruction[0])
                    .put((byte) instruction[1])
                    .put((byte) instruction[2])
                    .putInt(instruction[3]);
        }
        return buffer.array();
    }

    private void write() {
        load(ARCHITECTURE);
        unless(EQUAL, X86_64, KILL);
        load(NUMBER);
        when(AT_LEAST, X32_BIT, KILL);
        for (Call call : ForbiddenCalls.ALWAYS) {
            when(EQUAL, call.number(), EPERM);
        }
        when(EQUAL, ForbiddenCalls.CLONE3.number(), ENOSYS);
        onCall(ForbiddenCalls.CLONE, this::writeClone);
        onCall(ForbiddenCalls.SOCKET, this::writeSocket);
        onCall(ForbiddenCalls.SOCKET_PAIR, this::writeSocketPair);
        onCall(ForbiddenCalls.IOCTL, this::writeControl);
        onCall(ForbiddenCalls.ALLOCATE, this::writeAllocate);
        answer(ALLOW);
    }

    private void writeClone() {
        load(FIRST_ARGUMENT);
        when(ANY_BIT, ForbiddenCalls.CLONE_NEW_ANYTHING, EPERM);
        answer(ALLOW);
    }

    private void writeSocket() {
        load(FIRST_ARGUMENT);
        for (int family : ForbiddenCalls.FAMILIES) {
            when(EQUAL, family, ALLOW);
        }
        unless(EQUAL, ForbiddenCalls.NETLINK, EAFNOSUPPORT);
        load(THIRD_ARGUMENT);
        unless(EQUAL, 0, EAFNOSUPPORT);
        answer(ALLOW);
    }

    private void writeSocketPair() {
        load(FIRST_ARGUMENT);
        unless(EQUAL, ForbiddenCalls.UNIX, EAFNOSUPPORT);
        answer(ALLOW);
    }

    private void writeControl() {
        load(SECOND_ARGUMENT);
        for (int request : ForbiddenCalls.TYPING) {
            when(EQUAL, request, EPERM);
        }
        for (int request : ForbiddenCalls.ALLOCATING) {
            when(EQUAL, request, EOPNOTSUPP);
        }
        answer(ALLOW);
    }

    private void writeAllocate() {
        load(SECOND_ARGUMENT);
        when(ANY_BIT, ForbiddenCalls.PUNCH_HOLE, ALLOW);
        when(ANY_BIT, ForbiddenCalls.KEEP_SIZE, EOPNOTSUPP);
        answer(ALLOW);
    }

    private void load(int offset) {
        program.add(new int[] {LOAD, 0, 0, offset});
    }

    private void answer(int value) {
        program.add(new int[] {RETURN, 0, 0, value});
    }

    private void when(int test, int value, int answer) {
        program.add(new int[] {test, 0, 1, value});
        answer(answer);
    }

    private void unless(int test, int value, int answer) {
        program.add(new int[] {test, 1, 0, value});
        answer(answer);
    }

    /** The block must answer in every case: after it the call's number is no longer loaded. */
    private void onCall(Call call, Runnable block) {
        int[] skip = {EQUAL, 0, 0, call.number()};
        program.add(skip);
        int before = program.size();
        block.run();
        skip[2] = program.size() - before;
    }
}
