package dev.belay.runner.sandbox;

import static dev.belay.runner.sandbox.Attempt.at;
import static dev.belay.runner.sandbox.Attempt.perl;

import java.util.List;

/** The first steps to the network; the ways out through the gateway have a battery of their own. */
final class NetworkAttempts {
    static final List<Attempt> ALL = List.of(
            perl("socket-families", "a socket of AF_VSOCK", "exit(syscall(41, 40, 1, 0) >= 0 ? 0 : 1)"),
            perl("socket-families", "a socket of AF_PACKET", "exit(syscall(41, 17, 3, 0) >= 0 ? 0 : 1)")
                    .control("unshare -rn perl -e 'exit(syscall(41, 17, 3, 0) >= 0 ? 0 : 1)'"),
            perl("socket-families", "a socket of NETLINK_NETFILTER", "exit(syscall(41, 16, 3, 12) >= 0 ? 0 : 1)"),
            perl("socket-families", "a socket of NETLINK_KOBJECT_UEVENT", "exit(syscall(41, 16, 3, 15) >= 0 ? 0 : 1)"),
            perl(
                    "socket-families",
                    "a pair of sockets of another family",
                    "$p = qq(\\0) x 8; exit(syscall(53, 2, 1, 0, $p) >= 0 || $! != 97 ? 0 : 1)"),
            perl("capabilities", "a raw socket", "exit(syscall(41, 2, 3, 1) >= 0 ? 0 : 1)")
                    .control("unshare -rn perl -e 'exit(syscall(41, 2, 3, 1) >= 0 ? 0 : 1)'"),
            at("capabilities", "bring an interface up", "ip link set lo down")
                    .control("unshare -rn ip link set lo up")
                    .with("ip"),
            perl(
                    "host-loopback",
                    "connect to a listener on the host's loopback",
                    "use Socket; socket S, 2, 1, 0; exit(connect(S, pack_sockaddr_in($ENV{PORT}, inet_aton(q(127.0.0.1)))) ? 0 : 1)"),
            perl(
                            "metadata",
                            "connect to the metadata service",
                            "use Socket; alarm 2; socket S, 2, 1, 0; exit(connect(S, pack_sockaddr_in(80, inet_aton(q(169.254.169.254)))) || $! != 101 ? 0 : 1)")
                    .alone("most machines have none"),
            perl(
                            "network",
                            "send a datagram out",
                            "use Socket; socket S, 2, 2, 0; exit(send(S, q(x), 0, pack_sockaddr_in(53, inet_aton(q(192.0.2.1)))) || $! != 101 ? 0 : 1)")
                    .alone("it would leave the machine"),
            perl(
                            "network",
                            "send a datagram out by IPv6",
                            "use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6); socket S, 10, 2, 0; exit(send(S, q(x), 0, pack_sockaddr_in6(53, inet_pton(10, q(2001:db8::1)))) ? 0 : 1)")
                    .alone("it would leave the machine"),
            at("network", "resolve a name", "getent hosts example.com").alone("it would leave the machine"));

    private NetworkAttempts() {}
}
