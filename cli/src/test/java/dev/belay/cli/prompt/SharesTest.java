package dev.belay.cli.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SharesTest {
    private static List<Part> parts(long... chars) {
        return Arrays.stream(chars)
                .mapToObj(count -> new Part(Part.Kind.NOTE, 0, 0, "", count))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"10 30, 100, 25 75", "1 1 1, 10, 3 4 3", "10 30, 0, 3 7", "0 0, 50, 0 0", "0 8, 5, 0 5", "3, 0, 1"})
    void tokens_fall_to_the_parts_by_their_characters(String chars, long tokens, String shares) {
        long[] counts = Stream.of(chars.split(" ")).mapToLong(Long::parseLong).toArray();

        assertThat(Shares.of(parts(counts), tokens))
                .containsExactly(
                        Stream.of(shares.split(" ")).mapToLong(Long::parseLong).toArray());
    }

    @Test
    void together_they_are_all_tokens_whatever_the_parts() {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            long[] chars = random.longs(1 + random.nextInt(50), 1, 200_000).toArray();
            long tokens = 1L + random.nextInt(900_000);

            long[] shares = Shares.of(parts(chars), tokens);

            assertThat(Arrays.stream(shares).sum()).isEqualTo(tokens);
            assertThat(Arrays.stream(shares)).allMatch(share -> share >= 0);
        }
    }

    @Test
    void of_nothing_there_are_none() {
        assertThat(Shares.of(List.of(), 10)).isEmpty();
    }
}
