package dev.belay.cli.bench;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Times processes from outside. A command that fails is a failure of the measurement. */
final class Stopwatch {
    private static final int WARM_UP = 5;
    private static final double NANOS_PER_MS = 1e6;

    private Stopwatch() {}

    static double millisSince(long began) {
        return (System.nanoTime() - began) / NANOS_PER_MS;
    }

    /**
     * From the start of the process to its end, after one run that does not count.
     *
     * @param environment all of it
     */
    static Sample processes(int runs, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        List<Double> all = new ArrayList<>();
        for (int i = 0; i <= runs; i++) {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD);
            builder.environment().clear();
            builder.environment().putAll(environment);
            long began = System.nanoTime();
            int exit = builder.start().waitFor();
            double took = millisSince(began);
            if (exit != 0) {
                throw new IOException(String.join(" ", command) + " ended with exit code " + exit);
            }
            if (i > 0) {
                all.add(took);
            }
        }
        return Sample.of(all);
    }

    /**
     * What it costs a small process to start a command and wait for it: a shell forks and executes it once for every
     * line that it is sent. A JVM's own way to start a process would be a yardstick that is easier to meet.
     *
     * @param command words for a shell
     */
    static Sample forks(int runs, String command) throws IOException, InterruptedException {
        String loop = "while read -r _; do " + command + " </dev/null >/dev/null 2>&1; echo $?; done";
        Process shell = new ProcessBuilder("/bin/sh", "-c", loop)
                .redirectError(Redirect.DISCARD)
                .start();
        try (OutputStream to = shell.getOutputStream();
                InputStream from = shell.getInputStream()) {
            List<Double> all = new ArrayList<>();
            for (int i = 0; i < runs + WARM_UP; i++) {
                long began = System.nanoTime();
                to.write('\n');
                to.flush();
                String exit = line(from);
                double took = millisSince(began);
                if (!exit.equals("0")) {
                    throw new IOException(command + " ended with exit code " + exit);
                }
                if (i >= WARM_UP) {
                    all.add(took);
                }
            }
            return Sample.of(all);
        } finally {
            shell.destroy();
            shell.waitFor();
        }
    }

    private static String line(InputStream from) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = from.read(); next != '\n'; next = from.read()) {
            if (next < 0) {
                throw new IOException("/bin/sh ended too early");
            }
            line.append((char) next);
        }
        return line.toString();
    }
}
