package dev.belay.cli.policy;

import dev.belay.cli.Cli;
import dev.belay.cli.StateFolder;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Printable;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.terminal.Terminal;
import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Subject;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A person's word for what a project's policy asks for beyond the project itself. It is given once for each project and
 * meaning: a policy that asks for anything else is another one, and is asked about again.
 */
public final class Acceptance {
    private static final int SHOWN_HASH = 12;
    private static final int LEAST_HASH = 8;

    private final Cli cli;
    private final Path kept;
    private final String project;

    /** @param project what tells this checkout from others on the machine */
    public Acceptance(Cli cli, String project) {
        this.cli = cli;
        this.project = project;
        this.kept = cli.state().root().resolve("accepted-policies");
    }

    /** Enough of a hash to name it by. */
    public static String shown(String hash) {
        return hash.substring(0, Math.min(SHOWN_HASH, hash.length()));
    }

    public boolean isGiven(ProjectPolicy policy) {
        return policy.compiled().requests().isEmpty()
                || StateFolder.read(kept).stream()
                        .flatMap(String::lines)
                        .anyMatch(entry(policy.compiled().hash())::equals);
    }

    /**
     * The hash to send along; empty where nothing is asked for.
     *
     * @param named what the command line accepts; empty when it accepts nothing
     * @param people where the question is asked
     * @throws BelayException E_POLICY_NOT_ACCEPTED
     */
    public String obtain(ProjectPolicy policy, String named, Screen people) throws IOException {
        String hash = policy.compiled().hash();
        if (!named.isEmpty()) {
            accept(policy, named);
        }
        List<Clause> requests = policy.compiled().requests();
        if (requests.isEmpty()) {
            return "";
        }
        if (!isGiven(policy)) {
            if (cli.input() != Terminal.Input.TERMINAL || !saysYes(requests, people)) {
                throw BelayException.of(
                        ErrorCode.E_POLICY_NOT_ACCEPTED,
                        "the project's policy asks for what you have not accepted: " + told(requests),
                        "a project asks, and a person grants (layer: policy)",
                        "nothing was started",
                        "belay policy show, and then belay run --accept-policy " + shown(hash) + " …");
            }
            keep(hash);
        }
        return hash;
    }

    private void accept(ProjectPolicy policy, String named) {
        String hash = policy.compiled().hash();
        String wanted = named.toLowerCase(Locale.ROOT);
        if (wanted.length() < LEAST_HASH || !hash.startsWith(wanted)) {
            throw BelayException.of(
                    ErrorCode.E_POLICY_NOT_ACCEPTED,
                    "--accept-policy " + Printable.line(named) + " is not this project's policy",
                    (hash.isEmpty() ? "it has none" : "that is " + shown(hash)) + " (layer: policy)",
                    "nothing was started",
                    "belay policy show");
        }
        if (!isGiven(policy)) {
            keep(hash);
        }
    }

    private boolean saysYes(List<Clause> requests, Screen people) throws IOException {
        people.note("this project asks for more than its own copy:");
        for (Clause request : requests) {
            people.note(new Line()
                    .add("   " + kind(request.subject()) + "  ")
                    .bold(Printable.line(request.pattern()))
                    .dim("   " + Printable.line(request.origin().spot().lineOnly())));
        }
        people.note(new Line()
                .add(Look.YELLOW, "? ")
                .add("grant that to its tasks, for as long as it asks for nothing else? [y/N]"));
        // Not closed: it is the process's own standard input.
        String answer = new BufferedReader(new InputStreamReader(cli.in(), StandardCharsets.UTF_8)).readLine();
        return answer != null && List.of("y", "yes").contains(answer.strip().toLowerCase(Locale.ROOT));
    }

    /** All of one width. */
    private static String kind(Subject subject) {
        return switch (subject) {
            case SECRET -> "secret ";
            case REMOTE -> "git    ";
            default -> "network";
        };
    }

    private void keep(String hash) {
        cli.state().make();
        String before = StateFolder.read(kept).orElse("");
        StateFolder.writeDurably(kept, before + entry(hash) + "\n");
    }

    private String entry(String hash) {
        return project + " " + hash;
    }

    private static String told(List<Clause> requests) {
        return requests.stream()
                .limit(5)
                .map(request ->
                        request.pattern() + " (" + request.origin().spot().lineOnly() + ")")
                .collect(Collectors.joining(", "));
    }
}
