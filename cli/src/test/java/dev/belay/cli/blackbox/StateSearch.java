package dev.belay.cli.blackbox;

import java.nio.file.Path;
import java.util.List;

/** Which files of a state folder hold a text; of the images of volumes, which are mostly holes, what was written is read. */
final class StateSearch {
    private static final String WRITTEN = """
            open F, "<", $ARGV[0] or die; my ($s, $p) = (-s F, 0);
            while ($p < $s) {
              my $d = sysseek F, $p, 3; last if !defined $d;
              $p = sysseek(F, $d, 4) // $s; sysseek F, $d, 0;
              for (my $l = $p - $d; $l > 0;) {
                my $n = sysread F, my $b, $l > 65536 ? 65536 : $l; last if !$n;
                $l -= $n; print $b;
              }
            }""";

    private StateSearch() {}

    static List<String> filesHolding(Path state, String text) {
        return Sh.run(
                        "sh",
                        "-c",
                        "grep -rlaF --exclude='*.img' --exclude='template.*' -e \"$1\" \"$2\";"
                                + " find \"$2\" -name '*.img' -o -name 'template.*' | while read -r image; do"
                                + " if perl -e \"$3\" \"$image\" | grep -qaF -e \"$1\"; then echo \"$image\"; fi; done; true",
                        "search",
                        text,
                        state.toString(),
                        WRITTEN)
                .lines()
                .toList();
    }
}
