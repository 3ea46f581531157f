package dev.belay.runner.sandbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** What attempts aim at: files, listeners, a repository and a process beside the sandboxes, each made here for that. */
final class Surroundings implements AutoCloseable {
    private static final int BOUND_SECONDS = 30;

    private final Path place;
    private final ServerSocket loopback;
    private final ServerSocketChannel socket;
    private final Process victim;
    private final Map<String, String> variables = new HashMap<>();
    private int controls;

    Surroundings(Path place, Path state) throws Exception {
        this.place = Files.createDirectory(place);
        Path canary = Files.writeString(place.resolve("canary"), "canary\n");
        this.loopback = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        this.socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        socket.bind(UnixDomainSocketAddress.of(place.resolve("socket")));
        variables.put("CANARY", canary.toString());
        variables.put("SOCKET", place.resolve("socket").toString());
        variables.put("PORT", Integer.toString(loopback.getLocalPort()));
        variables.put("RUNNER", Long.toString(ProcessHandle.current().pid()));
        variables.put("STATE", state.toString());
        variables.put(
                "HOST", Files.readString(Path.of("/proc/sys/kernel/hostname")).strip());
        settings("SETTINGS", "[belay]\n\tcanary = x\n");
        settings("SETTINGS_MK", "BELAY = canary\n");
        settings("SETTINGS_SH", "BELAY=canary\n");
        settings("SETTINGS_PL", "1;\n");
        settings("ARGUMENTS", "-Xmx16m\n");
        settings("NOTES", "notes\n");
        repository();
        this.victim = victim();
    }

    Map<String, String> variables() {
        return Map.copyOf(variables);
    }

    Path canary() {
        return place.resolve("canary");
    }

    /** The exit code of what shows that the attempt means something. */
    int control(Attempt attempt) throws Exception {
        return switch (attempt.control()) {
            case Control.Same _ -> run("/bin/sh", "-c", attempt.command());
            case Control.Apart _ -> run("unshare", "-Urmpfu", "--kill-child", "/bin/sh", "-c", attempt.command());
            case Control.Other other -> run("/bin/sh", "-c", other.command());
            case Control.None _ -> throw new IllegalArgumentException(attempt + " has no control");
        };
    }

    boolean has(String program) throws Exception {
        return program.isEmpty() || run("/bin/sh", "-c", "test -x \"$(command -v " + program + ")\"") == 0;
    }

    private int run(String... command) throws Exception {
        Path directory = Files.createDirectory(place.resolve("try-" + controls++));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(variables);
        builder.environment().put("HOME", place.toString());
        Process process = builder.start();
        if (!process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError("did not end: " + String.join(" ", command));
        }
        return process.exitValue();
    }

    private void settings(String name, String content) throws IOException {
        variables.put(name, Files.writeString(place.resolve(name), content).toString());
    }

    private void repository() throws Exception {
        String script = "git init -q -b main source && cd source && cp ../canary . && git add canary"
                + " && git -c user.name=t -c user.email=t@t commit -qm canary && git clone -q --bare . ../repo"
                + " && git rev-parse HEAD:canary";
        ProcessBuilder git = new ProcessBuilder("/bin/sh", "-ec", script)
                .directory(place.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        git.environment().put("HOME", place.toString());
        try (BufferedReader out = git.start().inputReader()) {
            variables.put("BLOB", Objects.requireNonNull(out.readLine(), "git made no repository"));
        }
        variables.put("REPO", place.resolve("repo").toString());
    }

    private Process victim() throws IOException {
        String mark = "belay-victim-" + ProcessHandle.current().pid();
        variables.put("MARK", mark);
        try (InputStream in = getClass().getResourceAsStream("victim.pl")) {
            Files.write(place.resolve("victim.pl"), Objects.requireNonNull(in).readAllBytes());
        }
        ProcessBuilder builder = new ProcessBuilder("perl", "victim.pl", mark)
                .directory(place.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("BELAY_VICTIM", "secret");
        Process process = builder.start();
        variables.put("VICTIM", Long.toString(process.pid()));
        BufferedReader out = process.inputReader(StandardCharsets.US_ASCII);
        for (String line = out.readLine(); !"ready".equals(line); line = out.readLine()) {
            String[] word = Objects.requireNonNull(line, "the victim ended").split("=", 2);
            variables.put(word[0], word[1]);
        }
        return process;
    }

    /** The victim removes what the kernel would keep after its end. */
    @Override
    public void close() throws IOException {
        loopback.close();
        socket.close();
        victim.getOutputStream().close();
        victim.onExit().join();
        new ProcessBuilder("rm", "-rf", place.toString()).start().onExit().join();
    }
}
