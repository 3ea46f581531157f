package dev.belay.runner.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.runner.model.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerSentEventsTest {
    private static final String STREAM = """
            : a comment
            event: message_start
            data: {"a":1}

            data: first
            data: second
            id: 7

            event: nothing

            data:no blank, and é 🪢
            retry: 10

            """;
    private static final List<String> EVENTS =
            List.of("message_start {\"a\":1}", " first\nsecond", " no blank, and é 🪢");

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void a_stream_is_the_same_wherever_it_is_cut(String lineEnd) throws WireException {
        byte[] bytes = STREAM.replace("\n", lineEnd).getBytes(StandardCharsets.UTF_8);
        for (int cut = 0; cut <= bytes.length; cut++) {
            List<String> heard = new ArrayList<>();
            ServerSentEvents events = new ServerSentEvents((type, data) -> heard.add(type + " " + data));

            events.add(ByteBuffer.wrap(bytes, 0, cut));
            events.add(ByteBuffer.wrap(bytes, cut, bytes.length - cut));
            events.end();

            assertThat(heard).as("cut at %s", cut).isEqualTo(EVENTS);
        }
    }

    @Test
    void an_event_that_the_server_did_not_end_counts() throws WireException {
        List<String> heard = new ArrayList<>();
        ServerSentEvents events = new ServerSentEvents((type, data) -> heard.add(data));

        events.add(ByteBuffer.wrap("data: [DONE]".getBytes(StandardCharsets.UTF_8)));
        assertThat(heard).isEmpty();
        events.end();

        assertThat(heard).containsExactly("[DONE]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: x", "data: x\n", "event: e"})
    void an_event_without_end_takes_no_more_memory(String piece) {
        byte[] bytes = (piece.endsWith("\n") ? piece : piece + "y".repeat(64)).getBytes(StandardCharsets.UTF_8);
        ServerSentEvents events = new ServerSentEvents((type, data) -> {});

        assertThatThrownBy(() -> {
                    for (long sent = 0; sent < 1L << 29; sent += bytes.length) {
                        events.add(ByteBuffer.wrap(bytes));
                    }
                })
                .isInstanceOf(WireException.class)
                .hasMessageContaining("larger than 16 MiB");
    }
}
