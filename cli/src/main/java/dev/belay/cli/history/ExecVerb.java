package dev.belay.cli.history;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.http.Answer;
import dev.belay.cli.server.Problems;
import dev.belay.cli.server.Server;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.server.TaskReference;
import dev.belay.cli.task.Amounts;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.terminal.Terminal;
import dev.belay.cli.terminal.TerminalOutput;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Runs a command in a task's sandbox, under the same confinement as the agent. Its exit code is this command's; what
 * fails in Belay is {@value ErrorCode.Exit#EXEC_FAILED}.
 */
public final class ExecVerb extends Verb {
    private static final int MOST_LINE = 16 << 20;

    @Parameters(index = "0", arity = "1", paramLabel = "TASK", description = "A task; then -- and the command.")
    private String reference = "";

    @Parameters(index = "1..*", arity = "0..*", hidden = true)
    private List<String> misplaced = List.of();

    @Option(names = "--timeout", paramLabel = "TIME", description = "End the command after this time: 5m.")
    private String timeout = "";

    @Override
    protected boolean keepsWhatFollowsDashes() {
        return true;
    }

    @Override
    protected int exitCode(int usual) {
        return ErrorCode.Exit.EXEC_FAILED;
    }

    @Override
    public int run(Cli cli) throws IOException {
        String id = TaskReference.task(cli, reference);
        if (afterDashes().isEmpty() || !misplaced.isEmpty()) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "exec needs a command behind --",
                    "what follows -- runs as it stands, without a shell (layer: client)",
                    "belay exec " + id + " -- ls -la");
        }
        int seconds = timeout.isEmpty()
                ? 0
                : (int) Amounts.duration("--timeout", timeout).toSeconds();
        Server server = ServerAccess.open(cli);
        Screen screen = cli.screen();
        OutputStream out = screen.live() ? new TerminalOutput(screen.out()) : screen.out();
        OutputStream err = Terminal.isTerminal(2) ? new TerminalOutput(screen.err()) : screen.err();
        try (Answer answer = server.exec(id, afterDashes(), seconds)) {
            return stream(server, screen, answer.body(), out, err);
        } catch (IOException | JsonException cut) {
            throw unknownEnd(server, String.valueOf(cut.getMessage())).causedBy(cut);
        } finally {
            settle(out);
            settle(err);
        }
    }

    private int stream(Server server, Screen screen, InputStream body, OutputStream out, OutputStream err)
            throws IOException {
        while (true) {
            Optional<String> line = line(body);
            if (line.isEmpty()) {
                throw unknownEnd(server, "the stream ended before the command did");
            }
            if (line.get().isBlank()) {
                continue;
            }
            Json output = Json.parse(line.get());
            if (json) {
                screen.machine(output.print());
            } else {
                write(output.text("stdout"), out);
                write(output.text("stderr"), err);
                if (!output.text("waiting").isEmpty()) {
                    screen.note(output.text("waiting"));
                }
            }
            if (!output.get("failed").isNull()) {
                throw Problems.of(output.get("failed"), 500, server.address().toString());
            }
            if (!output.get("ended").isNull()) {
                return (int) output.get("ended").number("exit_code");
            }
        }
    }

    /** The process's own streams stay open: an error may still have to be said on them. */
    private static void settle(OutputStream stream) throws IOException {
        if (stream instanceof TerminalOutput shown) {
            shown.close();
        } else {
            stream.flush();
        }
    }

    private static void write(String base64, OutputStream to) throws IOException {
        if (!base64.isEmpty()) {
            try {
                to.write(Base64.getDecoder().decode(base64));
            } catch (IllegalArgumentException bad) {
                throw new IOException("a piece of output is not base64", bad);
            }
            to.flush();
        }
    }

    private static Optional<String> line(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        int c;
        while ((c = in.read()) >= 0 && c != '\n') {
            bytes.write(c);
            if (bytes.size() > MOST_LINE) {
                throw new IOException("a line is larger than " + MOST_LINE + " bytes");
            }
        }
        return c < 0 && bytes.size() == 0 ? Optional.empty() : Optional.of(bytes.toString(StandardCharsets.UTF_8));
    }

    private static BelayException unknownEnd(Server server, String why) {
        return BelayException.of(
                ErrorCode.E_UNREACHABLE,
                "lost " + server.address() + " while the command ran",
                why + " (layer: network)",
                "the command's end is not known",
                "belay snapshots T shows what it changed");
    }
}
