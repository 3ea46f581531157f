package dev.belay.cli.bench;

import dev.belay.cli.bench.WebClient.Way;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What ways to a server add to the direct one, in milliseconds for a request on a new connection. They take turns, and each
 * turn is compared with the direct one of its own round: a machine that becomes busy is so for all.
 *
 * @param beyond in the order of the ways
 */
record Added(Sample direct, List<Sample> beyond) {
    private static final int REQUESTS = 40;
    private static final int WARM_UP = 1000;

    static Added of(int rounds, Way directly, List<Way> ways) throws IOException, InterruptedException {
        directly.ask("latency", WARM_UP);
        List<List<Double>> beyond = new ArrayList<>();
        for (Way way : ways) {
            way.ask("latency", WARM_UP);
            beyond.add(new ArrayList<>());
        }
        List<Double> direct = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            Sample plain = Crowd.millis(directly.ask("latency", REQUESTS));
            direct.addAll(plain.sorted());
            for (int way = 0; way < ways.size(); way++) {
                Sample took = Crowd.millis(ways.get(way).ask("latency", REQUESTS));
                beyond.get(way).addAll(took.less(plain.median()).sorted());
            }
        }
        return new Added(Sample.of(direct), beyond.stream().map(Sample::of).toList());
    }
}
