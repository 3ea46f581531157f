package dev.belay.runner.snapshot;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What is in a directory, told by perl and sha256: nothing of the code under test takes part. */
final class Manifest {
    private static final String WALK = """
            use strict; use Digest::SHA; use File::Find;
            my $root = shift; my $skip = shift;
            chdir $root or die;
            my @lines;
            find({no_chdir => 1, wanted => sub {
              my $p = $_; $p =~ s{^\\./}{};
              return if $p eq '.';
              if ($skip ne '' && $p =~ /$skip/) { $File::Find::prune = 1 if -d $_ && !-l $_; return; }
              my @s = lstat $_; my $mode = sprintf '%o', $s[2];
              my $what = '';
              if (-l _) { $what = readlink $_; }
              elsif (-f _) { my $d = Digest::SHA->new(256); $d->addfile($_, 'b'); $what = $d->hexdigest; }
              push @lines, unpack('H*', $p) . " $mode $what [" . $p . ']';
            }}, '.');
            print join("\\n", sort @lines), "\\n";
            """;

    private Manifest() {}

    /** Objects of {@code .git} are left out: they are only ever added to. */
    static List<String> of(Path directory) throws IOException {
        return of(directory, "^\\.git/objects(/|$)");
    }

    static List<String> of(Path directory, String skip) throws IOException {
        String lines = Shell.run(Path.of("/"), "perl", "-e", WALK, directory.toString(), skip);
        return Arrays.asList(lines.split("\n"));
    }
}
