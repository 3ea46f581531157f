package dev.belay.cli.secret;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.local.LocalServer;
import dev.belay.cli.server.Server;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.terminal.Hidden;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Table;
import dev.belay.cli.terminal.Words;
import dev.belay.proto.bounds.SecretText;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.error.Nearest;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What tasks may use and never see. A value is typed without showing it or piped in; never from the command line, which others
 * can see.
 */
public final class SecretVerb extends Verb {
    /** In the order of the help. */
    public static final List<String> ACTIONS = List.of("set", "list", "remove");

    @Parameters(
            arity = "1..*",
            paramLabel = "ACTION",
            description =
                    "set NAME --host HOST (its value is asked for, or read from standard input), list, remove NAME.")
    private List<String> words = List.of();

    @Option(
            names = "--host",
            paramLabel = "HOST[:PORT]",
            description = "set: where it may go, whatever a policy says; can be given several times.")
    private List<String> hosts = List.of();

    @Option(
            names = {"-q", "--quiet"},
            description = "list: only names.")
    private boolean quiet;

    @Override
    public int run(Cli cli) throws IOException, InterruptedException {
        String action = words.getFirst();
        switch (action) {
            case "set" -> set(cli, named());
            case "list" -> list(cli);
            case "remove" -> remove(cli, named());
            default ->
                throw usage(
                        "secret cannot " + action + Nearest.hint(action, ACTIONS),
                        "it can " + String.join(", ", ACTIONS),
                        "belay secret --help");
        }
        return ErrorCode.Exit.DONE;
    }

    /** A word too much may be a value: nothing of it is said again. */
    private String named() {
        String action = words.getFirst();
        if (words.size() < 2) {
            throw usage("secret " + action + " takes NAME", "no name was given", "belay secret " + action + " NAME");
        }
        String name = words.get(1);
        if (words.size() > 2 || name.indexOf('=') >= 0) {
            throw usage(
                    "a secret's value is not given on the command line",
                    "others on this machine can see it there, and the shell writes it down",
                    "belay secret set NAME --host HOST   and type it when asked, or < FILE");
        }
        if (!SecretText.isName(name)) {
            String upper = name.toUpperCase(Locale.ROOT).replace('-', '_');
            throw usage(
                    "that is no name of a secret",
                    "it is made of capital letters, digits and _, at most 64 of them",
                    SecretText.isName(upper) ? "belay secret " + action + " " + upper : "belay secret --help");
        }
        if (!action.equals("set") && !hosts.isEmpty()) {
            throw usage("--host belongs to secret set", "this is secret " + action, "belay secret --help");
        }
        return name;
    }

    private static BelayException usage(String what, String why, String next) {
        return BelayException.of(ErrorCode.E_USAGE, what, why + " (layer: client)", next);
    }

    private void set(Cli cli, String name) throws IOException, InterruptedException {
        if (hosts.isEmpty()) {
            throw usage(
                    "no host is named",
                    "a secret goes to the hosts that you name, and to no other",
                    "belay secret set " + name + " --host HOST");
        }
        Server server = ServerAccess.isNamed(cli)
                ? ServerAccess.open(cli)
                : new LocalServer(cli, cli.screen().withResultsOnStderr()).orStart();
        if (!server.address().tls() && !server.address().isLoopback()) {
            throw BelayException.of(
                    ErrorCode.E_FORBIDDEN,
                    "a secret is not sent in clear",
                    server.address() + " is neither https:// nor on this machine (layer: client)",
                    "nothing was sent",
                    "name the server by https://, or reach it by a tunnel: ssh -L");
        }
        String value = Hidden.read(cli.input(), cli.in(), cli.screen(), "value of " + name, SecretText.LONGEST);
        Optional<String> fault = value.isEmpty()
                ? Optional.of("none was given; it is read from the terminal, or from standard input")
                : SecretText.fault(value);
        if (fault.isPresent()) {
            throw usage(
                    "that is no value for " + name,
                    fault.get(),
                    "belay secret set " + name
                            + hosts.stream().map(host -> " --host " + host).collect(Collectors.joining()) + " < FILE");
        }
        Json kept = server.setSecret(name, value, hosts);
        if (json) {
            cli.screen().machine(kept.print());
        } else {
            cli.screen()
                    .line(new Line()
                            .bold(name)
                            .add(" is kept, and goes to " + hosts(kept) + " alone")
                            .dim("   name it under secrets in .belay/policy.yaml"));
        }
    }

    private void list(Cli cli) {
        if (words.size() > 1 || !hosts.isEmpty()) {
            throw usage("secret list takes no argument", "it shows all names, and no value", "belay secret list");
        }
        Json all = ServerAccess.open(cli).secrets();
        if (quiet) {
            all.get("secrets").items().forEach(one -> cli.screen().line(one.text("name")));
            return;
        }
        if (json) {
            cli.screen().machine(all.print());
            return;
        }
        Table table = new Table(1, "SECRET", "GOES TO", "SET", "BY", "");
        for (Json one : all.get("secrets").items()) {
            table.row(
                    Line.of(one.text("name")),
                    Line.of(hosts(one)),
                    Line.of(Words.time(one.text("set_at"), cli.clock())),
                    Line.of(one.text("actor")),
                    one.flag("readable")
                            ? new Line()
                            : new Line()
                                    .add(Look.YELLOW, "sealed with a key that the server has not: " + one.text("key")));
        }
        table.print(cli.screen());
        if (!all.text("key_source").isEmpty()) {
            cli.screen().note("sealed with " + all.text("key_source"));
        }
    }

    private static String hosts(Json secret) {
        return secret.get("hosts").items().stream().map(Json::text).collect(Collectors.joining(", "));
    }

    private void remove(Cli cli, String name) {
        Json gone = ServerAccess.open(cli).removeSecret(name);
        if (json) {
            cli.screen().machine(gone.print());
        } else {
            cli.screen().line(name + " is removed; tasks at work cannot use it any more half a minute from now");
        }
    }
}
