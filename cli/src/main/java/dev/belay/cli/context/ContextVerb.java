package dev.belay.cli.context;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.http.Address;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.terminal.Table;
import dev.belay.cli.terminal.Terminal;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.error.Nearest;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Names servers, and chooses which one the other verbs talk to. */
public final class ContextVerb extends Verb {
    /** In the order of the help. */
    public static final List<String> ACTIONS = List.of("add", "list", "use", "show", "remove");

    private static final int MOST_BYTES = 16 << 10;

    @Parameters(
            arity = "1..*",
            paramLabel = "ACTION",
            description =
                    "add NAME URL (the token from --token-file, or on standard input), list, use NAME (or local), "
                            + "show [NAME], remove NAME.")
    private List<String> words = List.of();

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "add: where the token is; it is read at every use, and only you may be able to read it.")
    private String tokenFile = "";

    @Option(names = "--insecure", description = "add: accept that the token travels over http:// in clear.")
    private boolean insecure;

    @Option(
            names = {"-q", "--quiet"},
            description = "list: only names.")
    private boolean quiet;

    @Override
    public int run(Cli cli) throws IOException {
        String action = words.getFirst();
        switch (action) {
            case "add" -> {
                takes(2, "NAME and URL");
                add(cli, words.get(1), words.get(2));
            }
            case "list" -> {
                takes(0, "");
                list(cli);
            }
            case "use" -> {
                takes(1, "NAME");
                use(cli, words.get(1));
            }
            case "show" -> {
                if (words.size() > 1) {
                    takes(1, "NAME");
                }
                show(cli, words.size() > 1 ? words.get(1) : "");
            }
            case "remove" -> {
                takes(1, "NAME");
                remove(cli, words.get(1));
            }
            default ->
                throw usage(
                        "context cannot " + action + Nearest.hint(action, ACTIONS),
                        "it can " + String.join(", ", ACTIONS));
        }
        return ErrorCode.Exit.DONE;
    }

    private void takes(int number, String what) {
        if (words.size() - 1 != number) {
            throw usage(
                    "context " + words.getFirst() + " takes " + (number == 0 ? "no argument" : what),
                    "there are " + (words.size() - 1) + " words after it");
        }
        if (!words.getFirst().equals("add") && (insecure || !tokenFile.isEmpty())) {
            throw usage("--token-file and --insecure belong to context add", "this is context " + words.getFirst());
        }
    }

    private static BelayException usage(String what, String why) {
        return BelayException.of(ErrorCode.E_USAGE, what, why + " (layer: client)", "belay context --help");
    }

    private void add(Cli cli, String name, String url) throws IOException {
        Context.checkedName(name);
        Contexts contexts = Contexts.read(cli);
        if (name.equals(Context.LOCAL) || contexts.find(name).isPresent()) {
            throw BelayException.of(
                    ErrorCode.E_CONFLICT,
                    "there is a context " + name + " already",
                    name.equals(Context.LOCAL)
                            ? "it is the server of this machine (layer: client)"
                            : "it is " + contexts.named(name).address() + " (layer: client)",
                    name.equals(Context.LOCAL) ? "belay context use local" : "belay context remove " + name);
        }
        Address address = Address.parse(url, "the address of " + name);
        // What is wrong with the address is said before a token is read.
        Context bare = new Context(name, address, "", "", insecure);
        Context complete;
        if (tokenFile.isEmpty()) {
            complete = new Context(name, address, "", fromStdin(cli), insecure);
        } else {
            complete = new Context(
                    name, address, cli.cwd().resolve(tokenFile).normalize().toString(), "", insecure);
        }
        complete.secret();
        contexts.with(complete).save();
        if (json) {
            cli.screen().machine(complete.shown(false).print());
        } else {
            cli.screen()
                    .line(new Line()
                            .add("context ")
                            .bold(bare.name())
                            .add(" is " + bare.address() + ".")
                            .dim("   belay context use " + name + "   or   --context " + name));
        }
    }

    private static String fromStdin(Cli cli) throws IOException {
        if (cli.input() == Terminal.Input.TERMINAL) {
            throw usage("no token was given", "it would show on the terminal; give --token-file FILE, or pipe it in");
        }
        byte[] bytes = cli.in().readNBytes(MOST_BYTES + 1);
        String token = new String(bytes, StandardCharsets.UTF_8).strip();
        if (bytes.length > MOST_BYTES || token.isEmpty()) {
            throw usage(
                    "no token was given",
                    bytes.length > MOST_BYTES ? "standard input is larger than 16 KiB" : "standard input is empty");
        }
        return Token.checked(token, "standard input");
    }

    private void list(Cli cli) {
        Contexts contexts = Contexts.read(cli);
        String inUse = nameInUse(cli);
        if (quiet) {
            cli.screen().line(Context.LOCAL);
            contexts.all().forEach(one -> cli.screen().line(one.name()));
            return;
        }
        if (json) {
            List<Json> all = new ArrayList<>();
            contexts.all().forEach(one -> all.add(one.shown(one.name().equals(inUse))));
            cli.screen()
                    .machine(Json.object()
                            .put("in_use", inUse.isEmpty() ? Json.NULL : Json.of(inUse))
                            .put("contexts", new Json.Arr(all))
                            .build()
                            .print());
            return;
        }
        Table table = new Table(1, "CONTEXT", "SERVER", "TOKEN", "");
        table.row(Line.of(Context.LOCAL), Line.of("this machine"), Line.of("–"), mark(Context.LOCAL, inUse));
        for (Context one : contexts.all()) {
            table.row(
                    Line.of(one.name()),
                    Line.of(one.address().toString()),
                    Line.of(one.tokenFile().isEmpty() ? "kept" : "in a file"),
                    mark(one.name(), inUse));
        }
        table.print(cli.screen());
        if (inUse.isEmpty()) {
            cli.screen().note("BELAY_SERVER names another server, and wins");
        }
    }

    private static Line mark(String name, String inUse) {
        return name.equals(inUse) ? new Line().add(Line.Look.CYAN, "◀ in use") : new Line();
    }

    /** Empty when BELAY_SERVER names the server. */
    private static String nameInUse(Cli cli) {
        if (!cli.env("BELAY_SERVER").isEmpty()) {
            return "";
        }
        return Contexts.inUse(cli).map(Context::name).orElse(Context.LOCAL);
    }

    private void use(Cli cli, String name) {
        Contexts contexts = Contexts.read(cli);
        if (!name.equals(Context.LOCAL)) {
            contexts.named(name);
        }
        contexts.using(name).save();
        if (json) {
            cli.screen().machine(Json.object().put("in_use", name).build().print());
            return;
        }
        cli.screen().line(new Line().add("in use: ").bold(name));
        for (String variable : List.of("BELAY_SERVER", "BELAY_CONTEXT")) {
            if (!cli.env(variable).isEmpty()) {
                cli.screen().note(variable + " is set, and wins while it is");
            }
        }
    }

    private void show(Cli cli, String named) {
        Screen screen = cli.screen();
        Optional<Context> context = named.isEmpty()
                ? Contexts.inUse(cli)
                : named.equals(Context.LOCAL)
                        ? Optional.empty()
                        : Optional.of(Contexts.read(cli).named(named));
        boolean variable = named.isEmpty() && !cli.env("BELAY_SERVER").isEmpty();
        if (context.isEmpty()) {
            String name = variable ? "BELAY_SERVER" : Context.LOCAL;
            String url = variable
                    ? Address.parse(cli.env("BELAY_SERVER")).toString()
                    : "the controller of this machine, in " + cli.state().root();
            if (json) {
                screen.machine(Json.object()
                        .put("name", variable ? Json.NULL : Json.of(name))
                        .put("url", variable ? Json.of(url) : Json.NULL)
                        .put("token_file", Json.NULL)
                        .put("insecure", false)
                        .put("in_use", named.isEmpty() || nameInUse(cli).equals(name))
                        .build()
                        .print());
            } else {
                screen.line(new Line().bold(name).add("  ").add(url));
            }
            return;
        }
        Context one = context.get();
        if (json) {
            screen.machine(one.shown(one.name().equals(nameInUse(cli))).print());
            return;
        }
        screen.line(new Line().bold(one.name()).add("  ").add(one.address().toString()));
        screen.line(new Line()
                .add("  ")
                .dim("token")
                .to(12)
                .add(one.tokenFile().isEmpty() ? "kept with the context, never printed" : one.tokenFile()));
        if (one.insecure() && !one.address().tls()) {
            screen.line(new Line()
                    .add("  ")
                    .add(Line.Look.YELLOW, "insecure")
                    .to(12)
                    .add("the token travels in clear"));
        }
    }

    private void remove(Cli cli, String name) {
        Contexts contexts = Contexts.read(cli);
        if (name.equals(Context.LOCAL)) {
            throw usage("the local context cannot be removed", "it is this machine");
        }
        contexts.named(name);
        contexts.without(name).save();
        if (json) {
            cli.screen().machine(Json.object().put("removed", name).build().print());
        } else {
            cli.screen()
                    .line("removed " + name
                            + (contexts.current().equals(name) ? "; in use now: " + Context.LOCAL : ""));
        }
    }
}
