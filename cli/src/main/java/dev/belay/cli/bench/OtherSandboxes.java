package dev.belay.cli.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What sandboxes of others need for the same, where somebody has installed them. */
final class OtherSandboxes {
    private static final String COMMAND = "/bin/true";

    private OtherSandboxes() {}

    /** They are no part of Belay: one that does not work here is told, and spoils no figure. */
    static String told(Site site, int runs) throws InterruptedException {
        return told(site, runs, "srt", List.of(List.of())) + "; "
                // Its word for the system came and went.
                + told(site, runs, "codex", List.of(List.of("sandbox"), List.of("sandbox", "linux")));
    }

    /** @param ways the words between the program and its command; the first that work count */
    private static String told(Site site, int runs, String name, List<List<String>> ways) throws InterruptedException {
        Optional<Path> program = site.program(name);
        if (program.isEmpty()) {
            return name + " is not installed";
        }
        for (List<String> way : ways) {
            List<String> words = new ArrayList<>(way);
            words.addFirst(program.get().toString());
            words.addLast(COMMAND);
            Optional<Sample> took = took(site, runs, words);
            if (took.isPresent()) {
                words.set(0, name);
                return String.join(" ", words) + " takes "
                        + Report.figure(took.get().median()) + " ms";
            }
        }
        return name + " does not work here";
    }

    private static Optional<Sample> took(Site site, int runs, List<String> words) throws InterruptedException {
        try {
            return Optional.of(Stopwatch.processes(runs, site.environment(), words));
        } catch (IOException failed) {
            return Optional.empty();
        }
    }
}
