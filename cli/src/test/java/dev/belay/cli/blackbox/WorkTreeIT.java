package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A test of the tests: a workspace that is not what its last snapshot says is seen as that. And Belay sees it, too. */
class WorkTreeIT {
    @Test
    void a_workspace_that_differs_from_its_last_snapshot_is_seen_and_the_next_command_finds_the_snapshot()
            throws Exception {
        Belay belay = Belay.started();
        Repository shop = belay.repository("planted-files");
        Door door = Door.of(belay);
        String task = belay.task(
                shop,
                Script.of("mkdir a; echo 1 >a/b; echo 2 >a/c; echo 3 >a/d; ln -s a/b link; rm -r src; mkdir src bin/x;"
                        + " echo 4 >bin/x/y; chmod 755 README.md"));
        Path state = belay.state().resolve("runner");
        WorkTree last = WorkTree.inTheLastSnapshot(door, shop, task);
        assertThat(last.entries())
                .containsKeys("README.md", "a/b", "a/c", "a/d", "link", "bin/x/y", "latest")
                .doesNotContainKey("src/app.txt");
        assertThat(last.differences(WorkTree.onDisk(state, shop, task))).isEmpty();

        TaskDisk.in(state, task, "echo another >a/b; rm a/c; chmod 755 a/d; echo new >new");

        assertThat(last.differences(WorkTree.onDisk(state, shop, task)))
                .extracting(line -> line.split(" ")[1])
                .containsOnly("a/b", "a/c", "a/d", "new");
        assertThat(last.differences(WorkTree.inTheWorkspace(door, task)))
                .as("what a command finds")
                .isEmpty();
        assertThat(belay.run("exec", task, "--", "sh", "-c", "echo more >more; cat a/b")
                        .well()
                        .out())
                .isEqualTo("1\n");
        assertThat(WorkTree.inTheLastSnapshot(door, shop, task).entries()).containsKey("more");
    }
}
