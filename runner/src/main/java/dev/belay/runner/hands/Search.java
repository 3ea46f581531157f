package dev.belay.runner.hands;

import dev.belay.runner.hands.Hand.Command;
import dev.belay.runner.hands.Hand.Exit;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs search.pl inside the sandbox as a command with a deadline, so that neither a huge tree nor a pattern that backtracks
 * for ever can hold a call.
 */
final class Search {
    static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String PERL = "/usr/bin/perl";
    private static final int BAD_ARGUMENT = 3;
    private static final String SCRIPT = script();

    private final Hand hand;
    private final Duration patience;

    Search(Hand hand, Duration patience) {
        this.hand = hand;
        this.patience = patience;
    }

    /** @param total how many there are, whatever was asked to be shown */
    record Found(long total, List<String> lines) {}

    Found run(String tool, String mode, String root, Map<String, String> options)
            throws BadCallException, HandException, InterruptedException {
        List<String> argv = new ArrayList<>(List.of(PERL, "-e", SCRIPT, "--", mode, root));
        options.forEach((name, value) -> argv.add(name + "=" + value));
        HeadTail out = new HeadTail(8 << 20);
        HeadTail err = new HeadTail();
        Exit exit = hand.run(Command.of(argv.toArray(String[]::new)).printingAtMost(8 << 20), new Hand.Sink() {
                    @Override
                    public void stdout(byte[] bytes) {
                        out.add(bytes);
                    }

                    @Override
                    public void stderr(byte[] bytes) {
                        err.add(bytes);
                    }
                })
                .await(patience);
        if (exit.timedOut()) {
            throw new BadCallException(
                    "%s was killed after %d s: the tree is too large or the pattern backtracks too much. Narrow the path, the glob or the pattern."
                            .formatted(tool, patience.toSeconds()));
        }
        if (exit.code() == BAD_ARGUMENT) {
            throw new BadCallException(tool + ": " + PlainText.line(err.text(2000), 400));
        }
        String text = out.whole();
        if (exit.code() != 0 || !text.startsWith("total ")) {
            throw new BadCallException("%s: the search failed with exit code %d: %s"
                    .formatted(tool, exit.code(), PlainText.line(err.text(2000), 300)));
        }
        List<String> lines = text.lines().toList();
        return new Found(number(lines.getFirst().substring(6)), lines.subList(1, lines.size()));
    }

    private static long number(String text) {
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
    }

    private static String script() {
        try (InputStream in = Search.class.getResourceAsStream("search.pl")) {
            if (in == null) {
                throw new IllegalStateException("search.pl is not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
