package dev.belay.runner.sandbox.shared;

import java.util.List;

/**
 * The system calls that no process in a sandbox may make, and the arguments that some others may not have. Each engine writes
 * it down in the form that its own enforcer reads.
 *
 * <p>Numbers are those of x86_64; every other ABI is refused whole, since its numbers would pass the list by.
 */
public final class ForbiddenCalls {
    public record Call(int number, String name) {}

    public static final int EPERM = 1;
    public static final int ENOSYS = 38;
    public static final int EOPNOTSUPP = 95;
    public static final int EAFNOSUPPORT = 97;

    /** Answers EPERM, so that programs which probe for a feature fall back. */
    public static final List<Call> ALWAYS = List.of(
            new Call(425, "io_uring_setup"),
            new Call(426, "io_uring_enter"),
            new Call(427, "io_uring_register"),
            new Call(321, "bpf"),
            new Call(298, "perf_event_open"),
            new Call(323, "userfaultfd"),
            new Call(248, "add_key"),
            new Call(249, "request_key"),
            new Call(250, "keyctl"),
            new Call(246, "kexec_load"),
            new Call(320, "kexec_file_load"),
            new Call(175, "init_module"),
            new Call(313, "finit_module"),
            new Call(176, "delete_module"),
            new Call(165, "mount"),
            new Call(166, "umount2"),
            new Call(155, "pivot_root"),
            new Call(161, "chroot"),
            new Call(428, "open_tree"),
            new Call(429, "move_mount"),
            new Call(430, "fsopen"),
            new Call(431, "fsconfig"),
            new Call(432, "fsmount"),
            new Call(433, "fspick"),
            new Call(442, "mount_setattr"),
            new Call(467, "open_tree_attr"),
            new Call(304, "open_by_handle_at"),
            new Call(310, "process_vm_readv"),
            new Call(311, "process_vm_writev"),
            new Call(438, "pidfd_getfd"),
            new Call(440, "process_madvise"),
            new Call(272, "unshare"),
            new Call(308, "setns"),
            new Call(103, "syslog"),
            new Call(163, "acct"),
            new Call(164, "settimeofday"),
            new Call(227, "clock_settime"),
            new Call(305, "clock_adjtime"),
            new Call(167, "swapon"),
            new Call(168, "swapoff"),
            new Call(169, "reboot"),
            new Call(170, "sethostname"),
            new Call(171, "setdomainname"),
            new Call(172, "iopl"),
            new Call(173, "ioperm"),
            new Call(154, "modify_ldt"),
            new Call(179, "quotactl"),
            new Call(443, "quotactl_fd"),
            new Call(153, "vhangup"),
            new Call(212, "lookup_dcookie"),
            new Call(300, "fanotify_init"),
            new Call(312, "kcmp"),
            new Call(134, "uselib"),
            new Call(156, "_sysctl"),
            new Call(180, "nfsservctl"));

    /** Answers ENOSYS because its flags lie behind a pointer: libc then uses {@code clone}, whose flags can be read. */
    public static final Call CLONE3 = new Call(435, "clone3");

    public static final Call CLONE = new Call(56, "clone");
    public static final Call SOCKET = new Call(41, "socket");
    public static final Call SOCKET_PAIR = new Call(53, "socketpair");
    public static final Call IOCTL = new Call(16, "ioctl");

    /**
     * With {@link #KEEP_SIZE} and without {@link #PUNCH_HOLE} in its second argument: RLIMIT_FSIZE bounds how long a file is,
     * and not what lies allocated behind its end. Making a hole takes nothing.
     */
    public static final Call ALLOCATE = new Call(285, "fallocate");

    public static final int KEEP_SIZE = 1;
    public static final int PUNCH_HOLE = 2;

    /** Flags of {@code clone}, in its first argument: any one makes a new namespace. */
    public static final int CLONE_NEW_ANYTHING = 0x7E020080;

    public static final int UNIX = 1;
    /** UNIX, INET and INET6: the families that a socket may have. A pair may be of UNIX alone. */
    public static final List<Integer> FAMILIES = List.of(UNIX, 2, 10);

    /** Only with protocol 0, the routes: it lists interfaces and is harmless without capabilities. */
    public static final int NETLINK = 16;

    /** Second arguments of {@code ioctl}, TIOCSTI and TIOCLINUX: they type into a terminal. */
    public static final List<Integer> TYPING = List.of(0x5412, 0x541C);

    /** RESVSP, RESVSP64 and ZERO_RANGE: the older words for what {@link #ALLOCATE} does. */
    public static final List<Integer> ALLOCATING = List.of(0x40305828, 0x4030582A, 0x40305839);

    private ForbiddenCalls() {}
}
