package dev.belay.runner.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.runner.sandbox.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LookupTest {
    private static final Duration BOUND = Duration.ofMillis(500);

    private final CountDownLatch never = new CountDownLatch(1);
    private final AtomicInteger hanging = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final Lookup lookup = new Lookup(this::resolve, BOUND);

    @AfterEach
    void end() {
        never.countDown();
        lookup.close();
    }

    /** Of {@code hang}, nothing is ever said; of {@code none}, that there is no such name. Every answer is a new one. */
    private List<InetAddress> resolve(String host) throws IOException {
        threads.add(Thread.currentThread());
        int number = asked.incrementAndGet();
        if (host.equals("none")) {
            throw new UnknownHostException(host);
        }
        if (host.equals("hang")) {
            hanging.incrementAndGet();
            try {
                never.await();
            } catch (InterruptedException stopped) {
                throw new IOException(stopped);
            } finally {
                hanging.decrementAndGet();
            }
        }
        return List.of(Outside.loopback(number % 200 + 1));
    }

    /** Each is given up in time. */
    private void hang(int count) throws Exception {
        try (var askers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> all = new ArrayList<>();
            Callable<Boolean> one = () -> {
                assertThatThrownBy(() -> lookup.addresses("hang")).isInstanceOf(SocketTimeoutException.class);
                return true;
            };
            for (int number = 0; number < count; number++) {
                all.add(askers.submit(one));
            }
            for (Future<Boolean> each : all) {
                assertThat(each.get(20, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void others_are_resolved_while_some_hang() throws Exception {
        hang(Lookup.AT_ONCE - 1);

        for (int number = 0; number < 50; number++) {
            assertThat(lookup.addresses("quick")).hasSize(1);
        }
        assertThat(hanging).hasValue(Lookup.AT_ONCE - 1);
    }

    @Test
    void those_that_hang_hold_no_more_threads_than_there_are_places_and_give_them_back() throws Exception {
        hang(10 * Lookup.AT_ONCE);

        assertThat(hanging).hasValue(Lookup.AT_ONCE);
        assertThat(threads).hasSize(Lookup.AT_ONCE);
        assertThatThrownBy(() -> lookup.addresses("quick"))
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessage("too many names are being looked up");

        never.countDown();

        assertThat(lookup.addresses("quick")).hasSize(1);
    }

    @Test
    void a_thread_is_kept_and_an_answer_is_not() throws Exception {
        List<InetAddress> last = List.of();
        for (int number = 0; number < 200; number++) {
            List<InetAddress> next = lookup.addresses("quick");
            assertThat(next).isNotEqualTo(last);
            last = next;
        }

        assertThat(asked).hasValue(200);
        assertThat(threads).hasSizeLessThan(Lookup.AT_ONCE);
    }

    @Test
    void a_name_that_does_not_resolve_costs_no_place() {
        for (int number = 0; number < 3 * Lookup.AT_ONCE; number++) {
            assertThatThrownBy(() -> lookup.addresses("none"))
                    .isInstanceOf(IOException.class)
                    .hasMessage("its name does not resolve");
        }
        assertThat(asked).hasValue(3 * Lookup.AT_ONCE);
    }

    @Test
    void one_that_is_closed_asks_nobody_and_leaves_no_thread() throws Exception {
        assertThat(lookup.addresses("quick")).hasSize(1);

        lookup.close();

        assertThatThrownBy(() -> lookup.addresses("quick")).isInstanceOf(IOException.class);
        assertThat(asked).hasValue(1);
        assertThat(Eventually.within(
                        Duration.ofSeconds(3), () -> threads.stream().noneMatch(Thread::isAlive)))
                .isTrue();
    }
}
