package dev.belay.runner.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.policies.environment.Environment;
import dev.belay.policies.environment.Step;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.error.ErrorCode;
import dev.belay.runner.snapshot.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The one file of a checkout that is read before anything is confined. */
@Timeout(20)
class SentEnvironmentTest {
    @TempDir
    Path folder;

    private Path files;

    @BeforeEach
    void a_checkout() throws Exception {
        files = Files.createDirectory(folder.resolve("files"));
        Files.writeString(folder.resolve("outside.yaml"), "setup: [echo outside]\n");
        Files.createDirectory(folder.resolve("elsewhere"));
        Files.writeString(folder.resolve("elsewhere/environment.yaml"), "setup: [echo elsewhere]\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    a link             | mkdir .belay; ln -s ../../outside.yaml .belay/environment.yaml | it is a symlink
                    a link to nowhere  | mkdir .belay; ln -s nowhere .belay/environment.yaml            | it is a symlink
                    a linked folder    | ln -s ../elsewhere .belay                                      | .belay: it is a symlink
                    a folder           | mkdir -p .belay/environment.yaml                               | it is a folder
                    a pipe             | mkdir .belay; mkfifo .belay/environment.yaml                   | it is no plain file
                    a gigabyte         | mkdir .belay; truncate -s 1G .belay/environment.yaml           | larger than 64 KiB
                    not text           | mkdir .belay; printf 'setup: [\\377]' >.belay/environment.yaml | it is no UTF-8
                    not understood     | mkdir .belay; echo 'set: x' >.belay/environment.yaml           | unknown key `set`
                    """)
    void a_file_that_is_none_is_refused_by_name_and_nothing_beside_it_is_read(String kind, String make, String why)
            throws Exception {
        Shell.sh(files, make);

        assertThatThrownBy(() -> SentEnvironment.of(files))
                .as(kind)
                .isInstanceOfSatisfying(BelayException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.E_ENVIRONMENT);
                    assertThat(refused.what()).startsWith(".belay").contains(why);
                });
    }

    @ParameterizedTest
    @CsvSource({"true", "mkdir .belay", "echo a file >.belay", "'mkdir .belay; echo x >.belay/policy.yaml'"})
    void without_a_file_there_is_nothing_to_do(String make) throws Exception {
        Shell.sh(files, make);

        assertThat(SentEnvironment.of(files)).isEqualTo(Environment.NONE);
    }

    @Test
    void a_plain_file_is_read() throws Exception {
        Shell.sh(files, "mkdir .belay; echo 'setup: [npm ci]' >.belay/environment.yaml");

        assertThat(SentEnvironment.of(files).setup()).extracting(Step::run).containsExactly("npm ci");
    }
}
