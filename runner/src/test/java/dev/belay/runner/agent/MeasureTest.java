package dev.belay.runner.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.runner.agent.Conversation.Part;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeasureTest {
    private static final int AROUND = 40;

    /** 10,000 tokens as they usually are, with what it was told before. */
    private final Conversation conversation = new Conversation("x".repeat(30_000 - AROUND));

    private final Measure measure = new Measure(10_000);

    @Test
    void nothing_is_known_before_the_first_answer_but_characters() {
        assertThat(measure.of(conversation)).isEqualTo(10_000);
    }

    @ParameterizedTest
    @CsvSource({
        "10000, 500, 10500, 1000",
        "20000, 500, 20500, 2000",
        "5000, 0, 5000, 500",
        "1000000, 0, 1000000, 4000",
        "1, 0, 1, 250",
    })
    void what_the_model_said_counts_and_corrects_the_estimate_of_what_came_since(
            long in, long out, long said, long more) {
        Reply reply = new Reply("any", List.of(), new Reply.Usage(in, out, 0));
        measure.answered(conversation, reply.usage());
        conversation.add(new Part.Answer(reply));

        assertThat(measure.of(conversation)).isEqualTo(said);

        conversation.add(new Part.Message("x".repeat(4_000 - AROUND)));
        assertThat(measure.of(conversation)).isEqualTo(said + more);
    }

    @Test
    void a_server_that_says_no_usage_leaves_the_estimate() {
        Reply reply = new Reply("x".repeat(400 - AROUND), List.of(), Reply.Usage.NONE);
        measure.answered(conversation, reply.usage());
        conversation.add(new Part.Answer(reply));

        assertThat(measure.of(conversation)).isEqualTo(10_100);
    }
}
