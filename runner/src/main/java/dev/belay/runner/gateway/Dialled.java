package dev.belay.runner.gateway;

import java.net.Socket;

/** What came of dialling. */
sealed interface Dialled {
    record Reached(Socket socket) implements Dialled {}

    /** The name may be reached, none of its addresses may. */
    record Refused(Egress.Denial denial) implements Dialled {}

    /** No matter of permission. */
    record Failed(boolean late, String why) implements Dialled {}
}
