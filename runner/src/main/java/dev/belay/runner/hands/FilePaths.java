package dev.belay.runner.hands;

import dev.belay.runner.hands.Hand.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The file that a file tool was given: what it means, whether it may be changed, what to say when it is not there. */
final class FilePaths {
    private static final String TEMPORARY = "/tmp";
    private static final int NEAR = 3;
    private static final int LONGEST_NAME = 255;
    private static final String LIST =
            "opendir my $d, $ARGV[0] or exit; while (defined($_ = readdir $d)) { print \"$_\\0\" }";

    private FilePaths() {}

    /** Relative paths are below the project, wherever Bash stands. */
    static String of(String tool, Arguments arguments) throws BadCallException {
        return resolved(tool, "the field \"file_path\"", arguments.text("file_path"));
    }

    /**
     * One that is to be changed.
     *
     * @param where it was given
     */
    static String own(String tool, String where, String given) throws BadCallException {
        String path = resolved(tool, where, given);
        requireOwn(tool, path);
        return path;
    }

    private static String resolved(String tool, String where, String shown) throws BadCallException {
        String given = SandboxPath.parse(shown);
        if (given.isEmpty() || given.indexOf(0) >= 0) {
            throw new BadCallException(tool + ": " + where + " must be a path"
                    + (given.isEmpty() ? "; it is empty." : " without NUL characters."));
        }
        return SandboxPath.resolve(Hand.HOME, given);
    }

    /** The sandbox decides what can be written; that only these two places are work is said here, before it is tried. */
    static void requireOwn(String tool, String path) throws BadCallException {
        if (!SandboxPath.within(Hand.HOME, path) && !SandboxPath.within(TEMPORARY, path)) {
            throw new BadCallException(
                    "%s refused (layer: tool): %s is outside the project. Only files below %s and %s can be changed."
                            .formatted(tool, SandboxPath.display(path), Hand.HOME, TEMPORARY));
        }
    }

    static void requireFile(String tool, Hand hand, String path, Hand.FileStatus status)
            throws BadCallException, HandException, InterruptedException {
        String shown = SandboxPath.display(path);
        switch (status.kind()) {
            case "file" -> {}
            case "absent" ->
                throw new BadCallException("%s: there is no file %s.%s".formatted(tool, shown, near(hand, path)));
            case "directory" ->
                throw new BadCallException("%s: %s is a directory. Use Glob, or ls with Bash.".formatted(tool, shown));
            default -> throw new BadCallException("%s: %s is not a regular file.".formatted(tool, shown));
        }
    }

    private static String near(Hand hand, String path) throws HandException, InterruptedException {
        String wanted = path.substring(path.lastIndexOf('/') + 1);
        String directory = path.substring(0, path.lastIndexOf('/') + 1);
        if (wanted.length() > LONGEST_NAME) {
            return "";
        }
        HeadTail names = new HeadTail();
        hand.run(Command.of("/usr/bin/perl", "-e", LIST, "--", directory).printingAtMost(1 << 20), new Hand.Sink() {
                    @Override
                    public void stdout(byte[] bytes) {
                        names.add(bytes);
                    }

                    @Override
                    public void stderr(byte[] bytes) {}
                })
                .await(Duration.ofSeconds(5));
        record Near(String name, int distance) {}
        List<Near> found = new ArrayList<>();
        for (String name : names.whole().split("\0")) {
            if (!name.isEmpty() && !name.equals(".") && !name.equals("..") && name.length() <= LONGEST_NAME) {
                int distance = distance(wanted.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
                if (stem(name).equalsIgnoreCase(stem(wanted))) {
                    distance = Math.min(distance, 1);
                }
                if (distance <= Math.max(2, wanted.length() / 3)) {
                    found.add(new Near(name, distance));
                }
            }
        }
        found.sort(Comparator.comparingInt(Near::distance).thenComparing(Near::name));
        List<String> shown = found.stream()
                .limit(NEAR)
                .map(one -> SandboxPath.display(directory + one.name()))
                .toList();
        return shown.isEmpty() ? "" : " Near it: " + String.join(", ", shown) + ".";
    }

    private static String stem(String name) {
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int next = Math.min(
                        Math.min(row[j], row[j - 1]) + 1, diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1));
                diagonal = row[j];
                row[j] = next;
            }
        }
        return row[b.length()];
    }
}
