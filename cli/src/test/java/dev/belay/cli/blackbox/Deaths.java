package dev.belay.cli.blackbox;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Sudden deaths in a fleet, in an order that its seed decides: each kind in its share, and each at least once. */
final class Deaths {
    enum Kind {
        RUNNER(50),
        CONTROLLER(25),
        HAND(15),
        DATABASE(7),
        /** A runner stands still for longer than its lease, and wakes. */
        FREEZE(3);

        private final int share;

        Kind(int share) {
            this.share = share;
        }
    }

    private static final int FROZEN_SECONDS = 32;

    private final Fleet fleet;
    private final Random random;
    private final List<Kind> order = new ArrayList<>();
    private final Map<Kind, Integer> died = new EnumMap<>(Kind.class);
    private final Map<Kept, Long> frozen = new HashMap<>();

    Deaths(Fleet fleet, long seed, int count) {
        this.fleet = fleet;
        this.random = new Random(seed);
        for (Kind kind : Kind.values()) {
            int share = kind == Kind.RUNNER ? 0 : Math.max(1, count * kind.share / 100);
            order.addAll(Collections.nCopies(share, kind));
        }
        order.addAll(Collections.nCopies(Math.max(0, count - order.size()), Kind.RUNNER));
        // One that is frozen late would be waited for by everybody.
        Collections.shuffle(order, random);
        int freeze = order.indexOf(Kind.FREEZE);
        Collections.swap(order, 0, freeze);
    }

    /** The next one dies, a while after the last. */
    void next() {
        pause(300 + random.nextInt(1500));
        thaw(false);
        Kind kind = order.get(total());
        switch (kind) {
            case RUNNER -> awake().kill();
            case CONTROLLER -> any(fleet.controllers()).kill();
            case HAND -> hand();
            case DATABASE -> {
                fleet.postgres().kill();
                pause(random.nextInt(3000));
                fleet.postgres().up();
            }
            case FREEZE -> {
                Kept runner = awake();
                runner.signalAll("STOP");
                frozen.put(runner, System.nanoTime() + TimeUnit.SECONDS.toNanos(FROZEN_SECONDS));
            }
        }
        died.merge(kind, 1, Integer::sum);
    }

    private Kept awake() {
        // At least one runner always works: a fleet that stands still as a whole loses nothing, and shows nothing.
        if (frozen.size() > fleet.runners().size() - 2) {
            thaw(true);
        }
        return any(fleet.runners().stream()
                .filter(each -> !frozen.containsKey(each))
                .toList());
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** The first process of some sandbox; where none lives just now, none dies. */
    private void hand() {
        List<Long> hands = fleet.runners().stream()
                .filter(each -> !frozen.containsKey(each))
                .flatMap(each -> each.below().entrySet().stream())
                .filter(process -> process.getValue().startsWith("/usr/bin/perl /run/belay/hand.pl"))
                .map(Map.Entry::getKey)
                .toList();
        if (!hands.isEmpty()) {
            ProcessHandle.of(any(hands)).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    private void thaw(boolean all) {
        frozen.entrySet().removeIf(each -> {
            long left = each.getValue() - System.nanoTime();
            if (all && left > 0) {
                pause(TimeUnit.NANOSECONDS.toMillis(left));
            }
            if (all || left <= 0) {
                each.getKey().signalAll("CONT");
            }
            return all || left <= 0;
        });
    }

    /** Everybody is awake. */
    void end() {
        thaw(true);
    }

    boolean more() {
        return total() < order.size();
    }

    int total() {
        return died.values().stream().mapToInt(Integer::intValue).sum();
    }

    @Override
    public String toString() {
        return total() + " deaths " + died;
    }

    private static void pause(long millis) {
        try {
            new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }
}
