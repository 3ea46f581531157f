package dev.belay.runner.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapShareTest {
    @Test
    void what_is_taken_is_not_there_for_others_until_it_is_given_back() {
        HeapShare heap = new HeapShare(HeapShare.CONNECTION + HeapShare.INSPECTION);

        boolean connected = heap.take(HeapShare.CONNECTION);
        boolean inspected = heap.take(HeapShare.INSPECTION);
        boolean another = heap.take(HeapShare.CONNECTION);
        heap.giveBack(HeapShare.CONNECTION);

        assertThat(connected).isTrue();
        assertThat(inspected).isTrue();
        assertThat(another).isFalse();
        assertThat(heap.take(HeapShare.CONNECTION)).isTrue();
    }

    @Test
    void the_least_heap_of_a_runner_has_room_for_all_connections_of_a_task_and_never_for_half_of_itself() {
        long heap = 256 << 20;
        HeapShare share = new HeapShare(heap / 4);
        int connections = 0;
        while (share.take(HeapShare.CONNECTION)) {
            connections++;
        }
        int inspected = 0;
        HeapShare other = new HeapShare(heap / 4);
        while (other.take(HeapShare.CONNECTION + HeapShare.INSPECTION)) {
            inspected++;
        }

        assertThat(connections).isGreaterThanOrEqualTo(GatewayLimits.STANDARD.connections());
        assertThat((long) inspected * (HeapShare.CONNECTION + HeapShare.INSPECTION))
                .isLessThan(heap / 2);
        assertThat(inspected).isGreaterThan(100);
    }
}
