package dev.belay.cli.policy;

import dev.belay.policies.language.Clause;
import dev.belay.policies.language.Effect;

/** What makes a rule hold, as truly as it does: where it is felt early and where it cannot be got round. */
final class Mechanism {
    private Mechanism() {}

    static String of(Clause clause) {
        return switch (clause.subject()) {
            case HOST ->
                clause.effect() == Effect.ALLOW
                        ? "gateway: the one way out, and its address is checked"
                        : "gateway: the one way out";
            case REQUEST -> "gateway: TLS is opened by it, each request is judged";
            case SECRET -> "gateway: the value is put in on its way there, and is never in the sandbox";
            case REMOTE ->
                "gateway: it signs in where a secret is named; each push is judged by the refs that it names";
            case EDIT ->
                clause.effect() == Effect.ALLOW
                        ? "tool: edits elsewhere are refused; delivery: changes elsewhere are left out"
                        : "tool: edits are refused; delivery: changes are left out";
            case READ -> "tool: Read and Grep of it are refused; a command in the sandbox can still read it";
            case COMMAND ->
                clause.effect() == Effect.ALLOW
                        ? "nothing to hold: commands run inside the sandbox"
                        : "tool: the command line is read as a shell reads it; what a program starts is not seen";
            case TOOL -> clause.effect() == Effect.ALLOW ? "tool: others are not given" : "tool: it is not given";
        };
    }
}
