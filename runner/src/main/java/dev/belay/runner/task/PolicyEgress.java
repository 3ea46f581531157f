package dev.belay.runner.task;

import dev.belay.policies.Policy;
import dev.belay.policies.Verdict;
import dev.belay.policies.git.PushRules;
import dev.belay.runner.gateway.Egress;
import dev.belay.runner.gateway.Target;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What a task's policy lets out, to addresses that may be dialled. */
final class PolicyEgress implements Egress {
    private final Supplier<Policy> policy;
    private final OpenedAddresses addresses;
    private final String room;
    private final PushedWork pushed;

    /** @param room the name of the task that its branches are below */
    PolicyEgress(Supplier<Policy> policy, OpenedAddresses addresses, String room, PushedWork pushed) {
        this.policy = policy;
        this.addresses = addresses;
        this.room = room;
        this.pushed = pushed;
    }

    @Override
    public Optional<Denial> judge(Target target) {
        return denial(policy.get().network(target.host(), target.port()));
    }

    @Override
    public boolean inspects(Target target) {
        return policy.get().inspects(target.host(), target.port());
    }

    @Override
    public Optional<Denial> judgeRequest(Target target, String method, String path) {
        return denial(policy.get().request(target.host(), target.port(), method, path));
    }

    @Override
    public Optional<Denial> judgePush(Target target, String path, String ref) {
        return denial(policy.get().remotes().stream()
                .filter(remote -> remote.isAt(target.host(), target.port()) && remote.holds(path) && !remote.push())
                .findFirst()
                .map(PushRules::fetched)
                .orElseGet(() -> PushRules.judge(room, ref)));
    }

    @Override
    public Optional<Path> keepsPushes() {
        return Optional.of(pushed.folder());
    }

    @Override
    public Optional<Denial> judgePushed(Target target, List<String> tips, InputStream pack) throws IOException {
        return pushed.judge(policy.get(), tips, pack).flatMap(PolicyEgress::denial);
    }

    private static Optional<Denial> denial(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Allowed _ -> Optional.empty();
            case Verdict.Denied denied ->
                Optional.of(new Denial(denied.rule(), denied.place(), denied.reason(), denied.instead()));
            case Verdict.Asks asks ->
                Optional.of(new Denial(
                        asks.rule(),
                        asks.place(),
                        asks.reason() + "; nobody can be asked in this mode",
                        asks.instead()));
        };
    }

    @Override
    public Optional<Denial> judgeAddress(Target target, InetAddress address) {
        return addresses
                .refused(address)
                .map(why -> new Denial(
                        "RESTRICTED addresses (default)",
                        "default",
                        target.label() + " leads to " + address.getHostAddress() + ", " + why,
                        "whoever runs the runner can open such addresses: BELAY_REACHABLE"));
    }
}
