package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * One of two controllers is restarted, stands still, or is without its database, behind an address that sends people and
 * runners to controllers that call themselves ready. Tasks notice none of it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ControllersIT {
    /** Longer than a lease. */
    private static final Duration AWAY = Duration.ofSeconds(36);

    private Fleet fleet;
    private Repository shop;
    private Json first;
    private int handedOver;

    @BeforeAll
    void a_fleet_with_two_controllers_works() {
        fleet = Fleet.start(new Fleet.Plan(2, 2, 3).behindReadiness());
        shop = fleet.person().repository("shop");
        first = fleet.handOver(shop, new Script().write("first", "1\n"));
    }

    @AfterAll
    void end() {
        fleet.keepLogs(Path.of("target", "controllers").toAbsolutePath());
        fleet.close();
    }

    private List<String> several(int calls) {
        Script script = Script.of(
                Stream.generate(() -> "date >>log; sleep 1").limit(calls).toArray(String[]::new));
        List<String> tasks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            tasks.add(fleet.handOver(first, script, "several " + ++handedOver));
        }
        for (String task : tasks) {
            LocalSystem.until(
                    "it has done a step", () -> fleet.door().task(task).number("steps") > 0);
        }
        return tasks;
    }

    /** Each call once, none of them interrupted, and no lease lost. */
    private void noticedNothing(List<String> tasks, int calls) {
        for (String task : tasks) {
            LocalSystem.until("it ends", () -> fleet.door().task(task).flag("terminal"));
            Json ended = fleet.door().task(task);
            assertThat(ended.text("state")).as("%s", ended).isEqualTo("succeeded");
            assertThat(ended.number("epoch")).as("leases of %s", ended).isEqualTo(1);
            assertThat(TaskLog.of(fleet.door().events(task)).isWhole().results())
                    .hasSize(calls)
                    .noneMatch(result -> result.endsWith("interrupted"));
        }
        assertThat(new Ledger(fleet.postgres()).violations()).isEmpty();
    }

    @Test
    @Timeout(300)
    void a_restart_of_one_after_the_other_fails_no_command_ends_no_stream_and_loses_no_lease() throws Exception {
        List<String> tasks = several(25);
        Running watch = fleet.person().start("attach", "--json", tasks.getFirst());
        AtomicBoolean enough = new AtomicBoolean();
        try (ExecutorService people = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<List<String>> handed = people.submit(() -> {
                List<String> acknowledged = new ArrayList<>();
                while (!enough.get()) {
                    acknowledged.add(fleet.person()
                            .at(shop)
                            .run("run", "-d", "--model", Script.of("true").in(fleet.person()), "meanwhile")
                            .well()
                            .said());
                    fleet.person().run("ps").well();
                }
                return acknowledged;
            });
            try {
                for (int controller = 0; controller < 2; controller++) {
                    restart(controller);
                }
            } finally {
                enough.set(true);
            }
            assertThat(said(handed)).isNotEmpty().doesNotHaveDuplicates();
        }

        List<Json> seen = watch.end().well().lines();
        assertThat(TaskLog.of(seen).isWhole().results()).hasSize(25);
        noticedNothing(tasks, 25);
    }

    private static List<String> said(Future<List<String>> work) throws InterruptedException {
        try {
            return work.get();
        } catch (ExecutionException failed) {
            throw new AssertionError("a command failed meanwhile", failed.getCause());
        }
    }

    private void restart(int controller) {
        fleet.restart(controller);
        LocalSystem.until("it is ready", () -> fleet.isReady(controller));
        fleet.awaitAll();
    }

    @Test
    @Timeout(300)
    void one_that_stands_still_and_wakes_takes_nothing_from_those_who_went_on() throws Exception {
        List<String> tasks = several(40);

        whileOneIsAway(
                tasks,
                controller -> fleet.controllers().get(controller).signalAll("STOP"),
                controller -> fleet.controllers().get(controller).signalAll("CONT"));

        noticedNothing(tasks, 40);
    }

    @Test
    @Timeout(300)
    void one_that_is_cut_off_from_the_database_says_so_and_its_runners_go_to_the_other() throws Exception {
        List<String> tasks = several(40);

        whileOneIsAway(
                tasks,
                controller -> fleet.database(controller).cut(),
                controller -> fleet.database(controller).mend());

        noticedNothing(tasks, 40);
    }

    /** One that has a runner. People are sent to the other as soon as it does not call itself ready any more. */
    private void whileOneIsAway(List<String> tasks, IntConsumer goes, IntConsumer comesBack)
            throws InterruptedException {
        int away = controllerOf("r1");
        goes.accept(away);
        try {
            LocalSystem.until("it does not say that it is ready", () -> !fleet.isReady(away));
            assertThat(fleet.person().run("ps").well().out())
                    .contains(tasks.getFirst().substring(0, 6));
            new CountDownLatch(1).await(AWAY.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            comesBack.accept(away);
        }
        LocalSystem.until("it is ready again", () -> fleet.isReady(away));
    }

    /** The one that last said that the runner came to it. */
    private int controllerOf(String runner) {
        return IntStream.range(0, 2)
                .boxed()
                .max((one, other) -> lastSaid(one, runner).compareTo(lastSaid(other, runner)))
                .orElseThrow();
    }

    private String lastSaid(int controller, String runner) {
        return fleet.controllers()
                .get(controller)
                .log()
                .lines()
                .filter(line -> line.contains(" " + runner + " connected:"))
                .reduce("", (_, last) -> last);
    }
}
