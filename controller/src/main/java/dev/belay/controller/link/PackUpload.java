package dev.belay.controller.link;

import dev.belay.controller.disk.DiskGuard;
import dev.belay.controller.packs.PackStore;
import dev.belay.controller.packs.Scope;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.v1.PackChunk;
import dev.belay.proto.v1.PackHeader;
import dev.belay.proto.v1.PackStored;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A pack on its way in: read by the store while it comes. */
final class PackUpload implements StreamObserver<PackChunk> {
    private static final Logger LOG = LoggerFactory.getLogger(PackUpload.class);
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    private final PackStore packs;
    private final PackAccess access;
    private final DiskGuard disk;
    private final String runner;
    private final ServerCallStreamObserver<PackStored> answer;
    private @Nullable ChunkPipe pipe;
    private boolean over;

    PackUpload(
            PackStore packs,
            PackAccess access,
            DiskGuard disk,
            String runner,
            ServerCallStreamObserver<PackStored> answer) {
        this.packs = packs;
        this.access = access;
        this.disk = disk;
        this.runner = runner;
        this.answer = answer;
        answer.setOnCancelHandler(() -> broken("the runner broke off"));
    }

    @Override
    public void onNext(PackChunk chunk) {
        if (over) {
            return;
        }
        try {
            if (pipe == null) {
                if (disk.full()) {
                    over = true;
                    fail(Status.UNAVAILABLE.withDescription("the controller's disk is full; send the pack again"));
                    return;
                }
                pipe = begin(chunk);
            }
            pipe.data(chunk.getData());
        } catch (BelayException refused) {
            over = true;
            answer.onError(GrpcErrors.status(refused).asRuntimeException());
        } catch (JdbiException away) {
            over = true;
            answer.onError(GrpcErrors.later(away).asRuntimeException());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private ChunkPipe begin(PackChunk first) {
        if (!first.hasHeader()) {
            throw GrpcErrors.bad("the first chunk of a pack carries its header");
        }
        PackHeader header = first.getHeader();
        if (!HASH.matcher(header.getSha256()).matches() || header.getSize() <= 0) {
            throw GrpcErrors.bad("a pack's header has its SHA-256 and its size");
        }
        Scope scope = access.mayStore(runner, header.getTask(), header.getEpoch());
        ChunkPipe fresh = new ChunkPipe(header.getSize());
        Thread.ofVirtual().name("pack-" + header.getSha256()).start(() -> store(scope, header, fresh));
        return fresh;
    }

    private void store(Scope scope, PackHeader header, ChunkPipe bytes) {
        try (bytes) {
            PackStored stored = packs.put(scope, bytes, Optional.of(header.getSha256()));
            answer.onNext(stored);
            answer.onCompleted();
        } catch (BelayException refused) {
            fail(GrpcErrors.status(refused));
        } catch (IOException | RuntimeException failed) {
            LOG.error("a pack of {} was not stored", header.getTask(), failed);
            fail(Status.UNAVAILABLE.withDescription("the controller could not store the pack; send it again"));
        }
    }

    private void fail(Status status) {
        if (!answer.isCancelled()) {
            answer.onError(status.asRuntimeException());
        }
    }

    @Override
    public void onError(Throwable broken) {
        broken("the connection broke");
    }

    private void broken(String why) {
        if (pipe != null) {
            try {
                pipe.broken(why);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void onCompleted() {
        try {
            if (pipe != null) {
                pipe.end();
            } else if (!over) {
                answer.onError(GrpcErrors.status(GrpcErrors.bad("a pack has at least one chunk"))
                        .asRuntimeException());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
