package dev.belay.cli.local;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.context.Context;
import dev.belay.cli.server.Server;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.server.Supervised;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.terminal.Words;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The controller, its runners, and how much they have to do. */
public final class StatusVerb extends Verb {
    @Override
    public int run(Cli cli) {
        Server server = ServerAccess.open(cli);
        Json status = server.status();
        if (json) {
            Json.ObjectBuilder all = Json.object();
            if (withSupervised(cli, status) instanceof Json.Obj(var members)) {
                members.forEach(all::put);
            }
            String context = ServerAccess.place(cli).context();
            all.put("context", context.isEmpty() ? Json.NULL : Json.of(context));
            cli.screen().machine(all.build().print());
            return ErrorCode.Exit.DONE;
        }
        Screen screen = cli.screen();
        Duration up = Duration.between(
                Words.instant(status.text("started_at")), cli.clock().instant());
        screen.line(new Line()
                .dim("controller")
                .to(12)
                .add("belay " + status.text("version") + " at " + server.address() + ", up " + Words.duration(up)));
        String context = ServerAccess.place(cli).context();
        if (!context.equals(Context.LOCAL)) {
            screen.line(new Line().dim("context").to(12).add(context.isEmpty() ? "BELAY_SERVER" : context));
        }
        for (Map.Entry<String, Supervised> local : supervised(cli).entrySet()) {
            if (local.getValue().restarts() > 0) {
                screen.line(new Line()
                        .to(12)
                        .add(
                                Look.YELLOW,
                                local.getKey() + " " + local.getValue().history())
                        .fit(screen.width()));
            }
        }
        screen.line(
                new Line().dim("database").to(12).add(status.text("database") + " " + status.text("database_version")));
        long deaths = status.number("database_restarts");
        if (deaths > 0) {
            screen.line(new Line()
                    .to(12)
                    .add(
                            Look.YELLOW,
                            "restarted " + (deaths == 1 ? "once" : deaths == 2 ? "twice" : deaths + " times")
                                    + ", last: " + status.text("database_last_end"))
                    .fit(screen.width()));
        }
        if (!status.get("disk").text("detail").isEmpty()) {
            screen.line(new Line()
                    .dim("disk")
                    .to(12)
                    .add(Look.YELLOW, status.get("disk").text("state") + ": ")
                    .add(status.get("disk").text("detail")));
        }
        if (status.get("runners").items().isEmpty()) {
            screen.line(new Line().dim("runner").to(12).add(Look.YELLOW, "none is connected"));
        }
        for (Json runner : status.get("runners").items()) {
            boolean connected = runner.flag("connected");
            screen.line(new Line()
                    .dim("runner")
                    .to(12)
                    .bold(runner.text("id"))
                    .add(connected ? Look.GREEN : Look.RED, connected ? " connected" : " gone")
                    .add(" · " + runner.number("used") + " of " + runner.number("slots") + " places used · "
                            + Words.bytes(runner.number("free_disk_bytes")) + " free")
                    .fit(screen.width()));
            if (!runner.text("takes_none").isEmpty()) {
                screen.line(
                        new Line().to(12).add(Look.YELLOW, "takes no task: ").add(runner.text("takes_none")));
            }
            for (Json weaker : runner.get("weaker").items()) {
                screen.line(new Line()
                        .to(12)
                        .add(Look.YELLOW, "weaker: ")
                        .add(weaker.text())
                        .fit(screen.width()));
            }
        }
        screen.line(new Line()
                .dim("tasks")
                .to(12)
                .add(status.number("running") + " running, " + status.number("queued") + " queued"));
        return ErrorCode.Exit.DONE;
    }

    /** What the local start's supervisors tell, by name; nothing of another server's. */
    private static Map<String, Supervised> supervised(Cli cli) {
        Map<String, Supervised> found = new LinkedHashMap<>();
        if (!ServerAccess.isNamed(cli)) {
            for (String name : new String[] {"controller", "runner"}) {
                Supervised.read(cli.state(), name).ifPresent(one -> found.put(name, one));
            }
        }
        return found;
    }

    private static Json withSupervised(Cli cli, Json status) {
        Map<String, Supervised> supervised = supervised(cli);
        if (supervised.isEmpty() || !(status instanceof Json.Obj(var members))) {
            return status;
        }
        Json.ObjectBuilder all = Json.object();
        members.forEach(all::put);
        Json.ObjectBuilder local = Json.object();
        supervised.forEach((name, one) -> local.put(name, one.json()));
        return all.put("local", local.build()).build();
    }
}
