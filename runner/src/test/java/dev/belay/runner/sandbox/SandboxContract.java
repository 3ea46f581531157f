package dev.belay.runner.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import dev.belay.runner.gateway.Egress;
import dev.belay.runner.gateway.Gateway;
import dev.belay.runner.gateway.GatewayLimits;
import dev.belay.runner.gateway.Refusal;
import dev.belay.runner.gateway.Target;
import dev.belay.runner.linux.Processes;
import dev.belay.runner.room.Room;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every engine must hold. A subclass says how to make the engine; its first process is the stand-in hand. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SandboxContract {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Limits SMALL = new Limits(512, 64, 100, 1 << 20, Duration.ofMinutes(1), 64);

    /** What a task does: processes, files and a result. */
    private static final String WORK = """
            export HOME=$PWD; git config --global user.email t@t; git config --global user.name t
            git init -q r && cd r && for i in 1 2 3; do echo $i > a$i; echo $i > b$i; git add . && git commit -qm $i; done
            echo $(git rev-list --count HEAD) commits of $(git ls-files | wc -l) files""";

    private final List<Sandbox> open = new CopyOnWriteArrayList<>();
    private final Room room = Room.fromEnvironment(System.getenv());
    private SandboxEngine engine;
    private @Nullable Battery battery;

    abstract SandboxEngine engine(Room room, Path handProgram) throws IOException;

    final SandboxEngine engine(Room room) throws IOException {
        return engine(room, program(room, "stand-in-hand.pl"));
    }

    static Path program(Room room, String name) throws IOException {
        try (InputStream in = SandboxContract.class.getResourceAsStream(name)) {
            return Files.write(
                    room.state().resolve(name), Objects.requireNonNull(in).readAllBytes());
        }
    }

    /** What {@code id -u} says inside. */
    long uidInside(int slot) {
        return 1000;
    }

    /** Beside those of a task: the hand, and what the engine may need with it. */
    int ownProcesses() {
        return 1;
    }

    @BeforeAll
    void make_the_engine() throws IOException {
        engine = engine(room);
    }

    @AfterAll
    void end_the_battery() throws Exception {
        if (battery != null) {
            battery.close();
        }
    }

    @AfterEach
    void close_what_is_open() {
        open.forEach(Sandbox::close);
        open.clear();
    }

    @Test
    void commands_run_in_the_project() throws Exception {
        Shell shell = new Shell(start(0, Limits.STANDARD));

        assertThat(shell.output("pwd; id -u; echo hi > file; cat file"))
                .isEqualTo("/workspace\n" + uidInside(0) + "\nhi");
        assertThat(shell.run("exit 7").code()).isEqualTo(7);
    }

    @Test
    void the_tools_of_the_machine_are_there() throws Exception {
        Shell shell = new Shell(start(0, Limits.STANDARD));

        assertThat(shell.run("git --version && perl -e 1 && sh -c true").code()).isZero();
        assertThat(shell.output("getent passwd $(id -u) | cut -d: -f1; hostname"))
                .isEqualTo("belay\nbelay");
    }

    @Test
    void what_node_reaches_the_gateway_by_is_there_and_cannot_be_changed() throws Exception {
        Shell shell = new Shell(start(0, Limits.STANDARD));

        assertThat(shell.output("head -c 2 " + Inside.NODE_PROXY + "; test -w " + Inside.NODE_PROXY + " || echo kept"))
                .isEqualTo("//kept");
    }

    @Test
    void what_is_written_in_the_project_is_in_the_workspace() throws Exception {
        Path workspace = workspace(0);
        Sandbox sandbox = start(0, Limits.STANDARD, workspace);

        new Shell(sandbox).run("mkdir d && echo x > d/f");

        assertThat(workspace.resolve("d/f")).hasContent("x\n");
    }

    /** Attempts that say nothing of this engine, and why: THREATS.md names them. */
    Map<String, String> meansOtherwise() {
        return Map.of();
    }

    /** How many descriptors the engine keeps for itself, however many sandboxes there were. */
    int keptOpen() {
        return 0;
    }

    @Test
    void what_says_nothing_of_an_engine_is_an_attempt_of_the_battery() {
        assertThat(Attempts.all().map(Attempt::name))
                .containsAll(meansOtherwise().keySet());
    }

    static Stream<Attempt> attempts() {
        return Attempts.all();
    }

    @ParameterizedTest
    @MethodSource("attempts")
    void does_not_let(Attempt attempt) throws Exception {
        if (meansOtherwise().containsKey(attempt.name())) {
            return;
        }
        assumeTrue(battery().canTry(attempt), "there is no " + attempt.tool());

        battery().tried(attempt);
        battery().shown(attempt);
    }

    @Test
    void programs_that_list_interfaces_work() throws Exception {
        Shell shell = new Shell(start(0, Limits.STANDARD));

        assertThat(shell.run("perl -e 'exit(syscall(41, 16, 3, 0) >= 0 ? 0 : 1)'")
                        .code())
                .isZero();
    }

    @Test
    void the_environment_is_the_engines_own_and_what_the_spec_adds() throws Exception {
        Sandbox sandbox = start(0, Limits.STANDARD, workspace(0), Map.of("ADDED", "a b"));

        List<String> names = new Shell(sandbox)
                .output("env -0 | tr '\\0' '\\n' | cut -d= -f1")
                .lines()
                .toList();

        assertThat(names).contains("PATH", "HOME", "http_proxy", "HTTPS_PROXY", "ADDED");
        assertThat(names)
                .containsOnlyOnce("PATH")
                .isSubsetOf(
                        "PATH",
                        "HOME",
                        "USER",
                        "LOGNAME",
                        "LANG",
                        "TERM",
                        "TMPDIR",
                        "PWD",
                        "ADDED",
                        "http_proxy",
                        "https_proxy",
                        "all_proxy",
                        "no_proxy",
                        "HTTP_PROXY",
                        "HTTPS_PROXY",
                        "ALL_PROXY",
                        "NO_PROXY");
    }

    @Test
    void only_three_descriptors_are_inherited() throws Exception {
        Shell shell = new Shell(start(0, Limits.STANDARD));

        assertThat(shell.output(
                        "for f in /proc/self/fd/*; do readlink $f; done | grep -vc '^pipe:\\|^/dev/null\\|^/proc/'"))
                .isEqualTo("0");
        String listing = "exec perl -e 'opendir D, q(/proc/self/fd); print join q( ), sort"
                + " grep { /[0-9]/ && readlink(qq(/proc/self/fd/$_)) !~ m(^/proc/) } readdir D'";
        assertThat(shell.output(listing)).isEqualTo("0 1 2");
    }

    @Test
    void the_gateway_refuses_in_words_and_reports_the_step() throws Exception {
        List<Refusal> reported = new CopyOnWriteArrayList<>();
        Sandbox sandbox = start(0, Limits.STANDARD);
        try (Gateway gateway = Gateway.open(sandbox, Egress.NOTHING, () -> 12, reported::add)) {
            String answer = new Shell(sandbox)
                    .output("curl -sS -i -m 5 http://example.com:8080/x; curl -sS -m 5 https://example.org/ 2>&1");

            assertThat(answer)
                    .contains(
                            "HTTP/1.1 403", "X-Belay-Denied: egress example.com:8080", "Do not retry", "response 403");
            assertThat(reported)
                    .extracting(
                            refusal -> refusal.step() + " " + refusal.target().label())
                    .containsExactly("12 example.com:8080", "12 example.org:443");
            assertThat(gateway.refusals()).hasSize(2);
        }
    }

    /** The server is on the host's loopback, where nothing inside the sandbox's network can be. */
    @Test
    void the_gateway_dials_what_is_allowed_on_the_runners_network() throws Exception {
        Sandbox sandbox = start(0, Limits.STANDARD);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("from outside".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        server.start();
        String url = "http://allowed.test:" + server.getAddress().getPort() + "/";
        try (Gateway gateway = Gateway.open(
                sandbox,
                new OnlyAllowedTest(),
                _ -> List.of(InetAddress.getLoopbackAddress()),
                GatewayLimits.STANDARD,
                () -> 3,
                _ -> {})) {
            assertThat(new Shell(sandbox)
                            .output("curl -sS -m 5 " + url + "; curl -sS -m 5 -p -x http://127.0.0.1:" + Gateway.PORT
                                    + " "
                                    + url + "; curl -sS -m 5 --noproxy '*' http://127.0.0.1:"
                                    + server.getAddress().getPort() + "/ 2>&1"))
                    .startsWith("from outsidefrom outside")
                    .contains("curl: (7)");
            assertThat(gateway.refusals()).isEmpty();
        } finally {
            server.stop(0);
        }
    }

    private static final class OnlyAllowedTest implements Egress {
        @Override
        public Optional<Denial> judge(Target target) {
            return target.host().equals("allowed.test") ? Optional.empty() : Egress.NOTHING.judge(target);
        }

        @Override
        public Optional<Denial> judgeAddress(Target target, InetAddress address) {
            return Optional.empty();
        }
    }

    @Test
    void the_gateway_is_not_on_the_hosts_loopback() throws Exception {
        Sandbox sandbox = start(0, Limits.STANDARD);
        try (Gateway gateway = Gateway.open(sandbox, Egress.NOTHING, () -> 0, _ -> {})) {
            assertThat(gateway.refusals()).isEmpty();
            assertThatThrownBy(() -> new java.net.Socket(InetAddress.getLoopbackAddress(), Gateway.PORT).close())
                    .isInstanceOf(java.net.ConnectException.class);
        }
    }

    @Test
    void closing_kills_whatever_tried_to_escape_its_session() throws Exception {
        Sandbox sandbox = start(0, Limits.STANDARD);
        Shell shell = new Shell(sandbox);
        shell.run(
                "trap '' TERM HUP; (setsid sh -c 'trap \"\" TERM; setsid sleep 1000 & sleep 1000' >/dev/null 2>&1 &) ; nohup sleep 1000 >/dev/null 2>&1 &");
        assertThat(Eventually.within(
                        Duration.ofSeconds(5), () -> sandbox.processes().size() >= 5))
                .isTrue();
        List<Long> all = sandbox.processes();

        sandbox.close();

        assertThat(all).allMatch(pid -> Processes.state(pid).isEmpty());
        assertThat(sandbox.alive()).isFalse();
        assertThat(sandbox.processes()).isEmpty();
    }

    @Test
    void closing_twice_is_closing_once() throws Exception {
        Sandbox sandbox = start(0, Limits.STANDARD);
        sandbox.close();

        assertThatCode(sandbox::close).doesNotThrowAnyException();
        assertThat(sandbox.freeze()).isFalse();
    }

    @Test
    void a_frozen_sandbox_can_be_closed() throws Exception {
        Sandbox sandbox = start(0, Limits.STANDARD);
        assertThat(sandbox.freeze()).isTrue();

        sandbox.close();

        assertThat(sandbox.alive()).isFalse();
    }

    @Test
    void the_first_process_cannot_be_killed_from_inside() throws Exception {
        Shell shell = new Shell(start(0, Limits.STANDARD));

        shell.run("kill -9 1; kill -STOP 1; kill -TERM 1");

        assertThat(shell.output("echo there")).isEqualTo("there");
    }

    @Test
    void a_fork_bomb_is_capped_and_disturbs_no_other_sandbox() throws Exception {
        Sandbox bombed = start(0, SMALL);
        Shell other = new Shell(start(1, SMALL));
        new Shell(bombed).begin("bomb() { bomb | bomb & }; bomb; sleep 60");
        assertThat(Eventually.within(
                        Duration.ofSeconds(10), () -> bombed.processes().size() > 20))
                .isTrue();

        for (int round = 0; round < 5; round++) {
            assertThat(bombed.processes()).hasSizeLessThanOrEqualTo(SMALL.processes() + 2);
            assertThat(other.output("echo $((6 * 7))")).isEqualTo("42");
        }
        bombed.close();
        assertThat(bombed.alive()).isFalse();
    }

    static Stream<Abuse> abuses() {
        return Abuse.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("abuses")
    @Timeout(60)
    void neither_disturbs_a_neighbour_nor_outlives_its_end(Abuse abuse) throws Exception {
        Path workspace = workspace(0);
        Sandbox hostile = start(0, SMALL, workspace);
        Shell neighbour = new Shell(start(1, SMALL));
        new Shell(hostile).begin(abuse.command());
        assertThat(Eventually.within(Duration.ofSeconds(30), () -> Files.exists(workspace.resolve("raging"))))
                .as("it is at it")
                .isTrue();

        assertThat(neighbour.output(WORK)).isEqualTo("3 commits of 6 files");
        List<Long> all = hostile.processes();
        assertThat(all).hasSizeLessThanOrEqualTo(SMALL.processes() + 2);

        hostile.close();

        assertThat(hostile.alive()).isFalse();
        assertThat(all).allMatch(pid -> Processes.state(pid).isEmpty());
        assertThat(neighbour.output("echo there")).isEqualTo("there");
    }

    /** As many as {@code belay.load.at.once} says. */
    @Test
    @Tag("load")
    @Timeout(120)
    void many_at_once_all_work_and_leave_nothing() throws Exception {
        int count = Integer.getInteger("belay.load.at.once", 100);
        new Shell(start(0, SMALL)).run("true");
        close_what_is_open();
        Footprint before = footprint();

        List<Future<String>> said = new ArrayList<>();
        CountDownLatch all = new CountDownLatch(count);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < count; i++) {
                int number = i;
                said.add(threads.submit(() -> {
                    try (Sandbox sandbox = start(number % 4, SMALL)) {
                        all.countDown();
                        assertThat(all.await(100, TimeUnit.SECONDS))
                                .as("all live at once")
                                .isTrue();
                        return new Shell(sandbox).output("echo $((" + number + " * 7))");
                    }
                }));
            }
        }

        for (int i = 0; i < count; i++) {
            assertThat(said.get(i).get()).isEqualTo(Integer.toString(i * 7));
        }
        close_what_is_open();
        assertNothingIsLeft(before);
    }

    /** As many as {@code belay.load.in.turn} says; 1000 show a growth of one in a hundred. */
    @Test
    @Tag("load")
    @Timeout(300)
    void one_after_another_they_leave_nothing_and_nothing_grows() throws Exception {
        int count = Integer.getInteger("belay.load.in.turn", 200);
        Path workspace = workspace(0);
        for (int i = 0; i < 20; i++) {
            inTurn(workspace, i);
        }
        Footprint before = footprint();
        int threads = Thread.activeCount();
        long heap = usedHeap();

        for (int i = 0; i < count; i++) {
            inTurn(workspace, i);
        }

        assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 2);
        assertThat(usedHeap() - heap).isLessThan(16L << 20);
        assertNothingIsLeft(before);
    }

    private void inTurn(Path workspace, int number) throws IOException {
        try (Sandbox sandbox = kept(start(0, SMALL, workspace))) {
            assertThat(new Shell(sandbox).output("echo " + number)).isEqualTo(Integer.toString(number));
        }
    }

    /** The workspaces are the test's own. */
    private Footprint footprint() throws IOException {
        return Footprint.now(
                room.state(),
                List.copyOf(room.cgroups().values()),
                room.state().resolve("contract").toString());
    }

    /** The kernel and the collector take their time; what is still there after it stays. */
    private void assertNothingIsLeft(Footprint before) throws Exception {
        Eventually.within(Duration.ofSeconds(10), () -> {
            System.gc();
            return footprint().within(before, keptOpen());
        });
        Footprint now = footprint();
        assertThat(now.within(before, keptOpen()))
                .as("left behind: %s, of %s", now, before)
                .isTrue();
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void a_memory_hog_dies_alone() throws Exception {
        Sandbox sandbox = start(0, SMALL);
        Sandbox other = start(1, SMALL);

        int code = new Shell(sandbox)
                .run("perl -e '$x = q(x) x (1 << 30); print length $x'")
                .code();

        assertThat(code).isNotZero();
        assertThat(new Shell(other).output("echo there")).isEqualTo("there");
        assertThat(new Shell(sandbox).output("echo there")).isEqualTo("there");
    }

    @Test
    void a_file_cannot_grow_beyond_the_cap() throws Exception {
        Path workspace = workspace(0);
        Shell shell = new Shell(start(0, SMALL, workspace));

        assertThat(shell.run("head -c 4194304 /dev/zero > big").code()).isNotZero();
        assertThat(Files.size(workspace.resolve("big"))).isEqualTo(SMALL.fileSizeBytes());
    }

    @Test
    void tmp_cannot_grow_beyond_the_cap() throws Exception {
        Shell shell = new Shell(start(0, new Limits(64, 64, 100, 8L << 30, Duration.ofMinutes(1), 64)));

        assertThat(shell.run("head -c 104857600 /dev/zero > /tmp/big").code()).isNotZero();
    }

    @Test
    void space_can_be_allocated_and_given_back_within_the_cap() throws Exception {
        Shell shell = new Shell(start(0, SMALL));

        assertThat(shell.run("fallocate -l 65536 f && fallocate -p -o 4096 -l 4096 f && test $(stat -c %s f) = 65536")
                        .code())
                .isZero();
    }

    @Test
    void a_gigabyte_of_output_is_not_kept() throws Exception {
        Shell shell = new Shell(start(0, Limits.STANDARD));
        System.gc();
        long before = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();

        Shell.Result result = shell.run("head -c 1073741824 /dev/zero");

        System.gc();
        long after = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        assertThat(result.bytes()).isEqualTo(1L << 30);
        assertThat(after - before).isLessThan(64L << 20);
    }

    @Test
    void freezing_stops_every_write_and_thawing_lets_them_go_on() throws Exception {
        Path workspace = workspace(0);
        Sandbox sandbox = start(0, Limits.STANDARD, workspace);
        new Shell(sandbox).begin("for i in 1 2 3; do (while :; do echo x >> f; done) & done; wait");
        Path file = workspace.resolve("f");
        assertThat(Eventually.within(Duration.ofSeconds(10), () -> Files.exists(file) && Files.size(file) > 100))
                .isTrue();

        assertThat(sandbox.freeze()).isTrue();
        long frozen = Files.size(file);
        LockSupport.parkNanos(Duration.ofMillis(60).toNanos());
        assertThat(Files.size(file)).isEqualTo(frozen);

        sandbox.thaw();
        assertThat(Eventually.within(Duration.ofSeconds(5), () -> Files.size(file) > frozen))
                .isTrue();
    }

    @Test
    void what_is_held_stays_stopped_over_a_capture_until_it_is_released() throws Exception {
        Path workspace = workspace(0);
        Sandbox sandbox = start(0, Limits.STANDARD, workspace);
        new Shell(sandbox).begin("while :; do echo x >> f; done");
        Path file = workspace.resolve("f");
        assertThat(Eventually.within(Duration.ofSeconds(10), () -> Files.exists(file) && Files.size(file) > 100))
                .isTrue();

        assertThat(sandbox.hold()).isTrue();
        long held = Files.size(file);
        assertThat(sandbox.freeze()).isTrue();
        sandbox.thaw();
        LockSupport.parkNanos(Duration.ofMillis(60).toNanos());
        assertThat(Files.size(file)).isEqualTo(held);

        assertThat(sandbox.freeze()).isTrue();
        sandbox.release();
        LockSupport.parkNanos(Duration.ofMillis(60).toNanos());
        assertThat(Files.size(file)).as("a capture is going on").isEqualTo(held);

        sandbox.thaw();
        assertThat(Eventually.within(Duration.ofSeconds(5), () -> Files.size(file) > held))
                .isTrue();
    }

    @Test
    void two_sandboxes_do_not_see_each_other() throws Exception {
        Sandbox one = start(0, Limits.STANDARD);
        Sandbox two = start(1, Limits.STANDARD);
        Shell first = new Shell(one);
        first.run("echo secret > /tmp/s; echo secret > /dev/shm/s; echo secret > ~/s; echo secret > s");

        String seen = new Shell(two)
                .output("cat /tmp/s /dev/shm/s ~/s /workspace/s 2>/dev/null; ls /proc | grep -c '^[0-9]'");

        assertThat(seen).doesNotContain("secret");
        assertThat(Integer.parseInt(seen)).isLessThanOrEqualTo(ownProcesses() + 3);
    }

    @Test
    void two_sandboxes_have_two_kernel_uids_and_neither_is_the_runners() throws Exception {
        assumeTrue(room.views().isPresent(), "there is one uid only: a weaker cell, see THREATS.md");
        String one = uid(start(0, Limits.STANDARD));
        String two = uid(start(1, Limits.STANDARD));

        assertThat(one).isNotEqualTo(two);
        assertThat(List.of(one, two)).doesNotContain("0");
    }

    @Test
    void a_sandbox_outlives_the_thread_that_asked_for_it() throws Exception {
        List<Sandbox> started = new CopyOnWriteArrayList<>();
        Thread asking = Thread.ofPlatform().start(() -> {
            try {
                started.add(start(0, Limits.STANDARD));
            } catch (Exception failed) {
                throw new AssertionError(failed);
            }
        });
        asking.join();
        assertThat(Eventually.within(Duration.ofSeconds(5), () -> !asking.isAlive()))
                .isTrue();

        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());

        assertThat(new Shell(started.getFirst()).output("echo there")).isEqualTo("there");
    }

    @Test
    void the_death_of_the_runner_leaves_nothing() throws Exception {
        Process runner = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DoomedRunner.class.getName(),
                        getClass().getName(),
                        workspace(0).toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<Long> inside;
        try (var said = runner.inputReader()) {
            inside = Stream.of(said.readLine().split(" ")).map(Long::valueOf).toList();
            assertThat(inside)
                    .hasSizeGreaterThanOrEqualTo(3)
                    .allMatch(pid -> Processes.state(pid).isPresent());

            runner.destroyForcibly().waitFor();
        }
        assertThat(Eventually.within(
                        Duration.ofSeconds(5),
                        () -> inside.stream()
                                .allMatch(pid -> Processes.state(pid).isEmpty())))
                .isTrue();
    }

    @Test
    void a_start_that_fails_names_the_cause_and_leaves_nothing() {
        SandboxSpec missing = new SandboxSpec("missing", 0, room.state().resolve("nowhere"), Limits.STANDARD, Map.of());

        assertThatThrownBy(() -> engine.start(missing))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("nowhere");
        assertThatThrownBy(() -> engine.start(new SandboxSpec("slot", 999, room.state(), Limits.STANDARD, Map.of())))
                .hasMessageContaining("no slot 999");
    }

    @Test
    void a_hand_that_ends_at_once_is_told_with_what_it_complained_of() throws IOException {
        Path program = Files.writeString(room.state().resolve("unlucky.pl"), "print STDERR qq(no luck\\n); exit 3");
        SandboxEngine broken = engine(room, program);
        SandboxSpec spec = new SandboxSpec("broken", 0, workspace(0), Limits.STANDARD, Map.of());

        assertThatThrownBy(() -> broken.start(spec))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("no luck");
    }

    @Test
    void a_hand_that_says_something_else_first_is_not_believed() throws IOException {
        Path program = Files.writeString(room.state().resolve("rude.pl"), "$|=1; print q(hello, world); sleep 60");
        SandboxEngine broken = engine(room, program);
        SandboxSpec spec = new SandboxSpec("rude", 0, workspace(0), Limits.STANDARD, Map.of());

        assertThatThrownBy(() -> broken.start(spec)).hasMessageContaining("not a pong");
    }

    @Test
    void the_probe_finds_nothing_that_fails() {
        EngineReport report = engine.probe();

        assertThat(report.findings())
                .hasSizeGreaterThan(20)
                .filteredOn(finding -> finding.grade() == EngineReport.Grade.FAILS)
                .isEmpty();
        assertThat(report.usable()).isTrue();
    }

    private static String uid(Sandbox sandbox) {
        return Processes.status(sandbox.processes().getFirst(), "Uid")
                .orElseThrow()
                .split("\\s+")[0];
    }

    final Room room() {
        return room;
    }

    final Sandbox start(int slot, Limits limits) throws IOException {
        return start(slot, limits, workspace(slot));
    }

    final Sandbox start(int slot, Limits limits, Path workspace) throws IOException {
        return start(slot, limits, workspace, Map.of());
    }

    private Sandbox start(int slot, Limits limits, Path workspace, Map<String, String> environment) throws IOException {
        String id = "contract-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
        Sandbox sandbox = engine.start(new SandboxSpec(id, slot, workspace, limits, environment));
        open.add(sandbox);
        return sandbox;
    }

    final Path workspace(int slot) throws IOException {
        Path parent = Files.createDirectories(room.state().resolve("contract"));
        Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwx--x--x"));
        Path workspace =
                Files.createDirectory(parent.resolve(ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet()));
        Files.setAttribute(workspace, "unix:uid", room.uid(slot));
        Files.setAttribute(workspace, "unix:gid", room.uid(slot));
        return workspace;
    }

    private Battery battery() throws Exception {
        if (battery == null) {
            String name = "battery-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
            Surroundings surroundings = new Surroundings(room.state().resolve(name), room.state());
            battery = new Battery(surroundings, variables -> kept(start(3, Limits.STANDARD, workspace(3), variables)));
        }
        return battery;
    }

    /** Not closed with what a single test opened. */
    private Sandbox kept(Sandbox sandbox) {
        open.remove(sandbox);
        return sandbox;
    }
}
