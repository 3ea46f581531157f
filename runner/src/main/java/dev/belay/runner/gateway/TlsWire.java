package dev.belay.runner.gateway;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * TLS that is spoken over another wire, which keeps its counts, its times and its end. An end that TLS does not announce is
 * no end: somebody cut it off.
 */
final class TlsWire extends Wire {
    /** More than the longest record of any version. */
    private static final int RECORD = 36 * 1024;

    private static final byte[] NOTHING = {};

    private final Wire under;
    private final SSLEngine engine;
    private final ReentrantLock writing = new ReentrantLock();
    private final ByteBuffer leaving = ByteBuffer.allocate(RECORD);
    private final byte[] arriving = new byte[16 * 1024];
    /** What came and is not opened yet, ready to be taken. */
    private final ByteBuffer sealed;
    /** What is opened and not read yet, ready to be taken. */
    private final ByteBuffer opened = ByteBuffer.allocate(RECORD).flip();

    /** @param first what was already read from the other wire */
    TlsWire(Wire under, SSLEngine engine, byte[] first) {
        this.under = under;
        this.engine = engine;
        this.sealed = ByteBuffer.allocate(RECORD + first.length).put(first).flip();
    }

    /** Before anything else. */
    void handshake() throws IOException {
        try {
            engine.beginHandshake();
            while (true) {
                switch (engine.getHandshakeStatus()) {
                    case NEED_TASK -> runTasks();
                    case NEED_WRAP -> seal(NOTHING, 0);
                    case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                        if (!unsealed()) {
                            throw new EOFException("it ended TLS before it began");
                        }
                    }
                    case NOT_HANDSHAKING, FINISHED -> {
                        return;
                    }
                }
            }
        } catch (SSLException failed) {
            sayWhy(failed);
            throw failed;
        }
    }

    @Override
    int receive(byte[] bytes, int most) throws IOException {
        while (!opened.hasRemaining()) {
            if (!unsealed()) {
                return -1;
            }
            goOn();
        }
        int count = Math.min(most, opened.remaining());
        opened.get(bytes, 0, count);
        return count;
    }

    @Override
    void write(byte[] bytes, int count) throws IOException {
        writing.lock();
        try {
            seal(bytes, count);
        } finally {
            writing.unlock();
        }
    }

    /** By the word of TLS alone: the other wire may still have something to take. */
    @Override
    void endOutput() throws IOException {
        writing.lock();
        try {
            engine.closeOutbound();
            while (!engine.isOutboundDone() && sealedOne(ByteBuffer.wrap(NOTHING))) {
                under.write(leaving.array(), leaving.position());
            }
        } finally {
            writing.unlock();
        }
    }

    @Override
    void within(Duration time) {
        under.within(time);
    }

    @Override
    void atEase() {
        under.atEase();
    }

    @Override
    void whenPaused(Duration time, Pause pause) {
        under.whenPaused(time, pause);
    }

    @Override
    boolean stuck(long now) {
        return under.stuck(now);
    }

    @Override
    Socket socket() {
        return under.socket();
    }

    /** False: the other end has ended. */
    private boolean unsealed() throws IOException {
        while (true) {
            opened.clear();
            SSLEngineResult.Status status;
            try {
                status = engine.unwrap(sealed, opened).getStatus();
            } finally {
                opened.flip();
            }
            switch (status) {
                case OK -> {
                    return true;
                }
                case CLOSED -> {
                    return false;
                }
                case BUFFER_UNDERFLOW -> fill();
                case BUFFER_OVERFLOW -> throw new SSLException("a record is longer than TLS allows");
            }
        }
    }

    private void fill() throws IOException {
        sealed.compact();
        try {
            if (!sealed.hasRemaining()) {
                throw new SSLException("a record is longer than TLS allows");
            }
            int count = under.read(arriving, Math.min(arriving.length, sealed.remaining()));
            if (count < 0) {
                throw new EOFException("it broke off without ending TLS");
            }
            sealed.put(arriving, 0, count);
        } finally {
            sealed.flip();
        }
    }

    /** What TLS says between the data: new keys and tickets. Another handshake is not begun, as who is who was settled. */
    private void goOn() throws IOException {
        HandshakeStatus status = engine.getHandshakeStatus();
        if (status == HandshakeStatus.NOT_HANDSHAKING) {
            return;
        }
        if (!engine.getSession().getProtocol().equals("TLSv1.3")) {
            throw new SSLException("another handshake inside of TLS");
        }
        if (status == HandshakeStatus.NEED_TASK) {
            runTasks();
        }
        // Whoever writes just now takes it along.
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP && writing.tryLock()) {
            try {
                seal(NOTHING, 0);
            } finally {
                writing.unlock();
            }
        }
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    /** At least one record, if only of the handshake. */
    private void seal(byte[] bytes, int count) throws IOException {
        ByteBuffer open = ByteBuffer.wrap(bytes, 0, count);
        do {
            if (!sealedOne(open)) {
                throw new SSLException("TLS has ended");
            }
            under.write(leaving.array(), leaving.position());
        } while (open.hasRemaining());
    }

    private boolean sealedOne(ByteBuffer open) throws IOException {
        leaving.clear();
        engine.wrap(open, leaving);
        return leaving.position() > 0;
    }

    /** The alert that TLS has for it; who does not hear it any more has left already. */
    private void sayWhy(SSLException failed) {
        try {
            endOutput();
        } catch (IOException unheard) {
            failed.addSuppressed(unheard);
        }
    }
}
