package dev.belay.controller.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SealTest {
    private static final String VALUE = "npm_0123456789abcdef";
    private static final SealedFor PURPOSE =
            new SealedFor("local", "NPM_TOKEN", List.of("a.example", "registry.example:443"));

    private final Seal seal = new Seal();
    private final WrappingKey key = key(1);

    private static WrappingKey key(int filler) {
        byte[] bytes = new byte[WrappingKey.BYTES];
        Arrays.fill(bytes, (byte) filler);
        return new WrappingKey(bytes, "file:/k" + filler);
    }

    @Test
    void what_was_sealed_is_opened_by_the_same_key_alone() {
        byte[] sealed = seal.close(key, PURPOSE, VALUE);

        assertThat(seal.open(key, PURPOSE, sealed)).contains(VALUE);
        assertThat(seal.open(key(2), PURPOSE, sealed)).isEmpty();
    }

    @Test
    void nothing_of_the_value_is_in_it_and_no_two_are_alike() {
        byte[] one = seal.close(key, PURPOSE, VALUE);
        byte[] other = seal.close(key, PURPOSE, VALUE);

        assertThat(new String(one, StandardCharsets.ISO_8859_1)).doesNotContain(VALUE.substring(0, 4));
        // The form is the one byte that they have in common by more than chance.
        assertThat(one[0]).isEqualTo(other[0]);
        assertThat(Arrays.copyOfRange(one, 1, 13)).isNotEqualTo(Arrays.copyOfRange(other, 1, 13));
        assertThat(Arrays.copyOfRange(one, 61, 73)).isNotEqualTo(Arrays.copyOfRange(other, 61, 73));
        assertThat(Arrays.copyOfRange(one, 73, one.length)).isNotEqualTo(Arrays.copyOfRange(other, 73, other.length));
    }

    static Stream<SealedFor> others() {
        return Stream.of(
                new SealedFor("other", "NPM_TOKEN", PURPOSE.hosts()),
                new SealedFor("local", "NPM_TOKEN2", PURPOSE.hosts()),
                new SealedFor("localN", "PM_TOKEN", PURPOSE.hosts()),
                new SealedFor("local", "NPM_TOKEN", List.of("a.example")),
                new SealedFor("local", "NPM_TOKEN", List.of("a.example", "registry.example:443", "z.example")),
                new SealedFor("local", "NPM_TOKEN", List.of("a.example", "*.example")),
                new SealedFor("local", "NPM_TOKEN", List.of("a.example", "registry.example")),
                new SealedFor("local", "NPM_TOKEN", List.of("a.exampleregistry.example:443")),
                new SealedFor("local", "NPM_TOKEN", List.of()));
    }

    @ParameterizedTest
    @MethodSource("others")
    void it_does_not_open_for_anything_else(SealedFor other) {
        assertThat(seal.open(key, other, seal.close(key, PURPOSE, VALUE))).isEmpty();
    }

    @Test
    void the_order_of_the_hosts_says_nothing() {
        SealedFor turned = new SealedFor("local", "NPM_TOKEN", PURPOSE.hosts().reversed());

        assertThat(seal.open(key, turned, seal.close(key, PURPOSE, VALUE))).contains(VALUE);
    }

    @Test
    void one_that_was_changed_or_cut_anywhere_does_not_open() {
        byte[] sealed = seal.close(key, PURPOSE, VALUE);

        assertThat(IntStream.range(0, sealed.length))
                .as("bytes that were turned")
                .allSatisfy(at -> {
                    byte[] changed = sealed.clone();
                    changed[at] ^= 1;
                    assertThat(seal.open(key, PURPOSE, changed)).isEmpty();
                });
        assertThat(IntStream.range(0, sealed.length))
                .as("lengths that it was cut to")
                .allSatisfy(length -> assertThat(seal.open(key, PURPOSE, Arrays.copyOf(sealed, length)))
                        .isEmpty());
    }

    @Test
    void a_key_is_told_by_its_fingerprint_and_by_nothing_else() throws Exception {
        byte[] bytes = new byte[WrappingKey.BYTES];
        Arrays.fill(bytes, (byte) 1);

        assertThat(key.id()).isEqualTo("ba18afd124d79f0e").hasSize(16);
        assertThat(new WrappingKey(bytes, "env:ELSEWHERE").id()).isEqualTo(key.id());
        assertThat(key(2).id()).isNotEqualTo(key.id());
        assertThat(key.toString())
                .doesNotContain(HexFormat.of().formatHex(bytes))
                .doesNotContain(Base64.getEncoder().encodeToString(bytes));
    }
}
