package dev.belay.runner.model.offline;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the requests of one connection, one after the other, and has each answered before the next. */
final class Connection {
    private static final int BUFFER = 8 << 10;

    private final Socket socket;
    private final Desk desk;

    Connection(Socket socket, Desk desk) {
        this.socket = socket;
        this.desk = desk;
    }

    /** Returns when there is nothing more to say. The socket is left to the caller. */
    void serve() throws IOException, InterruptedException {
        socket.setTcpNoDelay(true);
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        HttpRequestReader reader = new HttpRequestReader(in, out);
        try {
            @Nullable HttpRequest request = reader.next();
            while (request != null) {
                desk.answer(request, new HttpAnswer(out, request.keepAlive()), () -> drain(in));
                request = request.keepAlive() ? reader.next() : null;
            }
        } catch (BadHttpException bad) {
            String message = bad.getMessage() == null ? "bad request" : bad.getMessage();
            new HttpAnswer(out, false).whole(bad.status(), "text/plain", Map.of(), message + "\n");
            // Closed with bytes unread, the connection would be reset, and the answer lost with it.
            socket.shutdownOutput();
            drain(in);
        }
    }

    private static void drain(InputStream in) throws IOException {
        byte[] buffer = new byte[BUFFER];
        int read;
        do {
            read = in.read(buffer);
        } while (read >= 0);
    }
}
