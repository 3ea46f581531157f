package dev.belay.cli.bench;

import dev.belay.cli.terminal.Words;
import dev.belay.proto.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The machine that the figures belong to.
 *
 * @param load of the last minute before the bench began: what else the machine was doing
 */
record Host(
        int cores, String cpu, long memoryBytes, String system, String kernel, String java, String user, double load) {

    static Host here() {
        return new Host(
                Runtime.getRuntime().availableProcessors(),
                after("/proc/cpuinfo", "model name", ':', System.getProperty("os.arch", "?")),
                memory(),
                after("/etc/os-release", "PRETTY_NAME", '=', "Linux"),
                System.getProperty("os.version", "?"),
                System.getProperty("java.version", "?"),
                System.getProperty("user.name", "?"),
                lastMinute());
    }

    String sentence() {
        return cores + (cores == 1 ? " core" : " cores") + " (" + cpu + "), " + Words.bytes(memoryBytes) + ", " + system
                + ", kernel " + kernel + ", JDK " + java + ", as " + user + ", load " + load + " at the start";
    }

    Json json() {
        return Json.object()
                .put("cores", cores)
                .put("cpu", cpu)
                .put("memory_bytes", memoryBytes)
                .put("system", system)
                .put("kernel", kernel)
                .put("java", java)
                .put("user", user)
                .put("load", Json.of(load))
                .build();
    }

    private static long memory() {
        try {
            return Footprint.kib(Path.of("/proc/meminfo"), "MemTotal:") * 1024;
        } catch (IOException noProc) {
            return 0;
        }
    }

    private static double lastMinute() {
        try {
            String text = Files.readString(Path.of("/proc/loadavg"));
            return Double.parseDouble(text.substring(0, text.indexOf(' ')));
        } catch (IOException noProc) {
            return 0;
        }
    }

    /** What follows the sign on the line that begins so, without quotes. */
    private static String after(String file, String line, char sign, String otherwise) {
        try {
            for (String text : Files.readAllLines(Path.of(file))) {
                if (text.startsWith(line) && text.indexOf(sign) > 0) {
                    return text.substring(text.indexOf(sign) + 1)
                            .replace("\"", "")
                            .strip();
                }
            }
            return otherwise;
        } catch (IOException absent) {
            return otherwise;
        }
    }
}
