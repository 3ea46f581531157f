package dev.belay.cli.models;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.local.LocalServer;
import dev.belay.cli.server.Server;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.terminal.Hidden;
import dev.belay.cli.terminal.Line;
import dev.belay.policies.models.KnownProvider;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.error.Nearest;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Gives the local runner a key. It is read from the terminal without showing it, or from standard input; never from the
 * command line, which others can see.
 */
public final class LoginVerb extends Verb {
    private static final int MOST_BYTES = 8 << 10;
    private static final Duration STEP = Duration.ofMillis(100);
    private static final Duration MOST = Duration.ofSeconds(15);

    @Parameters(
            arity = "1",
            paramLabel = "PROVIDER",
            description = "Whose key it is: anthropic, openai, gemini, or one of BELAY_MODELS (belay models).")
    private String provider = "";

    @Option(names = "--forget", description = "Remove the key that was given before.")
    private boolean forget;

    @Override
    public int run(Cli cli) throws IOException, InterruptedException {
        if (ServerAccess.isNamed(cli)) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "a key can be given to the runner of this machine only",
                    "the server in use is " + ServerAccess.place(cli) + ", and keys do not travel (layer: client)",
                    "set the provider's variable for that server's runners   or   belay --context local login "
                            + provider);
        }
        Server server = new LocalServer(cli, cli.screen().withResultsOnStderr()).orStart();
        known(server);
        KeyFile file = new KeyFile(cli.state(), provider);
        if (forget) {
            boolean there = file.remove();
            tell(
                    cli,
                    server,
                    there ? "the key for " + provider + " is forgotten" : "there was no key for " + provider,
                    false);
            return ErrorCode.Exit.DONE;
        }
        file.write(key(cli));
        if (!usable(cli, server)) {
            throw BelayException.of(
                    ErrorCode.E_NO_RUNNER,
                    "the key is kept, and the runner has not taken it up",
                    missing(server) + " (layer: runner)",
                    "the key is in the runner's folder, for its owner only",
                    "belay status   or   belay login " + provider + " --forget");
        }
        tell(cli, server, "the local runner has a key for " + provider, true);
        return ErrorCode.Exit.DONE;
    }

    private void tell(Cli cli, Server server, String words, boolean next) {
        if (json) {
            cli.screen().machine(server.models().print());
        } else {
            Line line = Line.of(words);
            cli.screen().line(next ? line.dim("   belay run --model " + provider + "/MODEL \"…\"") : line);
        }
    }

    private void known(Server server) {
        List<String> names = server.models().get("providers").items().stream()
                .map(one -> one.text("name"))
                .toList();
        if (!names.contains(provider)) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "there is no provider " + provider + Nearest.hint(provider, names),
                    "the local runner knows " + String.join(", ", names) + " (layer: client)",
                    "belay models");
        }
    }

    /** The runner looks for new keys twice a second. */
    private boolean usable(Cli cli, Server server) throws InterruptedException {
        for (Duration waited = Duration.ZERO; waited.compareTo(MOST) < 0; waited = waited.plus(STEP)) {
            if (offered(server).filter(one -> one.flag("usable")).isPresent()) {
                return true;
            }
            cli.pause().pause(STEP);
        }
        return false;
    }

    private Optional<Json> offered(Server server) {
        return server.models().get("providers").items().stream()
                .filter(one -> one.text("name").equals(provider))
                .findFirst();
    }

    private String missing(Server server) {
        return offered(server).map(one -> one.text("missing")).orElse("it does not offer " + provider);
    }

    private String key(Cli cli) throws IOException {
        String plain = Hidden.read(cli.input(), cli.in(), cli.screen(), "key for " + provider + hint(), MOST_BYTES);
        if (!plain.matches("[\\x21-\\x7e]{1," + MOST_BYTES + "}")) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    plain.isEmpty() ? "no key was given" : "that is no key",
                    plain.isEmpty()
                            ? "it is read from the terminal, or from standard input (layer: client)"
                            : "it holds blanks, line ends or letters beyond ASCII, or is too long (layer: client)",
                    "belay login " + provider + " < FILE");
        }
        return plain;
    }

    private String hint() {
        return KnownProvider.named(provider)
                .map(known -> " (what " + known.keyVariable() + " would hold)")
                .orElse("");
    }
}
