package dev.belay.runner.link;

import com.google.protobuf.ByteString;
import dev.belay.proto.v1.GetPackRequest;
import dev.belay.proto.v1.PackChunk;
import dev.belay.proto.v1.PackHeader;
import dev.belay.proto.v1.PackStored;
import dev.belay.proto.v1.RunnerLinkGrpc;
import dev.belay.runner.task.Packs;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Packs over the controller's gRPC channel, in chunks, never faster than the other side takes them. */
public final class GrpcPacks implements Packs {
    private static final int CHUNK = 256 << 10;
    private static final long MINUTES = 10;

    private final RunnerLinkGrpc.RunnerLinkBlockingStub blocking;
    private final RunnerLinkGrpc.RunnerLinkStub streaming;

    public GrpcPacks(RunnerLinkGrpc.RunnerLinkBlockingStub blocking, RunnerLinkGrpc.RunnerLinkStub streaming) {
        this.blocking = blocking;
        this.streaming = streaming;
    }

    @Override
    public void fetch(String task, String sha256, Taker taker) throws IOException, InterruptedException {
        Away.patiently(() -> {
            try (InputStream bytes = open(task, sha256)) {
                taker.take(bytes);
            }
            return sha256;
        });
    }

    private InputStream open(String task, String sha256) throws IOException {
        try {
            Iterator<PackChunk> chunks = blocking.withDeadlineAfter(MINUTES, TimeUnit.MINUTES)
                    .getPack(GetPackRequest.newBuilder()
                            .setTask(task)
                            .setSha256(sha256)
                            .build());
            return new ChunkInput(chunks);
        } catch (StatusRuntimeException refused) {
            throw new IOException("the controller gave no pack " + sha256 + ": " + refused.getStatus(), refused);
        }
    }

    @Override
    public void store(String task, int epoch, String sha256, Path pack) throws IOException, InterruptedException {
        Upload upload = new Upload();
        streaming.withDeadlineAfter(MINUTES, TimeUnit.MINUTES).putPack(upload);
        try (InputStream in = Files.newInputStream(pack)) {
            PackHeader header = PackHeader.newBuilder()
                    .setTask(task)
                    .setEpoch(epoch)
                    .setSha256(sha256)
                    .setSize(Files.size(pack))
                    .build();
            PackChunk.Builder chunk = PackChunk.newBuilder().setHeader(header);
            byte[] buffer = new byte[CHUNK];
            for (int read = in.readNBytes(buffer, 0, CHUNK); read > 0; read = in.readNBytes(buffer, 0, CHUNK)) {
                upload.send(chunk.setData(ByteString.copyFrom(buffer, 0, read)).build());
                chunk = PackChunk.newBuilder();
            }
        }
        upload.finish();
    }

    /** A refusal that repeating cannot cure. */
    static boolean isFinal(IOException failure) {
        return failure.getCause() instanceof StatusRuntimeException refused
                && switch (refused.getStatus().getCode()) {
                    case INVALID_ARGUMENT, FAILED_PRECONDITION, PERMISSION_DENIED, NOT_FOUND, OUT_OF_RANGE -> true;
                    default -> false;
                };
    }

    private static final class Upload implements ClientResponseObserver<PackChunk, PackStored> {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition ready = lock.newCondition();
        private final CompletableFuture<PackStored> answer = new CompletableFuture<>();
        private final CompletableFuture<ClientCallStreamObserver<PackChunk>> call = new CompletableFuture<>();

        @Override
        public void beforeStart(ClientCallStreamObserver<PackChunk> requests) {
            requests.setOnReadyHandler(this::wake);
            call.complete(requests);
        }

        void send(PackChunk chunk) throws IOException, InterruptedException {
            ClientCallStreamObserver<PackChunk> requests = call.join();
            lock.lock();
            try {
                while (!requests.isReady() && !answer.isDone()) {
                    if (!ready.await(60, TimeUnit.SECONDS)) {
                        requests.cancel("the controller takes no more of the pack", null);
                        throw new IOException("the controller took nothing of the pack for 60 s");
                    }
                }
            } finally {
                lock.unlock();
            }
            if (answer.isDone()) {
                finish();
                return;
            }
            requests.onNext(chunk);
        }

        void finish() throws IOException, InterruptedException {
            if (!answer.isDone()) {
                call.join().onCompleted();
            }
            try {
                PackStored stored = answer.get(MINUTES, TimeUnit.MINUTES);
                if (stored.getSha256().isEmpty()) {
                    throw new IOException("the controller did not say what it stored");
                }
            } catch (ExecutionException refused) {
                throw new IOException(
                        "the controller did not store the pack: " + refused.getCause(), refused.getCause());
            } catch (TimeoutException slow) {
                throw new IOException("the controller did not answer for the pack", slow);
            }
        }

        @Override
        public void onNext(PackStored stored) {
            answer.complete(stored);
            wake();
        }

        @Override
        public void onError(Throwable failure) {
            answer.completeExceptionally(failure);
            wake();
        }

        @Override
        public void onCompleted() {
            answer.completeExceptionally(Status.INTERNAL
                    .withDescription("the controller ended the upload without an answer")
                    .asRuntimeException());
            wake();
        }

        private void wake() {
            lock.lock();
            try {
                ready.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private static final class ChunkInput extends InputStream {
        private final Iterator<PackChunk> chunks;
        private InputStream chunk = InputStream.nullInputStream();

        ChunkInput(Iterator<PackChunk> chunks) {
            this.chunks = chunks;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = chunk.read(buffer, offset, length);
            while (read < 0 && more()) {
                read = chunk.read(buffer, offset, length);
            }
            return read;
        }

        private boolean more() throws IOException {
            try {
                if (!chunks.hasNext()) {
                    return false;
                }
                chunk = chunks.next().getData().newInput();
                return true;
            } catch (StatusRuntimeException broken) {
                throw new IOException("the pack did not arrive whole: " + broken.getStatus(), broken);
            }
        }
    }
}
