package dev.belay.runner.task;

import dev.belay.policies.Policy;
import dev.belay.policies.environment.Environment;
import dev.belay.proto.v1.NotCaptured;
import dev.belay.proto.v1.PolicyDenied;
import dev.belay.proto.v1.Snapshot;
import dev.belay.runner.agent.Tools;
import dev.belay.runner.gateway.Authority;
import dev.belay.runner.gateway.Egress;
import dev.belay.runner.gateway.Gateway;
import dev.belay.runner.gateway.Refusal;
import dev.belay.runner.hands.ChannelHand;
import dev.belay.runner.hands.Guard;
import dev.belay.runner.hands.Hand;
import dev.belay.runner.hands.HandException;
import dev.belay.runner.hands.PresentHand;
import dev.belay.runner.ports.Listening;
import dev.belay.runner.ports.PortVisit;
import dev.belay.runner.prompt.ProjectFiles;
import dev.belay.runner.sandbox.Inside;
import dev.belay.runner.sandbox.Sandbox;
import dev.belay.runner.snapshot.Captured;
import dev.belay.runner.snapshot.RestorePlan;
import dev.belay.runner.snapshot.Restored;
import dev.belay.runner.snapshot.Reverted;
import dev.belay.runner.snapshot.SnapshotException;
import dev.belay.runner.snapshot.SnapshotStore;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** A workspace, the sandbox that sees it, and the snapshots that neither can reach. */
final class SandboxedPlace implements Place {
    private static final Duration USUAL_COMMAND = Duration.ofMinutes(10);

    /** The parts, in the order they are taken down. */
    record Parts(
            Dwelling dwelling,
            SnapshotStore snapshots,
            Closeable files,
            List<NotCaptured> missing,
            Environment environment,
            Runnable giveBackSlot) {}

    /**
     * What the task may do, and where whoever runs the runner lets its tasks go.
     *
     * @param room the name of the task that its branches are below
     */
    record Rights(TaskRights task, TaskVault vault, OpenedAddresses addresses, String room, PushedWork pushed) {}

    private final String engine;
    private final List<String> weaker;
    private final Parts parts;
    private final PresentHand hand;
    private final Tools tools;
    private final TaskRights rights;
    private final TaskVault vault;
    private final String room;
    private final Egress egress;
    private final Places.Denials denials;
    private volatile ChannelHand channel;
    private volatile Gateway gateway;
    private volatile Map<String, String> projectVariables = Map.of();
    private volatile List<NotCaptured> missing;
    private volatile int turn;
    private volatile int step;
    private final Visits visits = new Visits();

    /** @param tools made over the sandbox's hand */
    SandboxedPlace(
            String engine,
            List<String> weaker,
            Parts parts,
            Rights rights,
            BiFunction<Hand, Guard, Tools> tools,
            Places.Denials denials)
            throws IOException, InterruptedException {
        this.engine = engine;
        this.rights = rights.task();
        this.vault = rights.vault();
        this.weaker = weaker;
        this.parts = parts;
        this.denials = denials;
        this.missing = parts.missing();
        this.room = rights.room();
        this.egress = new PolicyEgress(this.rights, rights.addresses(), room, rights.pushed());
        this.channel = channel(parts.dwelling().sandbox());
        this.hand = new PresentHand(channel);
        this.tools = new ScrubbedTools(
                tools.apply(hand, new PolicyGuard(this.rights, denied -> denials.denied(turn, step, denied))),
                vault::scrubber);
        this.gateway = gateway(parts.dwelling().sandbox());
        tellOfOrigin();
        this.projectVariables = ProjectVariables.of(parts.environment(), hand);
    }

    private ChannelHand channel(Sandbox sandbox) {
        return new ChannelHand(sandbox.fromHand(), sandbox.toHand(), this::variables, sandbox::close);
    }

    private Gateway gateway(Sandbox sandbox) throws IOException {
        Consumer<Refusal> report = refusal -> denials.denied(turn, refusal.step(), denied(refusal));
        return rights.get().inspectsAnything()
                ? Gateway.open(sandbox, egress, trusted(sandbox.id()), vault, () -> step, report)
                : Gateway.open(sandbox, egress, () -> step, report);
    }

    private Map<String, String> variables() {
        Map<String, String> all = ProxyVariables.over(projectVariables, rights.get());
        all.putAll(vault.placeholders());
        if (!rights.get().remotes().isEmpty()) {
            all.put("BELAY_TASK", room);
        }
        return all;
    }

    private void tellOfOrigin() throws IOException {
        try {
            OriginInside.write(hand, rights.get(), room);
        } catch (HandException refused) {
            throw new IOException("git's configuration inside could not be written: " + refused.getMessage(), refused);
        }
    }

    private Authority trusted(String sandbox) throws IOException {
        Authority authority = Authority.create(sandbox, Clock.systemUTC());
        try {
            TrustedInside.write(hand, authority);
            return authority;
        } catch (HandException refused) {
            throw new IOException("what is trusted inside could not be written: " + refused.getMessage(), refused);
        }
    }

    private static PolicyDenied denied(Refusal refusal) {
        return PolicyDenied.newBuilder()
                .setLayer("gateway")
                .setWhat("egress")
                .setTarget(refusal.target().label())
                .setRule(refusal.denial().rule())
                .setPlace(refusal.denial().place())
                .setReason(refusal.denial().reason())
                .setInstead(refusal.denial().instead())
                .build();
    }

    @Override
    public String engine() {
        return engine;
    }

    @Override
    public List<String> weaker() {
        return weaker;
    }

    @Override
    public Tools tools() {
        return tools;
    }

    @Override
    public Policy policy() {
        return rights.get();
    }

    @Override
    public ProjectFiles files() {
        return (path, most) -> {
            try {
                return Optional.of(hand.readText(path, most)).filter(text -> !text.isEmpty());
            } catch (HandException refused) {
                throw new IOException("cannot read " + path + " in the sandbox: " + refused.getMessage(), refused);
            }
        };
    }

    @Override
    public List<NotCaptured> missing() {
        return missing;
    }

    @Override
    public Environment environment() {
        return parts.environment();
    }

    @Override
    public void settle(Snapshot to) throws IOException {
        Optional<List<NotCaptured>> beside = parts.snapshots().beside(to);
        List<NotCaptured> there = beside.isPresent()
                ? beside.get()
                : withFilesAtHand(() -> parts.snapshots().settle(to));
        List<NotCaptured> lacking = new ArrayList<>(missing.stream()
                .filter(lost -> there.stream()
                        .noneMatch(one -> one.getPath().equals(lost.getPath())
                                && one.getWhy().equals(lost.getWhy())))
                .toList());
        if (beside.isEmpty() && parts.dwelling().yields()) {
            lacking.add(NotCaptured.newBuilder()
                    .setPath(Inside.HOME)
                    .setWhy("another sandbox had to be made")
                    .build());
        }
        missing = List.copyOf(lacking);
    }

    @Override
    public Taken capture(Moment moment) throws IOException {
        try {
            return taken(parts.snapshots().capture(at(moment)));
        } catch (SnapshotException failed) {
            throw new IOException(failed.getMessage(), failed);
        }
    }

    @Override
    public Moved move(Snapshot to, int safetyStep, boolean dryRun, Witness witness) throws IOException {
        if (dryRun) {
            RestorePlan plan = parts.snapshots().plan(to);
            return new Moved(Optional.empty(), plan.files(), plan.filesChanged(), plan.notRestored());
        }
        Restored restored = withFilesAtHand(() -> parts.snapshots()
                .restore(
                        to,
                        new dev.belay.runner.snapshot.Moment(safetyStep, turn, "safety", ""),
                        captured -> witness.taken(taken(captured))));
        RestorePlan done = restored.done();
        return new Moved(
                restored.safety().map(SandboxedPlace::taken), done.files(), done.filesChanged(), done.notRestored());
    }

    @Override
    public Moved tryRevert(Snapshot undone, Snapshot before) throws IOException {
        RestorePlan plan = parts.snapshots().planRevert(undone, before);
        return new Moved(Optional.empty(), plan.files(), plan.filesChanged(), plan.notRestored());
    }

    @Override
    public Moved revert(Snapshot undone, Snapshot before, int safetyStep, Moment moment, Witness witness)
            throws IOException {
        Reverted reverted = withFilesAtHand(() -> parts.snapshots()
                .revert(
                        undone,
                        before,
                        new dev.belay.runner.snapshot.Moment(safetyStep, turn, "safety", ""),
                        at(moment),
                        captured -> witness.taken(taken(captured))));
        RestorePlan done = reverted.done();
        return new Moved(
                reverted.safety().map(SandboxedPlace::taken), done.files(), done.filesChanged(), done.notRestored());
    }

    private interface FilesMoved<T> {
        T move() throws IOException;
    }

    /**
     * Where the engine has the layers mounted itself, nobody is inside while the runner writes files, and another sandbox
     * goes on with them: what ran in the background has ended.
     */
    private <T> T withFilesAtHand(FilesMoved<T> work) throws IOException {
        Dwelling dwelling = parts.dwelling();
        if (!dwelling.yields()) {
            return work.move();
        }
        gateway.close();
        channel.close();
        dwelling.leave();
        T moved;
        try {
            moved = work.move();
        } catch (IOException | RuntimeException failed) {
            try {
                goOnInside();
            } catch (IOException | RuntimeException noSandbox) {
                failed.addSuppressed(noSandbox);
            }
            throw failed;
        }
        goOnInside();
        return moved;
    }

    private void goOnInside() throws IOException {
        Dwelling dwelling = parts.dwelling();
        Sandbox next = dwelling.settle();
        channel = channel(next);
        if (dwelling.isHeld()) {
            channel.standStill();
        }
        hand.becomes(channel);
        gateway = gateway(next);
        tellOfOrigin();
    }

    @Override
    public Ran run(List<String> argv, Duration timeout, Output output) throws IOException, InterruptedException {
        ScrubbedOutput scrubbed = new ScrubbedOutput(output, vault.scrubber());
        Hand.Running running = hand.run(argv.toArray(String[]::new), Hand.HOME, Map.of(), new Hand.Sink() {
            @Override
            public void stdout(byte[] bytes) {
                scrubbed.stdout(bytes);
            }

            @Override
            public void stderr(byte[] bytes) {
                scrubbed.stderr(bytes);
            }
        });
        try {
            running.endInput();
            Hand.Exit exit = running.await(timeout.isZero() ? USUAL_COMMAND : timeout);
            scrubbed.end();
            return new Ran(exit.timedOut() ? 124 : exit.code(), exit.took(), exit.timedOut());
        } catch (HandException notBegun) {
            if (notBegun.lost()) {
                throw notBegun;
            }
            // What a shell says of a program that it cannot start, and the codes that it ends with.
            output.stderr((argv.getFirst() + ": " + notBegun.getMessage() + "\n").getBytes(StandardCharsets.UTF_8));
            return new Ran(notBegun.errno() == HandException.ENOENT ? 127 : 126, Duration.ZERO, false);
        }
    }

    @Override
    public SortedSet<Integer> listening() throws IOException {
        SortedSet<Integer> ports = new TreeSet<>(Listening.in(hand));
        ports.remove(Gateway.PORT);
        return ports;
    }

    @Override
    public Optional<PortVisit> visit(int port, PortVisit.Visitor visitor) throws IOException, InterruptedException {
        return visits.begin(hand, port, visitor);
    }

    @Override
    public void stepIs(int turnNumber, int stepNumber) {
        turn = turnNumber;
        step = stepNumber;
    }

    @Override
    public boolean hold() {
        channel.standStill();
        boolean held = parts.dwelling().hold();
        if (!held) {
            channel.goOn();
        }
        return held;
    }

    @Override
    public void release() {
        parts.dwelling().release();
        channel.goOn();
    }

    @Override
    public void close() {
        gateway.close();
        hand.close();
        try {
            TakeDown.all(parts.dwelling()::close, parts.snapshots()::close, parts.files(), parts.giveBackSlot());
        } catch (IOException failed) {
            throw new UncheckedIOException("the task's workspace could not be closed", failed);
        }
    }

    private static dev.belay.runner.snapshot.Moment at(Moment moment) {
        return new dev.belay.runner.snapshot.Moment(moment.step(), moment.turn(), moment.kind(), moment.tool());
    }

    static Taken taken(Captured captured) {
        return new Taken(captured.snapshot(), captured.pack());
    }
}
