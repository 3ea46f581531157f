package dev.belay.runner.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.runner.task.Speech.Part;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class SpeechTest {
    private final Speech speech = new Speech();

    @Test
    void a_reader_that_is_late_gets_what_it_missed_in_one_piece() throws InterruptedException {
        speech.add(1, "Once ");
        Part first = speech.after(Part.NONE).orElseThrow();
        speech.add(1, "upon ");
        speech.add(1, "a time");

        assertThat(first).isEqualTo(new Part(1, 0, 0, "Once "));
        assertThat(speech.after(first)).contains(new Part(1, 0, 5, "upon a time"));
        assertThat(speech.after(Part.NONE)).contains(new Part(1, 0, 0, "Once upon a time"));
    }

    @Test
    void the_next_turn_begins_anew() throws InterruptedException {
        speech.add(1, "Once");
        Part first = speech.after(Part.NONE).orElseThrow();
        speech.end();
        speech.add(2, "Twice");

        assertThat(speech.after(first)).contains(new Part(2, 0, 0, "Twice"));
    }

    @Test
    void what_was_heard_of_an_answer_that_is_asked_for_again_is_taken_back() throws InterruptedException {
        speech.add(1, "Once upon");
        Part first = speech.after(Part.NONE).orElseThrow();
        speech.begin(1);
        speech.add(1, "A");

        assertThat(speech.after(first)).contains(new Part(1, 1, 0, "A"));
    }

    @Test
    void half_a_character_waits_for_its_other_half() throws InterruptedException {
        String rope = "\uD83E\uDEA2";
        speech.add(1, "a " + rope.charAt(0));
        Part first = speech.after(Part.NONE).orElseThrow();
        speech.add(1, rope.substring(1));

        assertThat(first.text()).isEqualTo("a ");
        assertThat(speech.after(first)).contains(new Part(1, 0, 2, rope));
    }

    @Test
    void a_turn_without_end_takes_no_more_memory() throws InterruptedException {
        for (int i = 0; i < 1_000; i++) {
            speech.add(1, "x".repeat(1_000));
        }

        assertThat(speech.after(Part.NONE).orElseThrow().text()).hasSize(Speech.MOST);
    }

    @Test
    void a_task_that_says_no_more_lets_its_reader_go() throws InterruptedException {
        speech.add(1, "Once");
        speech.close();

        assertThat(speech.after(Part.NONE)).isEmpty();
    }
}
