package dev.belay.runner.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Who decides what may leave. Asked on the gateway's threads, anew for every request; must not block for long. */
public interface Egress {
    /** Nothing leaves: the rule of a policy that says nothing about the network. */
    Egress NOTHING = new Egress() {
        @Override
        public Optional<Denial> judge(Target target) {
            return Optional.of(new Denial(
                    "RESTRICTED network (default)",
                    "default",
                    "this sandbox has no network",
                    "a person allows it by naming " + target.label()
                            + " under network in .belay/policy.yaml and starting the task again"));
        }

        @Override
        public Optional<Denial> judgeAddress(Target target, InetAddress address) {
            return judge(target);
        }
    };

    /**
     * Empty: it may.
     *
     * @param target as the sandbox said it: bounded, but anybody's choice; its host may be empty
     */
    Optional<Denial> judge(Target target);

    /** The TLS of a tunnel to it is opened on the gateway, so that each request inside is judged. */
    default boolean inspects(Target target) {
        return false;
    }

    /**
     * Empty: it may. Asked of every HTTP request that can be read, after {@link #judge} allowed its target and before
     * anything of it leaves; CONNECT is none.
     *
     * @param target its protocol is HTTP, or HTTPS where TLS was opened
     * @param method as it is sent: a token, in any case of its letters
     * @param path with its query, as it is sent and in no way made plain, one character for each byte; begins with a
     *     slash, but for the {@code *} of OPTIONS
     */
    default Optional<Denial> judgeRequest(Target target, String method, String path) {
        return Optional.empty();
    }

    /**
     * Empty: it may. Asked of every branch, tag or other ref that a push to a git server would change, before any of the push
     * leaves.
     *
     * @param path of the request, without its query
     * @param ref whole, as the server would be told it, one character for each byte: {@code refs/heads/main}
     */
    default Optional<Denial> judgePush(Target target, String path, String ref) {
        return Optional.of(new Denial(
                "RESTRICTED git push (default)",
                "default",
                "nothing is pushed from this sandbox",
                "a person takes the work over: belay apply"));
    }

    /** The folder where a push is kept while {@link #judgePushed} looks through it; empty: it is not asked. */
    default Optional<Path> keepsPushes() {
        return Optional.empty();
    }

    /**
     * Empty: it may. Asked of a push that changes nothing but refs that may be changed, before any of it leaves. One at a
     * time.
     *
     * @param tips what the refs would become: hexadecimal names of objects
     * @param pack whole, of anybody's choice
     */
    default Optional<Denial> judgePushed(Target target, List<String> tips, InputStream pack) throws IOException {
        return Optional.empty();
    }

    /** Empty: this address may be dialled for that target. Asked of every address before it is dialled. */
    Optional<Denial> judgeAddress(Target target, InetAddress address);

    /**
     * @param rule the words of the rule
     * @param place where it is written, {@code policy.yaml:14} or {@code default}
     * @param reason one sentence without its full stop
     * @param instead how a person allows it
     */
    record Denial(String rule, String place, String reason, String instead) {}
}
