package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import org.junit.jupiter.api.Test;

/** The disk below everything, as it fills, and as there is space again. */
class FullDiskIT {
    /** So that a disk of the machine's memory is enough. */
    private static Belay small(Belay belay) {
        return belay.with("BELAY_DISK_FLOOR", "192M")
                .with("BELAY_DISK_BALLAST", "16M")
                .with("BELAY_RUNNER_DISK_FLOOR", "160M")
                .with("BELAY_RUNNER_DISK_BALLAST", "16M")
                .with("BELAY_SLOTS", "2");
    }

    private static String state(Belay belay) {
        return belay.run("status", "--json").well().json().get("disk").text("state");
    }

    @Test
    void below_the_floor_new_work_is_refused_and_kept_and_what_runs_ends_and_with_space_again_work_goes_on() {
        try (Belay plain = Belay.fresh();
                SmallDisk disk = SmallDisk.of(plain, "900m")) {
            Repository shop = plain.repository("shop");
            Belay belay = disk.belay(small(plain), shop.root());
            belay.run("up").well();
            String model = new Script()
                    .write("one", "1\n")
                    .bash("for i in $(seq 50); do sleep 0.2; done")
                    .write("two", "2\n")
                    .in(plain);
            String runs =
                    belay.run("run", "-d", "--model", model, "do it").well().said();
            belay.run("wait", "--for", "snapshot=s1", runs).well();
            LocalSystem.until(
                    "the ballasts",
                    () -> disk.sh("ls " + plain.state() + "/*/ballast " + plain.state()
                                    + "/*/*/ballast 2>/dev/null | wc -l")
                            .equals("2"));

            disk.leave(150);

            LocalSystem.until("it is low", () -> state(belay).equals("low"));
            String other = new Script().write("three", "3\n").in(plain);
            assertThat(belay.run("run", "-d", "--model", other, "kept")
                            .refused("E_DISK_FULL", 9)
                            .err())
                    .contains(
                            "the controller's disk is full", "less than 192 MiB", "your request is kept: belay retry");
            assertThat(belay.run("status").well().out())
                    .contains("disk        low: ", "no new task is taken, what runs goes on");
            disk.leave(50);
            LocalSystem.until(
                    "the ballast is given back",
                    () -> disk.sh("ls " + plain.state() + "/controller").lines().noneMatch("ballast"::equals));
            belay.run("wait", "--timeout", "60s", runs).well();

            disk.giveBack();

            LocalSystem.until("there is space", () -> state(belay).equals("ok"));
            assertThat(disk.sh("ls " + plain.state() + "/controller")).contains("ballast");
            belay.run("retry").well();
            belay.run("wait", "--timeout", "60s", "-").well();
            assertThat(belay.run("exec", runs, "--", "cat", "one", "two").well().out())
                    .isEqualTo("1\n2\n");
            assertThat(disk.sh("cat " + plain.state() + "/local/controller.log"))
                    .contains("no new task is taken", "there is space again")
                    .doesNotContain("E_INTERNAL");
            assertThat(disk.sh("cat " + plain.state() + "/controller/pg.log")).doesNotContain("PANIC", "No space left");
        }
    }

    @Test
    void a_task_that_fills_the_disk_ends_alone_with_its_kept_files_and_its_neighbour_never_notices() {
        try (Belay plain = Belay.fresh();
                SmallDisk disk = SmallDisk.of(plain, "900m")) {
            Repository shop = plain.repository("shop");
            Belay belay = disk.belay(small(plain), shop.root());
            belay.run("up").well();
            Script steps = new Script();
            for (int i = 0; i < 30; i++) {
                steps.bash("echo " + i + " >> steps; sleep 0.2");
            }
            String neighbour = belay.run("run", "-d", "--model", steps.in(plain), "walk")
                    .well()
                    .said();
            Script filler = new Script()
                    .write("before", "kept\n")
                    .bash("head -c 2G /dev/zero > big; sleep 60")
                    .write("after", "never\n");
            String fills = belay.run("run", "-d", "--model", filler.in(plain), "fill")
                    .well()
                    .said();

            belay.run("wait", "--timeout", "60s", fills).ended(3);

            Json ended = belay.run("show", "--json", fills).well().json();
            assertThat(ended.text("state")).isEqualTo("failed");
            assertThat(ended.text("stop_reason")).isEqualTo("limit_disk");
            assertThat(ended.text("stop_detail")).contains("of it; everything up to its last snapshot is kept");
            TaskLog.of(belay.run("logs", "--json", fills).well().lines()).isWhole();
            belay.run("wait", "--timeout", "60s", neighbour).well();
            TaskLog walked = TaskLog.of(
                            belay.run("logs", "--json", neighbour).well().lines())
                    .isWhole();
            assertThat(walked.done()).hasSize(30);
            assertThat(belay.run("show", "--json", neighbour).well().json().number("epoch"))
                    .isEqualTo(1);
            LocalSystem.until("there is space", () -> state(belay).equals("ok"));
            assertThat(belay.run("exec", fills, "--", "ls").well().out())
                    .contains("before")
                    .doesNotContain("big", "after");
            String next = belay.run(
                            "run",
                            "-d",
                            "--model",
                            new Script().write("x", "y\n").in(plain),
                            "next")
                    .well()
                    .said();
            belay.run("wait", "--timeout", "60s", next).well();
        }
    }
}
