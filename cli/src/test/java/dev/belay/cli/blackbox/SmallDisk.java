package dev.belay.cli.blackbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A real file system of a given size in place of a state folder, in a mount namespace of its own: seen by what is started
 * through it, and gone with that.
 */
final class SmallDisk implements AutoCloseable {
    private final Belay plain;
    private final Process holder;

    private SmallDisk(Belay plain, Process holder) {
        this.plain = plain;
        this.holder = holder;
    }

    static SmallDisk of(Belay belay, String size) {
        List<String> command = new ArrayList<>(List.of("unshare", "--mount", "--propagation", "private"));
        if (!OrdinaryUser.isRoot()) {
            command.addAll(List.of("--user", "--map-current-user", "--keep-caps"));
        }
        command.addAll(List.of(
                "sh",
                "-c",
                "mount -t tmpfs -o size=" + size + ",mode=711 tmpfs \"$1\" && echo ready && exec cat",
                "sh",
                belay.state().toString()));
        try {
            Files.createDirectories(belay.state());
            Process holder =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            BufferedReader said = holder.inputReader();
            String line = said.readLine();
            if (!"ready".equals(line)) {
                throw new AssertionError("no disk of its own: " + line);
            }
            return new SmallDisk(belay, holder);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private List<String> enter() {
        List<String> command = new ArrayList<>(List.of("nsenter", "--target", Long.toString(holder.pid()), "--mount"));
        if (!OrdinaryUser.isRoot()) {
            command.addAll(List.of("--user", "--preserve-credentials"));
        }
        return command;
    }

    /** The same person on this disk, in a folder. */
    Belay belay(Belay belay, Path folder) {
        List<String> command = enter();
        command.addAll(List.of("sh", "-c", "cd \"$1\" && shift && exec \"$@\"", "sh", folder.toString()));
        return belay.at(folder).through(command.toArray(String[]::new));
    }

    /** A command of the machine's, which sees this disk as the state folder. */
    String sh(String line) {
        List<String> command = enter();
        command.addAll(List.of("sh", "-c", line));
        return Sh.run(command.toArray(String[]::new)).strip();
    }

    long freeMiB() {
        return Long.parseLong(
                sh("df --output=avail -m " + plain.state() + " | tail -n 1").strip());
    }

    /** Takes space until so much is left. */
    void leave(long mib) {
        long take = freeMiB() - mib;
        if (take > 0) {
            sh("head -c " + take + "M /dev/zero >> " + plain.state() + "/filler");
        }
    }

    void giveBack() {
        sh("rm -f " + plain.state() + "/filler");
    }

    @Override
    public void close() {
        giveBack();
        Result down = belay(plain, plain.work()).run("down");
        holder.destroyForcibly();
        down.well();
    }
}
