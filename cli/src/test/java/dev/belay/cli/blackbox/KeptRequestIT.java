package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A request whose answer got lost: it is kept, and makes one task however often it is sent. */
class KeptRequestIT {
    @Test
    void a_controller_killed_between_commit_and_reply_has_made_the_task_that_retry_names() throws Exception {
        try (Belay belay = Belay.fresh();
                Relay relay = new Relay(belay)) {
            Repository shop = belay.repository("shop");
            belay.run("up").well();
            CompletableFuture<String> made = new CompletableFuture<>();
            relay.ofSubmissions(answer -> {
                // It has answered, so it has committed; nobody will hear of it.
                kill(relay.controller().number("pid"));
                made.complete(Json.parse(answer.substring(answer.indexOf('{'), answer.lastIndexOf('}') + 1))
                        .text("id"));
                return false;
            });
            Belay client = relay.client("elsewhere");

            Result lost = client.at(shop)
                    .run("run", "-d", "--model", new Script().write("a", "1\n").in(belay), "only", "once")
                    .refused("E_UNREACHABLE", 9);

            assertThat(lost.err()).contains("your request is kept: belay retry (d-");
            relay.ofSubmissions(answer -> true);
            belay.run("up").well();
            assertThat(client.run("retry").well().said()).isEqualTo(made.get(1, TimeUnit.SECONDS));
            assertThat(client.run("retry", "--list").well().err()).startsWith("no request is kept");
            assertThat(belay.run("ps", "-a", "-q").well().out().lines()).containsExactly(made.get());
            belay.run("wait", "--timeout", "90s", made.get()).well();
        }
    }

    @Test
    void ctrl_c_before_the_answer_keeps_the_request() throws Exception {
        Belay belay = Belay.started();
        Repository shop = belay.repository("interrupted");
        try (Relay relay = new Relay(belay)) {
            CountDownLatch answered = new CountDownLatch(1);
            CountDownLatch interrupted = new CountDownLatch(1);
            relay.ofSubmissions(answer -> {
                answered.countDown();
                Relay.await(interrupted);
                return false;
            });
            Belay client = relay.client("interrupted-state");
            Result left;
            try (Running run = client.at(shop).start("run", "--model", new Script().in(belay), "keep", "this")) {
                Relay.await(answered);
                left = run.interrupt().end().ended(130);
            }
            interrupted.countDown();
            relay.ofSubmissions(answer -> true);

            assertThat(left.err()).contains("interrupted. your request is kept: belay retry");
            List<Json> kept = client.run("retry", "--list", "--json")
                    .well()
                    .json()
                    .get("drafts")
                    .items();
            assertThat(kept).hasSize(1);
            assertThat(kept.getFirst().text("prompt")).isEqualTo("keep this");
            String task = client.run("retry").well().said();
            assertThat(belay.run("ps", "-a", "--json").well().json().get("tasks").items().stream()
                            .filter(one -> one.text("prompt").equals("keep this"))
                            .map(one -> one.text("id")))
                    .containsExactly(task);
            belay.run("wait", task).well();
        }
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(process -> {
            process.destroyForcibly();
            process.onExit().join();
        });
    }
}
