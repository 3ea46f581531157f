package dev.belay.runner.sandbox.namespace;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The system calls that no process in a sandbox may make, as a classic BPF program for x86_64.
 *
 * <p>A refused call answers EPERM, so that programs which probe for a feature fall back; a foreign ABI (i386, x32) kills,
 * since its numbers would pass the list by. {@code clone3} answers ENOSYS because its flags lie behind a pointer: libc then
 * uses {@code clone}, whose flags can be read.
 */
final class SeccompFilter {
    private static final int LOAD = 0x20;
    private static final int EQUAL = 0x15;
    private static final int AT_LEAST = 0x35;
    private static final int ANY_BIT = 0x45;
    private static final int RETURN = 0x06;

    private static final int ALLOW = 0x7fff0000;
    private static final int KILL = 0x80000000;
    private static final int EPERM = 0x00050000 | 1;
    private static final int ENOSYS = 0x00050000 | 38;
    private static final int EAFNOSUPPORT = 0x00050000 | 97;

    private static final int NUMBER = 0;
    private static final int ARCHITECTURE = 4;
    private static final int FIRST_ARGUMENT = 16;
    private static final int SECOND_ARGUMENT = 24;
    private static final int THIRD_ARGUMENT = 32;

    private static final int X86_64 = 0xC000003E;
    private static final int X32_BIT = 0x40000000;
    private static final int CLONE_NEW_ANYTHING = 0x7E020080;

    private static final int[] REFUSED = {
        425, 426, 427, // io_uring_setup, io_uring_enter, io_uring_register
        321, 298, 323, // bpf, perf_event_open, userfaultfd
        248, 249, 250, // add_key, request_key, keyctl
        246, 320, 175, 313, 176, // kexec_load, kexec_file_load, init_module, finit_module, delete_module
        165, 166, 155, 161, // mount, umount2, pivot_root, chroot
        428, 429, 430, 431, 432, 433, 442, 467, // open_tree, move_mount, fs*, mount_setattr, open_tree_attr
        304, 310, 311, 438, 440, // open_by_handle_at, process_vm_readv, process_vm_writev, pidfd_getfd, process_madvise
        272, 308, // unshare, setns
        103, 163, 164, 227, 305, // syslog, acct, settimeofday, clock_settime, clock_adjtime
        167, 168, 169, 170, 171, // swapon, swapoff, reboot, sethostname, setdomainname
        172, 173, 154, // iopl, ioperm, modify_ldt
        179, 443, 153, 212, 300, 312, // quotactl, quotactl_fd, vhangup, lookup_dcookie, fanotify_init, kcmp
        134, 156, 180, // uselib, _sysctl, nfsservctl
    };

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
        for (int number : REFUSED) {
            when(EQUAL, number, EPERM);
        }
        when(EQUAL, 435, ENOSYS);
        onCall(56, this::writeClone);
        onCall(41, this::writeSocket);
        onCall(53, this::writeSocketPair);
        onCall(16, this::writeTerminal);
        answer(ALLOW);
    }

    private void writeClone() {
        load(FIRST_ARGUMENT);
        when(ANY_BIT, CLONE_NEW_ANYTHING, EPERM);
        answer(ALLOW);
    }

    /** UNIX, INET and INET6; NETLINK for routes only, which lists interfaces and is harmless without capabilities. */
    private void writeSocket() {
        load(FIRST_ARGUMENT);
        when(EQUAL, 1, ALLOW);
        when(EQUAL, 2, ALLOW);
        when(EQUAL, 10, ALLOW);
        unless(EQUAL, 16, EAFNOSUPPORT);
        load(THIRD_ARGUMENT);
        unless(EQUAL, 0, EAFNOSUPPORT);
        answer(ALLOW);
    }

    private void writeSocketPair() {
        load(FIRST_ARGUMENT);
        unless(EQUAL, 1, EAFNOSUPPORT);
        answer(ALLOW);
    }

    /** TIOCSTI and TIOCLINUX type into a terminal. */
    private void writeTerminal() {
        load(SECOND_ARGUMENT);
        when(EQUAL, 0x5412, EPERM);
        when(EQUAL, 0x541C, EPERM);
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
    private void onCall(int number, Runnable block) {
        int[] skip = {EQUAL, 0, 0, number};
        program.add(skip);
        int before = program.size();
        block.run();
        skip[2] = program.size() - before;
    }
}
