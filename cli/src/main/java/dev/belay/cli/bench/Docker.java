package dev.belay.cli.bench;

import dev.belay.policies.shell.OneWord;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** Docker's own command as a yardstick, at the engine and with the image that Belay would use. */
record Docker(Path program, Path socket, String image) {
    private static final String USUAL_IMAGE = "belay/base";
    private static final int SHOWN = 200;

    /** @throws AbsentException names what is missing */
    static Docker needed(Site site) throws IOException, InterruptedException {
        Path socket = site.launch().dockerSocket();
        if (!Files.exists(socket)) {
            throw new AbsentException("there is no engine of Docker's at " + socket);
        }
        Path program = site.program("docker").orElseThrow(() -> new AbsentException("there is no docker on the PATH"));
        String wish = site.environment().getOrDefault("BELAY_IMAGE", "");
        Docker docker = new Docker(program, socket, wish.isEmpty() ? USUAL_IMAGE : wish);
        docker.look();
        return docker;
    }

    private void look() throws IOException, InterruptedException {
        Process look = new ProcessBuilder(words("image", "inspect", "--format", "{{.Id}}", image))
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .start();
        String said = new String(look.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (look.waitFor() != 0) {
            String last = said.substring(said.lastIndexOf('\n') + 1);
            throw new AbsentException("Docker's engine at " + socket + " does not serve " + image + ": "
                    + last.substring(0, Math.min(SHOWN, last.length())));
        }
    }

    /** A container that is made, runs the command and is removed, as words for a shell. */
    String run(String command) {
        return shell("run", "--rm", "--network", "none", image, command);
    }

    Container begin() throws IOException {
        return Container.of(this);
    }

    private List<String> words(String... more) {
        List<String> all = new ArrayList<>(List.of(program.toString(), "-H", "unix://" + socket));
        all.addAll(List.of(more));
        return all;
    }

    String shell(String... more) {
        return words(more).stream().map(OneWord::quoted).collect(Collectors.joining(" "));
    }

    /** One that stays until it is closed, or until this process is gone: it reads what comes from here. */
    static final class Container implements AutoCloseable {
        private final Docker docker;
        private final String name;
        private final Process process;

        private Container(Docker docker, String name, Process process) {
            this.docker = docker;
            this.name = name;
            this.process = process;
        }

        private static Container of(Docker docker) throws IOException {
            String name = "belay-bench-" + UUID.randomUUID();
            Process process = new ProcessBuilder(docker.words(
                            "run", "--rm", "--interactive", "--network", "none", "--name", name, docker.image(), "cat"))
                    .redirectError(Redirect.DISCARD)
                    .start();
            Container container = new Container(docker, name, process);
            try {
                container.awaitEcho();
                return container;
            } catch (IOException failed) {
                container.close();
                throw failed;
            }
        }

        private void awaitEcho() throws IOException {
            OutputStream to = process.getOutputStream();
            to.write('\n');
            to.flush();
            InputStream from = process.getInputStream();
            if (from.read() != '\n') {
                throw new IOException("a container of " + docker.image() + " does not start");
            }
        }

        /** As words for a shell. */
        String exec(String command) {
            return docker.shell("exec", name, command);
        }

        @Override
        public void close() throws IOException {
            process.getOutputStream().close();
            process.onExit().join();
        }
    }
}
