package dev.belay.controller.secrets;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Whether somebody else could read what passes over a connection. */
public final class Overheard {
    private Overheard() {}

    /** @param peer as the socket says, never a header; nothing known of it is no assurance */
    public static boolean possible(@Nullable SocketAddress peer, boolean encrypted) {
        return !encrypted
                && !(peer instanceof InetSocketAddress address
                        && address.getAddress() != null
                        && address.getAddress().isLoopbackAddress());
    }
}
