package dev.belay.cli.bench;

import dev.belay.cli.bench.Reading.Yardstick;
import dev.belay.cli.bench.WebClient.Way;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How fast one large answer comes into a sandbox, beside an established proxy that does nothing but to pass it on. */
record GatewayThroughput() implements Round {
    static final Figure FIGURE = Figure.of(
            "gateway-throughput",
            "throughput of the gateway, of tinyproxy's",
            "%",
            Target.designAtLeast(80, "gateway: throughput, of an established proxy's"));

    private static final long BYTES = 128L << 20;

    /** Of one round, in megabytes per second. */
    record Rates(double direct, double gateway, double proxy) {}

    @Override
    public List<Figure> figures() {
        return List.of(FIGURE);
    }

    @Override
    public Map<Figure, Reading> measure(Site site, int runs) throws IOException, InterruptedException {
        Path program = Tinyproxy.needed(site);
        site.warmUp();
        try (Origin origin = new Origin();
                Tinyproxy proxy = Tinyproxy.start(program, site)) {
            WebClient client = new WebClient(origin.address());
            Way directly = client.directly();
            Way gateway = client.throughGateway(site);
            Way by = client.by(proxy.address());
            List<Rates> rounds = new ArrayList<>();
            for (int run = -1; run < runs; run++) {
                Rates rates = new Rates(rate(directly), rate(gateway), rate(by));
                if (run >= 0) {
                    rounds.add(rates);
                }
            }
            return Map.of(FIGURE, reading(rounds));
        }
    }

    private static double rate(Way way) throws IOException, InterruptedException {
        Json said = way.ask("fetch", BYTES);
        return said.number("bytes") / said.decimal("ms") / 1000;
    }

    /** Each round's figures are compared with each other, so that a machine that becomes busy is so for all three. */
    static Reading reading(List<Rates> rounds) {
        return Reading.beside(
                new Yardstick(
                        "without any proxy",
                        shares(rounds.stream()
                                .map(rates -> rates.direct() / rates.proxy())
                                .toList())),
                shares(rounds.stream()
                        .map(rates -> rates.gateway() / rates.proxy())
                        .toList()),
                "MB/s of one answer of " + (BYTES >> 20) + " MiB: gateway "
                        + median(rounds.stream().map(Rates::gateway).toList()) + ", tinyproxy "
                        + median(rounds.stream().map(Rates::proxy).toList()) + ", without any proxy "
                        + median(rounds.stream().map(Rates::direct).toList()));
    }

    private static Sample shares(List<Double> parts) {
        return Sample.of(parts.stream().map(part -> part * 100).toList());
    }

    private static String median(List<Double> rates) {
        return Report.figure(Sample.of(rates).median());
    }
}
