package dev.belay.runner.sandbox.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class UidMapTest {
    @Test
    void a_range_shifts_every_uid() {
        UidMap map = UidMap.parse(List.of("         0     100000      65536"));

        assertThat(map.kernelUid(0)).isEqualTo(100_000);
        assertThat(map.kernelUid(1003)).isEqualTo(101_003);
        assertThat(map.kernelUid(65_536)).isEqualTo(-1);
    }

    @Test
    void root_without_a_namespace_is_seen_as_root() {
        assertThat(UidMap.parse(List.of("0 0 4294967295")).kernelUid(0)).isZero();
    }

    @Test
    void this_jvm_is_not_root_for_the_kernel() {
        assertThat(UidMap.own().kernelUid(0)).isPositive();
    }
}
