package dev.belay.cli.help;

import dev.belay.cli.Belay;
import dev.belay.cli.Cli;
import dev.belay.cli.Verb;
import dev.belay.cli.Verbs;
import dev.belay.cli.terminal.Line;
import dev.belay.cli.terminal.Screen;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.error.Nearest;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Parameters;

/** The list of verbs, one verb, or a topic. */
public final class HelpVerb extends Verb {
    private static final List<String> TOPICS = List.of("exit-codes", "json", "environment", "providers");

    @Parameters(
            arity = "0..1",
            paramLabel = "TOPIC",
            description = "A verb, exit-codes, json, environment or providers.")
    private String topic = "";

    @Override
    public int run(Cli cli) throws IOException {
        if (topic.isEmpty()) {
            if (json) {
                cli.screen().machine(verbs().print());
            } else {
                overview(cli.screen());
            }
            return ErrorCode.Exit.DONE;
        }
        Optional<Verbs> verb = Verbs.named(topic);
        if (verb.isPresent()) {
            return new Belay(cli).run(topic, "--help");
        }
        if (!TOPICS.contains(topic)) {
            List<String> known = new ArrayList<>(Verbs.names());
            known.addAll(TOPICS);
            throw BelayException.of(
                    ErrorCode.E_USAGE,
                    "there is no help on " + topic + Nearest.hint(topic, known),
                    "topics are the verbs and " + String.join(", ", TOPICS) + " (layer: client)",
                    "belay help");
        }
        try (InputStream text = HelpVerb.class.getResourceAsStream("/dev/belay/cli/help/" + topic + ".txt")) {
            if (text == null) {
                throw new IllegalStateException("the text on " + topic + " must be in the jar");
            }
            for (String line : new String(text.readAllBytes(), StandardCharsets.UTF_8)
                    .stripTrailing()
                    .split("\n", -1)) {
                cli.screen().line(line);
            }
        }
        return ErrorCode.Exit.DONE;
    }

    private static Json verbs() {
        List<Json> all = new ArrayList<>();
        for (Verbs verb : Verbs.values()) {
            all.add(Json.object()
                    .put("name", verb.name())
                    .put("summary", verb.summary())
                    .build());
        }
        return Json.object().put("verbs", new Json.Arr(all)).build();
    }

    private static void overview(Screen screen) {
        screen.line("belay lets a coding agent work alone: in a sandbox that sees only the project,");
        screen.line("with every step a snapshot that can be taken back.");
        screen.line("");
        screen.line(new Line().dim("usage: ").add("belay VERB [OPTIONS] …"));
        screen.line("");
        for (Verbs verb : Verbs.values()) {
            screen.line(new Line().add("  ").bold(verb.name()).to(14).add(verb.summary()));
        }
        screen.line("");
        screen.line("A task is named by any unique prefix of its id, or - for the last; T@s4 is a snapshot of it.");
        screen.line("belay VERB --help · belay help exit-codes · belay help json · belay help environment");
    }
}
