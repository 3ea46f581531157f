package dev.belay.runner.sandbox;

import static dev.belay.runner.sandbox.Attempt.at;
import static dev.belay.runner.sandbox.Attempt.perl;

import java.util.List;

/** Files of the machine and of others. */
final class FileAttempts {
    /** What an access check says of something of one's own. */
    private static final String OWN = "test -w .";

    private static final String XATTR =
            "open F, q(>), $f = q(f); $n = q(%s); $v = %s; exit(syscall(188, $f, $n, $v, length $v, 0) == 0 ? 0 : 1)";

    static final List<Attempt> ALL = List.of(
            at("host-files", "read a file outside", "cat $CANARY"),
            at("host-files", "read a file outside by a symlink", "ln -sf $CANARY link && cat link"),
            at(
                    "host-files",
                    "read a file outside by a chain of symlinks",
                    "ln -s \"${CANARY%/*}\" d; ln -s d/canary l; cat l"),
            at("host-files", "write a file outside by a symlink", "ln -sf $NOTES link && echo x >> link"),
            at("host-files", "read a file outside by /proc/self/root", "cat /proc/self/root$CANARY"),
            at(
                    "host-files",
                    "read a file outside by /proc/self/cwd",
                    "cat /proc/self/cwd/../../../../../../../../../../..$CANARY"),
            at("host-files", "read a file outside by a thread's root", "cat /proc/thread-self/root$CANARY"),
            at("host-files", "read what lies beside the workspace", "cat ../canary || cat ../../canary"),
            at(
                    "host-files",
                    "read what lies beside the workspace by a descriptor of it",
                    "exec 3< .. && cat /proc/self/fd/3/canary || cat /proc/self/fd/3/../canary"),
            at("host-files", "hard link to a file outside", "ln $CANARY stolen"),
            perl("host-files", "link to a file outside by its descriptor", """
                    open F, q(<), $ENV{CANARY} or exit 1; $p = q(/proc/self/fd/) . fileno F; $n = q(stolen);
                    exit(syscall(265, -100, $p, -100, $n, 0x400) == 0 ? 0 : 1)"""),
            perl("host-files", "open a file outside below another root", """
                    opendir D, q(/) or exit 1; $p = $ENV{CANARY}; $h = pack q(Q3), 0, 0, 0x10;
                    exit(syscall(437, fileno D, $p, $h, 24) >= 0 ? 0 : 1)"""),
            at("read-only-tree", "hard link to the hand's program", "ln /run/belay/hand.pl stolen")
                    .control("echo > a && ln a b"),
            at("host-files", "look into the runner's state", "test -e $STATE"),
            at("host-files", "look where rooms are", "ls -A /mnt /srv /media").control("ls -A ."),
            at("host-files", "list root's home", "ls /root/").control("ls ./"),
            at("host-files", "list the homes", "test \"$(ls /home)\" != belay"),
            at(
                    "host-files",
                    "look into the machine's state",
                    "test -e /var/lib || test -e /var/log || test -e /var/spool"),
            at("host-files", "look into /opt, /boot and /sys", "test -e /opt || test -e /boot || test -e /sys"),
            at("own-etc", "read the password hashes", "test -e /etc/shadow || test -e /etc/gshadow"),
            at("own-etc", "read the machine's accounts", "test $(getent passwd | wc -l) -gt 3"),
            at("own-etc", "read the machine's id and settings", "test -e /etc/machine-id || test -e /etc/fstab"),
            at("own-etc", "read the keys of the machine", "ls /etc/ssh /etc/ssl/private /etc/krb5.keytab")
                    .control("ls ."),
            at("host-name", "learn the machine's name", "test \"$(cat /proc/sys/kernel/hostname)\" = \"$HOST\""),
            at("host-files", "find a socket anywhere", "find /run /tmp /var /home /dev -type s | grep -q .")
                    .control("find .. -type s | grep -q ."),
            at(
                            "host-files",
                            "find a container engine's socket",
                            "test -S /run/docker.sock || test -S /run/containerd/containerd.sock")
                    .control("test -S ../socket"),
            at("host-files", "find a session's directory", "ls -d /run/user /run/dbus /tmp/.X11-unix /run/systemd")
                    .control("ls -d ."),
            at("read-only-tree", "write to /usr", "test -w /usr || test -w /usr/bin || test -w /usr/local/bin")
                    .control(OWN),
            at("read-only-tree", "write to a program", "test -w /usr/bin/perl || test -w /bin/sh")
                    .control("echo > own && test -w own"),
            at(
                            "read-only-tree",
                            "write to a program by its descriptor",
                            "exec 3< /usr/bin/env && test -w /proc/self/fd/3")
                    .control("echo > own && exec 3< own && test -w /proc/self/fd/3"),
            at("read-only-tree", "write to /etc", "test -w /etc || test -w /etc/passwd || test -w /etc/hosts")
                    .control(OWN),
            at("read-only-tree", "preload into every program", "test -w /etc/ld.so.preload || touch /etc/ld.so.preload")
                    .control("touch ./ld.so.preload"),
            at("read-only-tree", "write to the root", "test -w / || touch /canary")
                    .control(OWN + " && touch ./canary"),
            at("read-only-tree", "write to /dev", "touch /dev/canary").control("touch ./canary"),
            at("read-only-tree", "write to /run", "touch /run/canary || touch /run/belay/canary")
                    .control("touch ./canary"),
            at("read-only-tree", "change the hand's program", "test -w /run/belay/hand.pl")
                    .control("echo > f && test -w f"),
            at("read-only-tree", "put a file over the hand's program", "touch f && mv f /run/belay/hand.pl")
                    .control("touch f && mv f g"),
            at("read-only-tree", "make a directory beside the workspace", "mkdir /beside || mkdir /workspace2")
                    .control("mkdir beside"),
            at("read-only-tree", "put the workspace aside", "mv /workspace /tmp/w || mv /workspace /workspace2")
                    .control("mkdir w && mv w x"),
            at("capabilities", "make a device", "mknod null c 1 3").control("mknod pipe p"),
            at("capabilities", "make a block device", "mknod disk b 254 0").control("mknod pipe p"),
            at("capabilities", "give a file to root", "touch given && chown 0 given"),
            at("capabilities", "make a file immutable", """
                    touch f; perl -e 'open F, q(<), q(f); $f = pack q(q), 16; exit(ioctl(F, 0x40086602, $f) ? 0 : 1)'""").control("""
                    touch f; perl -e 'open F, q(<), q(f); $f = pack q(q), 64; exit(ioctl(F, 0x40086602, $f) ? 0 : 1)'"""),
            perl(
                    "capabilities",
                    "give a file a capability",
                    XATTR.formatted("security.capability", "pack(q(V5), 0x02000001, 0x2000, 0, 0, 0)")),
            perl(
                            "capabilities",
                            "set an attribute that overlays trust",
                            XATTR.formatted("trusted.overlay.opaque", "q(y)"))
                    .control("perl -e '" + XATTR.formatted("user.overlay.opaque", "q(y)") + "'"),
            perl("capabilities", "set a security label", XATTR.formatted("security.belay", "q(y)"))
                    .control("perl -e '" + XATTR.formatted("user.belay", "q(y)") + "'"),
            at("no-new-privileges", "find a place where setuid counts", """
                    perl -ne '@f = split; $n++ if $f[5] !~ /nosuid/; END { exit($n ? 0 : 1) }' /proc/self/mountinfo"""),
            at("no-new-privileges", "find a writable place where devices count", """
                    perl -ne '@f = split; $n++ if $f[5] !~ /nodev/ && $f[5] =~ /^rw/ && $f[4] !~ m(^/dev/); END { exit($n ? 0 : 1) }' /proc/self/mountinfo"""),
            at(
                            "host-files",
                            "find a mount that is shared with the machine",
                            "grep -q ' shared:\\| master:' /proc/self/mountinfo")
                    .control("unshare -rm --propagation shared grep -q ' shared:' /proc/self/mountinfo"),
            at("host-files", "use the paths that the table of mounts tells", """
                    for p in $(cut -d' ' -f4 /proc/self/mountinfo | grep '/[^/]*/[^/]*/'); do ls -d "$p" && exit 0; done; exit 1""")
                    .control("for p in $(dirname $CANARY); do ls -d \"$p\" && exit 0; done; exit 1"));

    private FileAttempts() {}
}
