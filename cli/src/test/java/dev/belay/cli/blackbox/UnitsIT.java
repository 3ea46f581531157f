package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who restarts whom in a fleet: systemd does. There is none in the tests; what it would read is checked, and what it would
 * start is started as it would be.
 */
class UnitsIT {
    private static final String INSTALLED = "/opt/belay";

    @TempDir
    Path folder;

    /** A unit file's lines NAME=VALUE. */
    private record Unit(String text) {
        static Unit of(String name) throws IOException {
            return new Unit(Files.readString(Belay.distribution().resolve("share/systemd/" + name + ".service")));
        }

        List<String> all(String key) {
            return text.lines()
                    .filter(line -> line.startsWith(key + "="))
                    .map(line -> line.substring(key.length() + 1))
                    .toList();
        }

        String one(String key) {
            assertThat(all(key)).as(key).hasSize(1);
            return all(key).getFirst();
        }

        /** As systemd makes it: paths of this machine, specifiers, then the variables, each one word. */
        List<String> command(Map<String, String> environment, Map<String, String> paths) {
            List<String> command = new ArrayList<>();
            for (String word : one("ExecStart").split(" ")) {
                String complete = word;
                for (Map.Entry<String, String> path : paths.entrySet()) {
                    complete = complete.replace(path.getKey(), path.getValue());
                }
                for (Map.Entry<String, String> variable : environment.entrySet()) {
                    complete = complete.replace("${" + variable.getKey() + "}", variable.getValue());
                }
                assertThat(complete).doesNotContain("${");
                command.add(complete);
            }
            return command;
        }

        /** The unit's own variables, and then what an administrator's file says. */
        Map<String, String> environment(Map<String, String> file) {
            Map<String, String> environment = new TreeMap<>();
            environment.put("PATH", Sh.PATH);
            for (String line : all("Environment")) {
                int equals = line.indexOf('=');
                environment.put(
                        line.substring(0, equals), line.substring(equals + 1).replace("%H", "a-host"));
            }
            environment.putAll(file);
            return environment;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"belay-controller", "belay-runner"})
    void a_unit_starts_what_the_distribution_has_and_restarts_it(String name) throws IOException {
        Unit unit = Unit.of(name);

        String program = unit.one("ExecStart").split(" ")[0];
        assertThat(program).startsWith(INSTALLED + "/libexec/");
        assertThat(Belay.distribution().resolve(program.substring(INSTALLED.length() + 1)))
                .isExecutable();
        assertThat(unit.one("Restart")).isEqualTo("on-failure");
        assertThat(unit.one("RestartPreventExitStatus"))
                .as("the codes that belay-keep takes for a refusal")
                .isEqualTo("2 4 6");
        assertThat(unit.one("EnvironmentFile")).matches("-/etc/belay/.*[.]env");
    }

    @ParameterizedTest
    @ValueSource(strings = {"belay-controller", "belay-runner"})
    void systemd_finds_no_fault_in_a_unit(String name) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")), "systemd-analyze is not installed");
        String text =
                Unit.of(name).text().replace(INSTALLED, Belay.distribution().toString());
        Path good = Files.writeString(folder.resolve(name + ".service"), text);
        Path bad = Files.writeString(
                folder.resolve("bad-" + name + ".service"), text.replace("Restart=on-failure", "Restart=some-times"));

        assertThat(Sh.run("systemd-analyze", "verify", good.toString())).isEmpty();
        assertThat(Sh.run("sh", "-c", "systemd-analyze verify " + bad + " || true"))
                .as("it would see one")
                .contains("some-times");
    }

    @Test
    void what_the_units_start_is_a_controller_and_a_runner_that_do_tasks() throws Exception {
        Files.setPosixFilePermissions(folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwx--x--x"));
        Path state = Files.createDirectory(folder.resolve("state"));
        String jdk = System.getProperty("java.home");
        boolean root = OrdinaryUser.isRoot();
        if (root) {
            Sh.run("chown", OrdinaryUser.UID + ":" + OrdinaryUser.UID, state.toString());
        }
        List<Process> started = new ArrayList<>();
        try (Belay nothingLocal = Belay.fresh()) {
            // User=, NoNewPrivileges=
            Process controller = start(
                    Unit.of("belay-controller"),
                    root
                            ? List.of(
                                    "setpriv",
                                    "--reuid=61234",
                                    "--regid=61234",
                                    "--clear-groups",
                                    "--no-new-privs",
                                    "--")
                            : List.of("setpriv", "--no-new-privs", "--"),
                    Map.of(
                            "BELAY_STATE",
                            state.toString(),
                            "BELAY_HTTP_PORT",
                            "0",
                            "BELAY_GRPC_PORT",
                            "0",
                            "BELAY_JAVA_HOME",
                            jdk),
                    Map.of());
            started.add(controller);
            LocalSystem system = new LocalSystem(state);
            LocalSystem.until("the controller is ready", () -> {
                assertThat(controller.isAlive())
                        .as("%s", log("belay-controller"))
                        .isTrue();
                return Files.exists(state.resolve("controller/controller.json"));
            });
            Path token = Files.copy(state.resolve("controller/runner-token"), folder.resolve("runner-token"));
            Process runner = start(
                    Unit.of("belay-runner"),
                    List.of("setpriv", "--no-new-privs", "--"),
                    Map.of(
                            "BELAY_CONTROLLER",
                            "127.0.0.1:" + system.controller().number("grpc_port"),
                            "BELAY_RUNNER_TOKEN",
                            token.toString(),
                            "BELAY_JAVA_HOME",
                            jdk),
                    Map.of(
                            "/var/lib/belay-runner",
                            folder.resolve("runner-state").toString()));
            started.add(runner);
            Belay belay = nothingLocal
                    .with(
                            "BELAY_SERVER",
                            "http://127.0.0.1:" + system.controller().number("http_port"))
                    .with(
                            "BELAY_TOKEN",
                            Files.readString(state.resolve("controller/token")).strip());
            LocalSystem.until("the runner is connected", () -> {
                assertThat(runner.isAlive()).as("%s", log("belay-runner")).isTrue();
                return belay.run("status").well().out().contains("a-host connected");
            });

            String task = belay.task(belay.repository("shop"), new Script().write("a", "b\n"));
            assertThat(belay.run("exec", task, "--", "cat", "a").well().out()).isEqualTo("b\n");

            for (Process process : started.reversed()) {
                process.destroy();
                assertThat(process.waitFor(60, TimeUnit.SECONDS))
                        .as("ends within TimeoutStopSec")
                        .isTrue();
                assertThat(process.exitValue()).isIn(0, 143);
            }
            LocalSystem.until(
                    "nothing is left", () -> Leftovers.naming(folder.toString()).isEmpty());
        } finally {
            started.forEach(Process::destroyForcibly);
        }
    }

    private Process start(Unit unit, List<String> as, Map<String, String> file, Map<String, String> paths)
            throws IOException {
        Map<String, String> environment = unit.environment(file);
        Map<String, String> allPaths = new TreeMap<>(paths);
        allPaths.put(INSTALLED, Belay.distribution().toString());
        List<String> command = new ArrayList<>(as);
        command.addAll(unit.command(environment, allPaths));
        String name = unit.one("Documentation").replaceFirst(".*/(.*)[.]service", "$1");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    private String log(String name) {
        try {
            return Files.readString(folder.resolve(name + ".log"));
        } catch (IOException none) {
            return "";
        }
    }
}
