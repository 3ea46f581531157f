package dev.belay.runner.hands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.belay.runner.hands.Hand.Command;
import dev.belay.runner.hands.Hand.Exit;
import dev.belay.runner.hands.Hand.Running;
import dev.belay.runner.hands.Hand.Trait;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every hand promises, shown on a hand that is pid 1 of a sandbox. */
@Timeout(60)
class HandContractTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private ConfinedHand confined = ConfinedHand.start();
    private Hand hand = confined.hand;

    @BeforeEach
    void answers() throws Exception {
        assertThat(hand.ping()).isLessThan(Duration.ofSeconds(10));
    }

    @AfterEach
    void end() throws Exception {
        confined.close();
    }

    static Stream<Arguments> commands() {
        return Stream.of(
                arguments("true", 0, "", ""),
                arguments("exit 3", 3, "", ""),
                arguments("echo out; echo err >&2; exit 255", 255, "out\n", "err\n"),
                arguments("printf 'a\\0b\\n'", 0, "a\0b\n", ""),
                arguments("kill -SEGV $$", 139, "", ""),
                arguments("kill -TERM $$", 143, "", ""),
                arguments("exec <&-; echo closed-in", 0, "closed-in\n", ""),
                arguments("exec >&- 2>&-; exit 4", 4, "", ""),
                arguments("cat", 0, "", ""),
                arguments("pwd", 0, "/workspace\n", ""),
                arguments("umask", 0, "0022\n", ""),
                arguments(
                        "for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 20 63; do test -e /proc/$$/fd/$i && echo $i; done; true",
                        0,
                        "0\n1\n2\n",
                        ""),
                arguments("ls /proc/1/fd/ 2>/dev/null; test $? != 0", 0, "", ""),
                arguments("cat /proc/1/environ /proc/$PPID/environ 2>/dev/null; test $? != 0", 0, "", ""),
                arguments("echo forged >/proc/1/fd/1", 2, "", null),
                arguments("kill -9 1; kill -TERM 1; echo alive", 0, "alive\n", ""),
                arguments("kill -TERM $PPID; kill -INT $PPID; echo untouched", 0, "untouched\n", ""),
                arguments("kill -9 $PPID; sleep 600", 137, "", ""),
                arguments("kill -STOP $PPID; sleep 600", 137, "", ""),
                arguments("kill -9 -1", 137, "", ""));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void a_command_ends_with_its_code_and_its_two_streams(String command, int code, String out, String err)
            throws Exception {
        ConfinedHand.Ran ran = confined.sh(command);

        assertThat(ran.exit().code()).isEqualTo(code);
        assertThat(ran.out()).isEqualTo(out);
        if (err != null) {
            assertThat(ran.err()).isEqualTo(err);
        }
        assertThat(confined.sh("echo next").out()).as("the hand goes on").isEqualTo("next\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "marker",
                "setsid marker",
                "(setsid sh -c 'setsid marker & marker' &) ",
                "trap '' TERM HUP; nohup marker",
                "kill -9 $PPID; marker",
                "setsid sh -c 'kill -9 $0; setsid marker' $PPID",
                "kill -STOP $PPID; marker",
                "perl -e '$0=\"leftover\"; while(1){ my $p=fork; exit if $p }'",
                // More at once than perl takes signals for in one go.
                "kill -9 $PPID; exec perl -e '$0=\"leftover\"; for(1..300){ fork or do { sleep 600; exit } }'",
                "kill -9 $PPID; exec perl -e '$0=\"leftover\"; while(1){ my $p=fork; exit if $p }'"
            })
    void nothing_that_a_foreground_command_leaves_behind_lives(String leaving) throws Exception {
        String command = leaving.replace("marker", "perl -e 'sleep 600' leftover") + " >/dev/null 2>&1 & sleep 0.1";

        Exit exit = confined.sh(command).exit();

        assertThat(exit.took()).isLessThan(Duration.ofSeconds(3));
        assertThat(confined.living("leftover")).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sleep 600; : victim",
                "trap '' TERM INT HUP; while :; do perl -e 'sleep 1' victim; done",
                "for i in 1 2 3 4 5 6 7 8; do setsid sh -c '(setsid perl -e \"sleep 600\" victim &) ; sleep 600' & done; sleep 600",
                "perl -e 'fork while 1' victim",
                "perl -e '$0=\"victim\"; while(1){ my $p=fork; next unless defined $p; exit if $p; }' & sleep 600"
            })
    void a_deadline_kills_the_whole_tree(String command) throws Exception {
        Running running = hand.run(Command.of("/bin/sh", "-c", command), Hand.Sink.NONE);

        Exit exit = running.await(Duration.ofMillis(500));

        assertThat(exit.timedOut()).isTrue();
        assertThat(exit.code()).isEqualTo(137);
        assertThat(exit.took()).isLessThan(Duration.ofMillis(2500));
        assertThat(confined.living("victim")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ">&2"})
    void a_gigabyte_passes_in_order_and_is_counted(String where) throws Exception {
        AtomicLong seen = new AtomicLong();
        Hand.Sink counting = new Hand.Sink() {
            @Override
            public void stdout(byte[] bytes) {
                seen.addAndGet(bytes.length);
            }

            @Override
            public void stderr(byte[] bytes) {
                seen.addAndGet(bytes.length);
            }
        };

        Exit exit = hand.run(Command.of("/bin/sh", "-c", "head -c 1000000000 /dev/zero " + where), counting)
                .await(LONG);

        assertThat(exit.code()).isZero();
        assertThat(exit.outputBytes()).isEqualTo(1_000_000_000L);
        assertThat(seen).hasValue(1_000_000_000L);
    }

    @Test
    void a_command_whose_output_nobody_takes_holds_up_only_itself() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicLong taken = new AtomicLong();
        Running flood = hand.run(Command.of("yes"), new Hand.Sink() {
            @Override
            public void stdout(byte[] bytes) {
                taken.addAndGet(bytes.length);
                try {
                    release.await();
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void stderr(byte[] bytes) {}
        });

        for (int i = 0; i < 20; i++) {
            assertThat(confined.sh("echo " + i).out()).isEqualTo(i + "\n");
        }

        assertThat(taken.get())
                .as("one chunk is with the sink, the rest is not even read")
                .isLessThan(1 << 17);
        release.countDown();
        flood.kill();
        assertThat(flood.await(LONG).code()).isEqualTo(137);
    }

    @Test
    void floods_do_not_starve_a_quiet_command() throws Exception {
        List<Running> floods = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            floods.add(hand.run(Command.of("yes"), Hand.Sink.NONE));
        }

        ConfinedHand.Ran quiet = confined.sh("echo through");

        assertThat(quiet.out()).isEqualTo("through\n");
        assertThat(quiet.exit().took()).isLessThan(Duration.ofSeconds(3));
        for (Running flood : floods) {
            flood.kill();
            flood.await(LONG);
        }
    }

    @Test
    void two_hundred_commands_run_side_by_side() throws Exception {
        List<Running> all = new ArrayList<>();
        List<Collected> outputs = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Collected output = new Collected();
            outputs.add(output);
            all.add(hand.run(
                    Command.of("/bin/sh", "-c", "read line; echo $line " + i).with(Trait.INPUT), output));
        }
        for (Running running : all) {
            running.input("go\n".getBytes(StandardCharsets.UTF_8));
        }

        for (int i = 0; i < 200; i++) {
            assertThat(all.get(i).await(LONG).code()).isZero();
            assertThat(outputs.get(i).out()).isEqualTo("go " + i + "\n");
        }
    }

    @Test
    void input_larger_than_a_pipe_arrives_whole() throws Exception {
        byte[] bytes = new byte[5_000_001];
        new Random(7).nextBytes(bytes);
        Collected output = new Collected();
        Running cat = hand.run(new String[] {"cat"}, Hand.HOME, Map.of(), output);

        cat.input(bytes);
        cat.endInput();

        assertThat(cat.await(LONG).code()).isZero();
        assertThat(output.bytes()).isEqualTo(bytes);
    }

    @Test
    void input_that_a_command_does_not_read_does_not_block_its_end() throws Exception {
        Running deaf = hand.run(Command.of("sleep", "0.2").with(Trait.INPUT), Hand.Sink.NONE);

        deaf.input(new byte[5_000_000]);

        assertThat(deaf.await(LONG).code()).isZero();
    }

    @Test
    void a_background_command_outlives_its_main_process_until_it_is_killed() throws Exception {
        Running running = hand.run(
                Command.of("/bin/sh", "-c", "setsid perl -e 'sleep 600' daemon & exit 0")
                        .with(Trait.BACKGROUND),
                Hand.Sink.NONE);
        assertThat(confined.sh("until grep -q daemon /proc/[0-9]*/cmdline; do :; done")
                        .exit()
                        .code())
                .isZero();

        running.kill();

        assertThat(running.await(LONG).code()).isEqualTo(137);
        assertThat(confined.living("daemon")).isZero();
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                arguments(Command.of("no-such-command"), 2),
                arguments(Command.of("/workspace"), 13),
                arguments(Command.of("true").in("/no/such/place"), 2),
                arguments(Command.of("true").in("/usr/bin/env"), 20),
                arguments(Command.of("echo", "x".repeat(200_000)), 7),
                arguments(Command.of("echo", "a\0b"), 22));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void a_command_that_cannot_start_says_why(Command command, int errno) {
        assertThatThrownBy(() -> hand.run(command, Hand.Sink.NONE).await(LONG))
                .isInstanceOfSatisfying(
                        HandException.class,
                        refused -> assertThat(refused.errno()).isEqualTo(errno));
    }

    @Test
    void the_directory_and_the_environment_are_the_commands_own() throws Exception {
        Command command = Command.of("/bin/sh", "-c", "cd /usr; echo $GREETING; pwd -P >&3")
                .environment(Map.of("GREETING", "caf\u00e9\nzwei"))
                .with(Trait.DIRECTORY);

        ConfinedHand.Ran ran = confined.sh(command);

        assertThat(ran.out()).isEqualTo("caf\u00e9 zwei\n".replace(" ", " "));
        assertThat(ran.exit().directory()).isEqualTo("/usr");
    }

    @Test
    void output_beyond_its_bound_is_kept_whole_in_a_file() throws Exception {
        Command small = Command.of("/bin/sh", "-c", "echo small").keeping("/tmp/belay/small.txt", 1000);
        Command large = Command.of("/bin/sh", "-c", "seq 1 1000; echo end >&2").keeping("/tmp/belay/large.txt", 1000);

        assertThat(confined.sh(small).exit().kept()).isFalse();
        assertThat(confined.sh(large).exit().kept()).isTrue();

        assertThat(hand.status("/tmp/belay/small.txt").kind()).isEqualTo("absent");
        assertThat(confined.sh("{ seq 1 1000; echo end; } | cmp - /tmp/belay/large.txt && echo same")
                        .out())
                .isEqualTo("same\n");
    }

    @Test
    void a_command_that_prints_more_than_its_limit_is_killed() throws Exception {
        Exit exit = confined.sh(Command.of("yes").printingAtMost(1_000_000)).exit();

        assertThat(exit.overLimit()).isTrue();
        assertThat(exit.timedOut()).isFalse();
        assertThat(exit.outputBytes()).isBetween(1_000_000L, 4_000_000L);
    }

    @Test
    void a_file_comes_back_byte_by_byte_under_any_name() throws Exception {
        String name = SandboxPath.decode(new byte[] {
            '/',
            'w',
            'o',
            'r',
            'k',
            's',
            'p',
            'a',
            'c',
            'e',
            '/',
            'n',
            '\n',
            (byte) 0xff,
            (byte) 0xc3,
            '(',
            ' ',
            '"',
            'z'
        });
        byte[] content = new byte[3_000_000];
        new Random(11).nextBytes(content);

        hand.write(name, content);

        assertThat(hand.status(name).size()).isEqualTo(content.length);
        assertThat(hand.read(name, 0, Hand.MAX_CONTENT).bytes()).isEqualTo(content);
        assertThat(hand.read(name, 2_999_990, 100).bytes()).hasSize(10);
        assertThat(hand.read(name, 5_000_000, 100).bytes()).isEmpty();
        assertThat(confined.sh("ls -b").out()).isEqualTo("n\\n\\377\\303(\\ \"z\n");
    }

    @Test
    void writing_makes_parents_keeps_the_mode_and_goes_through_symlinks() throws Exception {
        confined.sh("printf old >run.sh; chmod 751 run.sh; ln -s run.sh link; ln -s missing/target dangling");

        hand.write("/workspace/a/b/c.txt", "new".getBytes(StandardCharsets.UTF_8));
        hand.write("/workspace/link", "changed".getBytes(StandardCharsets.UTF_8));
        hand.write("/workspace/dangling", "made".getBytes(StandardCharsets.UTF_8));

        assertThat(confined.sh("stat -c '%a %F %n' a/b/c.txt run.sh link missing/target; cat run.sh")
                        .out())
                .isEqualTo("644 regular file a/b/c.txt\n751 regular file run.sh\n777 symbolic link link\n"
                        + "644 regular file missing/target\nchanged");
        assertThat(confined.sh("ls -A . a/b | grep -c belay-write; true").out()).isEqualTo("0\n");
    }

    static Stream<Arguments> unfit() {
        return Stream.of(
                arguments("/workspace", 21, 21),
                arguments("/workspace/fifo", 22, 22),
                arguments("/dev/zero", 22, 22),
                arguments("/workspace/locked", 0, 13),
                arguments("/workspace/loop", 40, 40),
                arguments("/usr/bin/env", 0, 13),
                arguments("/usr/new", 2, 30),
                arguments("/workspace/plain/below", 20, 20),
                arguments("/workspace/" + "n".repeat(300), 36, 36));
    }

    @ParameterizedTest
    @MethodSource("unfit")
    void what_is_no_file_or_may_not_be_touched_is_refused_at_once(String path, int reading, int writing)
            throws Exception {
        confined.sh("mkfifo fifo; printf x >locked; chmod 444 locked; ln -s loop loop; touch plain");

        assertThat(errno(() -> hand.read(path, 0, 10))).isEqualTo(reading);
        assertThat(errno(() -> hand.write(path, new byte[1]))).isEqualTo(writing);
        assertThat(confined.sh("cat locked").out()).isEqualTo("x");
    }

    @Test
    void the_channel_itself_is_no_file_to_read_or_write() throws Exception {
        assertThat(errno(() -> hand.read("/proc/self/fd/0", 0, 10))).isNotZero();
        assertThat(errno(() -> hand.write("/proc/self/fd/1", new byte[9]))).isNotZero();
        assertThat(confined.sh("echo still").out()).isEqualTo("still\n");
    }

    private interface Attempt {
        void make() throws HandException;
    }

    private static int errno(Attempt attempt) {
        try {
            attempt.make();
            return 0;
        } catch (HandException refused) {
            return refused.errno();
        }
    }

    @Test
    void closing_it_ends_everything_and_every_wait() throws Exception {
        Running running = hand.run(Command.of("sleep", "600"), Hand.Sink.NONE);

        hand.close();

        assertThat(confined.process.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> running.await(LONG)).isInstanceOf(HandException.class);
        assertThatThrownBy(() -> hand.ping()).isInstanceOf(HandException.class).hasMessageContaining("closed");
    }

    @Test
    void an_interrupted_wait_kills_its_command() throws Exception {
        Running running = hand.run(Command.of("perl", "-e", "sleep 600", "interruptible"), Hand.Sink.NONE);
        CountDownLatch ended = new CountDownLatch(1);
        Thread waiter = Thread.ofVirtual().start(() -> {
            try {
                running.await(LONG);
            } catch (InterruptedException expected) {
                ended.countDown();
            } catch (HandException unexpected) {
                throw new AssertionError(unexpected);
            }
        });

        waiter.interrupt();

        assertThat(ended.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(running.await(LONG).code()).isEqualTo(137);
        assertThat(confined.living("interruptible")).isZero();
    }
}
