package dev.belay.controller.link;

import com.google.protobuf.ByteString;
import dev.belay.proto.v1.PackChunk;
import dev.belay.proto.v1.PackHeader;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.io.InputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A pack on its way out, as fast as the runner reads. */
final class PackDownload implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(PackDownload.class);
    private static final int CHUNK = 256 * 1024;

    private final Paced<PackChunk> answer;
    private final PackHeader header;
    private final InputStream pack;

    PackDownload(ServerCallStreamObserver<PackChunk> answer, PackHeader header, InputStream pack) {
        this.answer = new Paced<>(answer);
        this.header = header;
        this.pack = pack;
    }

    @Override
    public void run() {
        try (pack) {
            PackChunk.Builder next = PackChunk.newBuilder().setHeader(header);
            byte[] buffer = new byte[CHUNK];
            int count = pack.readNBytes(buffer, 0, CHUNK);
            do {
                if (!answer.send(
                        next.setData(ByteString.copyFrom(buffer, 0, count)).build())) {
                    return;
                }
                next = PackChunk.newBuilder();
                count = pack.readNBytes(buffer, 0, CHUNK);
            } while (count > 0);
            answer.end();
        } catch (InterruptedException stopped) {
            answer.fail(Status.UNAVAILABLE.withDescription("the controller stops"));
        } catch (IOException | RuntimeException unreadable) {
            LOG.error("a pack cannot be read", unreadable);
            answer.fail(Status.INTERNAL.withDescription("E_INTERNAL: the pack cannot be read"));
        }
    }
}
