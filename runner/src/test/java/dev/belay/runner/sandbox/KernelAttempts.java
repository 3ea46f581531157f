package dev.belay.runner.sandbox;

import static dev.belay.runner.sandbox.Attempt.at;
import static dev.belay.runner.sandbox.Attempt.call;
import static dev.belay.runner.sandbox.Attempt.perl;

import java.util.List;

/** The kernel's settings and doors. */
final class KernelAttempts {
    private static final String OWN = "test -w .";
    private static final String REAL_ROOT = "only real root is heard";

    private static final String HEAD64 =
            "pack(q(A4C5x7), qq(\\x7fELF), 2, 1, 1, 0, 0), pack(q(vvVQQQVvvvvvv), 2, 62, 1, 0x400078,"
                    + " 64, 0, 0, 64, 56, 1, 0, 0, 0), pack(q(V2Q6), 1, 5, 0, 0x400000, 0x400000, 129, 129, 4096)";
    /** An i386 program of one system call, exit(0): the list of a 64-bit filter would not know its number. */
    private static final String I386 = "perl -e '"
            + "print pack(q(A4C5x7), qq(\\x7fELF), 1, 1, 1, 0, 0), pack(q(vvVVVVVvvvvvv), 2, 3, 1, 0x8048054, 52, 0, 0, 52, 32, 1, 0, 0, 0),"
            + " pack(q(V8), 1, 0, 0x8048000, 0x8048000, 93, 93, 5, 4096), pack(q(H*), q(b80100000031dbcd80))' > i386"
            + " && chmod 755 i386 && ./i386";
    /** The same call by the same gate, from a 64-bit program. */
    private static final String GATE =
            "perl -e 'print " + HEAD64 + ", pack(q(H*), q(b80100000031dbcd80))' > gate && chmod 755 gate && ./gate";

    static final List<Attempt> ALL = List.of(
            at("kernel-settings", "set the core pattern", "test -w /proc/sys/kernel/core_pattern")
                    .control(OWN),
            at("kernel-settings", "set the module loader", "test -w /proc/sys/kernel/modprobe")
                    .control(OWN),
            at("kernel-settings", "drop the caches", "test -w /proc/sys/vm/drop_caches")
                    .control(OWN),
            at("kernel-settings", "press sysrq", "test -w /proc/sysrq-trigger").control(OWN),
            at("kernel-settings", "set the uevent helper", "test -w /sys/kernel/uevent_helper")
                    .control(OWN),
            at("kernel-settings", "add a kind of program", "test -w /proc/sys/fs/binfmt_misc/register")
                    .control(OWN),
            at("kernel-settings", "set any setting of the kernel", "find /proc/sys -type f -writable | grep -q .")
                    .control("touch f && find . -type f -writable | grep -q ."),
            at("kernel-settings", "write any file of /proc but one's own", """
                    find /proc -path '/proc/[0-9]*' -prune -o -path '/proc/*self' -prune -o -path /proc/pressure -prune -o -type f -writable -print | grep -q .""")
                    .control("touch f && find . -type f -writable | grep -q ."),
            at("kernel-settings", "steer interrupts", "test -w /proc/irq/default_smp_affinity")
                    .control(OWN),
            at("kernel-settings", "read the kernel's memory", "test -r /proc/kcore")
                    .control("echo > f && test -r f"),
            at("kernel-settings", "learn the kernel's addresses", "cut -d' ' -f1 /proc/kallsyms | grep -q '[1-9a-f]'")
                    .control("echo 'ffff0001 T x' | cut -d' ' -f1 | grep -q '[1-9a-f]'"),
            at("kernel-settings", "learn the machine's memory map", "cut -d- -f1 /proc/iomem | grep -q '[1-9a-f]'")
                    .control("echo '00001000-2 : x' | cut -d- -f1 | grep -q '[1-9a-f]'"),
            at("kernel-settings", "see the host's keys", "test -n \"$(cat /proc/keys)\"")
                    .control("test -n \"$(cat $CANARY)\""),
            at("kernel-settings", "see the kernel's objects", "test -e /sys/kernel"),
            at("kernel-settings", "see the cgroups", "test -e /sys/fs/cgroup"),
            at(
                            "kernel-settings",
                            "set a cgroup's release agent",
                            "test -w /sys/fs/cgroup/memory/release_agent || test -w /sys/fs/cgroup/cgroup.procs")
                    .control(OWN),
            at(
                            "kernel-settings",
                            "see where in the host's cgroups one is",
                            "cut -d: -f3 /proc/self/cgroup | grep -q '[^/]'")
                    .control("echo 0::/x | cut -d: -f3 | grep -q '[^/]'"),
            at(
                            "kernel-settings",
                            "protect oneself from the killer of memory hogs",
                            "echo -1000 > /proc/self/oom_score_adj")
                    .control("echo 1000 > /proc/self/oom_score_adj"),
            at("capabilities", "map another uid", "echo '0 0 1' > /proc/self/uid_map")
                    .control("""
                    perl -e '$u = $>; syscall(272, 0x10000000); open F, q(>), q(/proc/self/uid_map); syswrite F, qq(0 $u 1) or exit 1'"""),
            at("host-files", "find a device beyond the harmless ones", """
                    ls /dev | grep -qvx 'core\\|fd\\|full\\|null\\|ptmx\\|pts\\|random\\|shm\\|stderr\\|stdin\\|stdout\\|tty\\|urandom\\|zero'"""),
            at("host-files", "find a device of the kernel's memory or machines", """
                    for d in mem kmem port kmsg kvm fuse net/tun loop-control vsock userfaultfd mapper/control; do test -e /dev/$d && exit 0; done; exit 1""")
                    .control("for d in null zero; do test -e /dev/$d && exit 0; done; exit 1"),
            at("host-files", "find a disk", "find /dev -type b | grep -q .")
                    .control("find ../canary -type f | grep -q ."),
            at("host-files", "open a controlling terminal", ": < /dev/tty")
                    .control("script -qec ': < /dev/tty' /dev/null")
                    .with("script"),
            perl(
                            "seccomp",
                            "mount",
                            "$n = q(none); $t = q(tmpfs); $w = q(.); exit(syscall(165, $n, $w, $t, 0, 0) == 0 ? 0 : 1)")
                    .apart(),
            at("seccomp", "mount by the client", "mount -t tmpfs none .").apart(),
            at("seccomp", "bind a directory elsewhere", "mkdir d && mount --bind .. d")
                    .apart(),
            at("seccomp", "mount the processes anew", "mkdir d && mount -t proc proc d")
                    .apart(),
            perl("seccomp", "mount what lies on top away", "$w = q(/proc/sys); exit(syscall(166, $w, 2) == 0 ? 0 : 1)")
                    .control("unshare -rm sh -c 'mkdir d; mount -t tmpfs none d; umount d'"),
            perl(
                            "seccomp",
                            "remount the root writable",
                            "$n = q(none); $w = q(/); exit(syscall(165, $n, $w, $n, 32, 0) == 0 ? 0 : 1)")
                    .control(
                            "unshare -rm sh -c 'mkdir d; mount -t tmpfs none d; mount -o remount,bind,ro d; mount -o remount,bind,rw d; touch d/x'"),
            perl(
                            "seccomp",
                            "remount the programs writable",
                            "$n = q(none); $w = q(/usr); exit(syscall(165, $n, $w, $n, 0x1020, 0) == 0 ? 0 : 1)")
                    .control(
                            "unshare -rm sh -c 'mkdir d e; mount --bind d e; mount -o remount,bind,ro e; mount -o remount,bind,rw e; touch e/x'"),
            call("take a tree of mounts", "428, -100, q(/), 1"),
            call("move a mount", "429, -1, q(a), -1, q(b), 0"),
            call("begin a file system", "430, q(tmpfs), 0"),
            call("configure a file system", "431, -1, 99, 0, 0, 0"),
            call("make a mount of a file system", "432, -1, 0, 0"),
            call("pick a file system", "433, -100, q(/), 0x80"),
            call("set a mount's attributes", "442, -1, q(x), 0, 0, 0"),
            call("change the root of mounts", "155, q(/nowhere), q(/nowhere)"),
            perl("seccomp", "change the root directory", "exit(chroot(q(/)) ? 0 : 1)"),
            at("user-namespaces", "make a user namespace", "unshare -U true"),
            perl(
                    "seccomp",
                    "clone into a user namespace",
                    "$p = syscall(56, 0x10000011, 0, 0, 0, 0); exit(0) if $p == 0; exit($p > 0 ? 0 : 1)"),
            perl("seccomp", "clone into a user namespace by clone3", """
                    $a = pack q(Q8), 0x10000000, 0, 0, 0, 17, 0, 0, 0; $p = syscall 435, $a, 64; exit($p >= 0 ? 0 : 1)"""),
            at("seccomp", "make a network namespace", "unshare -n true"),
            at("seccomp", "make an IPC namespace", "unshare -i true"),
            at("seccomp", "make a pid namespace", "unshare -pf true"),
            at("seccomp", "make a cgroup namespace", "unshare -C true"),
            at("seccomp", "make a time namespace", "unshare -T true"),
            perl("seccomp", "make a mount namespace", "exit(syscall(272, 0x20000) == 0 ? 0 : 1)"),
            at("seccomp", "enter a namespace", "nsenter --mount=/proc/self/ns/mnt true"),
            perl("seccomp", "io_uring", "$p = qq(\\0) x 120; exit(syscall(425, 1, $p) >= 0 ? 0 : 1)"),
            call("enter an io_uring", "426, -1, 0, 0, 0, 0, 0"),
            call("register with an io_uring", "427, -1, 0, 0, 0"),
            perl("seccomp", "userfaultfd", "exit(syscall(323, 1) >= 0 ? 0 : 1)"),
            perl("seccomp", "bpf", "$a = qq(\\0) x 128; exit(syscall(321, 5, $a, 128) >= 0 ? 0 : 1)")
                    .alone("who may load programs is the machine's setting"),
            call("perf_event_open", "298, 0, 0, -1, -1, 0x1000"),
            call("add a key", "248, q(user), q(belay), q(x), 1, -1"),
            call("ask for a key", "249, q(user), q(belay-none), 0, 0"),
            call("use the keyring", "250, 0, -1, 1"),
            perl(
                            "seccomp",
                            "open a file by its handle",
                            "$h = pack(q(VV), 8, 1) . qq(\\0) x 8; exit(syscall(304, -100, $h, 0) >= 0 || $! != 1 ? 0 : 1)")
                    .alone(REAL_ROOT),
            perl("seccomp", "load a module", "$e = q(); exit(syscall(175, $e, 0, $e) >= 0 || $! != 1 ? 0 : 1)")
                    .alone(REAL_ROOT),
            perl(
                            "seccomp",
                            "load a module by its file",
                            "$e = q(); exit(syscall(313, -1, $e, 0) >= 0 || $! != 1 ? 0 : 1)")
                    .alone(REAL_ROOT),
            perl("seccomp", "load a kernel", "exit(syscall(246, 0, 0, 0, 0) >= 0 || $! != 1 ? 0 : 1)")
                    .alone(REAL_ROOT),
            perl("seccomp", "keep accounts", "$f = q(/nowhere); exit(syscall(163, $f) >= 0 || $! != 1 ? 0 : 1)")
                    .alone(REAL_ROOT),
            perl("seccomp", "swap to a file", "$f = q(/nowhere); exit(syscall(167, $f, 0) >= 0 || $! != 1 ? 0 : 1)")
                    .alone(REAL_ROOT),
            perl("seccomp", "hang the terminals up", "exit(syscall(153) >= 0 || $! != 1 ? 0 : 1)")
                    .alone(REAL_ROOT),
            perl("seccomp", "read the kernel's log", "$b = q( ) x 9; exit(syscall(103, 3, $b, 8) >= 0 ? 0 : 1)")
                    .alone("who may read it is the machine's setting"),
            call("restart the machine", "169, 0, 0, 0, 0").apart(),
            perl("seccomp", "set the host's name", "$h = q(x); exit(syscall(170, $h, 1) == 0 ? 0 : 1)")
                    .apart(),
            perl("seccomp", "set the domain's name", "$h = q(x); exit(syscall(171, $h, 1) == 0 ? 0 : 1)")
                    .apart(),
            call("set the time of day", "164, pack(q(qq), 0, 2000000), 0"),
            call("set the clock", "227, 0, pack(q(qq), 0, 2000000000)"),
            call("adjust a clock", "305, 99, 0"),
            call("set a quota", "179, 0x80000163, 0, 0, 0"),
            call("set a quota by a descriptor", "443, -1, 0x80000163, 0, 0"),
            call("touch the machine's ports", "172, 0"),
            call("ask for a port of the machine", "173, 0, 1, 0"),
            call("change the table of segments", "154, 0, pack(q(Q2), 0, 0), 16"),
            call("look a directory's cookie up", "212, 0, 0, 0"),
            call("serve files from the kernel", "180, 0, 0, 0"),
            call("load an old library", "134, q(/nowhere)"),
            call("set a setting by its old call", "156, 0"),
            perl("seccomp", "watch every file", "exit(syscall(300, 0x200, 0) >= 0 ? 0 : 1)"),
            perl("seccomp", "type into a terminal", "$c = q(x); exit(ioctl(STDOUT, 0x5412, $c) || $! != 1 ? 0 : 1)"),
            perl(
                    "seccomp",
                    "type into a terminal by a number with more bits",
                    "$c = q(x); exit(syscall(16, 1, 0x100005412, $c) >= 0 || $! != 1 ? 0 : 1)"),
            perl("seccomp", "paste into a console", "$c = q(x); exit(ioctl(STDOUT, 0x541C, $c) || $! != 1 ? 0 : 1)"),
            at("seccomp", "run the i386 ABI", I386),
            at("seccomp", "use the i386 gate from a 64-bit program", GATE),
            perl(
                    "seccomp",
                    "call by an x32 number",
                    "$r = fork; if (!$r) { syscall(0x40000000 + 39); exit 0 } waitpid $r, 0; exit($? == 0 ? 0 : 1)"),
            perl("capabilities", "become root", "$> = 0; $< = 0; exit($> == 0 && $< == 0 ? 0 : 1)"),
            at("capabilities", "keep a capability in reserve", "grep -q '^CapBnd:.*[1-9a-f]' /proc/self/status"),
            at("capabilities", "have a capability", "grep -q '^CapEff:.*[1-9a-f]' /proc/self/status"),
            at("no-new-privileges", "gain rights by starting a program", "grep -q '^NoNewPrivs:.0' /proc/self/status"),
            at("seccomp", "be without a filter", "grep -q '^Seccomp:.0' /proc/self/status"),
            at(
                    "user-namespaces",
                    "make a user namespace from a copy of the program",
                    "cp /usr/bin/unshare u && ./u -U true"),
            at(
                    "user-namespaces",
                    "make one by the dynamic loader",
                    "/lib64/ld-linux-x86-64.so.2 /usr/bin/unshare -U true"),
            at("user-namespaces", "make one by another path", "/proc/self/root/usr/bin/unshare -U true"),
            at("user-namespaces", "make one from memory", """
                    perl -e '$n = q(x); $f = syscall 319, $n, 0; $f >= 0 or exit 1; open M, q(>&=), $f; open U, q(<), q(/usr/bin/unshare);
                    binmode U; $/ = undef; syswrite M, <U>; exec qq(/proc/$$/fd/$f), q(-U), q(true)'"""),
            at("user-namespaces", "make one from a detached session", "setsid -w unshare -U true"));

    private KernelAttempts() {}
}
