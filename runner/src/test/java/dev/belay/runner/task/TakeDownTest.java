package dev.belay.runner.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TakeDownTest {
    private final List<String> done = new ArrayList<>();

    @Test
    void the_slot_is_given_back_when_everything_of_its_uid_has_ended() throws IOException {
        TakeDown.all(part("sandbox"), part("snapshots"), part("workspace"), () -> done.add("slot"));

        assertThat(done).containsExactly("sandbox", "snapshots", "workspace", "slot");
    }

    @Test
    void the_slot_of_a_sandbox_that_would_not_end_is_never_given_to_another_task() {
        assertThatThrownBy(() ->
                        TakeDown.all(failing("sandbox"), part("snapshots"), part("workspace"), () -> done.add("slot")))
                .hasMessage("sandbox");

        assertThat(done).containsExactly("sandbox", "snapshots", "workspace");
    }

    @Test
    void everything_is_tried_and_the_first_failure_is_told_with_the_others() {
        assertThatThrownBy(() -> TakeDown.all(
                        part("sandbox"), failing("snapshots"), failing("workspace"), () -> done.add("slot")))
                .hasMessage("snapshots")
                .satisfies(first -> assertThat(first.getSuppressed())
                        .extracting(Throwable::getMessage)
                        .containsExactly("workspace"));

        assertThat(done).containsExactly("sandbox", "snapshots", "workspace", "slot");
    }

    @Test
    void what_was_never_opened_is_not_closed() throws IOException {
        TakeDown.all(null, null, part("workspace"), () -> done.add("slot"));

        assertThat(done).containsExactly("workspace", "slot");
    }

    private Closeable part(String name) {
        return () -> done.add(name);
    }

    private Closeable failing(String name) {
        return () -> {
            done.add(name);
            throw new IOException(name);
        };
    }
}
