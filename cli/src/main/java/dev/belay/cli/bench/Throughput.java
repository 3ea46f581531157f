package dev.belay.cli.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one controller takes in a second: from clients, and from runners that only speak. Commits are on disk. */
record Throughput() implements Round {
    static final Figure SUBMITS =
            Figure.withoutTarget("fleet-submits", "submits, " + Site.CLIENTS + " clients at once", "/s");
    static final Figure ASSIGNMENTS = Figure.of(
            "fleet-assignments",
            "assignments to 10 runners with places for all",
            "/s",
            Target.designAtLeast(2000, "through gRPC, fsync on: fair assignments"));
    static final Figure TURNOVER =
            Figure.withoutTarget("fleet-turnover", "tasks taken and ended, and their places given again", "/s");
    static final Figure EVENTS = Figure.of(
            "fleet-events",
            "events from 8 runners, acknowledged",
            "/s",
            Target.designAtLeast(50_000, "through gRPC, fsync on: events"));

    private static final int TASKS = 4000;
    private static final int RUNNERS = 10;
    private static final int WRITERS = 8;
    private static final int SECONDS = 8;

    @Override
    public List<Figure> figures() {
        return List.of(SUBMITS, ASSIGNMENTS, TURNOVER, EVENTS);
    }

    @Override
    public Map<Figure, Reading> measure(Site site, int runs) throws IOException, InterruptedException {
        site.onlyForCrowds();
        Map<Figure, Reading> readings = new LinkedHashMap<>();
        readings.put(SUBMITS, Reading.of(site.beginMany(TASKS), "a connection each, as a client makes them"));
        readings.put(
                ASSIGNMENTS,
                Reading.of(
                        Crowd.rates(Crowd.play(site, "hold", RUNNERS, TASKS / RUNNERS, TASKS)),
                        "4000 queued of one tenant; each is taken, and that is stored too"));
        site.beginMany(TASKS);
        readings.put(
                TURNOVER,
                Reading.of(
                        Crowd.rates(Crowd.play(site, "take", RUNNERS, 50, TASKS)),
                        "10 runners with 50 places; each task is ended as soon as it is taken"));
        site.beginMany(WRITERS);
        readings.put(
                EVENTS,
                Reading.of(Crowd.rates(Crowd.play(site, "write", WRITERS, SECONDS)), "batches of 200, one at a time"));
        return readings;
    }
}
