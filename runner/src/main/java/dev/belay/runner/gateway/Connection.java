package dev.belay.runner.gateway;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/** A connection from the sandbox and what was dialled for it: they end together. */
final class Connection implements AutoCloseable {
    private final GatewayLimits limits;
    private final List<Socket> sockets = new ArrayList<>();
    private final List<Wire> wires = new ArrayList<>();
    private boolean closed;

    Connection(GatewayLimits limits) {
        this.limits = limits;
    }

    /** From now on it is closed with the others. */
    synchronized Socket keep(Socket socket) throws IOException {
        if (closed) {
            closeQuietly(socket);
            throw new SocketException("the connection is closed");
        }
        sockets.add(socket);
        return socket;
    }

    synchronized Wire wire(Socket kept, Flow flow) throws IOException {
        Wire wire = new SocketWire(kept, flow, limits.idle());
        wires.add(wire);
        return wire;
    }

    /** Before the others. */
    synchronized void end(Socket socket) {
        sockets.remove(socket);
        wires.removeIf(wire -> wire.socket() == socket);
        closeQuietly(socket);
    }

    synchronized boolean stuck(long now) {
        return wires.stream().anyMatch(wire -> wire.stuck(now));
    }

    /** So that nobody takes what was cut off for the whole. */
    synchronized void abort() {
        for (Socket socket : sockets) {
            try {
                socket.setSoLinger(true, 0);
            } catch (SocketException closedAlready) {
                closeQuietly(socket);
            }
        }
        close();
    }

    @Override
    public synchronized void close() {
        closed = true;
        sockets.forEach(Connection::closeQuietly);
        sockets.clear();
    }

    static void closeQuietly(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception alreadyUseless) {
            // A socket that cannot be closed is of no use to either side.
            Thread.yield();
        }
    }
}
