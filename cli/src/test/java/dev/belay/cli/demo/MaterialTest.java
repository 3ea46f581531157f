package dev.belay.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.proto.script.Script;
import dev.belay.proto.script.ScriptParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tour's story is true without Belay too: what the conversation does makes the failing test pass. */
class MaterialTest {
    private static final Path MATERIAL = Path.of("src/main/dist/share/demo");

    @TempDir
    Path folder;

    private static int test(Path shop) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sh", "tests/cart_test.sh")
                .directory(shop.toFile())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("cart test: ");
        return process.waitFor();
    }

    @Test
    void the_test_fails_until_the_last_edit() throws Exception {
        Script script =
                ScriptParser.parse("fix-the-cart.yaml", Files.readString(MATERIAL.resolve("fix-the-cart.yaml")));
        Path shop =
                Sample.make(MATERIAL.resolve("shop"), folder.resolve("shop")).root();
        List<Integer> tests = new ArrayList<>();
        for (Script.Turn turn : script.turns()) {
            for (Script.Call call : turn.calls()) {
                Path file = shop.resolve(call.input().text("file_path"));
                switch (call.tool()) {
                    case "Edit" -> {
                        String before = Files.readString(file);
                        String old = call.input().text("old_string");
                        assertThat(before).containsOnlyOnce(old);
                        Files.writeString(file, before.replace(old, call.input().text("new_string")));
                    }
                    case "Write" -> Files.writeString(file, call.input().text("content"));
                    case "Bash" -> {
                        if (call.input().text("command").contains("cart_test")) {
                            tests.add(test(shop));
                        }
                    }
                    default -> assertThat(file).exists();
                }
            }
        }

        assertThat(tests).containsExactly(1, 1, 0);
        assertThat(script.turns().getLast().calls()).isEmpty();
    }

    @Test
    void the_sample_is_a_repository_with_one_clean_commit() throws Exception {
        Sample sample = Sample.make(MATERIAL.resolve("shop"), folder.resolve("shop"));

        assertThat(sample.git("status", "--porcelain")).isEmpty();
        assertThat(sample.git("rev-list", "--count", "HEAD")).isEqualTo("1\n");
    }
}
