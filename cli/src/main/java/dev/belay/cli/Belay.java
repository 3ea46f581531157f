package dev.belay.cli;

import dev.belay.cli.context.Context;
import dev.belay.cli.context.Contexts;
import dev.belay.cli.help.VersionVerb;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.error.Nearest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line: finds the verb, runs it, and turns whatever happens into one exit code. */
public final class Belay {
    private final Cli cli;

    public Belay(Cli cli) {
        this.cli = cli;
    }

    public static void main(String[] args) {
        System.exit(new Belay(Cli.ofProcess(!beforeDashes(args).contains("--no-color"))).run(args));
    }

    private static List<String> beforeDashes(String[] args) {
        int dashes = Arrays.asList(args).indexOf("--");
        return Arrays.asList(args).subList(0, dashes < 0 ? args.length : dashes);
    }

    public int run(String... words) {
        boolean json = beforeDashes(words).contains("--json");
        Cli cli = this.cli;
        String[] args = words;
        Verb verb = null;
        try {
            args = verbFirst(words);
            cli = inContext(beforeDashes(words));
            if (args.length == 1 && args[0].equals("version")) {
                return new VersionVerb().run(cli);
            }
            String name = args.length == 0 ? "help" : args[0];
            Verbs entry = switch (name) {
                case "-h", "--help" -> Verbs.help;
                case "-V", "--version" -> Verbs.version;
                default -> Verbs.named(name).orElseThrow(() -> unknown(name));
            };
            verb = entry.make();
            CommandSpec spec = CommandSpec.forAnnotatedObject(verb).name("belay " + entry.name());
            spec.usageMessage()
                    .description(entry.summary() + ".")
                    .width(Math.max(55, cli.screen().width()));
            CommandLine line = new CommandLine(spec);
            List<String> rest = Arrays.asList(args).subList(Math.min(1, args.length), args.length);
            int dashes = verb.keepsWhatFollowsDashes() ? rest.indexOf("--") : -1;
            if (dashes >= 0) {
                verb.afterDashes(rest.subList(dashes + 1, rest.size()));
                rest = rest.subList(0, dashes);
            }
            line.parseArgs(rest.toArray(String[]::new));
            if (verb.wantsHelp()) {
                cli.screen().out().print(line.getUsageMessage(CommandLine.Help.Ansi.OFF));
                cli.screen().out().flush();
                return ErrorCode.Exit.DONE;
            }
            return verb.run(cli);
        } catch (ParameterException wrong) {
            return fail(usage(wrong), verb, json, cli);
        } catch (BelayException named) {
            return fail(named, verb, json, cli);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return ErrorCode.Exit.DETACHED;
        } catch (IOException | RuntimeException unforeseen) {
            return fail(unforeseen(unforeseen), verb, json, cli);
        } finally {
            cli.screen().out().flush();
            cli.screen().err().flush();
        }
    }

    /** {@code belay --context NAME VERB …} is {@code belay VERB --context NAME …}. */
    private static String[] verbFirst(String[] words) {
        int before =
                words.length == 0 ? 0 : words[0].equals("--context") ? 2 : words[0].startsWith("--context=") ? 1 : 0;
        if (before == 0) {
            return words;
        }
        if (words.length <= before) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "a verb must follow --context NAME",
                    "the command line is wrong (layer: client)",
                    "belay --context NAME ps");
        }
        List<String> ordered = new ArrayList<>(List.of(words[before]));
        ordered.addAll(List.of(words).subList(0, before));
        ordered.addAll(List.of(words).subList(before + 1, words.length));
        return ordered.toArray(String[]::new);
    }

    private Cli inContext(List<String> words) {
        String name = null;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("--context") && i + 1 < words.size()) {
                name = words.get(i + 1);
            } else if (word.startsWith("--context=")) {
                name = word.substring("--context=".length());
            }
        }
        if (name == null) {
            return cli;
        }
        if (name.isEmpty() || !cli.env("BELAY_SERVER").isEmpty()) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    name.isEmpty()
                            ? "--context names none"
                            : "--context " + name + " and BELAY_SERVER both name a server",
                    name.isEmpty() ? "a name must follow (layer: client)" : "BELAY_SERVER wins (layer: client)",
                    name.isEmpty() ? "belay context list" : "unset BELAY_SERVER   or   leave out --context");
        }
        return cli.in(cli.cwd(), Map.of("BELAY_CONTEXT", name));
    }

    /** Which server an error is about, when it is not the local one; what is wrong with contexts is said elsewhere. */
    private static String context(Cli cli) {
        try {
            return Contexts.inUse(cli).map(Context::toString).orElse("");
        } catch (BelayException unknown) {
            return "";
        }
    }

    private int fail(BelayException error, @org.jspecify.annotations.Nullable Verb verb, boolean json, Cli cli) {
        int usual = error.code().exitCode();
        int exit = verb == null ? usual : verb.exitCode(usual);
        Errors.print(error, exit, json || (verb != null && verb.wantsJson()), cli.screen(), context(cli));
        if (!cli.env("BELAY_DEBUG").isEmpty()) {
            error.printStackTrace(cli.screen().err());
        }
        return exit;
    }

    private static BelayException unknown(String name) {
        return BelayException.of(
                ErrorCode.E_USAGE,
                "there is no verb " + name + Nearest.hint(name, Verbs.names()),
                "the first word must be a verb (layer: client)",
                "belay help");
    }

    private static BelayException usage(ParameterException wrong) {
        String verb = wrong.getCommandLine().getCommandName();
        String what = String.valueOf(wrong.getMessage());
        if (wrong instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            String word = unmatched.getUnmatched().getFirst();
            boolean option = word.startsWith("-");
            List<String> options = List.copyOf(
                    wrong.getCommandLine().getCommandSpec().optionsMap().keySet());
            what = verb
                    + (option ? " has no option " : " takes no further argument: ")
                    + word
                    + (option ? Nearest.hint(word, options) : "");
        } else if (wrong instanceof MissingParameterException missing) {
            what = verb + " needs " + missing.getMissing().getFirst().paramLabel();
        }
        return BelayException.of(ErrorCode.E_USAGE, what, "the command line is wrong (layer: client)", verb + " --help")
                .causedBy(wrong);
    }

    private static BelayException unforeseen(Exception failure) {
        String message = failure.getMessage();
        return BelayException.of(
                        ErrorCode.E_INTERNAL,
                        message == null ? failure.getClass().getSimpleName() : message,
                        failure.getClass().getName() + " (layer: client)",
                        "not known; a running task goes on",
                        "BELAY_DEBUG=1 with the same command shows the trace")
                .causedBy(failure);
    }
}
