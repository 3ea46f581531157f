package dev.belay.cli.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.json.Json;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a person gets wrong: a named error, its exit code, what to type next, and nothing half done. */
class BadInputIT {
    private static Belay belay;
    private static Path work;
    private static String task;
    private static String okay;

    @BeforeAll
    static void folders_and_scripts_of_all_sorts() throws IOException {
        belay = Belay.started();
        work = Files.createDirectories(belay.work().resolve("bad-input"));
        Repository repository = Repository.in(work, "repository");
        okay = new Script().in(belay);
        task = belay.task(repository, new Script().write("a", "1\n"));
        Files.createDirectories(work.resolve("empty-folder"));
        Files.writeString(Files.createDirectories(work.resolve("plain")).resolve("a.txt"), "a\n");
        Sh.in(work, "git", "init", "-q", "empty-repository");
        Sh.in(work, "git", "init", "-q", "--bare", "bare.git");
        Files.writeString(work.resolve("a-file"), "");
        try (RandomAccessFile huge = new RandomAccessFile(
                Files.createDirectories(work.resolve("huge"))
                        .resolve("disk.img")
                        .toFile(),
                "rw")) {
            huge.setLength(300L << 20);
        }
        script("unknown-key", "model: script/1\nturns:\n  - sya: x\n");
        script("unknown-tool", "model: script/1\nturns:\n  - calls:\n      - Bsh: {command: x}\n");
        script("unknown-field", "model: script/1\nturns:\n  - calls:\n      - Bash: {comand: x}\n");
        script("no-yaml", "model: script/1\nturns: [\n");
        script("no-model", "turns: []\n");
        script("other-version", "model: script/9\nturns: []\n");
        script("empty", "");
        script(
                "sandbox-off",
                "model: script/1\nturns:\n  - calls:\n      - Bash: {command: x, dangerouslyDisableSandbox: true}\n");
        Files.write(work.resolve("binary.yaml"), new byte[] {'m', (byte) 0xff, (byte) 0xfe, 0});
    }

    private static void script(String name, String text) throws IOException {
        Files.writeString(work.resolve(name + ".yaml"), text);
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                // folders
                Arguments.of("run -C HOME --model OKAY x", "E_BAD_PROJECT", 2, "is your home folder"),
                Arguments.of("run -C / --model OKAY x", "E_BAD_PROJECT", 2, "is the root of the machine"),
                Arguments.of("run -C nowhere --model OKAY x", "E_BAD_PROJECT", 2, "nowhere does not exist"),
                Arguments.of("run -C a-file --model OKAY x", "E_BAD_PROJECT", 2, "is not a folder"),
                Arguments.of(
                        "run -C repository --path /etc --model OKAY x", "E_BAD_PROJECT", 2, "is not in the project"),
                Arguments.of("run -C bare.git --model OKAY x", "E_BARE_REPOSITORY", 2, "is a bare repository"),
                Arguments.of(
                        "run -C huge --model OKAY x",
                        "E_FILE_TOO_LARGE",
                        2,
                        "disk.img is 300 MiB, the limit is 100 MiB"),
                // scripts
                Arguments.of(
                        "run -C plain --model script:nowhere.yaml x", "E_SCRIPT", 2, "nowhere.yaml does not exist"),
                Arguments.of("run -C plain --model script: x", "E_SCRIPT", 2, "names no file"),
                Arguments.of("run -C . --model script:plain x", "E_SCRIPT", 2, "plain is a folder"),
                Arguments.of("run -C . --model script:binary.yaml x", "E_SCRIPT", 2, "binary.yaml is not text"),
                Arguments.of("run -C . --model script:empty.yaml x", "E_SCRIPT", 2, "the script is empty"),
                Arguments.of(
                        "run -C . --model script:unknown-key.yaml x",
                        "E_SCRIPT",
                        2,
                        "unknown-key.yaml:3:5: unknown key `sya` in a turn; did you mean say?"),
                Arguments.of(
                        "run -C . --model script:unknown-tool.yaml x",
                        "E_SCRIPT",
                        2,
                        "unknown-tool.yaml:4:9: unknown tool `Bsh`; did you mean Bash?"),
                Arguments.of(
                        "run -C . --model script:unknown-field.yaml x", "E_SCRIPT", 2, "unknown-field.yaml:4:16: "),
                Arguments.of("run -C . --model script:sandbox-off.yaml x", "E_SCRIPT", 2, "sandbox-off.yaml:4:28: "),
                Arguments.of("run -C . --model script:no-yaml.yaml x", "E_SCRIPT", 2, "no-yaml.yaml:3:1: "),
                Arguments.of(
                        "run -C . --model script:no-model.yaml x",
                        "E_SCRIPT",
                        2,
                        "no-model.yaml:1:1: `model` is missing"),
                Arguments.of(
                        "run -C . --model script:other-version.yaml x",
                        "E_SCRIPT",
                        2,
                        "other-version.yaml:1:8: `model` must be script/1"),
                // options
                Arguments.of("run -C plain --model gpt-9 x", "E_UNKNOWN_MODEL", 2, "no model is called gpt-9"),
                Arguments.of("run -C plain x", "E_UNKNOWN_MODEL", 2, "no model was named"),
                Arguments.of(
                        "run -C plain --model OKAY --mode ful x",
                        "E_UNKNOWN_MODE",
                        2,
                        "no mode ful; did you mean full?"),
                Arguments.of(
                        "run -C plain --model OKAY --timeout soon x",
                        "E_USAGE",
                        2,
                        "--timeout does not understand soon"),
                Arguments.of(
                        "run -C plain --model OKAY --max-turns -1 x", "E_USAGE", 2, "--max-turns must be 1 or more"),
                Arguments.of("run -C plain --model OKAY --max-turns many x", "E_USAGE", 2, "--max-turns"),
                Arguments.of("run -C plain --model OKAY", "E_NO_PROMPT", 2, "no prompt was given"),
                Arguments.of("run -C plain --model OKAY -", "E_NO_PROMPT", 2, "the prompt is empty"),
                Arguments.of(
                        "run -C plain --model OKAY --detahc x",
                        "E_USAGE",
                        2,
                        "has no option --detahc; did you mean --detach?"),
                Arguments.of("snapshot -", "E_USAGE", 2, "there is no verb snapshot; did you mean snapshots?"),
                Arguments.of("show", "E_USAGE", 2, "belay show needs TASK"),
                Arguments.of("show TASK TASK", "E_USAGE", 2, "takes no further argument"),
                Arguments.of("show TASK@s1", "E_USAGE", 2, "names a snapshot, and this verb takes a task"),
                Arguments.of("rollback TASK", "E_USAGE", 2, "rollback needs a snapshot"),
                Arguments.of("revert TASK", "E_USAGE", 2, "revert needs a step"),
                Arguments.of("completion tcsh", "E_USAGE", 2, "no completion for tcsh"),
                Arguments.of("help rnu", "E_USAGE", 2, "there is no help on rnu; did you mean run?"),
                // tasks and snapshots
                Arguments.of("show t-zzzzzz", "E_NO_SUCH_TASK", 8, "t-zzzzzz"),
                Arguments.of("show ../../etc/passwd", "E_NO_SUCH_TASK", 8, "no task is called ../../etc/passwd"),
                Arguments.of("attach t-zzzzzz", "E_NO_SUCH_TASK", 8, "t-zzzzzz"),
                Arguments.of("wait TASK t-zzzzzz", "E_NO_SUCH_TASK", 8, "t-zzzzzz"),
                Arguments.of("cancel t-zzzzzz", "E_NO_SUCH_TASK", 8, "t-zzzzzz"),
                Arguments.of("snapshots t-zzzzzz", "E_NO_SUCH_TASK", 8, "t-zzzzzz"),
                Arguments.of("diff t-zzzzzz", "E_NO_SUCH_TASK", 8, "t-zzzzzz"),
                Arguments.of("undo t-zzzzzz", "E_NO_SUCH_TASK", 8, "t-zzzzzz"),
                Arguments.of("apply -C repository t-zzzzzz", "E_NO_SUCH_TASK", 8, "t-zzzzzz"),
                Arguments.of("diff TASK@s99", "E_NO_SUCH_SNAPSHOT", 8, "s99"),
                Arguments.of("diff TASK s1..s99", "E_NO_SUCH_SNAPSHOT", 8, "s99"),
                Arguments.of("rollback TASK s99", "E_NO_SUCH_SNAPSHOT", 8, "s99"),
                Arguments.of("rollback TASK nonsense", "E_NO_SUCH_SNAPSHOT", 8, "no snapshot is called nonsense"),
                Arguments.of("revert TASK s99", "E_NO_SUCH_SNAPSHOT", 8, "s99"),
                Arguments.of("revert TASK s0", "E_NOTHING_TO_REVERT", 7, "s0 is the project as it was sent"),
                Arguments.of("revert t-zzzzzz s1", "E_NO_SUCH_TASK", 8, "t-zzzzzz"),
                Arguments.of("cancel TASK", "E_TASK_ENDED", 7, "has ended already"),
                // logs, wait --for, retry, contexts
                Arguments.of("logs t-zzzzzz", "E_NO_SUCH_TASK", 8, "t-zzzzzz"),
                Arguments.of("logs TASK --from-seq 0", "E_USAGE", 2, "--from-seq must be 1 or more"),
                Arguments.of("logs TASK --from-seq x", "E_USAGE", 2, "--from-seq"),
                Arguments.of("logs TASK --kind tol.call", "E_USAGE", 2, "did you mean tool.call?"),
                Arguments.of("wait TASK --for runing", "E_USAGE", 2, "did you mean running?"),
                Arguments.of("wait TASK --for step=x", "E_USAGE", 2, "--for does not understand step=x"),
                Arguments.of("wait TASK --for running", "E_TASK_ENDED", 7, "will not become running any more"),
                Arguments.of("wait TASK --for snapshot=s99", "E_TASK_ENDED", 7, "will not take snapshot s99 any more"),
                Arguments.of("retry d-nothing", "E_NOT_FOUND", 8, "no draft is called d-nothing"),
                Arguments.of("retry --drop ../last-task", "E_NOT_FOUND", 8, "no draft is called ../last-task"),
                Arguments.of("context use nowhere", "E_NOT_FOUND", 8, "there is no context nowhere"),
                Arguments.of("ps --context nowhere", "E_NOT_FOUND", 8, "there is no context nowhere"),
                Arguments.of("context add x http://10.0.0.1", "E_DENIED", 6, "in clear"),
                Arguments.of("context add x ftp://10.0.0.1", "E_USAGE", 2, "is not an address"),
                Arguments.of("context add x http://127.0.0.1", "E_USAGE", 2, "no token was given"),
                Arguments.of("--context local", "E_USAGE", 2, "a verb must follow"),
                // exec: whatever is Belay's own is 125
                Arguments.of("exec t-zzzzzz -- true", "E_NO_SUCH_TASK", 125, "t-zzzzzz"),
                Arguments.of("exec TASK", "E_USAGE", 125, "exec needs a command behind --"),
                Arguments.of("exec TASK ls", "E_USAGE", 125, "exec needs a command behind --"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void a_wrong_word_is_a_named_error_with_the_next_command(String words, String code, int exit, String said)
            throws IOException {
        String[] command = words.replace("TASK", task)
                .replace("OKAY", okay)
                .replace("HOME", belay.home().toString())
                .split(" ");
        String before = lastTask();

        Result result = belay.at(work).run(command).refused(code, exit);

        assertThat(result.err()).contains(said);
        assertThat(result.out()).isEmpty();
        assertThat(lastTask()).as("no task was begun").isEqualTo(before);
        assertThat(belay.state().resolve("drafts")).isEmptyDirectory();
    }

    private static String lastTask() throws IOException {
        return Files.readString(belay.state().resolve("last-task"));
    }

    @Test
    void two_tasks_with_one_prefix_are_both_named() {
        // Of 33 ids two begin with the same letter; t- and one letter is then no name of one task.
        String ids = belay.run("ps", "-a", "-q").well().out();
        String ambiguous = ids.lines()
                .map(id -> id.substring(0, 3))
                .filter(prefix ->
                        ids.lines().filter(id -> id.startsWith(prefix)).count() > 1)
                .findFirst()
                .orElseGet(() -> twins());

        Result result = belay.run("show", ambiguous).refused("E_AMBIGUOUS_TASK", 8);

        assertThat(result.err()).contains(ambiguous);
    }

    /** Tasks until two begin alike. */
    private static String twins() {
        while (true) {
            belay.task(new Repository(work.resolve("repository")), new Script());
            String ids = belay.run("ps", "-a", "-q").well().out();
            for (String id : ids.lines().toList()) {
                String prefix = id.substring(0, 3);
                if (ids.lines().filter(other -> other.startsWith(prefix)).count() > 1) {
                    return prefix;
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"plain, false", "empty-folder, false", "empty-repository, true"})
    void a_folder_without_history_is_a_project_too(String folder, boolean repository) {
        Result run = belay.at(work.resolve(folder))
                .run("run", "--model", new Script().write("made.txt", "x\n").in(belay), "x")
                .well();

        assertThat(run.err().contains("not a git repository: the folder itself is the base"))
                .isEqualTo(!repository);
        assertThat(run.out()).contains("1 file +1");
        assertThat(work.resolve(folder).resolve("made.txt")).doesNotExist();
    }

    @Test
    void a_large_file_goes_along_when_it_is_named_and_when_git_ignores_it_it_stays() throws IOException {
        Repository ignoring =
                Repository.in(work, "ignoring").write(".gitignore", "*.img\n").commit("ignore");
        try (RandomAccessFile huge =
                new RandomAccessFile(ignoring.root().resolve("disk.img").toFile(), "rw")) {
            huge.setLength(300L << 20);
        }

        String left = belay.task(ignoring, new Script());

        belay.run("exec", left, "--", "test", "-e", "disk.img").ended(1);
    }

    @Test
    void fifty_thousand_files_are_a_project_too() throws IOException {
        Path many = Files.createDirectories(work.resolve("many"));
        for (int folder = 0; folder < 500; folder++) {
            Path inside = Files.createDirectories(many.resolve("d" + folder));
            for (int file = 0; file < 100; file++) {
                Files.writeString(inside.resolve("f" + file), folder + "." + file + "\n");
            }
        }

        Result run = belay.at(many)
                .run(
                        "run",
                        "--model",
                        Script.of("find . -type f | grep -vc '^./.git/'; echo x > d7/f7")
                                .in(belay),
                        "count");

        assertThat(run.well().err()).contains("sent 50000 files");
        assertThat(run.out()).contains("│ 50000", "1 file +1 −1");
    }

    @Test
    void an_unreadable_script_is_named() {
        // Root reads everything: the file is made a folder's that only another may enter, seen by an ordinary user.
        Path secret = belay.script("secret", new Script().yaml());
        Sh.run("chmod", "000", secret.toString());
        Belay reader = OrdinaryUser.isRoot()
                ? belay.through("setpriv", "--reuid=61234", "--regid=61234", "--clear-groups", "--")
                : belay;

        Result result = reader.at(Path.of("/usr")).run("run", "--model", "script:" + secret, "x");

        assertThat(result.refused("E_SCRIPT", 2).err()).contains("cannot be read");
    }

    @Test
    void an_error_is_a_document_for_machines() {
        Json error = belay.at(work)
                .run("run", "--json", "-C", "bare.git", "--model", okay, "x")
                .refused("E_BARE_REPOSITORY", 2)
                .json()
                .get("error");

        assertThat(((Json.Obj) error).members().keySet())
                .containsExactlyInAnyOrder("code", "what", "why", "work", "next", "exit_code");
        assertThat(Map.of("work", error.text("work"))).containsEntry("work", "nothing was changed");
    }
}
