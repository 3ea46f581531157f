package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The README's transcript is what the tour prints. {@code -Dbelay.readme=write} writes it anew.
 */
class ReadmeIT {
    private static final Path README =
            Belay.distribution().resolve("../../../README.md").normalize();
    private static final Pattern TRANSCRIPT =
            Pattern.compile("(<!-- transcript:begin -->\n).*?(<!-- transcript:end -->)", Pattern.DOTALL);

    private static Belay belay;
    private static Result tour;

    @BeforeAll
    static void take_the_tour() {
        belay = Belay.fresh();
        tour = belay.run("demo").well();
    }

    @AfterAll
    static void remove_what_it_was_taken_in() {
        belay.close();
    }

    @Test
    void the_transcript_is_what_the_tour_prints() throws IOException {
        assumeTrue(OrdinaryUser.isRoot(), "an ordinary user's tour also asks for a word about weaker isolation");
        String wanted = "```console\n" + shown(tour.out()) + "```\n";

        String readme = Files.readString(README);
        Matcher transcript = TRANSCRIPT.matcher(readme);
        assertThat(transcript.find()).as("the markers of the transcript").isTrue();
        if (System.getProperty("belay.readme", "").equals("write")) {
            Files.writeString(README, transcript.replaceFirst("$1" + Matcher.quoteReplacement(wanted) + "$2"));
        }

        assertThat(Files.readString(README)).contains(transcript.group(1) + wanted + transcript.group(2));
    }

    @Test
    void the_tour_checks_itself_and_leaves_nothing_behind() {
        assertThat(tour.out()).contains("Every stage was checked while it was shown");
        assertThat(belay.home()).isEmptyDirectory();
        assertThat(belay.state()).doesNotExist();
    }

    /** The tour without what differs from run to run and from machine to machine. */
    private static String shown(String tour) {
        String first = tour.substring(tour.indexOf("$ belay run"), tour.indexOf("\n6 "));
        return first.replaceAll("t-[0-9a-z]{4}\\b", "t-7fq2")
                .replaceAll("/tmp/belay-demo-[0-9]+", "/tmp/belay-demo")
                .replaceAll("(?m)^(   ▸ .*?)  [0-9.]+ ?m?s(  s[0-9]+)", "$1$2")
                .replaceAll("succeeded in [0-9.]+ ?m?s", "succeeded in 0.6s")
                .replaceAll("(?m)^   ! weaker isolation: .*\n", "");
    }
}
