package dev.belay.cli.bench;

import dev.belay.cli.bench.Reading.Yardstick;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How long a person waits for a short command, from the start of its process to its end. */
record ClientStart(Figure figure, List<String> words, boolean asksServer) implements Round {
    static ClientStart version() {
        return new ClientStart(
                Figure.of("cli-version", "belay version", "ms", Target.design(100, "CLI: belay version")),
                List.of("version"),
                false);
    }

    static ClientStart ps() {
        return new ClientStart(
                Figure.of("cli-ps", "belay ps --json", "ms", Target.design(160, "CLI: belay ps --json")),
                List.of("ps", "--json"),
                true);
    }

    @Override
    public List<Figure> figures() {
        return List.of(figure);
    }

    @Override
    public Map<Figure, Reading> measure(Site site, int runs) throws IOException, InterruptedException {
        if (asksServer) {
            site.server();
        }
        List<String> command =
                new ArrayList<>(List.of(site.home().resolve("bin/belay").toString()));
        command.addAll(words);
        Sample bare = Stopwatch.processes(runs, site.environment(), List.of(site.java(), "-version"));
        Sample sample = Stopwatch.processes(runs, site.environment(), command);
        return Map.of(figure, Reading.beside(new Yardstick("java -version of the same JDK", bare), sample, ""));
    }
}
