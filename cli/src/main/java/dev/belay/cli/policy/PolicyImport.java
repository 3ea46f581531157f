package dev.belay.cli.policy;

import dev.belay.cli.Cli;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Line.Look;
import dev.belay.cli.terminal.Printable;
import dev.belay.policies.Compiled;
import dev.belay.policies.Policy;
import dev.belay.policies.foreign.ForeignFormat;
import dev.belay.policies.foreign.Translation;
import dev.belay.policies.language.Source;
import dev.belay.policies.sandboxruntime.ProjectFolder;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.error.Nearest;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Shows what another agent's policy would be here, and writes it where it is asked to. */
final class PolicyImport {
    private final Cli cli;
    private final Path root;

    PolicyImport(Cli cli, Path root) {
        this.cli = cli;
        this.root = root;
    }

    /**
     * @param named as on the command line
     * @param from the kind of policy; empty where the file has to tell
     * @param strict whether all of it has to be translated
     */
    int run(Path file, String named, String from, boolean write, boolean strict, boolean json) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw PolicyVerb.usage(
                    "there is no file " + Printable.line(named), "policy import names another agent's policy");
        }
        Source source = ProjectPolicy.read(file, named);
        Translation translation = format(source, from).translate(source, folder());
        new ProjectPolicy(List.of(), new Compiled(List.of(), Policy.standard(), List.of(), translation.problems(), ""))
                .understood();
        boolean refused = strict && !translation.notTranslated().isEmpty();
        NewPolicy target = new NewPolicy(root);
        if (write && !refused) {
            target.write(translation.text());
        }
        for (var line : translation.notTranslated()) {
            cli.screen()
                    .note(new Line()
                            .add(Look.YELLOW, "! ")
                            .add(line.origin().spot() + ": "
                                    + Printable.line(line.origin().text()))
                            .dim("   " + Printable.line(line.why())));
        }
        if (write && refused) {
            cli.screen().note("nothing was written: --strict takes a whole translation, or none");
        }
        show(translation, target, write && !refused, json);
        return refused ? ErrorCode.Exit.DENIED : ErrorCode.Exit.DONE;
    }

    private void show(Translation translation, NewPolicy target, boolean written, boolean json) {
        if (json) {
            Json.ObjectBuilder document = written ? target.document() : Json.object();
            cli.screen().machine(document(translation, document).print());
        } else if (written) {
            target.tell(cli);
        } else {
            cli.screen().out().print(translation.text());
            cli.screen().out().flush();
        }
    }

    private static Json document(Translation translation, Json.ObjectBuilder document) {
        return document.put("policy", translation.text())
                .put("not_translated", PolicyDocument.without(translation.notTranslated()))
                .build();
    }

    private static ForeignFormat format(Source source, String from) {
        String known = String.join(", ", ForeignFormat.words());
        if (!from.isEmpty()) {
            return ForeignFormat.named(from)
                    .orElseThrow(() -> PolicyVerb.usage(
                            "there is no policy of " + Printable.line(from) + Nearest.hint(from, ForeignFormat.words()),
                            "--from is one of " + known));
        }
        return ForeignFormat.of(source)
                .orElseThrow(() -> PolicyVerb.usage(
                        "nobody can tell whose policy " + Printable.line(source.file()) + " is",
                        "say it: --from is one of " + known));
    }

    private ProjectFolder folder() {
        String home = cli.env("HOME");
        return new ProjectFolder(root.toString(), home.isEmpty() ? System.getProperty("user.home", "/") : home);
    }
}
