package dev.belay.cli.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cli.WrittenLog;
import dev.belay.proto.json.Json;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BillTest {
    private static WrittenLog log() {
        return new WrittenLog();
    }

    static Stream<Arguments> logs() {
        WrittenLog three = log().turn(1, "m")
                .ends(1, 100, 0)
                .turn(2, "m")
                .ends(2, 150, 90)
                .turn(3, "m")
                .ends(3, 200, 140);
        return Stream.of(
                Arguments.of("the newest", three, 3, new Bill(200, 140, 3, 450, 230, 200)),
                Arguments.of("an earlier one, by what was counted then", three, 2, new Bill(150, 90, 2, 250, 90, 150)),
                Arguments.of(
                        "one that has not ended",
                        log().turn(1, "m").ends(1, 100, 0).turn(2, "m"),
                        2,
                        new Bill(0, 0, 2, 100, 0, 100)),
                Arguments.of("nobody counted", log().turn(1, "script").ends(1), 1, new Bill(0, 0, 1, 0, 0, 0)),
                Arguments.of(
                        "a fork does not pay for its parent",
                        log().turn(1, "m")
                                .ends(1, 100, 0)
                                .fork("p", true)
                                .turn(2, "m")
                                .ends(2, 120, 0),
                        2,
                        new Bill(120, 0, 1, 120, 0, 120)),
                Arguments.of(
                        "a turn that ended twice, the second time without a question",
                        log().turn(1, "m").ends(1, 100, 0).ends(1),
                        1,
                        new Bill(100, 0, 1, 100, 0, 100)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("logs")
    void what_was_counted_is_that_of_the_turn_and_of_all_up_to_it(String what, WrittenLog log, long turn, Bill bill) {
        List<Json> events = log.events();
        int begin = events.indexOf(events.stream()
                .filter(event -> event.text("kind").equals("turn.start") && event.number("turn") == turn)
                .findFirst()
                .orElseThrow());

        assertThat(Bill.of(events, begin)).as(what).isEqualTo(bill);
    }
}
