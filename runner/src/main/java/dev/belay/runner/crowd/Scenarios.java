package dev.belay.runner.crowd;

import dev.belay.proto.v1.Assignment;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.EventAck;
import dev.belay.proto.v1.ModelMessage;
import dev.belay.proto.v1.RunnerLinkGrpc;
import dev.belay.proto.v1.TaskState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/** What a crowd does to a controller. Each returns what it measured, in the order it was measured. */
final class Scenarios {
    private static final long PATIENCE_SECONDS = 120;
    private static final int BATCH = 200;
    private static final String LINE = "x".repeat(120);

    private final IntFunction<RunnerLinkGrpc.RunnerLinkStub> stubs;

    /** @param stubs of a few connections: which one the n-th member is to use */
    Scenarios(IntFunction<RunnerLinkGrpc.RunnerLinkStub> stubs) {
        this.stubs = stubs;
    }

    private List<Member> join(int members, int slots, Member.Ear ear) throws Exception {
        List<Member> all = new ArrayList<>();
        List<CompletableFuture<Member>> joining = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            Member member = new Member("crowd-" + i, slots, ear);
            all.add(member);
            joining.add(member.join(stubs.apply(i)));
        }
        for (CompletableFuture<Member> one : joining) {
            one.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        return all;
    }

    private static void await(CountDownLatch done, String what) throws InterruptedException {
        if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(
                    done.getCount() + " " + what + " did not come in " + PATIENCE_SECONDS + " s");
        }
    }

    /** Takes tasks until it has all of them, and ends them then. The moments at which they were assigned. */
    List<Long> hold(int members, int slots, int tasks) throws Exception {
        record Held(Member member, Assignment assignment) {}
        List<Long> at = Collections.synchronizedList(new ArrayList<>());
        Queue<Held> held = new ConcurrentLinkedQueue<>();
        CountDownLatch taken = new CountDownLatch(tasks);
        CountDownLatch ended = new CountDownLatch(tasks);
        join(members, slots, new Member.Ear() {
            @Override
            public void assigned(Member member, Assignment assignment) {
                at.add(System.nanoTime());
                member.take(assignment);
                held.add(new Held(member, assignment));
                taken.countDown();
            }

            @Override
            public void acknowledged(Member member, EventAck ack) {
                ended.countDown();
            }
        });
        await(taken, "assignments");
        held.forEach(each -> end(each.member, each.assignment, 1));
        await(ended, "ends of tasks");
        return new ArrayList<>(at);
    }

    /** Takes tasks and ends each at once. The moments at which they were assigned. */
    List<Long> take(int members, int slots, int tasks) throws Exception {
        List<Long> at = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch left = new CountDownLatch(tasks);
        join(members, slots, new Member.Ear() {
            @Override
            public void assigned(Member member, Assignment assignment) {
                at.add(System.nanoTime());
                member.take(assignment);
                end(member, assignment, 1);
                left.countDown();
            }
        });
        await(left, "assignments");
        return new ArrayList<>(at);
    }

    private static void end(Member member, Assignment assignment, long seq) {
        member.say(
                assignment,
                seq,
                List.of(
                        Member.state(TaskState.TASK_STATE_RUNNING, ""),
                        Member.state(TaskState.TASK_STATE_SUCCEEDED, "done")));
    }

    /** Writes events to some tasks, a batch after the other was acknowledged. How many, with the moments. */
    List<long[]> write(int tasks, int seconds) throws Exception {
        List<long[]> acknowledged = Collections.synchronizedList(new ArrayList<>());
        Map<String, Assignment> held = new ConcurrentHashMap<>();
        CountDownLatch taken = new CountDownLatch(tasks);
        CountDownLatch ended = new CountDownLatch(tasks);
        AtomicLong until = new AtomicLong(Long.MAX_VALUE);
        List<Event> batch = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            batch.add(Event.newBuilder()
                    .setActor("agent")
                    .setTurn(1)
                    .setModelMessage(ModelMessage.newBuilder().setText(LINE))
                    .build());
        }
        join(tasks, 1, new Member.Ear() {
            @Override
            public void assigned(Member member, Assignment assignment) {
                held.put(assignment.getTask(), assignment);
                member.take(assignment);
                member.say(assignment, 1, List.of(Member.state(TaskState.TASK_STATE_RUNNING, "")));
                taken.countDown();
            }

            @Override
            public void acknowledged(Member member, EventAck ack) {
                long durable = ack.getDurableRunnerSeq();
                long now = System.nanoTime();
                if (durable > 1) {
                    acknowledged.add(new long[] {now, BATCH});
                }
                Assignment assignment = held.get(ack.getTask());
                if (assignment == null) {
                    return;
                }
                if (now < until.get()) {
                    member.say(assignment, durable + 1, batch);
                } else {
                    held.remove(ack.getTask());
                    member.say(assignment, durable + 1, List.of(Member.state(TaskState.TASK_STATE_SUCCEEDED, "done")));
                    ended.countDown();
                }
            }
        });
        await(taken, "assignments");
        until.set(System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds));
        await(ended, "ends of tasks");
        return new ArrayList<>(acknowledged);
    }

    /** One runner, one place: from the end of a task to the next assignment. */
    List<Long> gaps(int tasks) throws Exception {
        List<Long> gaps = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch left = new CountDownLatch(tasks + 1);
        AtomicLong freed = new AtomicLong();
        join(1, 1, new Member.Ear() {
            @Override
            public void assigned(Member member, Assignment assignment) {
                long now = System.nanoTime();
                if (freed.get() != 0) {
                    gaps.add(now - freed.get());
                }
                left.countDown();
                member.take(assignment);
                freed.set(System.nanoTime());
                end(member, assignment, 1);
            }
        });
        await(left, "assignments");
        return new ArrayList<>(gaps);
    }

    /** Says something now and then in one task, with the moment in it; watchers hear it elsewhere. */
    void tell(int events, int pauseMillis) throws Exception {
        CountDownLatch taken = new CountDownLatch(1);
        ConcurrentLinkedQueue<Assignment> assignments = new ConcurrentLinkedQueue<>();
        AtomicLong durable = new AtomicLong();
        Member member = join(1, 1, new Member.Ear() {
                    @Override
                    public void assigned(Member of, Assignment assignment) {
                        of.take(assignment);
                        of.say(assignment, 1, List.of(Member.state(TaskState.TASK_STATE_RUNNING, "")));
                        assignments.add(assignment);
                        taken.countDown();
                    }

                    @Override
                    public void acknowledged(Member of, EventAck ack) {
                        durable.set(ack.getDurableRunnerSeq());
                    }
                })
                .getFirst();
        await(taken, "assignments");
        Assignment assignment = assignments.remove();
        for (int i = 0; i < events; i++) {
            TimeUnit.MILLISECONDS.sleep(pauseMillis);
            member.say(
                    assignment,
                    2L + i,
                    List.of(Event.newBuilder()
                            .setActor("agent")
                            .setTurn(1)
                            .setModelMessage(ModelMessage.newBuilder().setText("at " + System.nanoTime()))
                            .build()));
        }
        member.say(assignment, 2L + events, List.of(Member.state(TaskState.TASK_STATE_SUCCEEDED, "done")));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (durable.get() < 2L + events && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /** Only is there, and renews as runners do. How long each renewal took to be answered. */
    List<Long> stand(int members, int seconds, int renewalSeconds, Runnable standing) throws Exception {
        Map<Long, Long> sent = new ConcurrentHashMap<>();
        List<Long> answered = Collections.synchronizedList(new ArrayList<>());
        List<Member> all = join(members, 1, new Member.Ear() {
            @Override
            public void renewed(Member member, long nonce) {
                Long at = sent.remove(nonce);
                if (at != null) {
                    answered.add(System.nanoTime() - at);
                }
            }
        });
        standing.run();
        AtomicLong nonce = new AtomicLong();
        try (ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
            long between = TimeUnit.SECONDS.toMicros(renewalSeconds);
            for (int i = 0; i < members; i++) {
                Member member = all.get(i);
                clock.scheduleAtFixedRate(
                        () -> {
                            long next = nonce.incrementAndGet();
                            sent.put(next, System.nanoTime());
                            member.renew(next);
                        },
                        between * i / members,
                        between,
                        TimeUnit.MICROSECONDS);
            }
            TimeUnit.SECONDS.sleep(seconds);
            clock.shutdownNow();
        }
        return new ArrayList<>(answered);
    }
}
