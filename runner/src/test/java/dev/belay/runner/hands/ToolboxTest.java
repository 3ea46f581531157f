package dev.belay.runner.hands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.belay.proto.json.Json;
import dev.belay.runner.agent.ToolCall;
import dev.belay.runner.agent.ToolOutcome;
import dev.belay.runner.agent.ToolsLostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tools as a model meets them, in a real sandbox. */
@Timeout(60)
class ToolboxTest {
    private final ConfinedHand confined = ConfinedHand.start();
    private final Toolbox tools =
            new Toolbox(confined.hand, Duration.ofSeconds(2), ToolChoice.ALL, Editing.TEXT, Guard.NONE);

    @AfterEach
    void end() throws Exception {
        confined.close();
    }

    private ToolOutcome call(String tool, String fields) throws Exception {
        return tools.call(new ToolCall("c1", tool, (Json.Obj) Json.parse("{" + fields.replace('\'', '"') + "}")));
    }

    private ToolOutcome bash(String command) throws Exception {
        return tools.call(
                new ToolCall("c1", "Bash", Json.object().put("command", command).build()));
    }

    private ToolOutcome edit(String path, String from, String to) throws Exception {
        return tools.call(new ToolCall(
                "c1",
                "Edit",
                Json.object()
                        .put("file_path", path)
                        .put("old_string", from)
                        .put("new_string", to)
                        .build()));
    }

    /** A file in the project that the sandbox may change. */
    private Path file(String name, byte[] content) throws Exception {
        confined.hand.write("/workspace/" + name, content);
        return confined.workspace.resolve(name);
    }

    private Path file(String name, String content) throws Exception {
        return file(name, content.getBytes(StandardCharsets.UTF_8));
    }

    // ---- calls

    static Stream<Arguments> wrongCalls() {
        return Stream.of(
                arguments(
                        "Bsh",
                        "'command':'true'",
                        "did you mean Bash? The tools are Bash, Read, Edit, Write, Glob, Grep"),
                arguments("Teleport", "", "There is no tool \"Teleport\". The tools are Bash, Read"),
                arguments("Bash", "", "the field \"command\" is missing; it must be a string"),
                arguments("Bash", "'command':null", "is missing"),
                arguments("Bash", "'command':'  '", "is empty"),
                arguments("Bash", "'command':7", "\"command\" must be a string; it is 7"),
                arguments(
                        "Bash", "'command':'true','timeout':'10'", "\"timeout\" must be a whole number; it is \"10\""),
                arguments("Bash", "'command':'true','timeout':1.5", "must be a whole number; it is 1.5"),
                arguments("Bash", "'command':'true','timeout':600001", "must be from 1 to 600,000; it is 600,001"),
                arguments("Bash", "'command':'true','run_in_background':'yes'", "must be true or false"),
                arguments(
                        "Bash",
                        "'command':'id','dangerouslyDisableSandbox':true",
                        "Bash has no field \"dangerouslyDisableSandbox\"; its fields are command, timeout (optional), description (optional), run_in_background (optional)."),
                arguments("Read", "'where':'x'", "Read has no field \"where\"; its fields are file_path"),
                arguments("Read", "'file_path':''", "it is empty"),
                arguments("Read", "'file_path':'a\\u0000b'", "without NUL"),
                arguments("Read", "'file_path':'/workspace'", "is a directory"),
                arguments("Read", "'file_path':'nothing'", "there is no file /workspace/nothing"),
                arguments("Read", "'file_path':'/dev/null'", "not a regular file"),
                arguments(
                        "Edit",
                        "'file_path':'/etc/x','old_string':'','new_string':'b'",
                        "refused (layer: tool): /etc/x is outside the project"),
                arguments("Edit", "'file_path':'x','old_string':'b','new_string':'b'", "nothing would change"),
                arguments("Write", "'file_path':'/proc/self/root/workspace/x','content':''", "is outside the project"),
                arguments("Write", "'file_path':'../x','content':''", "/x is outside the project"),
                arguments("Write", "'file_path':'/workspacex','content':''", "is outside the project"),
                arguments("Glob", "'pattern':''", "is empty"),
                arguments("Grep", "'pattern':'foo(bar'", "Unmatched (, at character 4, after \"foo(\""),
                arguments("Grep", "'pattern':'[z-a]'", "at character 4"),
                arguments("Grep", "'pattern':'*x'", "Quantifier follows nothing"),
                arguments("Grep", "'pattern':'(?{ system q(touch /workspace/pwned) })'", "Eval-group not allowed"),
                arguments(
                        "Grep",
                        "'pattern':'x','output_mode':'lines'",
                        "must be one of files_with_matches, content, count"),
                arguments("Grep", "'pattern':'x','type':'cobol'", "there is no type \"cobol\"; the types are c, cpp"));
    }

    @Test
    void a_tool_and_a_field_by_another_harness_name_are_meant() throws Exception {
        file("a.txt", "one\n");

        ToolOutcome outcome = call("read", "'filePath':'a.txt'");

        assertThat(outcome.isError()).isFalse();
        assertThat(outcome.output()).contains("one");
    }

    @Test
    void a_call_whose_input_broke_off_is_not_made_and_says_where() throws Exception {
        String sent = "{\"file_path\": \"a.txt\", \"content\": \"half of i";

        ToolOutcome outcome =
                tools.call(new ToolCall("id", "Write", Json.object().build(), sent));

        assertThat(outcome.isError()).isTrue();
        assertThat(outcome.output())
                .startsWith("Write was not called: its input is no JSON")
                .contains("ended with: " + sent)
                .endsWith("Make the call again with all of it.");
        assertThat(confined.workspace.resolve("a.txt")).doesNotExist();
    }

    @ParameterizedTest
    @MethodSource("wrongCalls")
    void a_wrong_call_is_an_error_that_says_what_to_change(String tool, String fields, String told) throws Exception {
        ToolOutcome outcome = call(tool, fields);

        assertThat(outcome.isError()).isTrue();
        assertThat(outcome.output()).contains(told);
        assertThat(outcome.summary().length()).isLessThanOrEqualTo(120);
        assertThat(confined.workspace).isEmptyDirectory();
    }

    @Test
    void a_summary_is_what_the_call_is_about() {
        assertThat(tools.summary(
                        new ToolCall("1", "Bash", (Json.Obj) Json.parse("{\"command\":\"make\\n\\u001b[31m test\"}"))))
                .isEqualTo("make test");
        assertThat(tools.summary(new ToolCall("1", "Nope", (Json.Obj) Json.parse("{\"a\":1}"))))
                .isEqualTo("{\"a\":1}");
    }

    @Test
    void the_loss_of_the_sandbox_is_no_outcome() {
        confined.process.destroyForcibly();

        assertThatThrownBy(() -> {
                    while (true) {
                        bash("true");
                    }
                })
                .isInstanceOf(ToolsLostException.class);
    }

    // ---- Bash

    static Stream<Arguments> commands() {
        return Stream.of(
                arguments("echo hi", 0, false, "exit code: 0\nhi\n"),
                arguments("true", 0, false, "exit code: 0\n(no output)"),
                arguments("echo o; echo e >&2; exit 3", 3, true, "exit code: 3\nstdout:\no\nstderr:\ne\n"),
                arguments("echo e >&2", 0, false, "exit code: 0\nstderr:\ne\n"),
                arguments("grep nothing /dev/null", 1, false, "exit code: 1\n(no output)"),
                arguments("grep nothing /dev/null; false", 1, true, "exit code: 1\n(no output)"),
                arguments(
                        "printf '\\033]52;c;xx\\007a\\033[1mb\\n\\342\\200\\256c'",
                        0,
                        false,
                        "exit code: 0\nab\n\\u202ec"),
                arguments("printf '\\377\\376'", 0, false, "exit code: 0\n\ufffd\ufffd"),
                arguments("[[ a == a ]] && echo bashism", 0, false, "exit code: 0\nbashism\n"),
                arguments("cat", 0, false, "exit code: 0\n(no output)"),
                arguments("kill -9 $$", 137, true, "exit code: 137\n(no output)"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void bash_says_the_exit_code_first_then_what_was_printed(String command, int code, boolean error, String output)
            throws Exception {
        ToolOutcome outcome = bash(command);

        assertThat(outcome.output()).isEqualTo(output);
        assertThat(outcome.exitCode()).hasValue(code);
        assertThat(outcome.isError()).isEqualTo(error);
        assertThat(outcome.summary()).isEqualTo("exit " + code);
    }

    @Test
    void bash_keeps_its_directory_inside_the_project_and_nothing_else() throws Exception {
        bash("mkdir -p 'a dir/b' && cd 'a dir/b' && export KEPT=no");

        assertThat(bash("pwd; echo \"[$KEPT]\"").output()).isEqualTo("exit code: 0\n/workspace/a dir/b\n[]\n");
        assertThat(bash("cd /tmp; exit 2").output())
                .isEqualTo(
                        "exit code: 2\n[the shell ended in /tmp, outside the project; the next command starts in /workspace]\n(no output)");
        assertThat(bash("pwd").output()).isEqualTo("exit code: 0\n/workspace\n");
    }

    @Test
    void bash_starts_again_in_the_project_when_its_directory_is_gone() throws Exception {
        bash("mkdir gone; cd gone");
        confined.sh("rmdir /workspace/gone");

        assertThat(bash("pwd").output())
                .isEqualTo(
                        "exit code: 0\n[the directory /workspace/gone cannot be entered any more (No such file or directory);"
                                + " the command ran in /workspace]\n/workspace\n");
    }

    @Test
    void a_command_that_takes_too_long_is_killed_and_the_outcome_says_so() throws Exception {
        ToolOutcome outcome = call("Bash", "'command':'echo begun; sleep 600','timeout':300");

        assertThat(outcome.timedOut()).isTrue();
        assertThat(outcome.isError()).isTrue();
        assertThat(outcome.output())
                .startsWith(
                        "exit code: 137\n[timed out after 300 ms: the command and everything it started were killed")
                .endsWith("begun\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "; exit 5"})
    void long_output_is_head_and_tail_and_whole_in_a_file(String end) throws Exception {
        ToolOutcome outcome = bash("seq 1 200000" + end);

        assertThat(outcome.output().length()).isLessThan(31_000);
        assertThat(outcome.output()).contains("\n1\n2\n3\n", " omitted here …]", "199999\n200000\n");
        assertThat(outcome.output())
                .contains("[it printed 1,288,895 bytes, all of them in /tmp/belay/out-1.txt: open it with Read]");
        assertThat(outcome.outputBytes()).isEqualTo(1_288_895);
        ToolOutcome page = call("Read", "'file_path':'/tmp/belay/out-1.txt','offset':123456,'limit':1");
        assertThat(page.output()).startsWith("123456\t123456\n[PARTIAL: lines 123,456 to 123,456 of 200,000");
    }

    @Test
    void a_background_command_goes_on_while_others_run() throws Exception {
        ToolOutcome started = call(
                "Bash", "'command':'echo one; read x < /workspace/go; echo $x; sleep 600','run_in_background':true");

        assertThat(started.output()).startsWith("started in the background as bg-1\noutput: /tmp/belay/bg-1.txt");
        bash("mkfifo /workspace/go 2>/dev/null; until grep -q one /tmp/belay/bg-1.txt; do :; done");
        ToolOutcome read = call("Read", "'file_path':'/tmp/belay/bg-1.txt'");
        assertThat(read.output()).contains("one");
        assertThat(bash("kill -- -$(cat /tmp/belay/bg-1.pid)").exitCode()).hasValue(0);
    }

    // ---- Read

    @Test
    void read_numbers_lines_and_says_when_there_is_more() throws Exception {
        StringBuilder content = new StringBuilder();
        for (int i = 1; i <= 2500; i++) {
            content.append("line ").append(i).append('\n');
        }
        file("long.txt", content.toString());

        ToolOutcome first = call("Read", "'file_path':'long.txt'");
        ToolOutcome rest = call("Read", "'file_path':'/workspace/long.txt','offset':2001");
        ToolOutcome past = call("Read", "'file_path':'long.txt','offset':9999");

        assertThat(first.output()).startsWith("     1\tline 1\n     2\tline 2\n");
        assertThat(first.output())
                .endsWith("  2000\tline 2000\n[PARTIAL: lines 1 to 2,000 of 2,500; go on with offset=2001]\n");
        assertThat(first.summary()).isEqualTo("2000 lines");
        assertThat(rest.output()).startsWith("  2001\tline 2001\n").endsWith("  2500\tline 2500\n");
        assertThat(past.output()).isEqualTo("[/workspace/long.txt has 2,500 lines; offset 9,999 is past its end]");
    }

    static Stream<Arguments> contents() {
        return Stream.of(
                arguments("", "[/workspace/f is empty]"),
                arguments("no end", "     1\tno end\n"),
                arguments("\n\n", "     1\t\n     2\t\n"),
                arguments("a\r\nb\r\n", "     1\ta\n     2\tb\n[lines end with CR LF; Edit keeps that]\n"),
                arguments("x\033[31m\u202e\ty\n", "     1\tx\\u001b[31m\\u202e\ty\n"),
                arguments(
                        "a\0b",
                        "[/workspace/f is a binary file of 3 bytes; it is not shown. Bash can look into it (file, xxd, strings).]"),
                arguments("w".repeat(2001), "     1\t" + "w".repeat(2000) + "… [line cut: 2,001 bytes in all]\n"));
    }

    @ParameterizedTest
    @MethodSource("contents")
    void read_shows_what_is_there_and_names_what_it_cannot_show(String content, String shown) throws Exception {
        file("f", content);

        assertThat(call("Read", "'file_path':'f'").output()).isEqualTo(shown);
    }

    @Test
    void a_missing_file_comes_with_the_names_near_it() throws Exception {
        file("src/Main.java", "x");
        file("src/Mains.java", "x");
        file("src/other.txt", "x");

        assertThat(call("Read", "'file_path':'src/main.jav'").output())
                .isEqualTo(
                        "Read: there is no file /workspace/src/main.jav. Near it: /workspace/src/Main.java, /workspace/src/Mains.java.");
    }

    // ---- Edit, Write

    @Test
    void an_edit_needs_a_read_and_changes_only_its_place() throws Exception {
        Path file = file("run.sh", "#!/bin/sh\r\necho old\r\nlast");
        bash("chmod 755 run.sh");

        assertThat(edit("run.sh", "echo old", "echo new").output()).contains("has not been read in this task");
        call("Read", "'file_path':'run.sh'");
        ToolOutcome outcome = edit("run.sh", "echo old\nlast", "echo new\nmore\nlast");

        assertThat(outcome.isError()).isFalse();
        assertThat(outcome.summary()).isEqualTo("+2 −1");
        assertThat(outcome.output())
                .isEqualTo(
                        "/workspace/run.sh: +2 −1\n     1\t#!/bin/sh\n     2\techo new\n     3\tmore\n     4\tlast\n");
        assertThat(file).hasContent("#!/bin/sh\r\necho new\r\nmore\r\nlast");
        assertThat(Files.readAllBytes(file))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("#!/bin/sh\r\necho new\r\nmore\r\nlast");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rwxr-xr-x");
    }

    static Stream<Arguments> edits() {
        return Stream.of(
                arguments(
                        "b\nb\nb\n",
                        "'old_string':'b','new_string':'c'",
                        "old_string is 3 times in /workspace/f (lines 1, 2, 3)",
                        "b\nb\nb\n"),
                arguments(
                        "b\nb\n", "'old_string':'b','new_string':'c','replace_all':true", "+2 −2, 2 places", "c\nc\n"),
                arguments("a\n", "'old_string':'zz','new_string':'c'", "old_string is not in /workspace/f", "a\n"),
                arguments(
                        "if (a) {\n    b;\n}\n",
                        "'old_string':'if (a) {\\n  b;','new_string':'c'",
                        "other white space",
                        "if (a) {\n    b;\n}\n"),
                arguments("a\n", "'old_string':'a\\n','new_string':''", "+0 −1", ""),
                arguments("$1 \\1\n", "'old_string':'$1 \\\\1','new_string':'\\\\2 $0'", "+1 −1", "\\2 $0\n"),
                arguments(
                        "x\n",
                        "'old_string':'','new_string':'c'",
                        "exists; an empty old_string only makes a new file",
                        "x\n"),
                arguments("", "'old_string':'','new_string':'c\\n'", "made, +1", "c\n"));
    }

    @ParameterizedTest
    @MethodSource("edits")
    void an_edit_is_exact(String before, String fields, String told, String after) throws Exception {
        Path file = file("f", before);
        call("Read", "'file_path':'f'");

        ToolOutcome outcome = call("Edit", "'file_path':'f'," + fields);

        assertThat(outcome.output()).contains(told);
        assertThat(file).hasContent(after);
    }

    @Test
    void a_partial_read_allows_edits_of_what_it_showed_and_of_nothing_else() throws Exception {
        file("f", "one\ntwo\nthree\nfour\n");
        call("Read", "'file_path':'f','offset':2,'limit':1");

        assertThat(edit("f", "three", "3").output()).contains("only a part of /workspace/f has been read");
        assertThat(edit("f", "two", "2").isError()).isFalse();
        assertThat(edit("f", "2", "zwei").isError())
                .as("what the model wrote it knows")
                .isFalse();
        assertThat(call("Write", "'file_path':'f','content':'x'").output()).contains("has been read only in part");
    }

    @Test
    void pages_that_join_count_as_the_whole_file() throws Exception {
        Path file = file("f", "one\ntwo\nthree\n");
        call("Read", "'file_path':'f','limit':2");
        call("Read", "'file_path':'f','offset':3");

        assertThat(call("Write", "'file_path':'f','content':'x\\n'").summary()).isEqualTo("+1 −3");
        assertThat(file).hasContent("x\n");
    }

    @Test
    void cat_of_one_file_counts_as_a_read() throws Exception {
        file("f", "one\n");
        bash("cat f");

        assertThat(edit("f", "one", "two").summary()).isEqualTo("+1 −1");
    }

    @Test
    void a_file_that_changed_since_can_be_edited_but_not_replaced() throws Exception {
        Path file = file("f", "one\ntwo\n");
        call("Read", "'file_path':'f'");
        bash("echo three >>f");

        assertThat(call("Write", "'file_path':'f','content':'x'").output()).contains("has changed since it was read");
        assertThat(edit("f", "two", "2").output()).contains("the file had changed since it was last read");
        assertThat(file).hasContent("one\n2\nthree\n");
    }

    @Test
    void write_makes_a_file_and_replaces_what_was_read() throws Exception {
        ToolOutcome made = call("Write", "'file_path':'deep/er/n.txt','content':'a\\nb\\n'");
        ToolOutcome replaced = call("Write", "'file_path':'deep/er/n.txt','content':'a\\nc\\nd\\n'");
        file("unread", "x");
        ToolOutcome refused = call("Write", "'file_path':'unread','content':'y'");

        assertThat(made.summary()).isEqualTo("+2");
        assertThat(replaced.summary()).isEqualTo("+2 −1");
        assertThat(refused.output()).contains("exists and has not been read in this task");
        assertThat(confined.workspace.resolve("deep/er/n.txt")).hasContent("a\nc\nd\n");
        assertThat(confined.workspace.resolve("unread")).hasContent("x");
    }

    @Test
    void bytes_outside_an_edit_survive_whatever_they_are() throws Exception {
        Random random = new Random(20261121);
        for (int round = 0; round < 40; round++) {
            byte[] before = bytes(random, 1 + random.nextInt(3000));
            byte[] after = bytes(random, 1 + random.nextInt(3000));
            String name = "r" + round;
            Path file = file(name, join(before, "<Ünique>", after));
            call("Read", "'file_path':'" + name + "'");

            ToolOutcome outcome = edit(name, "<Ünique>", "replacé " + round);

            assertThat(outcome.isError()).as(outcome.output()).isFalse();
            assertThat(Files.readAllBytes(file)).isEqualTo(join(before, "replacé " + round, after));
        }
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (random.nextInt(8) == 0 ? '\n' : 1 + random.nextInt(255));
        }
        return bytes;
    }

    private static byte[] join(byte[] before, String middle, byte[] after) {
        byte[] text = middle.getBytes(StandardCharsets.UTF_8);
        return java.nio.ByteBuffer.allocate(before.length + text.length + after.length)
                .put(before)
                .put(text)
                .put(after)
                .array();
    }

    @Test
    void symlinks_lead_only_into_the_sandboxs_own_view() throws Exception {
        Path canary = Files.createTempFile("belay-canary", ".txt");
        Files.writeString(canary, "secret of the host");
        Files.setPosixFilePermissions(canary, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThat(Files.readString(canary))
                .as("without the sandbox it is there to read")
                .contains("secret");
        Files.createSymbolicLink(confined.workspace.resolve("link"), canary);
        Files.createSymbolicLink(confined.workspace.resolve("dir"), canary.getParent());

        String name = canary.getFileName().toString();
        assertThat(call("Read", "'file_path':'link'").output()).contains("there is no file");
        assertThat(call("Read", "'file_path':'dir/" + name + "'").output()).doesNotContain("secret");
        call("Write", "'file_path':'link','content':'overwritten'");
        call("Write", "'file_path':'dir/" + name + "','content':'overwritten'");
        assertThat(bash("cat link " + canary).output()).doesNotContain("secret");
        assertThat(call("Grep", "'pattern':'secret'").output()).isEqualTo("No matches found.");

        assertThat(canary).hasContent("secret of the host");
        Files.delete(canary);
    }

    // ---- Glob, Grep

    static Stream<Arguments> globs() {
        return Stream.of(
                arguments("'pattern':'**/*.java'", "src/A.java src/deep/B.java"),
                arguments("'pattern':'*.java'", "src/A.java src/deep/B.java"),
                arguments("'pattern':'src/*.java'", "src/A.java"),
                arguments("'pattern':'/workspace/src/*.java'", "src/A.java"),
                arguments("'pattern':'src/**'", "src/A.java src/deep/B.java src/deep/c.txt"),
                arguments("'pattern':'**/?.{txt,md}'", "README/x.md src/deep/c.txt"),
                arguments("'pattern':'[A-C]*','path':'src'", "src/A.java src/deep/B.java"),
                arguments("'pattern':'[!A]*.java'", "src/deep/B.java"),
                arguments("'pattern':'.hid*'", ".hidden"),
                arguments("'pattern':'**/config'", ""),
                arguments("'pattern':'*.(java'", ""));
    }

    @ParameterizedTest
    @MethodSource("globs")
    void glob_finds_files_by_name(String fields, String expected) throws Exception {
        bash(
                "mkdir -p src/deep README .git; touch src/A.java src/deep/B.java src/deep/c.txt README/x.md .hidden .git/config; echo src >.gitignore");

        String output = call("Glob", fields).output();

        assertThat(
                        output.equals("No files found.")
                                ? ""
                                : output.replace("/workspace/", "")
                                        .lines()
                                        .sorted()
                                        .reduce((a, b) -> a + " " + b)
                                        .orElse(""))
                .isEqualTo(expected);
    }

    @Test
    void glob_shows_the_hundred_newest_and_odd_names_quoted() throws Exception {
        bash("for i in $(seq 150); do touch -d @$i f$i.x; done; touch $'odd\\nname.y' $'caf\\xe9.y'");

        ToolOutcome many = call("Glob", "'pattern':'*.x'");
        ToolOutcome odd = call("Glob", "'pattern':'*.y'");

        assertThat(many.output())
                .startsWith("/workspace/f150.x\n/workspace/f149.x\n")
                .endsWith("[the 100 newest of 150 files; narrow the pattern or the path to see others]");
        assertThat(odd.output().lines())
                .containsExactlyInAnyOrder("\"/workspace/odd\\nname.y\"", "\"/workspace/caf\\351.y\"");
        assertThat(call("Read", "'file_path':'\\\"/workspace/caf\\\\351.y\\\"'").output())
                .contains("is empty");
    }

    static Stream<Arguments> greps() {
        return Stream.of(
                arguments("'pattern':'needle'", "a.txt\nsub/b.java"),
                arguments("'pattern':'NEEDLE','-i':true,'glob':'*.txt'", "a.txt"),
                arguments("'pattern':'ÉTÉ','-i':true", "a.txt"),
                arguments("'pattern':'needle','type':'java'", "sub/b.java"),
                arguments("'pattern':'needle','path':'sub'", "sub/b.java"),
                arguments("'pattern':'needle','path':'a.txt','output_mode':'content'", "a.txt:2:a needle"),
                arguments(
                        "'pattern':'needle','output_mode':'content','-n':false,'type':'java'",
                        "sub/b.java:needle needle"),
                arguments(
                        "'pattern':'needle','output_mode':'content','path':'a.txt','-C':1",
                        "a.txt-1-first\na.txt:2:a needle\na.txt-3-été"),
                arguments("'pattern':'needle','output_mode':'count'", "a.txt:1\nsub/b.java:1"),
                arguments(
                        "'pattern':'first\\\\na','output_mode':'content','multiline':true",
                        "a.txt:1:first\na.txt:2:a needle"),
                arguments(
                        "'pattern':'needle','head_limit':1",
                        "a.txt\n[there is more: go on with offset=1, or narrow the search]"),
                arguments("'pattern':'needle','offset':1", "sub/b.java"),
                arguments("'pattern':'needle','offset':9", "No more matches after offset 9."),
                arguments("'pattern':'^\\\\w$'", "No matches found."),
                arguments("'pattern':'hidden in git'", "No matches found."),
                arguments("'pattern':'$@%x'", "No matches found."));
    }

    @ParameterizedTest
    @MethodSource("greps")
    void grep_finds_files_by_content(String fields, String expected) throws Exception {
        file("a.txt", "first\na needle\nété\n");
        file("sub/b.java", "needle needle\n");
        file("binary", "needle\0");
        file(".git/x", "needle hidden in git");

        assertThat(call("Grep", fields).output().replace("/workspace/", "")).isEqualTo(expected);
    }

    @Test
    void a_pattern_that_backtracks_for_ever_is_killed() throws Exception {
        file("x", "x".repeat(5000));

        ToolOutcome outcome = call("Grep", "'pattern':'((x|xx)+\\\\2*)+[zw]$'");

        assertThat(outcome.isError()).isTrue();
        assertThat(outcome.output()).startsWith("Grep was killed after 2 s");
    }
}
