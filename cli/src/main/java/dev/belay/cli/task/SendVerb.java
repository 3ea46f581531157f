package dev.belay.cli.task;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.server.TaskReference;
import dev.belay.cli.terminal.Line;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells a task something. It is in the task's log when this returns, and given to the model with its next turn. */
public final class SendVerb extends Verb {
    private static final int MOST_BYTES = 64 << 10;

    @Parameters(index = "0", arity = "1", paramLabel = "TASK", description = "An id, a unique prefix of it, or -.")
    private String reference = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "MESSAGE",
            description = "What to tell it: belay send t-7fq2 \"leave the tests alone\"; - reads standard input.")
    private List<String> words = List.of();

    @Option(names = "--file", paramLabel = "F", description = "What is in this file; - reads standard input.")
    private String file = "";

    @Override
    public int run(Cli cli) throws IOException {
        String id = TaskReference.task(cli, reference);
        String text = text(cli, id);
        // Made here, once: whatever is sent again on the way is the same message.
        Json sent = ServerAccess.open(cli).send(id, UUID.randomUUID().toString().replace("-", ""), text);
        if (json) {
            cli.screen().machine(sent.print());
            return ErrorCode.Exit.DONE;
        }
        Json task = sent.get("task");
        String name = task.text("short_id");
        cli.screen()
                .line(new Line()
                        .bold(name)
                        .add(" has the message")
                        .add(
                                switch (task.text("state")) {
                                    case "paused", "waiting" -> ", and hears it when it goes on: belay resume " + name;
                                    case "queued", "preparing" -> ", and hears it when it begins to work";
                                    default -> ", and hears it with its next turn";
                                }));
        return ErrorCode.Exit.DONE;
    }

    private String text(Cli cli, String id) throws IOException {
        if (!file.isEmpty() && !words.isEmpty()) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "send takes one message, and here are two",
                    "--file and a message were both given (layer: client)",
                    "belay send " + id + " --file F");
        }
        boolean stdin =
                file.equals("-") || (words.size() == 1 && words.getFirst().equals("-"));
        byte[] bytes;
        if (stdin) {
            cli.screen().note("reading the message from standard input, up to its end");
            bytes = cli.in().readNBytes(MOST_BYTES + 1);
        } else if (!file.isEmpty()) {
            bytes = read(cli.cwd().resolve(file));
        } else {
            bytes = String.join(" ", words).getBytes(StandardCharsets.UTF_8);
        }
        if (bytes.length > MOST_BYTES) {
            throw none("the message is larger than 64 KiB", "put the long part into a file of the project", id);
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString()
                    .strip();
        } catch (CharacterCodingException notText) {
            throw none("the message is not text", "it is not UTF-8 (layer: client)", id)
                    .causedBy(notText);
        }
        if (text.isEmpty()) {
            throw none(
                    words.isEmpty() && file.isEmpty() ? "no message was given" : "the message is empty",
                    "the task would be told nothing (layer: client)",
                    id);
        }
        return text;
    }

    private byte[] read(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            return in.readNBytes(MOST_BYTES + 1);
        } catch (IOException failed) {
            throw BelayException.of(
                            ErrorCode.E_USAGE,
                            file + " cannot be read",
                            switch (failed) {
                                        case NoSuchFileException _ -> "there is no such file";
                                        case AccessDeniedException _ -> "you may not read it";
                                        default -> String.valueOf(failed.getMessage());
                                    }
                                    + " (layer: client)",
                            "belay send TASK --file FILE, with your file")
                    .causedBy(failed);
        }
    }

    private static BelayException none(String what, String why, String id) {
        return BelayException.of(ErrorCode.E_NO_PROMPT, what, why, "belay send " + id + " \"what to tell it\"");
    }
}
