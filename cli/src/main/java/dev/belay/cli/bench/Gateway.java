package dev.belay.cli.bench;

import dev.belay.cli.bench.Reading.Yardstick;
import dev.belay.cli.bench.WebClient.Way;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the way out of a sandbox costs each connection, and how many it takes at once. */
record Gateway() implements Round {
    /** What the runner's operator has to open, because the server is on this machine. */
    static final String REACHABLE = "127.0.0.0/8";

    private static final int TOGETHER = 200;
    static final Figure LATENCY = Figure.of(
            "gateway-latency",
            "what the gateway adds to a request on a new connection",
            "ms",
            Target.design(1, "gateway: added latency, p50"));
    static final Figure CONNECTIONS = Figure.of(
            "gateway-connections",
            "answered of " + TOGETHER + " connections at once through the gateway",
            "answers",
            Target.designAtLeast(TOGETHER, "gateway: concurrent connections"));

    private static final int TIMES = 3;

    @Override
    public List<Figure> figures() {
        return List.of(LATENCY, CONNECTIONS);
    }

    @Override
    public Map<Figure, Reading> measure(Site site, int runs) throws IOException, InterruptedException {
        site.warmUp();
        try (Origin origin = new Origin()) {
            WebClient byAddress = new WebClient(origin.address());
            Way directly = byAddress.directly();
            Way gateway = byAddress.throughGateway(site);
            Added named = named(new WebClient(origin.named()), site, runs);
            Added unnamed = Added.of(runs, directly, List.of(gateway));
            return Map.of(LATENCY, latency(named, unnamed), CONNECTIONS, connections(origin, directly, gateway));
        }
    }

    /** By a name, as nearly every request is: to look it up is a part of the way. */
    private static Added named(WebClient client, Site site, int runs) throws IOException, InterruptedException {
        Way gateway = client.throughGateway(site);
        Optional<Path> program = Tinyproxy.found(site);
        if (program.isEmpty()) {
            return Added.of(runs, client.directly(), List.of(gateway));
        }
        try (Tinyproxy proxy = Tinyproxy.start(program.get(), site)) {
            return Added.of(runs, client.directly(), List.of(gateway, client.by(proxy.address())));
        }
    }

    /**
     * @param named what the gateway adds, and where there is a tinyproxy, what that adds
     * @param unnamed what the gateway adds where it has no name to look up
     */
    static Reading latency(Added named, Added unnamed) {
        Sample sample = named.beyond().getFirst();
        String established = named.beyond().size() == 1
                ? "tinyproxy is not installed"
                : "tinyproxy adds " + told(named.beyond().getLast());
        return Reading.beside(
                new Yardstick("the same client and server without it", named.direct()),
                sample,
                sample.rare() + ", the host by its name; by its address "
                        + told(unnamed.beyond().getFirst()) + "; " + established);
    }

    private static String told(Sample added) {
        return Report.figure(added.median()) + " ms, " + added.rare();
    }

    static Reading connections(Origin origin, Way directly, Way gateway) throws IOException, InterruptedException {
        List<Double> direct = new ArrayList<>();
        List<Double> through = new ArrayList<>();
        for (int time = 0; time < TIMES; time++) {
            direct.add(together(origin, directly, "direct-" + time));
            through.add(together(origin, gateway, "gateway-" + time));
        }
        return Reading.beside(
                new Yardstick("without it", Sample.of(direct)),
                Sample.of(through),
                "each is kept until all are there, or 3 s");
    }

    private static double together(Origin origin, Way way, String id) throws IOException, InterruptedException {
        Json said = way.ask("together", TOGETHER, id);
        return Math.min(said.number("answered"), origin.mostTogether(id));
    }
}
