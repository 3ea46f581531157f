package dev.belay.policies.shell;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs lines in a folder of their own where no program is found, and tells which ones they looked for. */
final class RealBash {
    static final Path PROGRAM = Path.of("/bin/bash");

    /** The random status takes all branches; whatever loops is ended with its whole process group. */
    private static final String PRELUDE = """
        set +o history
        SECONDS=0
        command_not_found_handle() {
          printf '%s\\0' "$#" "$@" >>"$0.$BASHPID"
          ((SECONDS < 3)) || kill -9 0
          return $((RANDOM & 1))
        }
        """;

    private static final String DRIVER = """
        set -m
        ulimit -t 2 -f 4096
        for ((i = 0; i < $1; i++)); do
          BASH_ENV="$2/prelude" /bin/bash --norc --noprofile "$2/$i" >"$2/said" 2>&1 &
          wait $!
        done
        """;

    private final Path folder;

    RealBash(Path folder) {
        this.folder = folder;
    }

    /** What each line ran, name and arguments. */
    List<List<List<String>>> run(List<String> lines) throws IOException, InterruptedException {
        Path room = Files.createDirectory(folder.resolve("room"));
        Path scripts = Files.createDirectory(folder.resolve("scripts"));
        Files.writeString(scripts.resolve("prelude"), PRELUDE);
        for (int i = 0; i < lines.size(); i++) {
            Files.writeString(scripts.resolve("" + i), lines.get(i));
        }
        ProcessBuilder builder = new ProcessBuilder(
                        PROGRAM.toString(),
                        "--norc",
                        "--noprofile",
                        "-c",
                        DRIVER,
                        "driver",
                        "" + lines.size(),
                        "" + scripts)
                .directory(room.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(Map.of("PATH", "/nonexistent", "FUNCNEST", "5", "LC_ALL", "C"));
        Process driver = builder.start();
        if (!driver.waitFor(5L + lines.size() / 20, TimeUnit.SECONDS)) {
            driver.descendants().forEach(ProcessHandle::destroyForcibly);
            driver.destroyForcibly();
            throw new AssertionError("bash did not end");
        }
        List<List<List<String>>> ran = new ArrayList<>();
        lines.forEach(_ -> ran.add(new ArrayList<>()));
        try (Stream<Path> files = Files.list(scripts)) {
            for (Path file : files.toList()) {
                String[] name = file.getFileName().toString().split("\\.");
                if (name.length == 2) {
                    ran.get(Integer.parseInt(name[0])).addAll(commands(file));
                }
            }
        }
        return ran;
    }

    /** One file for each process, because those of a pipeline write at the same time. */
    private static List<List<String>> commands(Path file) throws IOException {
        List<List<String>> commands = new ArrayList<>();
        String[] said = Files.readString(file, StandardCharsets.ISO_8859_1).split("\0", -1);
        int at = 0;
        while (at < said.length - 1) {
            int count = Integer.parseInt(said[at]);
            commands.add(List.of(said).subList(at + 1, at + 1 + count));
            at += count + 1;
        }
        return commands;
    }
}
