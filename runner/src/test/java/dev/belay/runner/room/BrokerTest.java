package dev.belay.runner.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the broker does for whoever has taken the runner over: five verbs, and nothing beside. */
class BrokerTest {
    private static final String ID = "broker-" + ProcessHandle.current().pid();

    private final Room room = Room.fromEnvironment(System.getenv());
    private Broker broker = new Broker(Path.of("/nowhere"));

    @BeforeEach
    void there_is_one() {
        assumeTrue(room.broker().isPresent(), "no volume can be made: the weaker cell disk-cap, see THREATS.md");
        broker = room.broker().orElseThrow();
    }

    @AfterEach
    void remove() throws IOException {
        if (room.broker().isPresent()) {
            broker.remove(ID);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "make",
                "make x",
                "make  x 16",
                "make x 16 ",
                " make x 16",
                "make x 15",
                "make x 016",
                "make x -16",
                "make x 16.0",
                "make x 1048577",
                "make x 99999999999999999999",
                "make x 0x40",
                "make X 16",
                "make ../x 16",
                "make /x 16",
                "make x/y 16",
                "make . 16",
                "make .. 16",
                "make x.img 16",
                "make x\0y 16",
                "make x;id 16",
                "make ä 16",
                "Make x 16",
                "mount x",
                "open",
                "open x y",
                "open x\ty",
                "open ../../etc",
                "open " + "x0123456789012345678901234567890123456789012345678901234567890123456789",
                "close *",
                "remove .",
                "remove ..",
                "remove lock/../lock",
                "used",
                "used \\x",
                "quit",
                "\r",
                "open x\r"
            })
    void a_line_that_is_not_exactly_one_of_its_verbs_is_refused(String line) {
        assertThatThrownBy(() -> broker.ask(line))
                .isInstanceOfSatisfying(
                        Broker.RefusedException.class,
                        refused -> assertThat(refused.reason()).isEqualTo("not understood"));
    }

    @Test
    void a_line_without_end_is_not_waited_for_longer_than_its_length() {
        assertThatThrownBy(() -> broker.ask("open " + "x".repeat(1 << 16))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> broker.used("x")).hasMessageContaining("absent");
    }

    record Order(List<String> before, String line, String reason) {}

    static List<Order> orders() {
        return List.of(
                new Order(List.of(), "open " + ID, "absent"),
                new Order(List.of(), "close " + ID, "closed"),
                new Order(List.of(), "used " + ID, "absent"),
                new Order(List.of("make " + ID + " 16"), "make " + ID + " 16", "exists"),
                new Order(List.of("make " + ID + " 16"), "open " + ID, "open"),
                new Order(List.of("make " + ID + " 16", "close " + ID), "make " + ID + " 16", "exists"),
                new Order(List.of("make " + ID + " 16", "close " + ID), "close " + ID, "closed"),
                new Order(List.of("make " + ID + " 16", "remove " + ID), "open " + ID, "absent"));
    }

    @ParameterizedTest
    @MethodSource("orders")
    void what_comes_out_of_order_is_refused_by_name(Order order) throws IOException {
        for (String line : order.before()) {
            broker.ask(line);
        }

        assertThatThrownBy(() -> broker.ask(order.line()))
                .isInstanceOfSatisfying(
                        Broker.RefusedException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(order.reason()));
    }

    @Test
    void one_that_somebody_works_in_is_not_closed_under_them_and_not_called_clean() throws Exception {
        broker.make(ID, 16);
        Path file = Files.writeString(broker.at(ID).resolve("file"), "x");

        try (var held = Files.newInputStream(file)) {
            Thread closing = Thread.ofVirtual().start(() -> {
                try {
                    broker.close(ID);
                } catch (IOException refused) {
                    throw new java.io.UncheckedIOException(refused);
                }
            });
            assertThat(closing.join(java.time.Duration.ofMillis(200))).isFalse();
            assertThat(held.read()).isEqualTo('x');
            held.close();
            closing.join();
        }

        broker.open(ID);
        assertThat(file).hasContent("x");
    }

    @Test
    void whoever_is_interrupted_closes_in_order_too() throws IOException {
        broker.make(ID, 16);
        Thread.currentThread().interrupt();
        try {
            broker.close(ID);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }

        broker.open(ID);
    }

    @Test
    void a_broker_that_is_gone_is_an_error_by_name() {
        assertThatThrownBy(() -> new Broker(Path.of("/nowhere")).make(ID, 16))
                .isInstanceOf(Broker.RefusedException.class)
                .hasMessageContaining("it is gone");
    }

    @Test
    void many_at_once_are_all_answered() throws Exception {
        List<CompletableFuture<Void>> asked = IntStream.range(0, 200)
                .mapToObj(i -> CompletableFuture.runAsync(() ->
                        assertThatThrownBy(() -> broker.used(ID + "-" + i)).hasMessageContaining("absent")))
                .toList();

        CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
    }

    @Test
    void no_more_are_mounted_at_once_than_the_runner_has_places_for() throws IOException {
        int most = room.slots() + 8;
        List<String> ids =
                IntStream.rangeClosed(0, most).mapToObj(i -> ID + "-" + i).toList();
        try {
            assertThatThrownBy(() -> {
                        for (String id : ids) {
                            broker.make(id, 16);
                        }
                    })
                    .hasMessageContaining("too many");
        } finally {
            for (String id : ids) {
                broker.remove(id);
            }
        }
    }

    @Test
    void its_door_is_the_runners_alone_and_where_it_mounts_nobody_else_may_put_anything() throws IOException {
        Path of = Objects.requireNonNull(broker.at(ID).getParent());
        Path door = of.resolveSibling("door");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(door)))
                .isEqualTo("rwx------");
        assertThat(Files.getAttribute(door, "unix:uid")).isEqualTo(0);

        assertThatThrownBy(() -> Files.createSymbolicLink(of.resolve(ID), Path.of("/etc")))
                .isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> Files.createDirectory(door.resolveSibling("other")))
                .isInstanceOf(AccessDeniedException.class);
    }
}
