package dev.belay.cli.task;

import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.context.Context;
import dev.belay.cli.server.ServerAccess;
import dev.belay.cli.server.ServerAccess.Place;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Screen;
import dev.belay.cli.terminal.Table;
import dev.belay.cli.terminal.Words;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends again what no server has acknowledged, to the server that it was for. A task is never made twice. */
public final class RetryVerb extends Verb {
    @Parameters(arity = "0..*", paramLabel = "DRAFT", description = "Only these; all that are kept otherwise.")
    private List<String> names = List.of();

    @Option(names = "--list", description = "Only show what is kept.")
    private boolean list;

    @Option(
            names = {"-q", "--quiet"},
            description = "With --list: only names.")
    private boolean quiet;

    @Option(names = "--drop", paramLabel = "DRAFT", description = "Forget this request (repeatable).")
    private List<String> drop = List.of();

    @Override
    public int run(Cli cli) throws IOException, InterruptedException {
        if ((list || !drop.isEmpty()) && !names.isEmpty() || list && !drop.isEmpty()) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "retry sends, lists or drops, one at a time",
                    "the command line asks for more than one (layer: client)",
                    "belay retry --list");
        }
        if (!drop.isEmpty()) {
            return drop(cli);
        }
        List<String> wanted = names.isEmpty() ? Draft.names(cli.state()) : names;
        if (list && quiet) {
            wanted.forEach(name -> cli.screen().line(name));
            return ErrorCode.Exit.DONE;
        }
        if (list) {
            list(cli, wanted);
            return ErrorCode.Exit.DONE;
        }
        if (wanted.isEmpty()) {
            cli.screen().note("no request is kept; every one was acknowledged");
            return ErrorCode.Exit.DONE;
        }
        return sendAll(cli, wanted);
    }

    private int drop(Cli cli) {
        for (String name : drop) {
            Draft.drop(cli.state(), name);
        }
        if (json) {
            cli.screen()
                    .machine(Json.object()
                            .put("dropped", Json.array(drop))
                            .build()
                            .print());
        } else {
            cli.screen().line("dropped " + String.join(" ", drop));
        }
        return ErrorCode.Exit.DONE;
    }

    private void list(Cli cli, List<String> wanted) {
        List<Json> documents = new ArrayList<>();
        Table table = new Table(4, "DRAFT", "AGE", "SERVER", "STATE", "PROMPT");
        for (String name : wanted) {
            Draft draft;
            try {
                draft = Draft.open(cli.state(), name);
            } catch (BelayException damaged) {
                cli.screen().note(name + " cannot be read (" + damaged.why() + "): belay retry --drop " + name);
                continue;
            }
            String state = draft.sentBy().isPresent() ? "being sent" : draft.ready() ? "sent, no answer" : "not sent";
            String prompt = draft.request().text("prompt");
            String written = draft.content().text("written_at");
            documents.add(Json.object()
                    .put("name", name)
                    .put("written_at", written)
                    .put("context", draft.server().context())
                    .put("address", draft.server().address())
                    .put("state", state)
                    .put("folder", draft.project().text("folder"))
                    .put("prompt", prompt)
                    .build());
            Duration age = Duration.between(Words.instant(written), cli.clock().instant());
            table.row(
                    Line.of(name),
                    Line.of(Words.duration(Duration.ofSeconds(age.toSeconds()))),
                    Line.of(draft.server().toString()),
                    Line.of(state),
                    Line.of(prompt.lines().findFirst().orElse("")));
        }
        if (json) {
            cli.screen()
                    .machine(Json.object()
                            .put("drafts", new Json.Arr(documents))
                            .build()
                            .print());
        } else if (documents.isEmpty()) {
            cli.screen().note("no request is kept; every one was acknowledged");
        } else {
            table.print(cli.screen());
        }
    }

    private int sendAll(Cli cli, List<String> wanted) throws IOException, InterruptedException {
        BelayException first = null;
        for (String name : wanted) {
            Draft draft;
            try {
                draft = Draft.open(cli.state(), name);
            } catch (BelayException unreadable) {
                first = first == null ? unreadable : first;
                cli.screen().note(name + " is not sent: " + unreadable.what());
                continue;
            }
            try {
                Optional<Submission.Sent> sent = send(cli, draft);
                if (sent.isEmpty()) {
                    return ErrorCode.Exit.DETACHED;
                }
                Json task = sent.get().task();
                cli.screen().note(new Line().dim(name + " is ").add(task.text("short_id")));
                cli.screen().machine(json ? task.print() : task.text("id"));
            } catch (BelayException failed) {
                // The others may be for other servers; the first failure is this command's.
                if (first == null) {
                    first = still(failed, name, wanted.size());
                } else {
                    cli.screen().note(name + " is kept too: " + failed.what());
                }
            }
        }
        if (first != null) {
            throw first;
        }
        return ErrorCode.Exit.DONE;
    }

    private static BelayException still(BelayException failed, String name, int of) {
        boolean again = Submission.mayBeSentAgain(failed);
        return BelayException.of(
                        failed.code(),
                        (of == 1 ? "" : name + ": ") + failed.what(),
                        failed.why(),
                        "your request is kept as " + name,
                        (failed.next().isEmpty() ? "" : failed.next() + "   then   ") + "belay retry"
                                + (again ? "" : " " + name + "   or   belay retry --drop " + name))
                .causedBy(failed);
    }

    private Optional<Submission.Sent> send(Cli cli, Draft draft) throws IOException, InterruptedException {
        Optional<Long> other = draft.sentBy();
        if (other.isPresent()) {
            throw BelayException.of(
                    ErrorCode.E_BUSY,
                    draft.name() + " is being sent by another command",
                    "process " + other.get() + " is at it (layer: client)",
                    "belay retry --list");
        }
        Cli there = at(cli, draft);
        Screen people = cli.screen().withResultsOnStderr();
        return new Submission(there, people).send(draft.mine(), Submission.open(there, draft));
    }

    /** As if the command were for the server that the request was written for: another one does not know its key. */
    private static Cli at(Cli cli, Draft draft) {
        Place wanted = draft.server();
        if (wanted.equals(ServerAccess.place(cli))) {
            return cli;
        }
        if (wanted.context().isEmpty()) {
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    draft.name() + " was for BELAY_SERVER=" + wanted.address(),
                    "this command is for " + ServerAccess.place(cli) + " (layer: client)",
                    "BELAY_SERVER=" + wanted.address() + " BELAY_TOKEN=… belay retry " + draft.name());
        }
        Cli there = cli.in(cli.cwd(), Map.of("BELAY_SERVER", "", "BELAY_TOKEN", "", "BELAY_CONTEXT", wanted.context()));
        Place now = ServerAccess.place(there);
        if (!now.equals(wanted) && !wanted.context().equals(Context.LOCAL)) {
            throw BelayException.of(
                    ErrorCode.E_CONFLICT,
                    "context " + wanted.context() + " is another server now",
                    draft.name() + " was for " + wanted.address() + ", and it is " + now.address() + " (layer: client)",
                    "belay run --draft " + draft.name() + " sends it to the server in use");
        }
        return there;
    }
}
