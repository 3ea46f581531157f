package dev.belay.cli.policy;

import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Printable;
import dev.belay.cli.terminal.Screen;
import dev.belay.policies.Compiled;
import dev.belay.policies.language.Clause;

/** Each line that somebody wrote, the rules that it became, and what makes them hold. */
final class Explanation {
    private final Screen screen;

    Explanation(Screen screen) {
        this.screen = screen;
    }

    void print(Compiled compiled) {
        if (compiled.lines().isEmpty() && !compiled.hash().isEmpty()) {
            screen.line("no line here is a rule: what its limits, modes and commands.others say holds");
        } else if (compiled.lines().isEmpty()) {
            screen.line("no file here says anything of rights: the standard policy holds");
            screen.line(new Line().dim("   the project's copy, commands inside the sandbox, no network"));
        }
        for (dev.belay.policies.language.Line line : compiled.lines()) {
            screen.line(new Line()
                    .bold(line.origin().spot().lineOnly())
                    .add("  " + Printable.line(line.origin().text())));
            switch (line) {
                case dev.belay.policies.language.Line.Rules rules ->
                    rules.clauses().forEach(this::clause);
                case dev.belay.policies.language.Line.Inherent inherent ->
                    screen.line(new Line()
                            .add(Look.GREEN, "   = ")
                            .add("holds in every sandbox")
                            .dim("   " + Printable.line(inherent.mechanism())));
                case dev.belay.policies.language.Line.NotEnforced open ->
                    screen.line(new Line()
                            .add(Look.YELLOW, "   ! ")
                            .add("not enforced")
                            .dim("   " + Printable.line(open.why())));
            }
        }
    }

    private void clause(Clause clause) {
        screen.line(new Line()
                .add("   → " + clause.effect().key() + " " + PolicyDocument.subject(clause) + " ")
                .add(Printable.line(clause.pattern()))
                .dim("   " + Mechanism.of(clause)));
    }
}
