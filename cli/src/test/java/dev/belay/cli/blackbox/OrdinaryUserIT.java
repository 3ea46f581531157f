package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The main job as an ordinary user, when the build runs as root. When it does not, every other test here is one of an
 * ordinary user, and these are once more.
 */
class OrdinaryUserIT {
    private static Belay belay;
    private static Repository shop;

    @BeforeAll
    static void an_ordinary_user_starts_a_system() {
        belay = OrdinaryUser.isRoot() ? Belay.ofAnOrdinaryUser() : Belay.fresh();
        shop = belay.repository("shop");
    }

    @AfterAll
    static void nothing_is_left_of_it() {
        belay.close();
    }

    @Test
    void the_whole_main_job_needs_no_root() {
        Map<String, String> before = shop.fingerprint();
        Result run = belay.at(shop)
                .run(
                        "run",
                        "--model",
                        new Script()
                                .write("a.txt", "1\n")
                                .bash(
                                        "echo 2 > a.txt; chmod 600 bin/run.sh; rm -rf src; id -u; cat /etc/shadow; ls /root")
                                .in(belay),
                        "x");
        assertThat(run.well().out()).contains("succeeded in", "s2");

        String task = belay.run("ps", "-q").well().said();
        assertThat(belay.run("diff", task, "--stat").well().out()).contains("a.txt", "src/app.txt");
        belay.run("rollback", task, "s1").well();
        assertThat(belay.run("exec", task, "--", "sh", "-c", "cat a.txt src/app.txt; stat -c %a bin/run.sh; id -u")
                        .well()
                        .out())
                .isEqualTo("1\none\ntwo\nthree\n755\n1000\n");
        belay.run("undo", task).well();
        belay.run("exec", task, "--", "sh", "-c", "exit 9").ended(9);
        assertThat(shop.changedSince(before)).isEmpty();
    }

    @Test
    void weaker_isolation_is_refused_until_it_is_accepted_and_the_refusal_says_how() {
        Result run = belay.acceptingNothingWeaker()
                .at(shop)
                .run("run", "--model", new Script().in(belay), "x")
                .refused("E_WEAKER_ISOLATION", 6);

        assertThat(run.err()).contains("memory-cap", "belay run --accept-weaker");
    }

    @Test
    void doctor_finds_no_problem_for_an_ordinary_user() {
        Result doctor = belay.at(shop).run("doctor").well();

        assertThat(doctor.out()).contains("✓ kernel-uid").endsWith("no problems\n");
    }
}
