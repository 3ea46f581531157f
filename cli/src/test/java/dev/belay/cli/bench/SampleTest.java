package dev.belay.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleTest {
    private static Sample of(String values) {
        return Sample.of(Arrays.stream(values.split(" ")).map(Double::valueOf).toList());
    }

    /** 1 to the count, in disorder. */
    private static Sample counted(int count) {
        List<Double> values = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            values.add((double) i);
        }
        Collections.shuffle(values, new Random(7));
        return Sample.of(values);
    }

    @ParameterizedTest
    @CsvSource({"4, 4", "3 1, 2", "9 1 5, 5", "10 1 2 100, 6", "2 2 2 2 50, 2"})
    void the_median_is_the_middle_or_between_the_two_middles(String values, double median) {
        assertThat(of(values).median()).isEqualTo(median);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "5,5", "10,10", "19,19", "20,19", "21,20", "60,57", "100,95", "101,96"})
    void p95_is_the_least_value_that_95_of_100_do_not_exceed(int count, double p95) {
        assertThat(counted(count).p95()).isEqualTo(p95);
    }

    @Test
    void least_most_and_number_are_those_of_what_was_measured() {
        Sample sample = of("3 -1 8");

        assertThat(sample.min()).isEqualTo(-1);
        assertThat(sample.max()).isEqualTo(8);
        assertThat(sample.size()).isEqualTo(3);
    }

    @Test
    void less_takes_the_same_from_each() {
        assertThat(of("3 5 10").less(4).sorted()).containsExactly(-1.0, 1.0, 6.0);
    }

    @Test
    void divided_by_a_count_every_value_is_its_share() {
        assertThat(of("800 400").dividedBy(20).sorted()).containsExactly(20.0, 40.0);
    }

    @Test
    void two_samples_joined_are_sorted_as_one() {
        assertThat(of("1 9").and(of("5 2")).sorted()).containsExactly(1.0, 2.0, 5.0, 9.0);
    }

    @Test
    void nothing_measured_is_no_sample() {
        assertThatThrownBy(() -> Sample.of(List.of())).hasMessage("nothing was measured");
    }
}
