package dev.belay.cli.bench;

import dev.belay.cli.policy.ProjectPolicy;
import dev.belay.policies.PolicyCompiler;
import dev.belay.policies.language.Source;
import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One program that asks one server, by different ways, and measures itself. */
final class WebClient {
    /** Where the gateway listens in every sandbox. */
    private static final String GATEWAY = "127.0.0.1:3128";

    private static final String PERL = "/usr/bin/perl";
    private static final String NO_PROXY = "-";
    private static final int MOST_SECONDS = 90;
    private static final int SHOWN = 300;

    /** From a client to the server. */
    @FunctionalInterface
    interface Way {
        /**
         * @param mode of the program
         * @param words behind the server's address
         * @return what it said of itself
         */
        Json ask(String mode, Object... words) throws IOException, InterruptedException;
    }

    private final String program;
    private final String server;

    /** @param server HOST:PORT, as the client and its policy call it */
    WebClient(String server) throws IOException {
        this.program = Texts.of("web-client.pl");
        this.server = server;
    }

    /** On this machine, to the server itself. */
    Way directly() {
        return (mode, words) -> here(arguments(mode, NO_PROXY, words));
    }

    /** On this machine, by a proxy. */
    Way by(String proxy) {
        return (mode, words) -> here(arguments(mode, proxy, words));
    }

    /** In a sandbox of a task of its own, which has no other way out. */
    Way throughGateway(Site site) {
        ProjectPolicy policy = policy();
        return (mode, words) -> said(site.run(Site.script(1, command(mode, words)), policy));
    }

    /** Nothing but the server can be reached. */
    ProjectPolicy policy() {
        List<Source> sources = List.of(new Source(
                PolicyCompiler.FILES.getFirst(), "policy: belay/1\nnetwork:\n  allow: [\"" + server + "\"]\n"));
        return new ProjectPolicy(sources, PolicyCompiler.compile(sources));
    }

    String command(String mode, Object... words) {
        return PERL + " - " + String.join(" ", arguments(mode, GATEWAY, words)) + " <<'END-OF-CLIENT'\n" + program
                + "END-OF-CLIENT\n";
    }

    private List<String> arguments(String mode, String proxy, Object... words) {
        List<String> all = new ArrayList<>(List.of(mode, proxy, server));
        for (Object word : words) {
            all.add(word.toString());
        }
        return all;
    }

    private Json here(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(PERL, "-"));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            try (var in = process.outputWriter(StandardCharsets.UTF_8)) {
                in.write(program);
            }
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("the bench's client does not end");
            }
            return understood(said);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Json said(TaskTimes task) throws IOException {
        for (Json event : task.events()) {
            if (event.text("kind").equals("tool.result")) {
                return understood(event.get("tool_result").text("output"));
            }
        }
        throw new IOException("the bench's client said nothing");
    }

    /** Its only line that is JSON; a tool's result has lines of the tool's own too. */
    static Json understood(String said) throws IOException {
        Optional<String> line = said.lines().filter(one -> one.startsWith("{")).findFirst();
        try {
            return Json.parse(line.orElse(""));
        } catch (JsonException words) {
            throw new IOException(
                    "the bench's client said: "
                            + said.substring(0, Math.min(SHOWN, said.length()))
                                    .strip()
                                    .replace('\n', ' '),
                    words);
        }
    }
}
