package dev.belay.runner.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Dials what was judged. A name is resolved once; each of its addresses is judged, and the very bytes that were judged are
 * dialled, so a second answer of the resolver changes nothing. Runs on the runner's own network: never call it on a thread
 * that is inside the sandbox's.
 */
final class Dialler {
    private static final int ADDRESSES = 16;

    private final Egress egress;
    private final Lookup lookup;
    private final GatewayLimits limits;

    Dialler(Egress egress, Lookup lookup, GatewayLimits limits) {
        this.egress = egress;
        this.lookup = lookup;
        this.limits = limits;
    }

    Dialled dial(Target target, Connection owner) throws IOException {
        List<InetAddress> permitted = new ArrayList<>();
        Optional<Egress.Denial> refused = Optional.empty();
        try {
            for (InetAddress address : addresses(target)) {
                Optional<Egress.Denial> denial = egress.judgeAddress(target, address);
                if (denial.isEmpty()) {
                    permitted.add(address);
                }
                refused = refused.or(() -> denial);
            }
        } catch (SocketTimeoutException late) {
            return new Dialled.Failed(true, String.valueOf(late.getMessage()));
        } catch (IOException unresolved) {
            return new Dialled.Failed(false, String.valueOf(unresolved.getMessage()));
        }
        if (permitted.isEmpty()) {
            return refused.<Dialled>map(Dialled.Refused::new)
                    .orElseGet(() -> new Dialled.Failed(false, "its name has no address"));
        }
        return first(permitted, target.port(), owner);
    }

    private List<InetAddress> addresses(Target target) throws IOException {
        Optional<InetAddress> literal = HostText.address(target.host());
        if (literal.isPresent()) {
            return List.of(literal.get());
        }
        List<InetAddress> addresses = new ArrayList<>();
        for (InetAddress answer : lookup.addresses(target.host())) {
            if (addresses.size() < ADDRESSES) {
                // Its bytes and no more: no name, no zone.
                addresses.add(InetAddress.getByAddress(answer.getAddress()));
            }
        }
        return addresses;
    }

    private Dialled first(List<InetAddress> permitted, int port, Connection owner) throws IOException {
        long deadline = System.nanoTime() + limits.dialAll().toNanos();
        boolean late = false;
        for (InetAddress address : permitted) {
            long nanos = Math.min(limits.dial().toNanos(), deadline - System.nanoTime());
            if (nanos <= 0) {
                late = true;
                break;
            }
            Socket socket = owner.keep(new Socket());
            try {
                socket.connect(
                        new InetSocketAddress(address, port), (int) Math.max(TimeUnit.NANOSECONDS.toMillis(nanos), 1));
                return new Dialled.Reached(socket);
            } catch (SocketTimeoutException slow) {
                late = true;
                owner.end(socket);
            } catch (IOException unreachable) {
                late = false;
                owner.end(socket);
            }
        }
        return late
                ? new Dialled.Failed(true, "nobody answered in time")
                : new Dialled.Failed(false, "the connection was not accepted");
    }
}
