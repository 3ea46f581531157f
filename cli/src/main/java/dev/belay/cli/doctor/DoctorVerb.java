package dev.belay.cli.doctor;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.server.Server;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.terminal.Words;
import dev.belay.policies.models.KnownProvider;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Tries on this machine what Belay promises. A problem is exit code 1; what is weaker or absent is a note. */
public final class DoctorVerb extends Verb {
    private static final int DETAIL = 21;

    @Option(names = "--fix-less", description = "Without the lines that say how to mend.")
    private boolean fixLess;

    @Override
    public int run(Cli cli) throws InterruptedException {
        List<Check> checks = new ArrayList<>();
        Screen people = json ? cli.screen().withResultsOnStderr() : cli.screen();
        look(people, checks, Machine.git(cli));
        look(people, checks, Machine.java());
        look(people, checks, Machine.bubblewrap());
        look(people, checks, Machine.userNamespaces());
        look(people, checks, Machine.state(cli));
        look(people, checks, Machine.disk(cli));
        for (Check check : Isolation.probe(cli)) {
            look(people, checks, check);
        }
        Optional<Check> docker = Isolation.docker(cli);
        if (docker.isPresent()) {
            look(people, checks, docker.get());
        }
        look(people, checks, model(cli));
        look(people, checks, server(cli));
        long problems = checks.stream()
                .filter(check -> check.verdict() == Check.Verdict.PROBLEM)
                .count();
        int exit = problems == 0 ? ErrorCode.Exit.DONE : ErrorCode.Exit.FAILED;
        people.line(problems == 0 ? "no problems" : Words.count(problems, "problem") + ", exit " + exit);
        if (json) {
            cli.screen()
                    .machine(Json.object()
                            .put(
                                    "checks",
                                    new Json.Arr(
                                            checks.stream().map(Check::json).toList()))
                            .put("problems", problems)
                            .put("exit_code", exit)
                            .build()
                            .print());
        }
        return exit;
    }

    private void look(Screen screen, List<Check> checks, Check check) {
        checks.add(check);
        tell(screen, check, !fixLess);
    }

    /** Told the moment it is known: probes take their time. */
    public static void tell(Screen screen, Check check, boolean withFix) {
        Look look = switch (check.verdict()) {
            case OK -> Look.GREEN;
            case PROBLEM -> Look.RED;
            case NOTE -> Look.YELLOW;
        };
        screen.line(new Line()
                .add(look, check.verdict().mark())
                .add(" ")
                .bold(check.name())
                .to(DETAIL)
                .add(check.detail()));
        if (withFix && !check.fix().isEmpty() && check.verdict() != Check.Verdict.OK) {
            screen.line(new Line().to(DETAIL).dim("fix: ").add(check.fix()));
        }
    }

    /** Of keys in the environment; those of `belay login` are the runner's, and belay models tells of them. */
    private static Check model(Cli cli) {
        String keys = Stream.of(KnownProvider.values())
                .map(KnownProvider::keyVariable)
                .filter(variable -> !cli.env(variable).isEmpty())
                .collect(Collectors.joining(", "));
        return keys.isEmpty()
                ? Check.note(
                        "model",
                        "no provider's key in the environment; belay models says who can be asked",
                        "belay login anthropic; or belay run --model script:FILE \"…\", which needs none")
                : Check.ok("model", keys + " is set; belay models says who can be asked");
    }

    private static Check server(Cli cli) {
        try {
            Optional<Server> server =
                    ServerAccess.isNamed(cli) ? Optional.of(ServerAccess.open(cli)) : ServerAccess.local(cli);
            if (server.isEmpty()) {
                return Check.note("controller", "not running; belay run starts a local one for you", "");
            }
            Json status = server.get().status();
            long connected = status.get("runners").items().stream()
                    .filter(runner -> runner.flag("connected"))
                    .count();
            String detail = "belay " + status.text("version") + " at "
                    + server.get().address() + ", " + Words.count(connected, "runner");
            return connected > 0
                    ? Check.ok("controller", detail)
                    : Check.problem("controller", detail + " connected", "belay down && belay up");
        } catch (BelayException failed) {
            return Check.problem("controller", failed.what(), failed.next());
        }
    }
}
