package dev.belay.cli.help;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.Verbs;
import dev.belay.cli.context.ContextVerb;
import dev.belay.cli.environment.EnvironmentVerb;
import dev.belay.cli.policy.PolicyVerb;
import dev.belay.cli.secret.SecretVerb;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.error.Nearest;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;

/** A script for a shell: verbs, their options, and the ids of tasks as `ps -q` knows them. */
public final class CompletionVerb extends Verb {
    private static final List<String> SHELLS = List.of("bash", "zsh", "fish");

    @Parameters(arity = "1", paramLabel = "SHELL", description = "bash, zsh or fish.")
    private String shell = "";

    @Override
    public int run(Cli cli) {
        PrintStream out = cli.screen().out();
        switch (shell) {
            case "bash" -> bash(out);
            case "zsh" -> {
                out.print("#compdef belay\nautoload -U +X bashcompinit && bashcompinit\n");
                bash(out);
            }
            case "fish" -> fish(out);
            default ->
                throw BelayException.of(
                        ErrorCode.E_USAGE,
                        "no completion for " + shell + Nearest.hint(shell, SHELLS),
                        "shells are bash, zsh and fish (layer: client)",
                        "belay completion bash");
        }
        out.flush();
        return ErrorCode.Exit.DONE;
    }

    private static void bash(PrintStream out) {
        out.print("# bash: source <(belay completion bash)\n");
        out.print("_belay() {\n  local word=\"${COMP_WORDS[COMP_CWORD]}\" verb=\"${COMP_WORDS[1]}\"\n");
        out.print("  if [ \"$COMP_CWORD\" -eq 1 ]; then\n    COMPREPLY=($(compgen -W \""
                + String.join(" ", Verbs.names()) + "\" -- \"$word\"))\n    return\n  fi\n  case \"$verb\" in\n");
        for (Verbs verb : Verbs.values()) {
            out.print("    " + verb.name() + ")\n      case \"$word\" in\n        -*) COMPREPLY=($(compgen -W \""
                    + String.join(" ", options(verb)) + "\" -- \"$word\")) ;;\n");
            if (verb.namesTask()) {
                out.print("        *) COMPREPLY=($(compgen -W \"$(belay ps -a -q 2>/dev/null)\" -- \"$word\")) ;;\n");
            } else if (verb == Verbs.help) {
                out.print("        *) COMPREPLY=($(compgen -W \"" + String.join(" ", Verbs.names())
                        + " exit-codes json environment\" -- \"$word\")) ;;\n");
            } else if (verb == Verbs.context) {
                out.print("        *) COMPREPLY=($(compgen -W \"" + String.join(" ", ContextVerb.ACTIONS)
                        + " $(belay context list -q 2>/dev/null)\" -- \"$word\")) ;;\n");
            } else if (verb == Verbs.policy) {
                out.print("        *) COMPREPLY=($(compgen -W \"" + String.join(" ", PolicyVerb.ACTIONS)
                        + "\" -- \"$word\")) ;;\n");
            } else if (verb == Verbs.env) {
                out.print("        *) COMPREPLY=($(compgen -W \"" + String.join(" ", EnvironmentVerb.ACTIONS)
                        + "\" -- \"$word\")) ;;\n");
            } else if (verb == Verbs.secret) {
                out.print("        *) COMPREPLY=($(compgen -W \"" + String.join(" ", SecretVerb.ACTIONS)
                        + " $(belay secret list -q 2>/dev/null)\" -- \"$word\")) ;;\n");
            } else if (verb == Verbs.retry) {
                out.print(
                        "        *) COMPREPLY=($(compgen -W \"$(belay retry --list -q 2>/dev/null)\" -- \"$word\")) ;;\n");
            } else if (verb == Verbs.completion) {
                out.print("        *) COMPREPLY=($(compgen -W \"bash zsh fish\" -- \"$word\")) ;;\n");
            }
            out.print("      esac ;;\n");
        }
        out.print("  esac\n}\ncomplete -o default -F _belay belay\n");
    }

    private static void fish(PrintStream out) {
        out.print("# fish: belay completion fish | source\ncomplete -c belay -f\n");
        for (Verbs verb : Verbs.values()) {
            out.print("complete -c belay -n __fish_use_subcommand -a " + verb.name() + " -d '"
                    + verb.summary().replace("'", "\\'") + "'\n");
            for (String option : options(verb)) {
                if (option.startsWith("--")) {
                    out.print("complete -c belay -n '__fish_seen_subcommand_from " + verb.name() + "' -l "
                            + option.substring(2) + "\n");
                }
            }
            if (verb.namesTask()) {
                out.print("complete -c belay -n '__fish_seen_subcommand_from " + verb.name()
                        + "' -a '(belay ps -a -q 2>/dev/null)'\n");
            } else if (verb == Verbs.context) {
                out.print("complete -c belay -n '__fish_seen_subcommand_from context' -a '"
                        + String.join(" ", ContextVerb.ACTIONS) + " (belay context list -q 2>/dev/null)'\n");
            } else if (verb == Verbs.policy) {
                out.print("complete -c belay -n '__fish_seen_subcommand_from policy' -a '"
                        + String.join(" ", PolicyVerb.ACTIONS) + "'\n");
            } else if (verb == Verbs.env) {
                out.print("complete -c belay -n '__fish_seen_subcommand_from env' -a '"
                        + String.join(" ", EnvironmentVerb.ACTIONS) + "'\n");
            } else if (verb == Verbs.secret) {
                out.print("complete -c belay -n '__fish_seen_subcommand_from secret' -a '"
                        + String.join(" ", SecretVerb.ACTIONS) + " (belay secret list -q 2>/dev/null)'\n");
            } else if (verb == Verbs.retry) {
                out.print("complete -c belay -n '__fish_seen_subcommand_from retry'"
                        + " -a '(belay retry --list -q 2>/dev/null)'\n");
            }
        }
    }

    private static List<String> options(Verbs verb) {
        List<String> names = new ArrayList<>();
        for (OptionSpec option : new CommandLine(verb.make()).getCommandSpec().options()) {
            names.addAll(List.of(option.names()));
        }
        return names;
    }
}
