package dev.belay.runner.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.PackRef;
import dev.belay.proto.v1.Snapshot;
import dev.belay.runner.room.Room;
import dev.belay.runner.sandbox.EngineReport;
import dev.belay.runner.sandbox.namespace.NamespaceEngine;
import dev.belay.runner.snapshot.Bench;
import dev.belay.runner.snapshot.Shell;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real places, each with a real sandbox on a real volume: what becomes of one that is full, and of its neighbours. */
class MountedPlacesTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    /** Takes all there is in pieces that cost nothing, and then the last of it byte by byte. */
    private static final String FILL = "for s in 2G 512M 128M 32M 8M 2M 512K 64K; do"
            + " i=0; while fallocate -l $s full-$s-$i 2>/dev/null; do i=$((i+1)); done; rm -f full-$s-$i; done;"
            + " cat /dev/zero >full-rest; ";

    private final Room room = Room.fromEnvironment(System.getenv());
    private final List<Place> open = new ArrayList<>();
    private final List<String> tasks = new ArrayList<>();

    @TempDir
    Path directory;

    private KeptPacks packs = new KeptPacks(Map.of());
    private PackRef base = PackRef.getDefaultInstance();
    private String commit = "";
    private SandboxedPlaces places = places(new EngineReport("none", List.of()));

    private SandboxedPlaces places(EngineReport report) {
        return places(report, LONG);
    }

    private SandboxedPlaces places(EngineReport report, Duration patience) {
        try {
            NamespaceEngine engine = new NamespaceEngine(room, Path.of("src/main/dist/share/hand.pl"));
            return new SandboxedPlaces(
                    room, engine, report, packs, new NoSecrets(), OpenedAddresses.parse(""), patience);
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    @BeforeEach
    void a_project_is_sent() throws IOException {
        assumeTrue(room.broker().isPresent(), "no volume can be made: the weaker cell disk-cap, see THREATS.md");
        Path source = Files.createDirectory(directory.resolve("source"));
        Shell.sh(source, "git init -q -b main .; git config user.name t; git config user.email t@t; echo one >file");
        Shell.sh(source, "git add -A; git commit -qm base");
        commit = Shell.sh(source, "git rev-parse HEAD").strip();
        Path pack = directory.resolve("base.pack");
        Shell.sh(source, "git rev-list --objects --all | git pack-objects -q --stdout >" + pack);
        base = ref(pack);
        packs = new KeptPacks(new ConcurrentHashMap<>(Map.of(base.getSha256(), pack)));
        places = places(new EngineReport("namespace", List.of()));
    }

    @AfterEach
    void end() throws IOException {
        open.forEach(Place::close);
        for (String task : tasks) {
            places.discard(task);
        }
    }

    private static PackRef ref(Path pack) throws IOException {
        return PackRef.newBuilder()
                .setSha256(Bench.sha256(pack))
                .setSize(Files.size(pack))
                .build();
    }

    private Assignment.Builder assignment(String name) {
        String task = name + "-" + ProcessHandle.current().pid();
        if (!tasks.contains(task)) {
            tasks.add(task);
        }
        return Assignment.newBuilder()
                .setTask(task)
                .setShortId(name)
                .setEpoch(1)
                .setTenant("t")
                .setProject("p-" + commit.substring(0, 12))
                .setBaseCommit(commit)
                .setHeadCommit(commit)
                .setBranch("main")
                .addPacks(base)
                .setAcceptWeaker(true);
    }

    private Place prepare(Assignment.Builder assignment) throws Exception {
        Assignment task = assignment.build();
        Place place = places.prepare(task, TaskRights.of(task), (turn, step, denied) -> {});
        open.add(place);
        return place;
    }

    private Place reopen(Assignment.Builder assignment, Snapshot head) throws Exception {
        Place place = places.reopen(assignment.build(), Optional.of(head), (turn, step, denied) -> {});
        open.add(place);
        return place;
    }

    private void close(Place place) {
        open.remove(place);
        place.close();
    }

    private record Said(int code, String text) {}

    private static Said sh(Place place, String script) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Place.Ran ran = place.run(List.of("sh", "-c", script), LONG, new Place.Output() {
            @Override
            public void stdout(byte[] bytes) {
                all.writeBytes(bytes);
            }

            @Override
            public void stderr(byte[] bytes) {
                all.writeBytes(bytes);
            }
        });
        return new Said(ran.exitCode(), all.toString(StandardCharsets.UTF_8).strip());
    }

    private static Place.Moment moment(int step) {
        return new Place.Moment(step, 1, step == 0 ? "base" : "step", "Bash");
    }

    @Test
    void a_task_that_fills_its_volume_is_told_by_its_own_tool_and_its_neighbour_works_on() throws Exception {
        Place fills = prepare(assignment("t-fills"));
        Place neighbour = prepare(assignment("t-neighbour"));

        Said full = sh(fills, FILL);

        assertThat(full.text()).contains("No space left on device");
        assertThat(full.code()).isNotZero();
        assertThat(sh(neighbour, "head -c 100m /dev/zero >big && wc -c <big").text())
                .isEqualTo("104857600");
        assertThat(places.used(tasks.getFirst()))
                .as("what nobody wrote to takes nothing of the disk")
                .isLessThan(2L << 30);
    }

    @Test
    void a_task_has_as_much_disk_as_its_limits_say() throws Exception {
        Place small = prepare(assignment("t-small")
                .setLimits(dev.belay.proto.v1.Limits.newBuilder().setDiskMib(256)));

        Said full = sh(
                small,
                "head -c 200m /dev/zero >most && echo fits; head -c 60m /dev/zero >more; df -BM --output=size .");

        assertThat(full.text()).startsWith("fits\n").contains("No space left on device");
        assertThat(full.text().lines().toList().getLast().strip()).matches("2[345][0-9]M");
    }

    @Test
    void a_full_volume_is_captured_and_rolled_back() throws Exception {
        Place place = prepare(assignment("t-back"));
        sh(place, "head -c 5000000 /dev/zero >gone");
        Snapshot before = place.capture(moment(0)).snapshot();
        sh(place, "rm gone; mkdir many; for i in $(seq 200); do echo $i >many/$i; done; echo two >file; " + FILL);
        Said still = sh(place, "sync .; cat /dev/zero >>full-rest; df -B1 --output=avail . | tail -1");
        assertThat(Long.parseLong(still.text().lines().toList().getLast().strip()))
                .isLessThan(100_000);

        Place.Taken full = place.capture(moment(1));
        Place.Moved moved = place.move(before, 2, false, taken -> {});

        assertThat(full.snapshot().getFilesChanged()).isGreaterThan(200);
        assertThat(moved.filesChanged()).isGreaterThan(200);
        assertThat(sh(place, "cat file; wc -c <gone; ls -d many").text())
                .startsWith("one\n5000000\n")
                .contains("cannot access");
    }

    @Test
    void a_rollback_for_which_a_full_volume_has_no_room_is_refused_by_name_and_changes_nothing() throws Exception {
        Place place = prepare(assignment("t-no-room"));
        sh(place, "head -c 200000000 /dev/urandom | split -b 10000000 - part-; echo one >other");
        Snapshot before = place.capture(moment(0)).snapshot();
        sh(place, "rm part-*; echo two >other; " + FILL);
        place.capture(moment(1));

        assertThatThrownBy(() -> place.move(before, 2, false, taken -> {}))
                .isInstanceOfSatisfying(BelayException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.E_SNAPSHOT);
                    assertThat(refused.why()).contains("no space left");
                });

        assertThat(sh(place, "cat other; ls part-* .belay*").text())
                .startsWith("two\n")
                .contains("cannot access 'part-*'", "cannot access '.belay*'");
        sh(place, "rm full-*");
        place.move(before, 3, false, taken -> {});
        assertThat(sh(place, "cat other; cat part-* | wc -c").text()).isEqualTo("one\n200000000");
    }

    @Test
    void the_files_of_a_task_are_kept_with_what_no_snapshot_holds() throws Exception {
        Place place = prepare(assignment("t-kept"));
        sh(place, "echo two >file; mkdir node_modules; echo bulk >node_modules/x");
        Place.Taken head = place.capture(moment(1));
        close(place);

        Place again =
                reopen(assignment("t-kept").setNewestCommit(head.snapshot().getCommit()), head.snapshot());

        assertThat(sh(again, "cat file node_modules/x").text()).isEqualTo("two\nbulk");
    }

    @Test
    void files_whose_volume_cannot_be_trusted_are_built_again_from_packs() throws Exception {
        Place place = prepare(assignment("t-unclean"));
        sh(place, "echo two >file; mkdir node_modules; echo bulk >node_modules/x");
        Place.Taken head = place.capture(moment(1));
        Path pack = Files.copy(head.pack().orElseThrow(), directory.resolve("head.pack"));
        packs.all().put(Bench.sha256(pack), pack);
        close(place);
        // As a power cut leaves it: not closed in order.
        room.broker().orElseThrow().open(tasks.getFirst());

        Place again = reopen(
                assignment("t-unclean")
                        .setNewestCommit(head.snapshot().getCommit())
                        .addSnapshotPacks(ref(pack)),
                head.snapshot());

        assertThat(sh(again, "cat file; ls node_modules").text())
                .startsWith("two")
                .doesNotContain("bulk");
    }

    @Test
    void what_is_discarded_of_ended_tasks_gives_its_volume_back() throws Exception {
        Place place = prepare(assignment("t-ended"));
        sh(place, "head -c 50m /dev/zero >big");
        place.capture(moment(1));
        close(place);
        String task = tasks.getFirst();
        assertThat(places.used(task)).isGreaterThan(50 << 20);

        places.discardKept(other -> !other.equals(task));

        assertThat(places.used(task)).isZero();
    }

    @Test
    void a_place_that_cannot_be_opened_leaves_no_volume_mounted() throws Exception {
        Assignment.Builder broken =
                assignment("t-broken").setResume(Snapshot.newBuilder().setCommit("0".repeat(40)));

        assertThat(catchThrowable(() -> prepare(broken))).isInstanceOf(BelayException.class);

        assertThat(room.broker().orElseThrow().at(tasks.getFirst())).doesNotExist();
    }

    @Test
    void files_that_a_process_goes_on_changing_are_settled_while_it_stands_still() throws Exception {
        Place place = prepare(assignment("t-restless"));
        sh(place, "mkdir d; echo good >d/file; echo good >other");
        Snapshot wanted = place.capture(moment(0)).snapshot();
        var restless = new java.util.concurrent.FutureTask<>(
                () -> sh(
                        place,
                        "while :; do rm -rf d; mkfifo d; echo $$ >other; rm d; mkdir d; echo evil >d/file; echo x >more; done"));
        Thread.ofPlatform().daemon().start(restless);
        sh(place, "until [ -e more ]; do :; done");

        for (int i = 0; i < 20; i++) {
            place.settle(wanted);
        }

        assertThat(restless.isDone()).as("it is at work all the time").isFalse();
        sh(place, "pkill -f '^sh -c while'");
        restless.get();
        place.settle(wanted);
        assertThat(sh(place, "cat d/file other; ls").text()).isEqualTo("good\ngood\nd\nfile\nother");
    }

    @Test
    void a_second_place_over_the_same_files_is_refused_until_the_first_has_gone() throws Exception {
        places = places(new EngineReport("namespace", List.of()), Duration.ofMillis(50));
        Place first = prepare(assignment("t-twice"));

        assertThatThrownBy(() -> prepare(assignment("t-twice")))
                .isInstanceOfSatisfying(BelayException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.E_BUSY);
                    assertThat(refused.next()).contains("belay show");
                });
        assertThat(sh(first, "cat file").text()).as("the first works on").isEqualTo("one");

        close(first);
        assertThat(sh(prepare(assignment("t-twice")), "cat file").text()).isEqualTo("one");
    }

    @Test
    void whoever_waits_for_files_has_them_when_the_other_leaves() throws Exception {
        Place first = prepare(assignment("t-waits"));
        var second = new java.util.concurrent.FutureTask<>(() -> prepare(assignment("t-waits")));
        Thread waiting = Thread.ofPlatform().daemon().start(second);
        while (waiting.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }

        close(first);

        assertThat(sh(second.get(), "cat file").text()).isEqualTo("one");
    }

    private record KeptPacks(Map<String, Path> all) implements Packs {
        @Override
        public void fetch(String task, String sha256, Taker taker) throws IOException {
            try (InputStream in = Files.newInputStream(
                    Optional.ofNullable(all.get(sha256)).orElseThrow(() -> new IOException("nobody sent " + sha256)))) {
                taker.take(in);
            }
        }

        @Override
        public void store(String task, int epoch, String sha256, Path pack) throws IOException {
            all.put(sha256, pack);
        }
    }

    private record NoSecrets() implements Secrets {
        @Override
        public List<Held> first(String task, int epoch) {
            throw new AssertionError("no policy names a secret here");
        }

        @Override
        public List<Held> again(String task, int epoch) {
            throw new AssertionError("no policy names a secret here");
        }
    }
}
