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

    private static final int REQUESTS = 40;
    private static final int WARM_UP = 1000;
    private static final int TIMES = 3;

    @Override
    public List<Figure> figures() {
        return List.of(LATENCY, CONNECTIONS);
    }

    @Override
    public Map<Figure, Reading> measure(Site site, int runs) throws IOException, InterruptedException {
        try (Origin origin = new Origin()) {
            site.warmUp();
            WebClient client = new WebClient(origin);
            Way gateway = client.throughGateway(site);
            return Map.of(
                    LATENCY,
                    latency(client, gateway, site, runs),
                    CONNECTIONS,
                    connections(origin, client.directly(), gateway));
        }
    }

    private static Reading latency(WebClient client, Way gateway, Site site, int runs)
            throws IOException, InterruptedException {
        Optional<Path> program = Tinyproxy.found(site);
        if (program.isEmpty()) {
            return latency(client.directly(), gateway, Optional.empty(), runs);
        }
        try (Tinyproxy proxy = Tinyproxy.start(program.get(), site)) {
            return latency(client.directly(), gateway, Optional.of(client.by(proxy.address())), runs);
        }
    }

    /** One after the other in each round, and compared in it, so that a machine that becomes busy is so for all. */
    static Reading latency(Way directly, Way gateway, Optional<Way> proxy, int runs)
            throws IOException, InterruptedException {
        directly.ask("latency", WARM_UP);
        gateway.ask("latency", WARM_UP);
        List<Double> direct = new ArrayList<>();
        List<Double> added = new ArrayList<>();
        List<Double> addedByProxy = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
            Sample plain = Crowd.millis(directly.ask("latency", REQUESTS));
            direct.addAll(plain.sorted());
            added.addAll(beyond(plain, gateway));
            if (proxy.isPresent()) {
                addedByProxy.addAll(beyond(plain, proxy.get()));
            }
        }
        Sample sample = Sample.of(added);
        String beside = addedByProxy.isEmpty()
                ? "tinyproxy is not installed"
                : "tinyproxy adds " + Report.figure(Sample.of(addedByProxy).median()) + " ms";
        return Reading.beside(
                new Yardstick("the same client and server without it", Sample.of(direct)),
                sample,
                beside + "; " + sample.rare());
    }

    private static List<Double> beyond(Sample plain, Way way) throws IOException, InterruptedException {
        return Crowd.millis(way.ask("latency", REQUESTS)).less(plain.median()).sorted();
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
