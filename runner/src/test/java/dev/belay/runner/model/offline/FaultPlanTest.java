package dev.belay.runner.model.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultPlanTest {
    static Stream<Arguments> words() {
        return Stream.of(
                arguments("status:500", new Fault.Refusing.Status(500)),
                arguments("status:429:7", new Fault.Refusing.Status(429, OptionalInt.of(7))),
                arguments("too-long", new Fault.Refusing.TooLong()),
                arguments("no-quota", new Fault.Refusing.NoQuota()),
                arguments("bad-key", new Fault.Refusing.BadKey()),
                arguments("silence", new Fault.Foreign.Silence()),
                arguments("closed", new Fault.Foreign.Closed()),
                arguments("redirect:http://a.example:1/b?c=d", new Fault.Foreign.Redirect("http://a.example:1/b?c=d")),
                arguments("html", new Fault.Foreign.Html()),
                arguments("unstreamed", new Fault.Foreign.Unstreamed()),
                arguments("cut-after-events:3", new Fault.Streaming.CutAfterEvents(3)),
                arguments("cut-after-bytes:0", new Fault.Streaming.CutAfterBytes(0)),
                arguments("error-after:1", new Fault.Streaming.ErrorAfter(1)),
                arguments("malformed-after:1", new Fault.Streaming.MalformedAfter(1)),
                arguments("silence-after:1", new Fault.Streaming.SilenceAfter(1)),
                arguments("endless", new Fault.Streaming.Endless()),
                arguments("length-limit", new Fault.Speaking.LengthLimit()),
                arguments("declined", new Fault.Speaking.Declined()),
                arguments("filtered", new Fault.Speaking.Filtered()),
                arguments("big-arguments:8", new Fault.Speaking.BigArguments(8)),
                arguments("broken-arguments", new Fault.Speaking.BrokenArguments()),
                arguments("wrong-case", new Fault.Speaking.WrongCase()));
    }

    @ParameterizedTest
    @MethodSource("words")
    void a_fault_is_written_in_words(String words, Fault fault) {
        assertThat(FaultPlan.parse(List.of(words)).of(9)).hasValue(fault);
        assertThat(FaultPlan.parse(List.of("2=" + words)).of(2)).hasValue(fault);
    }

    @Test
    void every_fault_has_its_words() {
        List<String> known = words().map(one -> one.get()[0].toString().split(":", 2)[0])
                .distinct()
                .toList();

        assertThat(FaultWords.ALL).extracting(word -> word.split(":", 2)[0]).containsExactlyElementsOf(known);
    }

    @Test
    void a_fault_for_one_request_goes_before_the_one_for_all() {
        FaultPlan plan = FaultPlan.parse(List.of("html", "2=closed", "3=endless"));

        assertThat(plan.of(1)).hasValue(new Fault.Foreign.Html());
        assertThat(plan.of(2)).hasValue(new Fault.Foreign.Closed());
        assertThat(plan.of(3)).hasValue(new Fault.Streaming.Endless());
        assertThat(FaultPlan.NONE.of(1)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "noise",
                "status",
                "status:",
                "status:200",
                "status:600",
                "status:429:",
                "status:429:x",
                "redirect:",
                "redirect:a b",
                "redirect:a\r\nb: c",
                "cut-after-events:-1",
                "cut-after-bytes:1.5",
                "big-arguments:0",
                "big-arguments:65",
                "silence:1",
                "0=html",
                "x=html",
                "=html"
            })
    void what_is_no_fault_is_refused(String words) {
        assertThatThrownBy(() -> FaultPlan.parse(List.of(words))).isInstanceOf(IllegalArgumentException.class);
    }
}
