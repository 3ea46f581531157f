package dev.belay.cli.blackbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Machines that have nothing in common but wires: network namespaces of this test's own, made by root or, in a user
 * namespace, by anybody. A wire can be cut, slow, or lose what it should carry.
 */
final class Net implements AutoCloseable {
    /** A machine's network; whatever is started {@link #inside} lives in it. */
    final class Machine {
        private final Process holder;

        private Machine(Process holder) {
            this.holder = holder;
        }

        /** What a command is put behind, so that it runs there as whoever runs the tests. */
        List<String> inside() {
            List<String> command = new ArrayList<>(administered());
            if (!root) {
                command.addAll(List.of("unshare", "--user", "--map-user=61234", "--map-group=61234", "--"));
            }
            return command;
        }

        private List<String> administered() {
            return enter("/proc/" + holder.pid() + "/ns/net");
        }

        private void does(String script) {
            List<String> command = new ArrayList<>(administered());
            command.addAll(List.of("sh", "-ec", script));
            Sh.run(command.toArray(String[]::new));
        }
    }

    /** From one machine to another. */
    final class Wire {
        private final Process process;
        private final Writer orders;
        private final BufferedReader answers;

        private Wire(Process process) {
            this.process = process;
            this.orders = process.outputWriter();
            this.answers = process.inputReader();
        }

        /** As {@code wire.pl} takes it; returns when it is so. */
        void is(String order) {
            try {
                orders.write(order + "\n");
                orders.flush();
                String answer = answers.readLine();
                if (!"ok".equals(answer)) {
                    throw new AssertionError("the wire answered " + answer + " to " + order);
                }
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }
    }

    /** Checksums are left to hardware that a wire of software does not have. */
    private static final String WITHOUT_OFFLOAD = "perl -e 'socket(S,2,2,0) or die; my $off=pack(\"LL\",0x17,0);"
            + " ioctl(S,0x8946,my $r=pack(\"a16 P8 x8\",$ARGV[0],$off)) or die $!' ";

    private final boolean root = OrdinaryUser.isRoot();
    private final List<Process> holders = new ArrayList<>();
    private final List<Wire> wires = new ArrayList<>();
    private final Machine middle;

    Net() {
        middle = new Machine(
                hold(root ? List.of("unshare", "--net") : List.of("unshare", "--user", "--map-root-user", "--net")));
    }

    private List<String> enter(String network) {
        return root
                ? List.of("nsenter", "--net=" + network, "--")
                : List.of(
                        "nsenter",
                        "--preserve-credentials",
                        "--user=/proc/" + middle.holder.pid() + "/ns/user",
                        "--net=" + network,
                        "--");
    }

    /** Lives as long as the pipe from here; returns when it is where it will be. */
    private Process hold(List<String> where) {
        try {
            List<String> command = new ArrayList<>(where);
            command.addAll(List.of("sh", "-c", "echo here; exec cat"));
            Process holder = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            holders.add(holder);
            if (!"here".equals(holder.inputReader().readLine())) {
                throw new AssertionError(command + " made no network namespace");
            }
            return holder;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    Machine machine() {
        List<String> where = new ArrayList<>(enter("/proc/" + middle.holder.pid() + "/ns/net"));
        where.addAll(List.of("unshare", "--net"));
        Machine machine = new Machine(hold(where));
        machine.does("ip link set lo up");
        return machine;
    }

    /** 10.77.{@code number}.1 is the one, 10.77.{@code number}.2 the other. */
    Wire wire(int number, Machine one, Machine other) {
        end(number, 1, one);
        end(number, 2, other);
        List<String> command = new ArrayList<>(middle.administered());
        command.addAll(List.of("perl", program().toString(), "m" + number + "x1", "m" + number + "x2"));
        try {
            Wire wire = new Wire(new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
            wires.add(wire);
            wire.is("cut none");
            return wire;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void end(int number, int side, Machine machine) {
        String here = "m" + number + "x" + side;
        String there = "e" + number + "x" + side;
        middle.does("ip link add name " + here + " type veth peer name " + there + "; ip link set " + here + " up;"
                + " ip link set " + there + " netns " + machine.holder.pid());
        machine.does("ip addr add 10.77." + number + "." + side + "/24 dev " + there + "; ip link set " + there
                + " up; " + WITHOUT_OFFLOAD + there);
    }

    private static Path program() {
        Path program = Path.of(System.getProperty("basedir", "."), "src/test/resources/wire.pl")
                .toAbsolutePath();
        if (!Files.exists(program)) {
            throw new IllegalStateException("there is no " + program);
        }
        return program;
    }

    @Override
    public void close() {
        wires.forEach(wire -> wire.process.destroyForcibly());
        holders.forEach(Process::destroyForcibly);
    }
}
