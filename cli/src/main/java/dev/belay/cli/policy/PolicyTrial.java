package dev.belay.cli.policy;

import dev.belay.cli.Cli;
import dev.belay.cli.terminal.Printable;
import dev.belay.proto.error.ErrorCode;
import dev.belay.proto.json.Json;
import dev.belay.proto.json.JsonException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Puts questions to a policy: those of the command line, and those of a file, which may say what it expects. */
final class PolicyTrial {
    private final Cli cli;
    private final ProjectPolicy policy;
    private final String batch;

    /** @param batch a file with a question a line, {@code -} for standard input; empty when there is none */
    PolicyTrial(Cli cli, ProjectPolicy policy, String batch) {
        this.cli = cli;
        this.policy = policy;
        this.batch = batch;
    }

    int run(List<Question> asked, boolean json) throws IOException {
        List<Answered> all = new ArrayList<>(asked.stream().map(this::answer).toList());
        List<String> unexpected = new ArrayList<>();
        if (!batch.isEmpty()) {
            readBatch(all, unexpected);
        }
        if (all.isEmpty()) {
            throw PolicyVerb.usage(
                    "nothing was asked", "policy test takes -- COMMAND, --host, --request, --path, --read or --batch");
        }
        all.forEach(one -> {
            if (json || !batch.isEmpty()) {
                cli.screen().machine(one.json().print());
            } else {
                one.print(cli.screen());
            }
        });
        if (!unexpected.isEmpty()) {
            unexpected.forEach(line -> cli.screen().note(line));
            return ErrorCode.Exit.FAILED;
        }
        return all.stream().allMatch(one -> one.expected() || one.verdict().allowed())
                ? ErrorCode.Exit.DONE
                : ErrorCode.Exit.DENIED;
    }

    private Answered answer(Question question) {
        return new Answered(question, question.ask(policy.compiled().policy()), false);
    }

    private List<String> lines() throws IOException {
        if (batch.equals("-")) {
            return new String(cli.in().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
        Path named = cli.cwd().resolve(batch);
        if (!Files.isReadable(named) || Files.isDirectory(named)) {
            throw PolicyVerb.usage("there is no file " + batch + " to read", "--batch names a file");
        }
        try {
            return Files.readAllLines(named);
        } catch (CharacterCodingException noText) {
            throw PolicyVerb.usage(batch + " is no UTF-8", "a batch is text").causedBy(noText);
        }
    }

    private void readBatch(List<Answered> all, List<String> unexpected) throws IOException {
        List<String> lines = lines();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).isBlank()) {
                continue;
            }
            Json line;
            try {
                line = Json.parse(lines.get(i));
            } catch (JsonException malformed) {
                throw PolicyVerb.usage(batch + ":" + (i + 1) + " is no JSON", String.valueOf(malformed.getMessage()))
                        .causedBy(malformed);
            }
            Answered answered = answer(Question.of(line));
            String expected = line.text("expect");
            all.add(answered.expected(expected));
            if (!expected.isEmpty() && !expected.equals(answered.word())) {
                unexpected.add(batch + ":" + (i + 1) + ": expected " + expected + ", got " + answered.word() + ": "
                        + Printable.line(answered.question().text()));
            }
        }
    }
}
