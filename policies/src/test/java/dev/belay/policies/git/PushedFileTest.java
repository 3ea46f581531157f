package dev.belay.policies.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.policies.language.PatternException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PushedFileTest {
    private static final String CONTENT = "1f0e3dad99908345f7439f8ffabdffc4abcdef01";

    @Test
    void a_content_is_told_from_every_other_one() throws PatternException {
        PushedFile file = PushedFile.parse(PushedFile.text(".github/workflows/ci@home.yml", CONTENT));

        assertThat(file).hasToString(".github/workflows/ci@home.yml@1f0e3dad9990");
        assertThat(file.covers(".github/workflows/ci@home.yml", CONTENT)).isTrue();
        assertThat(file.covers(".github/workflows/ci@home.yml", CONTENT.replace("1f", "2f")))
                .isFalse();
        assertThat(file.covers(".github/workflows/ci@home.yml", PushedFile.DELETED))
                .isFalse();
        assertThat(file.covers(".github/workflows/ci.yml", CONTENT)).isFalse();
    }

    @Test
    void that_it_is_deleted_is_a_content_of_its_own() throws PatternException {
        PushedFile file = PushedFile.parse(PushedFile.text(".envrc", PushedFile.DELETED));

        assertThat(file.covers(".envrc", PushedFile.DELETED)).isTrue();
        assertThat(file.covers(".envrc", CONTENT)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".envrc",
                "@1f0e3dad9990",
                ".envrc@1f0e3dad999",
                ".envrc@",
                ".envrc@HEAD",
                "/etc/x@1f0e3dad9990",
                "a\nb@1f0e3dad9990",
                ".envrc@1F0E3DAD9990",
                ".envrc@1f0e3dad9990 "
            })
    void says_no_content(String text) {
        assertThatThrownBy(() -> PushedFile.parse(text)).isInstanceOf(PatternException.class);
    }
}
