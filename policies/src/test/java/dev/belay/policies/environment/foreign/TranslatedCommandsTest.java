package dev.belay.policies.environment.foreign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.policies.environment.Environment;
import dev.belay.policies.environment.Step;
import dev.belay.policies.language.Source;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is handed out, run by a real shell as set-up runs it: it does what the other tool would have done. */
class TranslatedCommandsTest {
    @TempDir
    Path folder;

    private record Ran(int exit, String out) {}

    private Ran run(ForeignEnvironment kind, String text) throws IOException, InterruptedException {
        String environment = kind.translate(new Source("theirs", text)).text();
        List<Step> steps = Environment.parse(Environment.FILE, environment)
                .orRefuse("client")
                .setup();
        assertThat(steps).hasSize(1);
        ProcessBuilder builder = new ProcessBuilder(
                        "/bin/sh", "-c", steps.getFirst().run())
                .directory(folder.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true);
        builder.environment().put("HOME", "/home/ann");
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), out);
    }

    @Test
    void a_list_of_words_is_these_words_whatever_is_in_them() throws Exception {
        Ran ran = run(ForeignEnvironment.DEVCONTAINER, """
                {"postCreateCommand":
                    ["printf", "%s|", "it's", "$HOME `id`", "", "a  b", "*", "\\"", "\\\\", "é", "${containerEnv:HOME}/x y"]}
                """);

        assertThat(ran).isEqualTo(new Ran(0, "it's|$HOME `id`||a  b|*|\"|\\|é|/home/ann/x y|"));
    }

    @Test
    void a_folder_that_is_not_there_ends_a_command_before_it_begins() throws Exception {
        Ran ran = run(
                ForeignEnvironment.COPILOT,
                "jobs: {copilot-setup-steps: {steps: [{run: echo begun, working-directory: none}]}}");

        assertThat(ran.exit()).isNotZero();
        assertThat(ran.out()).doesNotContain("begun");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-", "--", "-P", "-my tools"})
    void a_folder_that_a_shell_would_take_for_an_option_is_a_folder(String name) throws Exception {
        Path there = Files.createDirectory(folder.toRealPath().resolve(name));

        Ran ran = run(
                ForeignEnvironment.COPILOT,
                "jobs: {copilot-setup-steps: {steps: [{run: pwd, working-directory: '" + name + "'}]}}");

        assertThat(ran).isEqualTo(new Ran(0, there + "\n"));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "->", textBlock = """
            {run: "echo a; echo b"} -> 0 -> a b
            {run: "echo a\\nfalse\\necho b"} -> 1 -> a
            {run: "[[ a == a ]] && echo it\\\\'s"} -> 0 -> it's
            {run: "[[ a == a ]]\\nfalse\\necho b"} -> 1 ->
            {run: "false | true\\necho b", shell: bash} -> 1 ->
            {run: "false | true\\necho b", shell: sh} -> 0 -> b
            {run: "pwd | sed 's,.*/,,'", working-directory: sub dir} -> 0 -> sub dir
            {run: "echo $A", env: {A: "it's $HOME"}} -> 0 -> it's $HOME
            {run: "[[ $A == b ]] && echo $A", env: {A: b}} -> 0 -> b
            """)
    void a_command_of_a_workflow_ends_where_it_would_have_ended(String step, int exit, String out) throws Exception {
        Files.createDirectory(folder.resolve("sub dir"));

        Ran ran = run(ForeignEnvironment.COPILOT, "jobs: {copilot-setup-steps: {steps: [" + step + "]}}");

        assertThat(ran.exit()).isEqualTo(exit);
        assertThat(String.join(" ", ran.out().lines().toList())).isEqualTo(out == null ? "" : out);
    }
}
