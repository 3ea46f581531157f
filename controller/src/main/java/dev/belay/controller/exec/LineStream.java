package dev.belay.controller.exec;

import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.ProtoJson;
import dev.belay.proto.v1.ExecOutput;
import dev.belay.proto.v1.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a command prints, a JSON document a line, from the runner's session to one reader. Holds a bounded amount: a
 * reader that stays behind is told at the end that output was cut, and never a whole that is none. An empty line is a
 * sign of life: one at once, so that the answer begins, and one whenever nothing was printed for a while.
 */
final class LineStream extends InputStream {
    private static final int MOST = 4 << 20;
    private static final long SILENCE_SECONDS = 10;
    private static final byte[] ALIVE = {'\n'};

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<byte[]> lines = new ArrayDeque<>();
    private final long patienceMillis;
    private int held;
    private boolean cut;
    private boolean ended;
    private boolean closed;
    private byte @Nullable [] present = ALIVE;
    private int position;

    LineStream(long patienceMillis) {
        this.patienceMillis = patienceMillis;
    }

    /** Waits for the reader, but not for long, since the runner's session waits with it. */
    void offer(ExecOutput output) {
        byte[] line = line(output);
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(patienceMillis);
            while (!cut && !closed && !ended && held + line.length > MOST && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (cut || closed || ended) {
                return;
            }
            if (held + line.length > MOST) {
                cut = true;
                return;
            }
            add(line);
        } catch (InterruptedException stopped) {
            cut = true;
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** The last line, whatever is held. */
    void end(ExecOutput last) {
        lock.lock();
        try {
            if (!ended) {
                add(line(cut && !last.hasFailed() ? wasCut() : last));
                ended = true;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void add(byte[] line) {
        lines.add(line);
        held += line.length;
        changed.signalAll();
    }

    private static byte[] line(ExecOutput output) {
        return (ProtoJson.write(output).print() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static ExecOutput wasCut() {
        ErrorCode code = ErrorCode.E_OVERLOADED;
        return ExecOutput.newBuilder()
                .setFailed(Problem.newBuilder()
                        .setType("urn:belay:error:" + code)
                        .setTitle("the command ended, but not all of its output is here")
                        .setStatus(code.httpStatus())
                        .setCode(code.name())
                        .setDetail("the controller: the reader did not keep up")
                        .setWork("what the command changed is kept")
                        .setNext("send the output to a file in the workspace")
                        .setExitCode(ErrorCode.Exit.EXEC_FAILED))
                .build();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        lock.lock();
        try {
            while (present == null || position == present.length) {
                present = lines.poll();
                position = 0;
                if (present != null) {
                    held -= present.length;
                    changed.signalAll();
                } else if (ended || closed) {
                    return -1;
                } else if (!changed.await(SILENCE_SECONDS, TimeUnit.SECONDS)) {
                    present = ALIVE;
                }
            }
            int count = Math.min(length, present.length - position);
            System.arraycopy(present, position, into, offset, count);
            position += count;
            return count;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the stream was stopped");
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            lines.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
