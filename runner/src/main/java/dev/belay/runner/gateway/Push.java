package dev.belay.runner.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request that pushes to a git server: it goes on as it came when each of its refs may be changed; otherwise nobody
 * is dialled, and nothing of it leaves.
 */
final class Push {
    /** A git client sends its whole pack before it listens: cut off, it would tell of a broken connection. */
    private static final int DROPPED_BYTES = 256 << 20;

    /** A larger one has to be split, or is for a person. */
    private static final long MOST_KEPT = 256L << 20;

    private static final Duration DROPPED_TIME = Duration.ofSeconds(10);

    private final Means means;
    private final Connection connection;
    private final Wire client;
    private final HttpRequestHead request;

    Push(Means means, Connection connection, Wire client, HttpRequestHead request) {
        this.means = means;
        this.connection = connection;
        this.client = client;
        this.request = request;
    }

    /** May another request follow on the client's connection? */
    boolean goesOn(Optional<BodyReader> body) throws IOException {
        if (body.isEmpty() || request.body().orElseGet(Framing::none).equals(Framing.none())) {
            Egress.Denial denial = OwnDenials.unreadablePush("it has no body");
            means.warden().refused(request.target(), denial);
            return last(Answers.refusal(request.target(), denial));
        }
        if (!means.heap().take(HeapShare.PUSH)) {
            return last(Answers.noRoom());
        }
        try {
            return judged(new RecordedBody(body.get(), PushCommands.MOST_BYTES));
        } finally {
            means.heap().giveBack(HeapShare.PUSH);
        }
    }

    private boolean judged(RecordedBody body) throws IOException {
        PushCommands commands;
        try {
            commands = read(body);
        } catch (BadPushException bad) {
            Egress.Denial denial = OwnDenials.unreadablePush(bad.why());
            means.warden().refused(request.target(), denial);
            return refused(body, denial, PushAnswer.unreadable(bad.capabilities(), denial));
        } catch (SocketTimeoutException late) {
            throw new BadMessageException(408, "its body did not arrive in time");
        }
        Map<String, Egress.Denial> denials = denials(commands);
        if (!denials.isEmpty()) {
            return refused(body, denials.values().iterator().next(), PushAnswer.refused(commands, denials));
        }
        Optional<Path> folder = means.warden().keepsPushes();
        return folder.isEmpty() || commands.tips().isEmpty()
                ? sent(body.again())
                : lookedThrough(body, commands, folder.get());
    }

    /** The refs may be changed: now to what. */
    private boolean lookedThrough(RecordedBody body, PushCommands commands, Path folder) throws IOException {
        if (!means.onePush().tryAcquire()) {
            return refused(body, commands, OwnDenials.pushesAtOnce());
        }
        try {
            client.within(means.limits().idle());
            Optional<KeptPush> kept = KeptPush.of(body.again(), request, folder, MOST_KEPT);
            client.atEase();
            if (kept.isEmpty()) {
                return refused(body, commands, OwnDenials.largePush(MOST_KEPT));
            }
            try (KeptPush push = kept.get()) {
                Optional<Egress.Denial> denial;
                try (InputStream pack = push.pack()) {
                    denial = means.warden().judgePushed(request.target(), commands.tips(), pack);
                }
                if (denial.isPresent()) {
                    return refused(body, commands, denial.get());
                }
                try (InputStream whole = push.open()) {
                    return sent(KeptPush.again(whole));
                }
            }
        } catch (BadPushException bad) {
            return refused(body, commands, OwnDenials.unreadablePush(bad.why()));
        } catch (SocketTimeoutException late) {
            throw new BadMessageException(408, "its body did not arrive in time");
        } finally {
            means.onePush().release();
        }
    }

    private boolean sent(BodyReader body) throws IOException {
        return new Exchange(means, connection, client, withoutExpectation()).goesOn(Optional.of(body));
    }

    /** All of its refs, for one reason. */
    private boolean refused(RecordedBody body, PushCommands commands, Egress.Denial denial) throws IOException {
        means.warden().refused(request.target(), denial);
        Map<String, Egress.Denial> all = new LinkedHashMap<>();
        commands.refs().forEach(ref -> all.put(ref, denial));
        return refused(body, denial, PushAnswer.refused(commands, all));
    }

    private Map<String, Egress.Denial> denials(PushCommands commands) {
        Map<String, Egress.Denial> denials =
                means.warden().judgePush(request.target(), PushRequest.path(request), commands.refs());
        if (denials.isEmpty() && commands.hasOptions()) {
            Egress.Denial denial = OwnDenials.pushOptions();
            means.warden().refused(request.target(), denial);
            Map<String, Egress.Denial> all = new LinkedHashMap<>();
            commands.refs().forEach(ref -> all.put(ref, denial));
            return all;
        }
        return denials;
    }

    /** @param report empty: the client would not understand it */
    private boolean refused(RecordedBody body, Egress.Denial denial, Optional<byte[]> report) throws IOException {
        drop(body.again());
        return last(report.map(words -> Answers.pushRefusal(request.target(), denial, words))
                .orElseGet(() -> Answers.refusal(request.target(), denial)));
    }

    private PushCommands read(RecordedBody body) throws IOException {
        if (request.expectsContinue()) {
            client.write(Answers.goOn());
        }
        client.within(means.limits().idle());
        PushCommands commands = PushRequest.commands(request, body);
        client.atEase();
        return commands;
    }

    /** It was met here: the server would answer it once more. */
    private HttpRequestHead withoutExpectation() {
        HttpFields fields = request.fields();
        List<HttpFields.Field> others =
                fields.fields().stream().filter(field -> !field.is("expect")).toList();
        return new HttpRequestHead(
                request.target(),
                request.method(),
                request.path(),
                request.modern(),
                new HttpFields(fields.startLine(), others),
                request.body());
    }

    private void drop(BodyReader body) {
        client.within(DROPPED_TIME);
        byte[] waste = new byte[Wire.PIECE];
        try {
            int left = DROPPED_BYTES;
            for (int count = 0; count >= 0 && left > 0; left -= count) {
                count = body.read(waste, waste.length);
            }
        } catch (IOException enough) {
            // It is answered as it is.
            Thread.yield();
        }
    }

    private boolean last(byte[] answer) throws IOException {
        client.write(answer);
        return false;
    }
}
