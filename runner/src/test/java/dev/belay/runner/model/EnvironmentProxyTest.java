package dev.belay.runner.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.proto.error.BelayException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentProxyTest {
    private static final EnvironmentProxy PROXY = EnvironmentProxy.of(Map.of(
            "HTTPS_PROXY", "http://out.example:3128",
            "http_proxy", "plain.example",
            "HTTP_PROXY", "http://not-this.example:1",
            "NO_PROXY", "corp.example, .inner.example *.third.example,10.0.0.7"));

    @ParameterizedTest
    @CsvSource({
        "https://api.anthropic.com/v1, out.example:3128",
        "http://models.example/v1, plain.example:80",
        "https://corp.example, ",
        "https://llm.corp.example, ",
        "https://notcorp.example, out.example:3128",
        "https://a.inner.example, ",
        "https://LLM.Third.Example, ",
        "http://10.0.0.7:8000, ",
        "http://127.0.0.1:11434, ",
        "http://localhost:11434, ",
        "http://[::1]:11434, ",
    })
    void the_variables_say_which_way_goes_out(String address, String proxy) {
        String chosen =
                String.valueOf(PROXY.select(URI.create(address)).getFirst().address());

        assertThat(chosen).isEqualTo(proxy == null ? "null" : proxy.replace(":", "/<unresolved>:"));
    }

    @Test
    void without_variables_the_way_is_straight() {
        assertThat(EnvironmentProxy.of(Map.of()).select(URI.create("https://api.openai.com")))
                .containsExactly(java.net.Proxy.NO_PROXY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"socks5://x:1", "http://user:hush@x:1", "http://", "://"})
    void what_is_no_proxy_is_refused_and_not_repeated(String value) {
        assertThatThrownBy(() -> EnvironmentProxy.of(Map.of("HTTPS_PROXY", value)))
                .isInstanceOfSatisfying(
                        BelayException.class,
                        wrong -> assertThat(wrong.why())
                                .startsWith("HTTPS_PROXY: it must look like")
                                .doesNotContain("hush"));
    }
}
